"""Signs, writes down, sends: in this order. What is not written down was never sent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from sequencer.submitter.building import Ready
from sequencer.submitter.chain_types import Fees, SendAnswer
from sequencer.submitter.events import Alarm, Event, Sent
from sequencer.submitter.fees import first_offer, raised_offer
from sequencer.submitter.intent_store import IntentStore
from sequencer.submitter.intents import Attempt, Intent, Meaning
from sequencer.submitter.policy import TRANSACTION_GAS_LIMIT, SubmitterPolicy
from sequencer.submitter.port import L1Port, Signer, UnsignedTransaction
from sequencer.submitter.view import View

CANCEL_GAS: Final = 30_000
"""More than a transfer takes, for accounts with delegated code."""


class Outbox:
    """Every transaction of the submitter passes here. `tell` gets the events."""

    def __init__(
        self,
        port: L1Port,
        store: IntentStore,
        signer: Signer,
        chain_id: int,
        policy: SubmitterPolicy,
        tell: Callable[[Event], None],
    ) -> None:
        self._port = port
        self._store = store
        self._signer = signer
        self._chain_id = chain_id
        self._policy = policy
        self._tell = tell
        self.answers: dict[int, SendAnswer] = {}
        """By nonce, what nodes last said. Of this process only: after a restart nothing is known."""

    def open(self, what: Meaning, ready: Ready, gas: int, view: View) -> Intent | None:
        """A new intent at the next nonce; None when fees are beyond the cap."""
        fees = first_offer(view.head.base_fee_wei, self._port.tip_wei(), self._policy.fees)
        nonce = self._store.next_nonce
        if fees is None or nonce is None:
            self._tell(Alarm(f"the base fee of {view.head.base_fee_wei} wei is beyond the cap: nothing is sent", what))
            return None
        attempt = self._attempt(nonce, ready, self.with_margin(gas), fees, view, is_cancel=False)
        intent = self._store.add(nonce, what, attempt)
        self.send(intent)
        return intent

    def replace(self, intent: Intent, ready: Ready, gas_limit: int, view: View) -> bool:
        """The same intent with other calldata, or the same for more. False when that would be beyond the cap."""
        return self._replace(intent, ready, gas_limit, view, is_cancel=False)

    def cancel(self, intent: Intent, view: View) -> bool:
        """Uses the nonce up for nothing: a transfer of nothing to ourselves. False when beyond the cap."""
        return self._replace(intent, Ready(self._signer.address, b""), CANCEL_GAS, view, is_cancel=True)

    def send(self, intent: Intent) -> None:
        """Gives the newest attempt to the nodes, also if they may have it."""
        attempt = intent.last
        result = self._port.send(attempt.raw)
        self.answers[intent.nonce] = result.answer
        count = len(intent.attempts)
        said, data_bytes = result.answer.value, len(attempt.data)
        self._tell(Sent(intent.nonce, intent.meaning, count, attempt.hash, said, attempt.is_cancel, data_bytes))
        if result.answer in (SendAnswer.NO_FUNDS, SendAnswer.REFUSED):
            self._tell(Alarm(f"nodes refuse nonce {intent.nonce}: {result.message}", intent.meaning))

    def with_margin(self, gas: int) -> int:
        """A gas limit for an estimate."""
        return min(gas + gas * self._policy.gas_margin_percent // 100, TRANSACTION_GAS_LIMIT)

    def _replace(self, intent: Intent, ready: Ready, gas_limit: int, view: View, *, is_cancel: bool) -> bool:
        fees = raised_offer(intent.last.fees, view.head.base_fee_wei, self._port.tip_wei(), self._policy.fees)
        if fees is None and (ready.to, ready.data) != (intent.last.to, intent.last.data) and self._is_lost(intent):
            fees = intent.last.fees
        if fees is None:
            return False
        attempt = self._attempt(intent.nonce, ready, gas_limit, fees, view, is_cancel=is_cancel)
        self.send(self._store.add_attempt(intent, attempt))
        return True

    def _is_lost(self, intent: Intent) -> bool:
        """Whether no node has any attempt: then there is nothing to outbid."""
        return not any(self._port.is_known(attempt.hash) for attempt in intent.attempts)

    def _attempt(self, nonce: int, ready: Ready, gas_limit: int, fees: Fees, view: View, *, is_cancel: bool) -> Attempt:
        from eth_hash.auto import keccak

        signed = self._signer.sign(
            UnsignedTransaction(self._chain_id, nonce, ready.to, ready.data, gas_limit, fees.most_wei, fees.tip_wei)
        )
        return Attempt(
            hash=signed.hash,
            to=ready.to,
            data=ready.data,
            data_hash=bytes(keccak(ready.data)),
            gas_limit=gas_limit,
            fees=fees,
            raw=signed.raw,
            is_cancel=is_cancel,
            at_block=view.head.number,
        )
