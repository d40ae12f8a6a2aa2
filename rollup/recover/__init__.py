"""The state from L1 alone: `decode_words` reads the words of a proved batch, `replay` books them."""

from rollup.recover.booking import RootMismatch, replay
from rollup.recover.decoded import DecodedBatch, DecodedLiquidation, DecodedTrade, OrderPlace
from rollup.recover.words import MalformedWords, decode_words

__all__ = [
    "DecodedBatch",
    "DecodedLiquidation",
    "DecodedTrade",
    "MalformedWords",
    "OrderPlace",
    "RootMismatch",
    "decode_words",
    "replay",
]
