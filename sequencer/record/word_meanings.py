"""The words of a batch with their meaning, field by field: the layout of `rollup.types.words`, with its names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import count
from typing import Final

from rollup.errors import FieldOutOfRange
from rollup.packing import unpacked
from rollup.presets import Preset
from rollup.recover.words import EXCHANGE, HEADER, OPERATION, ORDER_PLACE, QUEUE_ENTRY, SETTLEMENT
from rollup.types.orders import CHAIN_ID_BITS, CONTRACT_BITS
from rollup.types.words import SETTLEMENTS_PER_WORD, number_of_words
from rollup.units import ACCOUNT_ID_BITS, CASH_BITS
from sequencer.record.batch_types import WordMeaning

HEADER_NAMES: Final = ("number", "time_s", "maker_fee_ppm", "taker_fee_ppm")
ROOTS: Final = ("state before", "state after", "risk table")
QUEUE_NAMES: Final = ("kind", "account", "amount_e6", "position_slot", "series_id")
TRADE_NAMES: Final = (
    *("maker account", "maker slot", "maker nonce", "taker account", "taker slot", "taker nonce"),
    *("series_id", "price_e2", "size_e4", "maker_is_buy", "maker_position_slot", "taker_position_slot"),
)
OPERATION_NAMES: Final = ("kind", "account", "slot", "nonce", "to", "amount_e6")
LIQUIDATION_NAMES: Final = (
    *("account", "liquidator account", "liquidator slot", "liquidator nonce"),
    *("series_id", "price_e2", "size_e4", "liquidator_is_buy", "position_slot", "liquidator_position_slot"),
)
AMOUNT_NAMES: Final = ("penalty_e6", "subsidy_e6")
SETTLEMENT_NAMES: Final = ("account", "position_slot", "series_id")


def word_meanings(words: Sequence[int], preset: Preset | None) -> tuple[WordMeaning, ...]:
    """Every word with its fields; those of an unknown preset, or of another length, have none."""
    if preset is None or len(words) != number_of_words(preset):
        return tuple(WordMeaning(i, word, "word", ()) for i, word in enumerate(words))
    return tuple(
        WordMeaning(i, word, section, _fields(word, names, widths))
        for i, word, (section, names, widths) in zip(count(), words, _layout(preset), strict=False)
    )


def _fields(word: int, names: Sequence[str], widths: Sequence[int]) -> tuple[tuple[str, int], ...]:
    """None of a place that is not used, nor of a word that was never written so."""
    if not word:
        return ()
    if not widths:
        return ((names[0], word),)
    try:
        return tuple(zip(names, unpacked(word, widths), strict=True))
    except FieldOutOfRange:
        return ()


def _layout(preset: Preset) -> Iterator[tuple[str, Sequence[str], Sequence[int]]]:
    """Section, names and widths of each word; without widths the word is one element."""
    served = tuple(f"served {i}" for i in range(preset.queue))
    yield "header", (*HEADER_NAMES, *served), (*HEADER, *(1,) * preset.queue)
    yield "domain", ("contract", "chain_id"), (CONTRACT_BITS, CHAIN_ID_BITS)
    for name in ROOTS:
        yield "roots", (name,), ()
    for i in range(preset.queue):
        yield f"queue entry {i}", QUEUE_NAMES, QUEUE_ENTRY
        yield f"queue entry {i}", ("key x",), ()
        yield f"queue entry {i}", ("key y",), ()
    for i in range(preset.trades):
        yield f"trade {i}", TRADE_NAMES, (*ORDER_PLACE, *ORDER_PLACE, *EXCHANGE)
    for i in range(preset.operations):
        yield f"operation {i}", OPERATION_NAMES, OPERATION
    for i in range(preset.liquidations):
        yield f"liquidation {i}", LIQUIDATION_NAMES, (ACCOUNT_ID_BITS, *ORDER_PLACE, *EXCHANGE)
        yield f"liquidation {i}", AMOUNT_NAMES, (CASH_BITS, CASH_BITS)
    for first in range(0, preset.settlements, SETTLEMENTS_PER_WORD):
        places = range(first, min(first + SETTLEMENTS_PER_WORD, preset.settlements))
        names = tuple(f"{name} {i}" for i in places for name in SETTLEMENT_NAMES)
        yield f"settlements from {first}", names, SETTLEMENT * len(places)
