"""Transactions on their way: sent again when nodes lost them, for more when nobody takes them, anew after a reorg."""

from __future__ import annotations

from collections.abc import Callable

from sequencer.l1.reverts import ContractReverted
from sequencer.submitter.building import Builder, Moot, Ready, Waiting
from sequencer.submitter.chain_types import SendAnswer
from sequencer.submitter.events import Alarm, Event
from sequencer.submitter.failures import Failures
from sequencer.submitter.intents import Intent
from sequencer.submitter.outbox import Outbox
from sequencer.submitter.policy import SubmitterPolicy
from sequencer.submitter.port import L1Port


class Keeper:
    """Looks after intents whose nonce is not used yet."""

    def __init__(
        self,
        port: L1Port,
        outbox: Outbox,
        failures: Failures,
        address: str,
        policy: SubmitterPolicy,
        tell: Callable[[Event], None],
    ) -> None:
        self._port = port
        self._outbox = outbox
        self._failures = failures
        self._address = address
        self._policy = policy
        self._tell = tell
        self._looked: dict[int, tuple[bytes, float]] = {}
        self._alarmed: set[bytes] = set()

    def keep(self, intent: Intent, builder: Builder) -> None:
        """One turn for one intent. Sends at most once."""
        view = builder.view
        if intent.last.is_cancel:
            self._keep_as_it_is(intent, builder)
            return
        outlook = builder.outlook(intent.meaning)
        is_next = intent.nonce == view.nonce
        is_hopeless = isinstance(outlook, Waiting) or self._failures.is_given_up(intent.meaning)
        if isinstance(outlook, Moot) or (is_next and is_hopeless):
            # What waits while nothing before it is on its way waits for what has a later nonce, or for nobody.
            if not self._outbox.cancel(intent, view):
                self._at_cap(intent)
        elif isinstance(outlook, Ready):
            if outlook.data != intent.last.data:
                self._rebuild(intent, outlook, builder)
            else:
                self._keep_as_it_is(intent, builder)

    def _rebuild(self, intent: Intent, ready: Ready, builder: Builder) -> None:
        """The same meaning in other words: L1 is not what it was when they were written."""
        gas = self._trial(intent, ready, builder)
        if gas is not None and not self._outbox.replace(intent, ready, self._outbox.with_margin(gas), builder.view):
            self._at_cap(intent)

    def _trial(self, intent: Intent, ready: Ready, builder: Builder) -> int | None:
        """The gas it takes; None when L1 would refuse it now, or did so just before."""
        if not self._failures.may_try(intent.meaning, builder.view.head, builder.now_s):
            return None
        try:
            return self._port.estimate(self._address, ready.to, ready.data)
        except ContractReverted as error:
            for event in self._failures.note(intent.meaning, error, builder.view.head, builder.now_s):
                self._tell(event)
            return None

    def _keep_as_it_is(self, intent: Intent, builder: Builder) -> None:
        view, last = builder.view, intent.last
        answer = self._outbox.answers.get(intent.nonce)
        is_next = intent.nonce == view.nonce
        is_overdue = is_next and view.head.number >= last.at_block + self._policy.fees.patience_blocks
        is_too_cheap = answer is SendAnswer.UNDERPRICED and view.head.number > last.at_block
        if is_overdue or is_too_cheap:
            same = Ready(last.to, last.data)
            if last.is_cancel:
                is_raised = self._outbox.cancel(intent, view)
            else:
                is_raised = self._outbox.replace(intent, same, last.gas_limit, view)
            if is_raised:
                return
            self._at_cap(intent)
        if self._has_to_look(intent, builder) and not self._port.is_known(last.hash):
            same = Ready(last.to, last.data)
            # Those before it are on their way as well, and could not be tried with it.
            if not is_next or last.is_cancel or self._trial(intent, same, builder) is not None:
                self._outbox.send(intent)

    def _has_to_look(self, intent: Intent, builder: Builder) -> bool:
        """Once a block, once in a while, and soon after a send of which nobody knows how it went."""
        answer = self._outbox.answers.get(intent.nonce)
        before = self._looked.get(intent.nonce)
        is_lost = answer in (None, SendAnswer.UNCERTAIN, SendAnswer.NONCE_TOO_LOW, SendAnswer.NONCE_TOO_HIGH)
        pause_s = self._policy.resend_s if is_lost else self._policy.look_again_s
        block = builder.view.head.hash
        if before is not None and before[0] == block and builder.now_s < before[1] + pause_s:
            return False
        self._looked[intent.nonce] = (block, builder.now_s)
        return True

    def _at_cap(self, intent: Intent) -> None:
        if intent.last.hash not in self._alarmed:
            self._alarmed.add(intent.last.hash)
            told = (
                f"nonce {intent.nonce} waits at {intent.last.fees.most_wei} wei for a unit of gas: the cap is reached"
            )
            self._tell(Alarm(told, intent.meaning))
