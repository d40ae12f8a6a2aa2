"""The door: what the node hands over, a turn at a time, and how far L1 is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from sequencer.l1.bindings.clearing_house import ClearingHouse, WrongKey
from sequencer.l1.bindings.oracle import Oracle
from sequencer.l1.deployment import RollupDeployment
from sequencer.l1.errors import BadAnswer, BadEncoding, L1Error, NoContract, RpcRefused, WrongChainId
from sequencer.l1.reverts import ContractReverted
from sequencer.store.database import Database
from sequencer.submitter.batch_check import BatchCheck
from sequencer.submitter.building import Builder, Ready
from sequencer.submitter.errors import NonceTaken, SubmitterError, SubmitterStopped
from sequencer.submitter.events import Alarm, Event, NodesTroubled, Progressed
from sequencer.submitter.failures import Failures
from sequencer.submitter.inclusion import InclusionWatch
from sequencer.submitter.intake import Intake
from sequencer.submitter.intent_store import IntentStore
from sequencer.submitter.intents import Intent, Kind, Status
from sequencer.submitter.keeping import Keeper
from sequencer.submitter.looking import Lookout
from sequencer.submitter.outbox import Outbox
from sequencer.submitter.planning import candidates
from sequencer.submitter.policy import SubmitterPolicy
from sequencer.submitter.port import L1Port, Signer
from sequencer.submitter.progress import L1Progress, progress_of
from sequencer.submitter.reverting import reverts_done
from sequencer.submitter.schema import make_tables
from sequencer.submitter.startup import Expected, require_chain, require_roots
from sequencer.submitter.view import View
from sequencer.submitter.work_store import WorkStore

PASSING: Final = (SubmitterError, BadAnswer, BadEncoding, RpcRefused, NoContract, ContractReverted)
"""What is told as an event, and tried again by the next turn."""

STOPPING: Final = (SubmitterStopped, WrongChainId, WrongKey)


class Submitter(Intake):
    """Brings reports and batches to L1. Not for two threads; no turn waits longer than its questions to nodes.

    `root_of(number)` is our own state root after a batch, None for one that we do not have; `root_of(0)` that of the
    empty rollup. `database` keeps all that was handed over and all that was sent; after a restart it goes on by itself.
    """

    def __init__(
        self,
        l1: L1Port,
        database: Database,
        clock: Callable[[], float],
        *,
        signer: Signer,
        deployment: RollupDeployment,
        expected: Expected,
        root_of: Callable[[int], int | None],
        policy: SubmitterPolicy | None = None,
    ) -> None:
        self.policy = policy or SubmitterPolicy()
        self._l1 = l1
        self._deployment = deployment
        self._expected = expected
        self._root_of = root_of
        self._address = signer.address
        self._events: list[Event] = []
        make_tables(database)
        self._intents = IntentStore(database)
        self._intents.keep_facts(
            {
                "chain id": str(deployment.chain_id),
                "clearing house": deployment.clearing_house,
                "account": signer.address,
            }
        )
        super().__init__(WorkStore(database), self._intents, Oracle(l1, deployment.oracle), clock)
        tell = self._events.append
        genesis_root = root_of(0) or 0
        self._lookout = Lookout(l1, deployment, genesis_root, signer.address, self.policy, tell)
        self._watch = InclusionWatch(l1, self._intents, signer.address, self.policy.receipt_patience_s)
        self._outbox = Outbox(l1, self._intents, signer, deployment.chain_id, self.policy, tell)
        self._failures = Failures(self.policy.most_tries, self.policy.resend_s)
        self._keeper = Keeper(l1, self._outbox, self._failures, signer.address, self.policy, tell)
        self._batch_check = BatchCheck(root_of)
        self._house = ClearingHouse(l1, deployment.clearing_house)
        self._told: Progressed | None = None
        self._is_frozen_told = False
        self._stopped: Exception | None = None

    def retry(self) -> None:
        """Somebody has looked after an alarm: what L1 refused may be tried again."""
        self._failures.forgive()

    def step(self) -> tuple[Event, ...]:
        """One short turn. Opens at most one new transaction, and looks after those on their way.

        Raises `SubmitterStopped`, `WrongChainId` or `WrongKey` when nothing may be sent any more, from then on always;
        whatever passes by itself is an event.
        """
        if self._stopped is not None:
            raise self._stopped
        try:
            self._turn()
        except STOPPING as stop:
            self._stopped = stop
            raise
        except PASSING as trouble:
            self._events.append(NodesTroubled(f"{type(trouble).__name__}: {trouble}"))
        events = tuple(self._events)
        self._events.clear()
        return events

    @property
    def progress(self) -> L1Progress | None:
        """As of the last turn that saw L1; None before the first."""
        if self._view is None:
            return None
        return progress_of(self._view, self._numbers_on_their_way())

    @property
    def on_their_way(self) -> tuple[Intent, ...]:
        """Transactions whose nonce is not used yet."""
        return tuple(intent for intent in self._intents.open if intent.status is Status.LIVE)

    def _turn(self) -> None:
        is_first = self._view is None
        if is_first:
            require_chain(self._l1, self._deployment, self._expected)
        now_s = self._clock()
        view = self._lookout.look(self._work.tasks, now_s)
        if is_first:
            self._require_own_account(view)
        reverted = self._watch.settle(view, now_s, self._events.append)
        view = self._with_reverts(view)
        builder = self._builder(view, now_s)
        if is_first:
            require_roots(view.house, self._root_of, [task.meaning.numbers[-1] for task in builder.open_reverts])
        self._view = view
        self._failures.look(view.house)
        self._batch_check.look(view.house, self._work.batches, builder.open_reverts)
        for intent in reverted:
            self._note_reverted(intent, view, now_s)
        self._finish(view)
        for intent in self.on_their_way:
            if intent.nonce >= view.nonce:
                self._keeper.keep(intent, builder)
        self._begin(builder)

    def _begin(self, builder: Builder) -> None:
        """Opens at most one transaction."""
        flying = self.on_their_way
        if len(flying) >= self.policy.most_in_flight:
            return
        for what in candidates(builder, {intent.meaning for intent in flying}, self.policy):
            outlook = builder.outlook(what)
            if not isinstance(outlook, Ready) or not self._failures.may_try(what, builder.view.head, builder.now_s):
                continue
            try:
                gas = self._l1.estimate(self._address, outlook.to, outlook.data)
            except ContractReverted as error:
                self._events.extend(self._failures.note(what, error, builder.view.head, builder.now_s))
                continue
            self._outbox.open(what, outlook, gas, builder.view)
            return

    def _note_reverted(self, intent: Intent, view: View, now_s: float) -> None:
        """By the contract's own name for it, as far as it would say the same again."""
        error: L1Error = SubmitterError(f"{intent.meaning} reverted at nonce {intent.nonce}, and would not now")
        try:
            self._l1.estimate(self._address, intent.last.to, intent.last.data)
        except PASSING as refusal:  # counted in any case: nodes that do not answer must not make it a loop
            error = refusal if isinstance(refusal, ContractReverted) else error
        self._events.extend(self._failures.note(intent.meaning, error, view.head, now_s))

    def _finish(self, view: View) -> None:
        """Forgets what is final, and tells how far L1 is."""
        for what in view.lost & {task.meaning for task in self._work.tasks}:
            self._events.append(Alarm("a newer report is on L1 for good: this one never will be", what))
        progress = progress_of(view, frozenset())
        gone = view.final | view.lost
        self._work.finish([task for task in self._work.tasks if task.meaning in gone], progress.final_executed)
        self._lookout.follower.forget(view.final_block)
        told = Progressed(
            progress.committed,
            progress.proven,
            progress.executed,
            progress.final_committed,
            progress.final_proven,
            progress.final_executed,
        )
        if told != self._told:
            self._told = told
            self._events.append(told)
        if view.is_frozen and not self._is_frozen_told:
            self._is_frozen_told = True
            self._events.append(Alarm("the rollup is frozen: nothing but exits from here on"))

    def _with_reverts(self, view: View) -> View:
        done, final = reverts_done(self._work.tasks, self._intents, view)
        return replace(view, done=view.done | done, final=view.final | final)

    def _require_own_account(self, view: View) -> None:
        """A new database begins at the account's nonce. Raises `NonceTaken` when others' transactions wait."""
        if self._intents.next_nonce is not None:
            return
        if self._l1.nonce(self._address, "pending") > view.nonce:
            raise NonceTaken(
                self._address, view.nonce, "transactions that this database does not know wait in the pool"
            )
        self._intents.start_at(view.nonce)

    def _builder(self, view: View, now_s: float) -> Builder:
        return Builder(
            house=self._house,
            oracle=self._deployment.oracle,
            key_digest=self._expected.key_digest,
            view=view,
            batches=self._work.batches,
            tasks=self._work.tasks,
            now_s=now_s,
            nonces={intent.meaning: intent.nonce for intent in self.on_their_way},
            time_margin_s=self.policy.time_margin_s,
        )

    def _numbers_on_their_way(self) -> frozenset[int]:
        kinds = (Kind.COMMIT, Kind.COMMIT_AND_PROVE)
        return frozenset(i.meaning.numbers[0] for i in self.on_their_way if i.meaning.kind in kinds)
