"""What messages are made of: signed orders and operations, quotes, queue entries, rows of the risk table."""

from __future__ import annotations

from typing import Final

from primitives.eddsa import Signature
from rollup.packing import Field, packed, unpacked
from rollup.recover import decode_queue_entry, decode_rows
from rollup.types.orders import (
    Cancel,
    MessageKind,
    Operation,
    Order,
    SignedOperation,
    SignedOrder,
    Transfer,
    Withdrawal,
    operation_fields,
)
from rollup.types.rows import WORDS_PER_ROW, row_words
from rollup.types.series import SeriesRow
from rollup.types.transactions import QueueEntry
from rollup.types.words import WORDS_PER_QUEUE_ENTRY, queue_words
from rollup.units import (
    ACCOUNT_ID_BITS,
    CASH_BITS,
    NONCE_BITS,
    ORDER_SLOT_BITS,
    PRICE_BITS,
    RATE_BITS,
    SERIES_ID_BITS,
    SIZE_BITS,
    TIME_BITS,
)
from sequencer.matching.quotes import QuoteLeg
from sequencer.matching.requests import OrderRequest, TimeInForce
from sequencer.messages.fields import ELEMENT_BYTES, MalformedMessage, Reader, Writer

_ORDER: Final = (
    ACCOUNT_ID_BITS,
    SERIES_ID_BITS,
    1,
    PRICE_BITS,
    SIZE_BITS,
    RATE_BITS,
    TIME_BITS,
    ORDER_SLOT_BITS,
    NONCE_BITS,
)
_OPERATION: Final = (ACCOUNT_ID_BITS, ORDER_SLOT_BITS, NONCE_BITS, ACCOUNT_ID_BITS, CASH_BITS)
_LEG: Final = (PRICE_BITS, SIZE_BITS)
_TIMES_IN_FORCE: Final = tuple(TimeInForce)
"""A time in force is written as its place here."""


def order_data(signed: SignedOrder) -> bytes:
    """The order in one word, then its signature: at once, since nearly all messages are orders."""
    numbers = (signed.order.word, *signed.signature.r, signed.signature.s)
    return b"".join([number.to_bytes(ELEMENT_BYTES, "big") for number in numbers])


def read_order(reader: Reader) -> SignedOrder:
    """The inverse."""
    account, series_id, is_buy, *rest = unpacked(reader.number(ELEMENT_BYTES), _ORDER)
    return SignedOrder(Order(account, series_id, bool(is_buy), *rest), _read_signature(reader))


def request_data(request: OrderRequest) -> bytes:
    """The order, and how to treat it."""
    ways = (_TIMES_IN_FORCE.index(request.time_in_force), request.post_only, request.reduce_only)
    return order_data(request.signed) + bytes(ways)


def read_request(reader: Reader) -> OrderRequest:
    """The inverse."""
    signed, place = read_order(reader), reader.number(1)
    if place >= len(_TIMES_IN_FORCE):
        raise MalformedMessage(f"time in force {place}")
    return OrderRequest(signed, _TIMES_IN_FORCE[place], reader.flag(), reader.flag())


def write_operation(writer: Writer, signed: SignedOperation) -> None:
    """Its kind, its fields in one word, then its signature."""
    writer.number(int(signed.operation.kind), 1)
    writer.number(packed(operation_fields(signed.operation)), ELEMENT_BYTES)
    _write_signature(writer, signed.signature)


def read_operation(reader: Reader) -> SignedOperation:
    """The inverse."""
    kind, word = reader.number(1), reader.number(ELEMENT_BYTES)
    account, slot, nonce, to, amount_e6 = unpacked(word, _OPERATION)
    operation: Operation
    if kind == MessageKind.CANCEL:
        operation = Cancel(account, slot, nonce)
    elif kind == MessageKind.TRANSFER:
        operation = Transfer(account, slot, nonce, to, amount_e6)
    elif kind == MessageKind.WITHDRAWAL:
        operation = Withdrawal(account, slot, nonce, amount_e6)
    else:
        raise MalformedMessage(f"operation of kind {kind}")
    if packed(operation_fields(operation)) != word:
        raise MalformedMessage("an operation has fields that its kind does not have")
    return SignedOperation(operation, _read_signature(reader))


def write_leg(writer: Writer, leg: QuoteLeg) -> None:
    """Both orders, price and size."""
    writer.parts += (order_data(leg.maker), order_data(leg.taker))
    fields = [Field("price_e2", leg.price_e2, PRICE_BITS), Field("size_e4", leg.size_e4, SIZE_BITS)]
    writer.number(packed(fields), ELEMENT_BYTES)


def read_leg(reader: Reader) -> QuoteLeg:
    """The inverse."""
    maker, taker = read_order(reader), read_order(reader)
    return QuoteLeg(maker, taker, *unpacked(reader.number(ELEMENT_BYTES), _LEG))


def write_entry(writer: Writer, entry: QueueEntry) -> None:
    """As L1 has it."""
    for word in queue_words(entry):
        writer.number(word, ELEMENT_BYTES)


def read_entry(reader: Reader) -> QueueEntry:
    """The inverse."""
    return decode_queue_entry(tuple(reader.number(ELEMENT_BYTES) for _ in range(WORDS_PER_QUEUE_ENTRY)))


def write_row(writer: Writer, row: SeriesRow) -> None:
    """As L1 has it."""
    for word in row_words(row):
        writer.number(word, ELEMENT_BYTES)


def read_row(reader: Reader) -> SeriesRow:
    """The inverse."""
    (row,) = decode_rows([reader.number(ELEMENT_BYTES) for _ in range(WORDS_PER_ROW)])
    return row


def _write_signature(writer: Writer, signature: Signature) -> None:
    writer.point(signature.r)
    writer.number(signature.s, ELEMENT_BYTES)


def _read_signature(reader: Reader) -> Signature:
    return Signature(reader.point(), reader.number(ELEMENT_BYTES))
