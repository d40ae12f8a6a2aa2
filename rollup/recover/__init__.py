"""The state from L1 alone: `decode_words` and `decode_rows` read batches and risk tables, `replay` books a batch."""

from rollup.recover.booking import RootMismatch, replay
from rollup.recover.decoded import DecodedBatch, DecodedLiquidation, DecodedTrade, OrderPlace
from rollup.recover.rows import decode_rows
from rollup.recover.words import MalformedWords, decode_queue_entry, decode_words

__all__ = [
    "DecodedBatch",
    "DecodedLiquidation",
    "DecodedTrade",
    "MalformedWords",
    "OrderPlace",
    "RootMismatch",
    "decode_queue_entry",
    "decode_rows",
    "decode_words",
    "replay",
]
