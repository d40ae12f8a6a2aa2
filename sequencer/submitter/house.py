"""The clearing house's batches as its logs tell them: a fold, without a node."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Final

from sequencer.l1.bindings.clearing_house import (
    BatchCommitted,
    BatchesProven,
    BatchesReverted,
    BatchExecuted,
    ClearingHouse,
)
from sequencer.l1.bindings.structs import Batch
from sequencer.l1.receipts import RawLog
from sequencer.l1.records import genesis_batch
from sequencer.submitter.chain_types import BlockMark
from sequencer.submitter.errors import LogsMissing

TOPICS: Final = (BatchCommitted.TOPIC, BatchesProven.TOPIC, BatchExecuted.TOPIC, BatchesReverted.TOPIC)


@dataclass(frozen=True, slots=True)
class BatchOnL1:
    """A batch that L1 has, what it pays out, and in which blocks what happened to it."""

    batch: Batch
    payouts: tuple[int, ...]
    committed: BlockMark
    proven: BlockMark | None = None
    executed: BlockMark | None = None


@dataclass(slots=True)
class House:
    """Batches after `forgotten`, which are executed for good. `last_forgotten` is what follows them."""

    last_forgotten: Batch
    batches: list[BatchOnL1] = field(default_factory=list)
    proven: int = 0
    executed: int = 0

    @classmethod
    def empty(cls, genesis_root: int) -> House:
        """Of a new rollup."""
        return cls(genesis_batch(genesis_root))

    @property
    def forgotten(self) -> int:
        """The number of the last batch that is not kept."""
        return self.last_forgotten.number

    @property
    def committed(self) -> int:
        """The number of the last batch."""
        return self.forgotten + len(self.batches)

    def batch(self, number: int) -> BatchOnL1 | None:
        """A batch by its number, if it is on L1 and kept."""
        at = number - self.forgotten - 1
        return self.batches[at] if 0 <= at < len(self.batches) else None

    def struct(self, number: int) -> Batch | None:
        """What L1 calls a batch by."""
        if number == self.forgotten:
            return self.last_forgotten
        found = self.batch(number)
        return None if found is None else found.batch

    def copy(self) -> House:
        """To go on from here twice."""
        return House(self.last_forgotten, list(self.batches), self.proven, self.executed)

    def after(self, logs: Iterable[RawLog]) -> House:
        """What it is after more logs, in their order. Raises `LogsMissing` when one is not there."""
        house = self.copy()
        for _, of_one in groupby(logs, key=lambda log: log.transaction_hash):
            for log in of_one:
                house.add(log)
            if house.executed > house.proven:
                raise LogsMissing(f"batch {house.executed} is executed, and {house.proven} are proven")
        return house

    def forgetting(self, last: int) -> House:
        """Without the batches up to this one."""
        struct = self.struct(last)
        if struct is None or last <= self.forgotten:
            return self.copy()
        return House(struct, self.batches[last - self.forgotten :], self.proven, self.executed)

    def add(self, log: RawLog) -> None:
        """What happened next. Raises `LogsMissing`."""
        mark = BlockMark(log.block_number, log.block_hash)
        kind = ClearingHouse.event_of(log.topics)
        event = None if kind is None else kind.decode(log.topics, log.data)
        match event:
            case BatchCommitted(number, batch, payouts):
                if number != self.committed + 1:
                    raise LogsMissing(f"batch {number} is committed after {self.committed}")
                self.batches.append(BatchOnL1(batch, payouts, mark))
            case BatchesProven(last, _):
                self._mark(self.proven + 1, last, mark, is_execution=False)
                self.proven = last
            case BatchExecuted(number):
                if number != self.executed + 1:
                    raise LogsMissing(f"batch {number} is executed after {self.executed}")
                self._mark(number, number, mark, is_execution=True)
                self.executed = number
            case BatchesReverted(last):
                if not self.proven <= last < self.committed:
                    raise LogsMissing(f"batches after {last} of {self.committed} are reverted")
                del self.batches[last - self.forgotten :]
            case _:
                return

    def _mark(self, first: int, last: int, mark: BlockMark, *, is_execution: bool) -> None:
        if not first <= last <= self.committed or first <= self.forgotten:
            raise LogsMissing(f"batches {first} to {last} of {self.committed} are proven or executed")
        for number in range(first, last + 1):
            at = number - self.forgotten - 1
            one = self.batches[at]
            self.batches[at] = replace(one, executed=mark) if is_execution else replace(one, proven=mark)
