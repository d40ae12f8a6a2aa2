"""The contract ABI's encoding: arguments to bytes and back.

Decoding accepts what Solidity's own decoder accepts: any order of the parts, padding that is not zero, and bytes that
nothing points to; so that whatever a contract took from a transaction can be read from it. Values out of their type's
range, and offsets and lengths that lead out of the data, are errors there and here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sequencer.l1.abi_types import (
    WORD_BYTES,
    AbiType,
    Address,
    Array,
    Boolean,
    Bytes,
    FixedBytes,
    Integer,
    Struct,
    Text,
    check_value,
    head_bytes,
    is_dynamic,
)
from sequencer.l1.address import with_checksum
from sequencer.l1.errors import BadEncoding


def encode(kinds: Sequence[AbiType], values: Sequence[Any], names: Sequence[str] | None = None) -> bytes:
    """The values one after another, heads first. Raises `BadArgument`, which calls them by `names`."""
    called = names or [f"argument {index}" for index in range(len(kinds))]
    for name, kind, value in zip(called, kinds, values, strict=True):
        check_value(name, kind, value)
    return _encode_all(kinds, values)


def decode(kinds: Sequence[AbiType], data: bytes) -> tuple[Any, ...]:
    """The values. Raises `BadEncoding`."""
    return _decode_all(kinds, data, 0)


def _encode_all(kinds: Sequence[AbiType], values: Sequence[Any]) -> bytes:
    head, tail = b"", b""
    start = sum(map(head_bytes, kinds))
    for kind, value in zip(kinds, values, strict=True):
        encoded = _encode_one(kind, value)
        if is_dynamic(kind):
            head += (start + len(tail)).to_bytes(WORD_BYTES, "big")
            tail += encoded
        else:
            head += encoded
    return head + tail


def _encode_one(kind: AbiType, value: Any) -> bytes:
    match kind:
        case Integer() | Boolean():
            return int(value).to_bytes(WORD_BYTES, "big", signed=value < 0)
        case Address():
            return bytes.fromhex(value[2:]).rjust(WORD_BYTES, b"\0")
        case FixedBytes():
            return bytes(value).ljust(WORD_BYTES, b"\0")
        case Bytes():
            return _counted(bytes(value))
        case Text():
            return _counted(value.encode())
        case Array(inner, length):
            count = b"" if length is not None else len(value).to_bytes(WORD_BYTES, "big")
            return count + _encode_all([inner] * len(value), value)
        case Struct():
            return _encode_all(kind.members, kind.values(value))


def _counted(data: bytes) -> bytes:
    return len(data).to_bytes(WORD_BYTES, "big") + data + bytes(-len(data) % WORD_BYTES)


def _decode_all(kinds: Sequence[AbiType], data: bytes, base: int) -> tuple[Any, ...]:
    """Values whose heads begin at `base`, from which offsets count."""
    values = []
    place = base
    for kind in kinds:
        start = base + _integer(data, place) if is_dynamic(kind) else place
        values.append(_decode_one(kind, data, start))
        place += head_bytes(kind)
    return tuple(values)


def _decode_one(kind: AbiType, data: bytes, place: int) -> Any:
    match kind:
        case Integer():
            return _checked_integer(kind, data, place)
        case Boolean():
            return bool(_checked_integer(Integer(1), data, place))
        case Address():
            return with_checksum(_checked_integer(Integer(160), data, place).to_bytes(20, "big"))
        case FixedBytes(length):
            word = _word(data, place)
            if any(word[length:]):
                raise BadEncoding(place, f"more than {length} bytes")
            return word[:length]
        case Bytes():
            return _slice(data, place + WORD_BYTES, _integer(data, place))
        case Text():
            return _text(data, place)
        case Array(inner, length):
            return _array(inner, length, data, place)
        case Struct(of):
            return of(*_decode_all(kind.members, data, place))


def _array(inner: AbiType, length: int | None, data: bytes, place: int) -> tuple[Any, ...]:
    count, start = (length, place) if length is not None else (_integer(data, place), place + WORD_BYTES)
    if count * max(head_bytes(inner), 1) > len(data) - start:
        raise BadEncoding(place, f"an array of {count} does not fit into the data")
    return _decode_all([inner] * count, data, start)


def _text(data: bytes, place: int) -> str:
    encoded = _slice(data, place + WORD_BYTES, _integer(data, place))
    try:
        return encoded.decode()
    except UnicodeDecodeError as error:
        raise BadEncoding(place, "text that is no UTF-8") from error


def _checked_integer(kind: Integer, data: bytes, place: int) -> int:
    value = int.from_bytes(_word(data, place), "big", signed=kind.signed)
    if not kind.lowest <= value <= kind.highest:
        raise BadEncoding(place, f"{value} does not fit into {kind.bits} bits")
    return value


def _integer(data: bytes, place: int) -> int:
    return int.from_bytes(_word(data, place), "big")


def _word(data: bytes, place: int) -> bytes:
    return _slice(data, place, WORD_BYTES)


def _slice(data: bytes, place: int, length: int) -> bytes:
    if place + length > len(data):
        raise BadEncoding(place, f"{length} bytes are wanted where {max(len(data) - place, 0)} are left")
    return data[place : place + length]
