"""All that a reader of the record returns: frozen, and light to import."""

from __future__ import annotations

from sequencer.record.batch_types import (
    AccountState,
    BatchCounts,
    BatchRow,
    BatchStatus,
    DroppedRow,
    FillRow,
    OperationRow,
    PostingRow,
    ProofRow,
    StageTimes,
    TouchedRow,
    TransactionRow,
    WordMeaning,
)
from sequencer.record.detail_types import BatchDetail
from sequencer.record.market_types import (
    AccountRow,
    BookRow,
    LevelRow,
    RefusalRow,
    SettlementPriceRow,
    SettlementRow,
    SpotRow,
    TableInfo,
    TableRow,
    TradeRow,
)
from sequencer.record.node_types import LogRow, QueueRow, RunCounts, RunFacts, RunState, WorkerRow

__all__ = [
    "AccountRow",
    "AccountState",
    "BatchCounts",
    "BatchDetail",
    "BatchRow",
    "BatchStatus",
    "BookRow",
    "DroppedRow",
    "FillRow",
    "LevelRow",
    "LogRow",
    "OperationRow",
    "PostingRow",
    "ProofRow",
    "QueueRow",
    "RefusalRow",
    "RunCounts",
    "RunFacts",
    "RunState",
    "SettlementPriceRow",
    "SettlementRow",
    "SpotRow",
    "StageTimes",
    "TableInfo",
    "TableRow",
    "TouchedRow",
    "TradeRow",
    "TransactionRow",
    "WordMeaning",
    "WorkerRow",
]
