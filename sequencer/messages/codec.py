"""Messages as bytes: one way to write each, and nothing else is read.

A message is one byte of kind and then its fields. Kinds are never given out twice, so that old logs stay readable.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

from sequencer.messages import parts
from sequencer.messages.fields import MalformedMessage, Reader, Writer, made
from sequencer.messages.types import (
    AllowSession,
    CancelOrder,
    EndBatch,
    EndSession,
    Message,
    NewTable,
    Operate,
    PlaceOrder,
    ReceiveQueue,
    SetStress,
    TakeQuote,
)

__all__ = ["MalformedMessage", "decode_message", "encode_message"]

ACCOUNT_BYTES: Final = 4
TIME_BYTES: Final = 8
INDEX_BYTES: Final = 8
NONCE_BYTES: Final = 8
UNDERLYING_BYTES: Final = 2
PRICE_BYTES: Final = 8


def encode_message(message: Message) -> bytes:
    """About 130 bytes for an order. Raises `OverflowError` for signatures of more than 32 bytes a number."""
    kind = _KINDS[type(message)]
    if isinstance(message, PlaceOrder):
        return bytes((kind,)) + parts.request_data(message.request)
    writer = Writer()
    writer.number(kind, 1)
    _write(writer, message)
    return writer.data()


def decode_message(data: bytes) -> Message:
    """The inverse. Raises `MalformedMessage` for everything that `encode_message` does not write."""
    reader = Reader(data)
    read = _READERS.get(reader.number(1))
    if read is None:
        raise MalformedMessage(f"kind {data[0]} is not known: was it written by a later version?")
    message = made(partial(read, reader))
    reader.end()
    return message


def _write(writer: Writer, message: Message) -> None:
    match message:
        case CancelOrder(account, slot, nonce):
            writer.number(account, ACCOUNT_BYTES)
            writer.number(slot, 1)
            writer.number(nonce, NONCE_BYTES)
        case Operate(signed):
            parts.write_operation(writer, signed)
        case TakeQuote(legs):
            writer.many(legs, partial(parts.write_leg, writer))
        case ReceiveQueue(first_index, entries):
            writer.number(first_index, INDEX_BYTES)
            writer.many(entries, partial(parts.write_entry, writer))
        case NewTable(time_s, rows, spots):
            writer.number(time_s, TIME_BYTES)
            writer.many(rows, partial(parts.write_row, writer))
            writer.many(spots, partial(_write_spot, writer))
        case SetStress(is_under_stress):
            writer.number(int(is_under_stress), 1)
        case EndBatch(time_s):
            writer.number(time_s, TIME_BYTES)
        case AllowSession(account, key, expiry_s):
            writer.number(account, ACCOUNT_BYTES)
            writer.point(key)
            writer.number(expiry_s, TIME_BYTES)
        case EndSession(account, key):
            writer.number(account, ACCOUNT_BYTES)
            writer.point(key)


def _write_spot(writer: Writer, spot: tuple[int, int]) -> None:
    writer.number(spot[0], UNDERLYING_BYTES)
    writer.number(spot[1], PRICE_BYTES)


def _read_spot(reader: Reader) -> tuple[int, int]:
    return reader.number(UNDERLYING_BYTES), reader.number(PRICE_BYTES)


def _order(reader: Reader) -> Message:
    return PlaceOrder(parts.read_request(reader))


def _cancel(reader: Reader) -> Message:
    return CancelOrder(reader.number(ACCOUNT_BYTES), reader.number(1), reader.number(NONCE_BYTES))


def _operate(reader: Reader) -> Message:
    return Operate(parts.read_operation(reader))


def _quote(reader: Reader) -> Message:
    return TakeQuote(reader.many(partial(parts.read_leg, reader)))


def _queue(reader: Reader) -> Message:
    return ReceiveQueue(reader.number(INDEX_BYTES), reader.many(partial(parts.read_entry, reader)))


def _table(reader: Reader) -> Message:
    time_s = reader.number(TIME_BYTES)
    return NewTable(time_s, reader.many(partial(parts.read_row, reader)), reader.many(partial(_read_spot, reader)))


def _stress(reader: Reader) -> Message:
    return SetStress(reader.flag())


def _end(reader: Reader) -> Message:
    return EndBatch(reader.number(TIME_BYTES))


def _allow(reader: Reader) -> Message:
    return AllowSession(reader.number(ACCOUNT_BYTES), reader.point(), reader.number(TIME_BYTES))


def _end_session(reader: Reader) -> Message:
    return EndSession(reader.number(ACCOUNT_BYTES), reader.point())


_FORMS: Final[tuple[tuple[int, type, Callable[[Reader], Message]], ...]] = (
    (1, PlaceOrder, _order),
    (2, CancelOrder, _cancel),
    (3, Operate, _operate),
    (4, TakeQuote, _quote),
    (5, ReceiveQueue, _queue),
    (6, NewTable, _table),
    (7, SetStress, _stress),
    (8, EndBatch, _end),
    (9, AllowSession, _allow),
    (10, EndSession, _end_session),
)
_KINDS: Final = {kind: number for number, kind, _ in _FORMS}
_READERS: Final = {number: read for number, _, read in _FORMS}
