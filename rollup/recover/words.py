"""Reads what `rollup.types.words` writes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Final, TypeAlias, TypeVar

from primitives.field import FR
from rollup.errors import FieldOutOfRange, RollupError, check_range
from rollup.packing import packed, unpacked
from rollup.presets import Preset
from rollup.recover.decoded import DecodedBatch, DecodedLiquidation, DecodedTrade, OrderPlace
from rollup.types.batches import Batch, Roots
from rollup.types.orders import (
    CHAIN_ID_BITS,
    CONTRACT_BITS,
    Cancel,
    Domain,
    MessageKind,
    Operation,
    Transfer,
    Withdrawal,
)
from rollup.types.transactions import (
    Deposit,
    ForcedCloseOut,
    ForcedWithdrawal,
    QueueEntry,
    QueueKind,
    Registration,
    Settlement,
)
from rollup.types.words import (
    KIND_BITS,
    SETTLEMENTS_PER_WORD,
    WORDS_PER_LIQUIDATION,
    WORDS_PER_QUEUE_ENTRY,
    number_of_words,
    operation_word_fields,
    queue_words,
)
from rollup.units import (
    ACCOUNT_ID_BITS,
    BATCH_NUMBER_BITS,
    CASH_BITS,
    NONCE_BITS,
    ORDER_SLOT_BITS,
    POSITION_SLOT_BITS,
    PRICE_BITS,
    RATE_BITS,
    SERIES_ID_BITS,
    SIZE_BITS,
    TIME_BITS,
)

HEADER: Final = (BATCH_NUMBER_BITS, TIME_BITS, RATE_BITS, RATE_BITS)
QUEUE_ENTRY: Final = (KIND_BITS, ACCOUNT_ID_BITS, CASH_BITS, POSITION_SLOT_BITS, SERIES_ID_BITS)
ORDER_PLACE: Final = (ACCOUNT_ID_BITS, ORDER_SLOT_BITS, NONCE_BITS)
EXCHANGE: Final = (SERIES_ID_BITS, PRICE_BITS, SIZE_BITS, 1, POSITION_SLOT_BITS, POSITION_SLOT_BITS)
OPERATION: Final = (KIND_BITS, *ORDER_PLACE, ACCOUNT_ID_BITS, CASH_BITS)
SETTLEMENT: Final = (ACCOUNT_ID_BITS, POSITION_SLOT_BITS, SERIES_ID_BITS)

T = TypeVar("T")
Words: TypeAlias = tuple[int, ...]


class MalformedWords(RollupError):
    """Words that no batch is written as."""

    def __init__(self, where: str, reason: str) -> None:
        super().__init__(f"{where}: {reason}")
        self.where, self.reason = where, reason


def decode_words(words: Sequence[int], preset: Preset) -> DecodedBatch:
    """The inverse of `words_of`. Places that are not used may lie between others.

    Raises `MalformedWords` for what it does not write.
    """
    if len(words) != number_of_words(preset):
        raise MalformedWords("words", f"there are {len(words)} instead of {number_of_words(preset)}")
    rest = iter(words)
    header, flags = _made("header", (next(rest), next(rest)), partial(_header, preset=preset))
    roots = _made("roots", (next(rest), next(rest), next(rest)), _roots)
    queue = _section("queue entry", rest, preset.queue, WORDS_PER_QUEUE_ENTRY, _queue_entry)
    trades = _section("trade", rest, preset.trades, 1, _trade)
    operations = _section("operation", rest, preset.operations, 1, _operation)
    liquidations = _section("liquidation", rest, preset.liquidations, WORDS_PER_LIQUIDATION, _liquidation)
    settlements: list[Settlement] = []
    for first in range(0, preset.settlements, SETTLEMENTS_PER_WORD):
        count = min(SETTLEMENTS_PER_WORD, preset.settlements - first)
        settlements += _made(f"settlements from {first}", (next(rest),), partial(_settlements, count=count))
    if any(flag for place, flag in enumerate(flags) if place not in queue):
        raise MalformedWords("header", "a place of the queue is served that holds nothing")
    return DecodedBatch(
        replace(header, queue=tuple(queue.values()), settlements=tuple(settlements)),
        roots,
        tuple(flags[place] for place in queue),
        tuple(trades.values()),
        tuple(operations.values()),
        tuple(liquidations.values()),
    )


def decode_queue_entry(words: Words) -> QueueEntry:
    """An entry of the queue from its three words. Raises `MalformedWords`."""
    return _made("queue entry", words, _queue_entry)


def _made(where: str, words: Words, make: Callable[[Words], T]) -> T:
    try:
        return make(words)
    except FieldOutOfRange as error:
        raise MalformedWords(where, str(error)) from error


def _section(name: str, rest: Iterator[int], count: int, width: int, make: Callable[[Words], T]) -> dict[int, T]:
    """What a section's places hold, by place."""
    places = [tuple(next(rest) for _ in range(width)) for _ in range(count)]
    return {i: _made(f"{name} {i}", words, make) for i, words in enumerate(places) if any(words)}


def _header(words: Words, preset: Preset) -> tuple[Batch, list[bool]]:
    number, time_s, maker_fee_ppm, taker_fee_ppm, *flags = unpacked(words[0], (*HEADER, *(1,) * preset.queue))
    contract, chain_id = unpacked(words[1], (CONTRACT_BITS, CHAIN_ID_BITS))
    batch = Batch(number, time_s, Domain(chain_id, contract), maker_fee_ppm, taker_fee_ppm)
    return batch, [bool(flag) for flag in flags]


def _roots(words: Words) -> Roots:
    return Roots(*(_element(word) for word in words))


def _queue_entry(words: Words) -> QueueEntry:
    kind, account, amount_e6, slot, series_id = unpacked(words[0], QUEUE_ENTRY)
    entry: QueueEntry
    if kind == QueueKind.REGISTER:
        entry = Registration(account, amount_e6, (_element(words[1]), _element(words[2])))
    elif kind == QueueKind.DEPOSIT:
        entry = Deposit(account, amount_e6)
    elif kind == QueueKind.FORCED_WITHDRAWAL:
        entry = ForcedWithdrawal(account, amount_e6)
    else:
        check_range("kind", kind, KIND_BITS, minimum=QueueKind.FORCED_CLOSE_OUT, maximum=QueueKind.FORCED_CLOSE_OUT)
        entry = ForcedCloseOut(account, slot, series_id)
    _require_written(words, queue_words(entry))
    return entry


def _trade(words: Words) -> DecodedTrade:
    *orders, series_id, price_e2, size_e4, is_buy, maker_slot, taker_slot = unpacked(
        words[0], (*ORDER_PLACE, *ORDER_PLACE, *EXCHANGE)
    )
    maker, taker = OrderPlace(*orders[:3]), OrderPlace(*orders[3:])
    return DecodedTrade(maker, taker, series_id, price_e2, size_e4, bool(is_buy), maker_slot, taker_slot)


def _operation(words: Words) -> Operation:
    kind, account, slot, nonce, to, amount_e6 = unpacked(words[0], OPERATION)
    operation: Operation
    if kind == MessageKind.CANCEL:
        operation = Cancel(account, slot, nonce)
    elif kind == MessageKind.TRANSFER:
        operation = Transfer(account, slot, nonce, to, amount_e6)
    else:
        check_range("kind", kind, KIND_BITS, minimum=MessageKind.WITHDRAWAL, maximum=MessageKind.WITHDRAWAL)
        operation = Withdrawal(account, slot, nonce, amount_e6)
    _require_written(words, (packed(operation_word_fields(operation)),))
    return operation


def _liquidation(words: Words) -> DecodedLiquidation:
    account, *order, series_id, price_e2, size_e4, is_buy, slot, liquidator_slot = unpacked(
        words[0], (ACCOUNT_ID_BITS, *ORDER_PLACE, *EXCHANGE)
    )
    amounts = unpacked(words[1], (CASH_BITS, CASH_BITS))
    place = OrderPlace(*order)
    return DecodedLiquidation(
        account, place, series_id, price_e2, size_e4, bool(is_buy), slot, liquidator_slot, *amounts
    )


def _settlements(words: Words, count: int) -> list[Settlement]:
    """Of one word; a place that is 0 is not used."""
    parts = unpacked(words[0], SETTLEMENT * count)
    places = [parts[at : at + len(SETTLEMENT)] for at in range(0, len(parts), len(SETTLEMENT))]
    return [Settlement(*place) for place in places if any(place)]


def _element(word: int) -> int:
    check_range("element", word, 0, maximum=FR - 1)
    return word


def _require_written(words: Words, expected: Sequence[int]) -> None:
    """Parts that a kind does not have are 0."""
    for word, one in zip(words, expected, strict=True):
        check_range("word", word, 0, minimum=one, maximum=one)
