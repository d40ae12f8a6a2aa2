"""What L1 says, in the order in which it said it: a fold over facts, of which each is one log with its data.

Nothing else is believed. Whoever has the logs of clearing house and oracle has all that recovery and exits need.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypeAlias

from rollup.recover import decode_queue_entry
from rollup.types.transactions import QueueEntry
from sequencer.l1.bindings.structs import Batch, Commitment
from sequencer.l1.errors import L1Error
from sequencer.l1.records import Payout


@dataclass(frozen=True, slots=True)
class EntryQueued:
    """An entry of the queue: its three words, and when it is overdue."""

    index: int
    account: int
    words: tuple[int, int, int]
    deadline_s: int


@dataclass(frozen=True, slots=True)
class TableReported:
    """A risk table of the oracles, with its rows as they stand in calldata."""

    time_s: int
    risk_root: int
    rows: bytes


@dataclass(frozen=True, slots=True)
class BatchCommitted:
    """A batch that may or may not be proven later."""

    batch: Batch
    commitment: Commitment
    payouts: tuple[Payout, ...]


@dataclass(frozen=True, slots=True)
class BatchesProven:
    """All batches up to this one are final."""

    last: int


@dataclass(frozen=True, slots=True)
class BatchExecuted:
    """What the batch pays out is owed."""

    number: int


@dataclass(frozen=True, slots=True)
class BatchesReverted:
    """Committed batches after this one are gone."""

    last: int


@dataclass(frozen=True, slots=True)
class RollupFrozen:
    """Nothing but exits from here on."""

    queue_index: int


Fact: TypeAlias = (
    EntryQueued | TableReported | BatchCommitted | BatchesProven | BatchExecuted | BatchesReverted | RollupFrozen
)


class InconsistentHistory(L1Error):
    """Logs that the contracts cannot have written: some are missing, or they are of several deployments."""

    def __init__(self, fact: Fact, why: str) -> None:
        super().__init__(f"{type(fact).__name__}: {why}; read the logs again from the deployment's first block")
        self.fact = fact
        self.why = why


@dataclass(slots=True)
class History:
    """Everything since the deployment. `batches[0]` is batch 1; reverted ones are not there."""

    queue: list[EntryQueued] = field(default_factory=list)
    tables: dict[int, TableReported] = field(default_factory=dict)
    batches: list[BatchCommitted] = field(default_factory=list)
    proven: int = 0
    executed: int = 0
    reverted: int = 0
    frozen_at_entry: int | None = None

    @classmethod
    def of(cls, facts: Iterable[Fact]) -> History:
        """All facts in order. Raises `InconsistentHistory`."""
        history = cls()
        for fact in facts:
            history.add(fact)
        return history

    @property
    def committed(self) -> int:
        """The number of the last batch."""
        return len(self.batches)

    @property
    def served(self) -> int:
        """How many entries of the queue proven batches have served."""
        return self.batches[self.proven - 1].batch.queue_end if self.proven else 0

    def open_entries(self, most: int) -> list[QueueEntry]:
        """The next entries of the queue, after those that committed batches serve. Raises `MalformedWords`."""
        first = self.batches[-1].batch.queue_end if self.batches else 0
        return [decode_queue_entry(entry.words) for entry in self.queue[first : first + most]]

    def add(self, fact: Fact) -> None:
        """What happened next. Raises `InconsistentHistory`."""
        match fact:
            case EntryQueued():
                _expect(fact, "queue index", fact.index, len(self.queue))
                self.queue.append(fact)
            case TableReported():
                if self.tables and fact.time_s <= max(self.tables):
                    raise InconsistentHistory(fact, f"the table of {fact.time_s} is not newer than the one before")
                self.tables[fact.time_s] = fact
            case BatchCommitted():
                _expect(fact, "batch", fact.batch.number, self.committed + 1)
                self.batches.append(fact)
            case BatchesProven():
                self._expect_between(fact, self.proven + 1, fact.last, self.committed)
                self.proven = fact.last
            case BatchExecuted():
                _expect(fact, "batch", fact.number, self.executed + 1)
                self.executed = fact.number
            case BatchesReverted():
                self._expect_between(fact, self.proven, fact.last, self.committed - 1)
                self.reverted += self.committed - fact.last
                del self.batches[fact.last :]
            case RollupFrozen():
                self.frozen_at_entry = fact.queue_index

    def _expect_between(self, fact: Fact, first: int, found: int, last: int) -> None:
        if not first <= found <= last:
            raise InconsistentHistory(fact, f"batch {found} is not within {first} .. {last}")


def _expect(fact: Fact, what: str, found: int, expected: int) -> None:
    if found != expected:
        raise InconsistentHistory(fact, f"{what} {found} comes where {expected} should")
