"""What a transaction has to say on L1 as it is now: the same meaning needs other calldata after a reorganisation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from sequencer.l1.binding import Call
from sequencer.l1.bindings.clearing_house import ClearingHouse
from sequencer.submitter.intents import Kind, Meaning
from sequencer.submitter.view import View
from sequencer.submitter.work import HeldBatch, Task


@dataclass(frozen=True, slots=True)
class Ready:
    """It can be sent."""

    to: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something else has to come first."""

    why: str


@dataclass(frozen=True, slots=True)
class Moot:
    """L1 has it, or cannot take it any more."""

    why: str


@dataclass(frozen=True, slots=True)
class Early:
    """L1's clock has to move on, which it does by itself; after a reorganisation it may be behind where it was."""


Outlook: TypeAlias = Ready | Waiting | Early | Moot


@dataclass(frozen=True, slots=True)
class Builder:
    """Builds by a view of L1, what there is to bring, and `nonces` of what is on its way."""

    house: ClearingHouse
    oracle: str
    key_digest: bytes
    view: View
    batches: Mapping[int, HeldBatch]
    tasks: Sequence[Task]
    now_s: float
    nonces: Mapping[Meaning, int]
    time_margin_s: float = 0.0

    def outlook(self, what: Meaning) -> Outlook:
        """How it stands with one thing."""
        match what.kind:
            case Kind.REPORT | Kind.SETTLEMENT:
                return self._task(what)
            case Kind.REVERT:
                return self._revert(what)
            case Kind.COMMIT | Kind.COMMIT_AND_PROVE:
                return self._commit(what)
            case Kind.PROVE:
                return self._prove(what)
            case Kind.EXECUTE:
                return self._execute(what)

    @property
    def open_reverts(self) -> tuple[Task, ...]:
        """Batches that still have to be taken back."""
        return tuple(t for t in self.tasks if t.meaning.kind is Kind.REVERT and t.meaning not in self.view.done)

    def _task(self, what: Meaning) -> Outlook:
        task = self._open_task(what)
        if task is None or what in self.view.done:
            return Moot("it is on L1")
        time_s = what.numbers[-1]
        if what.kind is Kind.REPORT and time_s <= self.view.last_report_time_s:
            return Moot(f"a report of {self.view.last_report_time_s} came before it")
        if not self._has_come(time_s):
            return Early()
        if what.kind is Kind.REPORT and self._waits_before(what):
            return Waiting("a report before it, which could not come after it")
        return Ready(self.oracle, task.data)

    def _waits_before(self, what: Meaning) -> bool:
        """Whether an older report can still be taken, and would only come after this one."""
        settled = self.view.done | self.view.lost
        own = self.nonces.get(what)
        for task in self.tasks:
            older = task.meaning
            if older.kind is not Kind.REPORT or older in settled:
                continue
            if self.view.last_report_time_s < older.numbers[0] < what.numbers[0]:
                nonce = self.nonces.get(older)
                if nonce is None or (own is not None and own < nonce):
                    return True
        return False

    def _revert(self, what: Meaning) -> Outlook:
        last = what.numbers[-1]
        house = self.view.house
        if house.committed <= last:
            return Moot("there is nothing to take back")
        if house.proven > last:
            return Moot(f"batch {house.proven} is proven")
        overdue = house.struct(house.proven + 1)
        if overdue is None:
            return Waiting("the first batch that is not proven")
        return self._ready(self.house.revert_batches(last, overdue))

    def _commit(self, what: Meaning) -> Outlook:
        (number,) = what.numbers
        house, held = self.view.house, self.batches.get(number)
        if house.committed >= number:
            return Moot("it is committed")
        previous = house.struct(number - 1)
        waits = self._commit_waits(number, held, is_known=previous is not None)
        if waits is not None or held is None or previous is None:
            return waits or Waiting("batches before it")
        given = held.batch.commitment
        if what.kind is Kind.COMMIT:
            return self._ready(self.house.commit_batch(previous, given))
        if held.proof is None or house.proven != number - 1:
            return Waiting("its proof, or those before it")
        return self._ready(self.house.commit_and_prove(previous, given, held.proof, self.key_digest))

    def _commit_waits(self, number: int, held: HeldBatch | None, *, is_known: bool) -> Waiting | Early | None:
        if self.view.is_frozen:
            return Waiting("the rollup is frozen")
        if self.open_reverts:
            return Waiting("batches that are taken back")
        if held is None or not is_known or self.view.house.committed != number - 1:
            return Waiting("batches before it")
        if not self._has_come(held.batch.time_s):
            return Early()
        report = Meaning(Kind.REPORT, str(held.batch.commitment.report_time_s))
        if self._open_task(report) is not None and report not in self.view.done:
            return Waiting("its report")
        return None

    def _prove(self, what: Meaning) -> Outlook:
        first, last = what.numbers
        house = self.view.house
        if house.proven >= first:
            return Moot(f"batch {house.proven} is proven")
        if self.view.is_frozen or house.proven != first - 1 or house.committed < last:
            return Waiting("batches before it")
        structs, proofs = [], []
        for number in range(first, last + 1):
            struct, held = house.struct(number), self.batches.get(number)
            if struct is None or held is None or held.proof is None:
                return Waiting("proofs")
            structs.append(struct)
            proofs.append(held.proof)
        return self._ready(self.house.prove_batches(structs, proofs, self.key_digest))

    def _execute(self, what: Meaning) -> Outlook:
        (number,) = what.numbers
        house = self.view.house
        if house.executed >= number:
            return Moot("it is executed")
        found = house.batch(number)
        if found is None or house.executed != number - 1 or house.proven < number:
            return Waiting("batches before it")
        return self._ready(self.house.execute_batch(found.batch, found.payouts))

    def _open_task(self, what: Meaning) -> Task | None:
        return next((task for task in self.tasks if task.meaning == what), None)

    def _has_come(self, time_s: int) -> bool:
        """By L1's clock or by ours: on a chain that makes blocks on demand, L1's stands still."""
        return time_s + self.time_margin_s <= max(self.view.head.time_s, self.now_s)

    def _ready(self, call: Call[None]) -> Ready:
        return Ready(call.to, call.data)
