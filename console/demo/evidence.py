"""All that a report is made from: read from the record once, when everything is over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from console.demo.chronicle import Chronicle, EquitySample, MarginSample, Note, Promise
from sequencer.record.types import BatchRow, ProofRow, SpotRow, TradeRow, TransactionRow

if TYPE_CHECKING:
    from sequencer.record.reader import RecordReader

EVERYTHING: Final = -1
NOT_SEEN: Final = "it was never looked at: the demo ended before"


@dataclass(frozen=True, slots=True)
class Evidence:
    """Oldest first. `started_ms` is when the demo began, `zero_ms` the time of its market then.

    `market` are pairs of unix ms and the made-up market's own price in USD, empty for real data.

    `watched` is the account of `equity` and of most of `margins`, None where no account is watched.
    """

    title: str
    started_ms: int
    zero_ms: int
    seconds: float
    preset: str
    underlying: str
    batches: tuple[BatchRow, ...]
    proofs: tuple[ProofRow, ...]
    transactions: tuple[TransactionRow, ...]
    trades: tuple[TradeRow, ...]
    spots: tuple[SpotRow, ...]
    market: tuple[tuple[int, float], ...]
    margins: tuple[MarginSample, ...]
    notes: tuple[Note, ...]
    promises: tuple[Promise, ...]
    act_seconds: Mapping[str, float]
    expected: tuple[str, ...]
    """Names of promises without which it is none."""

    watched: int | None = None
    equity: tuple[EquitySample, ...] = ()

    @property
    def all_kept(self) -> bool:
        """Whether everything that is expected was promised, and all promises were kept."""
        named = {one.name for one in self.promises}
        return set(self.expected) <= named and all(one.is_kept for one in self.promises)


def evidence_of(
    record: RecordReader,
    chronicle: Chronicle,
    *,
    title: str,
    expected: tuple[str, ...],
    preset: str,
    underlying: tuple[int, str],
    market: tuple[tuple[int, float], ...] = (),
    watched: int | None = None,
    zero_ms: int | None = None,
) -> Evidence:
    """Reads all of it. Raises what the record raises. What was expected and never seen is a promise not kept."""
    seen = {one.name for one in chronicle.promises}
    return Evidence(
        title,
        chronicle.started_ms,
        chronicle.started_ms if zero_ms is None else zero_ms,
        chronicle.second,
        preset,
        underlying[1],
        batches=record.batches(limit=EVERYTHING)[::-1],
        proofs=record.proofs(limit=EVERYTHING)[::-1],
        transactions=record.transactions(limit=EVERYTHING)[::-1],
        trades=record.trades(limit=EVERYTHING)[::-1],
        spots=record.spots(underlying[0], limit=EVERYTHING),
        market=market,
        margins=tuple(chronicle.margins),
        notes=chronicle.notes,
        promises=(
            *chronicle.promises,
            *(Promise(name, is_kept=False, evidence=NOT_SEEN) for name in expected if name not in seen),
        ),
        act_seconds=chronicle.act_seconds(),
        expected=expected,
        watched=watched,
        equity=tuple(chronicle.equity),
    )
