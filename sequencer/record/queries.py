"""What reports ask of a whole run: margin over time, gas by batch and kind, proving by phase, delays of batches."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from heapq import merge
from typing import Final

from rollup.parameters import MAINTENANCE_WEIGHT
from sequencer.record.batch_types import BatchRow
from sequencer.record.market_types import AccountRow, TableInfo
from sequencer.record.reader import RecordReader
from sequencer.record.valuing import values_of

ALL: Final = -1
MOST_POINTS: Final = 1_000
MS_PER_S: Final = 1_000


@dataclass(frozen=True, slots=True)
class MarginPoint:
    """V of an account at a time, shape (COLUMNS,): after a batch that touched it, or by a new table (`batch` None)."""

    time_ms: int
    batch: int | None
    values_e6: tuple[int, ...]

    @property
    def equity_e6(self) -> int:
        """At the mark."""
        return self.values_e6[0]

    @property
    def worst_e6(self) -> int:
        """In the worst scenario."""
        return min(self.values_e6)

    @property
    def maintenance_e6(self) -> int:
        """What the equity must reach."""
        return -(-MAINTENANCE_WEIGHT * (self.equity_e6 - self.worst_e6) // (MAINTENANCE_WEIGHT + 1))


@dataclass(frozen=True, slots=True)
class GasPoint:
    """A batch's share of gas, by kind of transaction; `per_trade` is None for one without trades."""

    number: int
    trades: int
    by_kind: Mapping[str, float]

    @property
    def total(self) -> float:
        """Of all kinds."""
        return sum(self.by_kind.values())

    @property
    def per_trade(self) -> float | None:
        """Liquidations do not count as trades."""
        return self.total / self.trades if self.trades else None


@dataclass(frozen=True, slots=True)
class Delays:
    """Seconds from when a batch was sealed; None for what has not happened."""

    number: int
    proved_s: float | None
    committed_s: float | None
    proven_s: float | None
    executed_s: float | None


def margin_over_time(reader: RecordReader, account: int, most: int = MOST_POINTS) -> tuple[MarginPoint, ...]:
    """An account at every batch that touched it and at every table, the oldest first; of more than `most` tables some
    are left out, evenly.

    A table is read for each point: 0.1 ms or so. Empty before the account is there; raises `RecordDamaged`.
    """
    tables = reader.tables(limit=ALL)[::-1]
    step = max(1, -(-len(tables) // most))
    chosen = [*tables[:-1:step], *tables[-1:]]
    touched = reader.account_history(account, limit=ALL)[::-1]
    return tuple(_points(reader, touched, chosen))


def gas_of_batches(reader: RecordReader) -> tuple[GasPoint, ...]:
    """Every batch of which a transaction is in a block, by number."""
    shares: dict[int, dict[str, float]] = {}
    for row in reader.transactions(limit=ALL):
        if row.first_batch is None or row.gas_used is None or row.state not in ("done", "reverted"):
            continue
        for number in range(row.first_batch, row.first_batch + row.batches):
            kinds = shares.setdefault(number, {})
            kinds[row.kind] = kinds.get(row.kind, 0.0) + row.gas_used / row.batches
    trades = {row.number: row.counts.trades for row in reader.batches(limit=ALL)}
    return tuple(GasPoint(number, trades.get(number, 0), kinds) for number, kinds in sorted(shares.items()))


def phase_seconds(reader: RecordReader) -> dict[str, tuple[float, ...]]:
    """By phase, in the order of proving, what each real proof took; mocks are left out."""
    found: dict[str, list[float]] = {}
    for row in reversed(reader.proofs(limit=ALL)):
        if not row.is_mock:
            for phase, seconds in row.seconds.items():
                found.setdefault(phase, []).append(seconds)
    return {phase: tuple(seconds) for phase, seconds in found.items()}


def delays(reader: RecordReader) -> tuple[Delays, ...]:
    """Of every batch, by number."""
    return tuple(map(_delays, reversed(reader.batches(limit=ALL))))


def _delays(row: BatchRow) -> Delays:
    times = row.times
    stages = (times.proved_ms, times.committed_ms, times.proven_ms, times.executed_ms)
    return Delays(row.number, *(None if at is None else (at - times.sealed_ms) / MS_PER_S for at in stages))


def _points(reader: RecordReader, touched: tuple[AccountRow, ...], tables: list[TableInfo]) -> Iterator[MarginPoint]:
    """In the order of time; what one message did to the account comes before the table that it brought."""
    changes = ((row.time_ms, 0, row, None) for row in touched)
    prices = ((table.time_ms, 1, None, table) for table in tables)
    now: AccountRow | None = None
    for time_ms, _, row, table in merge(changes, prices, key=lambda one: one[:2]):
        if row is not None:
            now = row
            if row.values_e6:
                yield MarginPoint(time_ms, row.batch, row.values_e6)
        elif now is not None and table is not None:
            values_e6 = values_of(now.cash_e6, now.positions, reader.table_values(table.time_s))
            if values_e6:
                yield MarginPoint(time_ms, None, values_e6)
