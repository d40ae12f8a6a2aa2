"""Batches and how far they have come."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Final

from sequencer.api.port import BatchCut, BatchMoved, Finality

KEPT: Final = 100_000


@dataclass(slots=True, eq=False)
class BatchRecord:
    """A batch. `transactions` are the hashes of the L1 transactions that brought it to each finality."""

    number: int
    time_s: int
    sequence: int
    root_before: int
    root_after: int
    trades: int
    operations: int
    liquidations: int
    settlements: int
    queue: int
    finality: Finality = Finality.BATCHED
    transactions: dict[Finality, str] = field(default_factory=dict)


class Batches:
    """By number. Those that are older than the kept ones are executed, or nobody could have cut so many after them."""

    def __init__(self, kept: int = KEPT) -> None:
        self._kept = kept
        self._records: OrderedDict[int, BatchRecord] = OrderedDict()
        self._first = 1

    def cut(self, event: BatchCut) -> BatchRecord:
        """A new one."""
        batch = event.batch
        record = BatchRecord(
            batch.number,
            batch.time_s,
            event.sequence,
            event.root_before,
            event.root_after,
            len(batch.trades),
            len(batch.operations),
            len(batch.liquidations),
            len(batch.settlements),
            len(batch.queue),
        )
        self._records[batch.number] = record
        while len(self._records) > self._kept:
            self._first = self._records.popitem(last=False)[0] + 1
        return record

    def move(self, event: BatchMoved) -> BatchRecord | None:
        """Forward, or after a reorganisation of L1 back, when its later transactions are forgotten."""
        record = self._records.get(event.number)
        if record is None:
            return None
        record.finality = event.finality
        if event.transaction is not None:
            record.transactions[event.finality] = event.transaction
        for later in [level for level in record.transactions if level > event.finality]:
            del record.transactions[later]
        return record

    def find(self, number: int) -> BatchRecord | None:
        """One of those that are kept."""
        return self._records.get(number)

    def latest(self, before: int | None, count: int) -> list[BatchRecord]:
        """The newest first, those with a number below `before`."""
        found: list[BatchRecord] = []
        for record in reversed(self._records.values()):
            if before is not None and record.number >= before:
                continue
            if len(found) == count:
                break
            found.append(record)
        return found

    def finality(self, number: int) -> Finality:
        """Of what is in batch `number`; 0 is no batch yet."""
        record = self._records.get(number)
        if record is not None:
            return record.finality
        return Finality.EXECUTED if 0 < number < self._first else Finality.ACCEPTED

    def newest(self, finality: Finality) -> int:
        """The largest number that has come so far, 0 if none has. Finality falls with the number."""
        for number, record in reversed(self._records.items()):
            if record.finality >= finality:
                return number
        return self._first - 1
