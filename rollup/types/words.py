"""A batch as words of data on L1: all that it takes to rebuild the state, and nothing else.

| words | what |
|---|---|
| 1 | header: number, time, fee rates, which queue entries were served |
| 1 | domain |
| 3 | roots: state before, state after, risk table |
| 3 each | queue entries, which the contract takes from its own storage; key x and y, 0 where there is none |
| 1 each | trades |
| 1 each | operations |
| 2 each | liquidations |
| 1 each 4 | settlements |

Words of the operator's data have at most 248 bits; roots, domain and keys are field elements. A place that is not used
is 0, which no transaction is. Every word is below r.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from rollup.packing import Field, packed
from rollup.presets import Preset
from rollup.types.batches import Batch, Roots
from rollup.types.orders import Operation, Order, operation_fields
from rollup.types.transactions import (
    ForcedCloseOut,
    Liquidation,
    QueueEntry,
    Registration,
    Settlement,
    Trade,
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

KIND_BITS: Final = 3
SETTLEMENTS_PER_WORD: Final = 4
WORDS_PER_QUEUE_ENTRY: Final = 3
WORDS_PER_LIQUIDATION: Final = 2
FIRST_WORDS: Final = 5


def number_of_words(preset: Preset) -> int:
    """How many words a batch has."""
    return (
        FIRST_WORDS
        + WORDS_PER_QUEUE_ENTRY * preset.queue
        + preset.trades
        + preset.operations
        + WORDS_PER_LIQUIDATION * preset.liquidations
        + settlement_words(preset)
    )


def settlement_words(preset: Preset) -> int:
    """How many of them are for settlements."""
    return len(_starts(preset.settlements))


def words_of(batch: Batch, roots: Roots, served: Sequence[bool], preset: Preset) -> list[int]:
    """All words, shape (number_of_words(preset),). `served` has a flag for each queue entry."""
    settled = [batch.settlements[at : at + SETTLEMENTS_PER_WORD] for at in _starts(preset.settlements)]
    return [
        packed(header_fields(batch, served, preset)),
        batch.domain.element,
        roots.before,
        roots.after,
        roots.risk,
        *_padded([word for entry in batch.queue for word in queue_words(entry)], 3 * preset.queue),
        *_padded([packed(trade_fields(trade)) for trade in batch.trades], preset.trades),
        *_padded([packed(operation_word_fields(signed.operation)) for signed in batch.operations], preset.operations),
        *_padded([word for one in batch.liquidations for word in liquidation_words(one)], 2 * preset.liquidations),
        *(packed([field for one in group for field in settlement_fields(one)]) for group in settled),
    ]


def header_fields(batch: Batch, served: Sequence[bool], preset: Preset) -> list[Field]:
    """Number, time, rates, and a bit for each place in the queue section."""
    flags = [*served, *(False for _ in range(preset.queue - len(served)))]
    return [
        Field("number", batch.number, BATCH_NUMBER_BITS),
        Field("time_s", batch.time_s, TIME_BITS),
        Field("maker_fee_ppm", batch.maker_fee_ppm, RATE_BITS),
        Field("taker_fee_ppm", batch.taker_fee_ppm, RATE_BITS),
        *(Field(f"served {i}", int(flag), 1) for i, flag in enumerate(flags)),
    ]


def queue_words(entry: QueueEntry) -> tuple[int, int, int]:
    """Kind and fields, and the key of a registration."""
    fields = [
        Field("kind", int(entry.kind), KIND_BITS),
        Field("account", entry.account, ACCOUNT_ID_BITS),
        Field("amount_e6", 0 if isinstance(entry, ForcedCloseOut) else entry.amount_e6, CASH_BITS),
        Field("position_slot", entry.position_slot if isinstance(entry, ForcedCloseOut) else 0, POSITION_SLOT_BITS),
        Field("series_id", entry.series_id if isinstance(entry, ForcedCloseOut) else 0, SERIES_ID_BITS),
    ]
    key = entry.key if isinstance(entry, Registration) else (0, 0)
    return (packed(fields), *key)


def trade_fields(trade: Trade) -> list[Field]:
    """Both orders' places, and what was exchanged; fees follow from the header's rates."""
    maker = trade.maker.order
    return [
        *_order_place("maker", maker),
        *_order_place("taker", trade.taker.order),
        Field("series_id", maker.series_id, SERIES_ID_BITS),
        Field("price_e2", trade.price_e2, PRICE_BITS),
        Field("size_e4", trade.size_e4, SIZE_BITS),
        Field("maker_is_buy", int(maker.is_buy), 1),
        Field("maker_position_slot", trade.maker_position_slot, POSITION_SLOT_BITS),
        Field("taker_position_slot", trade.taker_position_slot, POSITION_SLOT_BITS),
    ]


def operation_word_fields(operation: Operation) -> list[Field]:
    """The kind, and what was signed."""
    return [Field("kind", int(operation.kind), KIND_BITS), *operation_fields(operation)]


def liquidation_words(liquidation: Liquidation) -> tuple[int, int]:
    """The first as a trade's, without an order on the liquidated side; the second has penalty and subsidy."""
    order = liquidation.liquidator.order
    first = [
        Field("account", liquidation.account, ACCOUNT_ID_BITS),
        *_order_place("liquidator", order),
        Field("series_id", order.series_id, SERIES_ID_BITS),
        Field("price_e2", liquidation.price_e2, PRICE_BITS),
        Field("size_e4", liquidation.size_e4, SIZE_BITS),
        Field("liquidator_is_buy", int(order.is_buy), 1),
        Field("position_slot", liquidation.position_slot, POSITION_SLOT_BITS),
        Field("liquidator_position_slot", liquidation.liquidator_position_slot, POSITION_SLOT_BITS),
    ]
    second = [
        Field("penalty_e6", liquidation.penalty_e6, CASH_BITS),
        Field("subsidy_e6", liquidation.subsidy_e6, CASH_BITS),
    ]
    return packed(first), packed(second)


def settlement_fields(settlement: Settlement) -> list[Field]:
    """Whose position, where, in what; how much follows from the state."""
    return [
        Field("account", settlement.account, ACCOUNT_ID_BITS),
        Field("position_slot", settlement.position_slot, POSITION_SLOT_BITS),
        Field("series_id", settlement.series_id, SERIES_ID_BITS),
    ]


def _order_place(name: str, order: Order) -> tuple[Field, Field, Field]:
    return (
        Field(f"{name} account", order.account, ACCOUNT_ID_BITS),
        Field(f"{name} slot", order.slot, ORDER_SLOT_BITS),
        Field(f"{name} nonce", order.nonce, NONCE_BITS),
    )


def _padded(words: list[int], length: int) -> list[int]:
    return words + [0] * (length - len(words))


def _starts(count: int) -> range:
    return range(0, count, SETTLEMENTS_PER_WORD)
