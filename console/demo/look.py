"""One look at a demo: what the record has of the node, and what the demo says of itself. Nothing else is ever shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from console.demo.chronicle import Note, Promise
from sequencer.record.types import (
    AccountRow,
    BatchRow,
    BookRow,
    ProofRow,
    RunCounts,
    RunState,
    SpotRow,
    TableRow,
    TradeRow,
    TransactionRow,
    WorkerRow,
)


@dataclass(frozen=True, slots=True)
class Look:
    """As of `second` of the demo. Newest first, but `spots`, `accounts` and `notes`; empty where there is nothing yet.

    `names` are instruments by series id, `roles` accounts by number; `trades_a_batch` is how many a batch has room for.
    """

    second: float = 0.0
    act: str = ""
    subject: str = ""
    trades_a_batch: int = 1
    state: RunState | None = None
    counts: RunCounts | None = None
    batches: tuple[BatchRow, ...] = ()
    proofs: tuple[ProofRow, ...] = ()
    workers: tuple[WorkerRow, ...] = ()
    transactions: tuple[TransactionRow, ...] = ()
    trades: tuple[TradeRow, ...] = ()
    accounts: tuple[AccountRow, ...] = ()
    table: tuple[TableRow, ...] = ()
    books: tuple[BookRow, ...] = ()
    spots: tuple[SpotRow, ...] = ()
    notes: tuple[Note, ...] = ()
    promises: tuple[Promise, ...] = ()
    names: Mapping[int, str] = field(default_factory=dict)
    roles: Mapping[int, str] = field(default_factory=dict)

    @property
    def filling(self) -> int:
        """How many trades are in no batch yet; liquidations have places of their own there."""
        open_trades = (one for one in self.trades if one.batch is None and not one.is_dropped)
        return sum(1 for trade in open_trades if trade.liquidated is None)
