"""All that is known of one batch."""

from __future__ import annotations

from dataclasses import dataclass

from sequencer.record.batch_types import (
    BatchRow,
    DroppedRow,
    FillRow,
    OperationRow,
    PostingRow,
    ProofRow,
    TouchedRow,
    TransactionRow,
    WordMeaning,
)
from sequencer.record.market_types import SettlementRow, TradeRow
from sequencer.record.node_types import QueueRow


@dataclass(frozen=True, slots=True)
class BatchDetail:
    """A batch with its words decoded, its postings, the accounts it touched, and what happened to it on L1.

    `dropped` was refused when it, or a batch sealed with it, was cut. `digest` and `point` are those of its commitment,
    None until they are known.
    """

    row: BatchRow
    preset: str
    digest: int | None
    point: int | None
    words: tuple[WordMeaning, ...]
    postings: tuple[PostingRow, ...]
    touched: tuple[TouchedRow, ...]
    fills: tuple[FillRow, ...]
    trades: tuple[TradeRow, ...]
    """Liquidations among them."""
    operations: tuple[OperationRow, ...]
    settlements: tuple[SettlementRow, ...]
    queue: tuple[QueueRow, ...]
    dropped: tuple[DroppedRow, ...]
    transactions: tuple[TransactionRow, ...]
    proof: ProofRow | None
