"""Messages as bytes: what is written is read, and nothing else is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from primitives.eddsa import Signature
from primitives.field import FR
from rollup.errors import FieldOutOfRange
from rollup.types.orders import Cancel, Order, SignedOperation, SignedOrder, Transfer
from rollup.types.series import OptionKind, Series, SeriesRow
from rollup.types.transactions import Deposit
from rollup.units import COLUMNS
from sequencer.matching import OrderRequest
from sequencer.messages import (
    AllowSession,
    CancelOrder,
    EndBatch,
    EndSession,
    MalformedMessage,
    Message,
    NewTable,
    Operate,
    PlaceOrder,
    ReceiveQueue,
    SetStress,
    TakeQuote,
    codec,
    decode_message,
    encode_message,
    parts,
)
from sequencer.messages.fields import Reader
from tests.support.venue_messages import ANY_MESSAGE, MESSAGES

QUICK = settings(max_examples=200, deadline=None)
HUNT = settings(max_examples=1_000, deadline=None, derandomize=True, phases=[Phase.generate], database=None)


def read_or_refuse(data: bytes) -> Message | None:
    """Bytes are refused as malformed, or are exactly what their message is written as."""
    try:
        message = decode_message(data)
    except MalformedMessage:
        return None
    assert encode_message(message) == data
    return message


def round_trip(message: Message) -> None:
    """Through bytes and back."""
    data = encode_message(message)
    assert decode_message(data) == message
    assert read_or_refuse(data) == message


@pytest.mark.parametrize("kind", MESSAGES)
def test_what_is_written_is_read(kind: str) -> None:
    assert kind in {form.__name__ for _, form, _ in codec._FORMS}
    settings(max_examples=60, deadline=None)(given(MESSAGES[kind])(round_trip))()


def test_all_kinds_are_tried() -> None:
    assert set(MESSAGES) == {form.__name__ for _, form, _ in codec._FORMS}
    assert [number for number, _, _ in codec._FORMS] == list(range(1, 11))


@given(ANY_MESSAGE, st.data())
@QUICK
def test_another_byte_is_another_message_or_none(message: Message, data: st.DataObject) -> None:
    check_other_bytes(message, data.draw)


def check_other_bytes(message: Message, draw: Callable[[st.SearchStrategy[Any]], Any]) -> None:
    """One byte changed, bytes lost, bytes more."""
    written = encode_message(message)
    place = draw(st.integers(0, len(written) - 1))
    changed = bytearray(written)
    changed[place] ^= draw(st.integers(1, 255))
    assert read_or_refuse(bytes(changed)) != message
    assert read_or_refuse(written[:place]) is None
    assert read_or_refuse(written + draw(st.binary(min_size=1, max_size=40))) is None


@given(
    st.one_of(
        st.binary(max_size=400), st.builds(lambda kind, rest: bytes([kind]) + rest, st.integers(0, 11), st.binary())
    )
)
@QUICK
def test_bytes_from_nowhere_are_refused_or_canonical(data: bytes) -> None:
    read_or_refuse(data)


def any_flag(reader: Reader) -> bool:
    """Whatever is not 0 is true."""
    return bool(reader.number(1))


def lenient_made(make: Callable[[], Any]) -> Any:
    """Lets the types' own errors through."""
    return make()


PLANTED: dict[str, tuple[Any, str, Any]] = {
    "bytes behind a message are ignored": (Reader, "end", lambda _: None),
    "a flag is any byte": (Reader, "flag", any_flag),
    "errors of fields are not malformed messages": (codec, "made", lenient_made),
    "what a message does not have is not looked at": (parts, "packed", lambda fields: 0),
}


@pytest.mark.parametrize("name", PLANTED)
def test_another_byte_is_another_message_or_none_twin(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(*PLANTED[name])
    hunt = given(ANY_MESSAGE, st.data())(lambda message, data: check_all(message, data.draw))
    with pytest.raises((AssertionError, FieldOutOfRange, ValueError, ExceptionGroup)):
        HUNT(hunt)()


def check_all(message: Message, draw: Callable[[st.SearchStrategy[Any]], Any]) -> None:
    """Both properties."""
    round_trip(message)
    check_other_bytes(message, draw)


def test_reasons_say_what_is_wrong() -> None:
    order = encode_message(CancelOrder(2, 3, 4))
    for data, words in (
        (b"", "ends after 0 bytes"),
        (b"\0", "kind 0 is not known"),
        (b"\xff", "later version"),
        (order[:-1], "it ends after"),
        (order + b"\0", "1 bytes are left"),
        (encode_message(SetStress(is_under_stress=True))[:1] + b"\2", "a flag is 2"),
        (encode_message(EndBatch(5))[:1] + b"\xff" * 8, "time_s"),
    ):
        with pytest.raises(MalformedMessage, match=words) as refused:
            decode_message(data)
        assert refused.value.__cause__ is not refused.value


def test_each_refusal_of_a_part() -> None:
    signed = Signature((1, 2), 3)
    order = Order(2, 1, is_buy=True, limit_price_e2=1, size_e4=1, max_fee_ppm=0, expiry_s=1, slot=0, nonce=1)
    placed = encode_message(PlaceOrder(OrderRequest(SignedOrder(order, signed))))
    cancel = encode_message(Operate(SignedOperation(Cancel(2, 3, 4), signed)))
    transfer = encode_message(Operate(SignedOperation(Transfer(2, 3, 4, 5, 6), signed)))
    queued = encode_message(ReceiveQueue(0, (Deposit(2, 3),)))
    table = encode_message(NewTable(1, (SeriesRow(Series(1, 1, 1, 1, OptionKind.PUT), False, (1,) * COLUMNS),)))
    kind_at = 1
    for data, words in (
        (placed[:-3] + b"\3" + placed[-2:], "time in force 3"),
        (placed[:-3] + b"\1\1\0", "post-only never fills at once"),
        (cancel[:kind_at] + b"\1" + cancel[kind_at + 1 :], "operation of kind 1"),
        (transfer[:kind_at] + b"\2" + transfer[kind_at + 1 :], "fields that its kind does not have"),
        (queued[:-1] + b"\1", "queue entry"),
        (table[:-34] + b"\1" + table[-33:], "it must be an integer"),
    ):
        assert len(data) > kind_at
        with pytest.raises(MalformedMessage, match=words):
            decode_message(data)


def test_fields_are_checked_where_messages_are_made() -> None:
    makers: tuple[Callable[[], object], ...] = (
        lambda: CancelOrder(1 << 24, 0, 1),
        lambda: CancelOrder(0, 8, 1),
        lambda: CancelOrder(0, 0, 0),
        lambda: TakeQuote(()),
        lambda: ReceiveQueue(0, ()),
        lambda: ReceiveQueue(1 << 40, (Deposit(2, 3),)),
        lambda: ReceiveQueue(0, (Deposit(2, 3),) * (1 << 16)),
        lambda: NewTable(1 << 32, ()),
        lambda: NewTable(0, (), ((1 << 16, 1),)),
        lambda: NewTable(0, (), ((1, 1 << 40),)),
        lambda: EndBatch(-1),
        lambda: AllowSession(0, (FR, 0), 1),
        lambda: EndSession(0, (0, FR)),
    )
    for make in makers:
        with pytest.raises(FieldOutOfRange):
            make()


def test_numbers_of_a_signature_beyond_32_bytes_cannot_be_written() -> None:
    order = Order(2, 1, is_buy=True, limit_price_e2=1, size_e4=1, max_fee_ppm=0, expiry_s=1, slot=0, nonce=1)
    for signature in (Signature((0, 0), 1 << 256), Signature((1 << 256, 0), 0), Signature((0, -1), 0)):
        with pytest.raises(OverflowError):
            encode_message(PlaceOrder(OrderRequest(SignedOrder(order, signature))))


def test_an_order_takes_so_many_bytes() -> None:
    order = Order(2, 1, is_buy=True, limit_price_e2=1, size_e4=1, max_fee_ppm=0, expiry_s=1, slot=0, nonce=1)
    assert len(encode_message(PlaceOrder(OrderRequest(SignedOrder(order, Signature((0, 1), 0)))))) == 132
