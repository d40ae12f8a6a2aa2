"""The ABI's encoding, compared with eth_abi's, and what neither must take."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from eth_abi.abi import decode as their_decode
from eth_abi.abi import encode as their_encode
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak
from hypothesis import given
from hypothesis import strategies as st

from sequencer.l1.abi_codec import decode, encode
from sequencer.l1.abi_types import (
    UINT256,
    AbiType,
    Address,
    Array,
    Boolean,
    Bytes,
    FixedBytes,
    Integer,
    Text,
)
from sequencer.l1.address import is_address, with_checksum
from sequencer.l1.errors import BadArgument, BadEncoding

PLAIN: st.SearchStrategy[AbiType] = st.one_of(
    st.builds(Integer, st.integers(1, 32).map(lambda n: 8 * n), st.booleans()),
    st.builds(FixedBytes, st.integers(1, 32)),
    st.sampled_from([Address(), Boolean(), Bytes(), Text()]),
)
KINDS: st.SearchStrategy[AbiType] = st.recursive(
    PLAIN, lambda inner: st.builds(Array, inner, st.none() | st.integers(1, 3)), max_leaves=4
)


def name_of_type(kind: AbiType) -> str:
    match kind:
        case Integer(bits, signed):
            return f"{'int' if signed else 'uint'}{bits}"
        case FixedBytes(length):
            return f"bytes{length}"
        case Array(inner, length):
            return f"{name_of_type(inner)}[{'' if length is None else length}]"
    return {Address(): "address", Boolean(): "bool", Bytes(): "bytes", Text(): "string"}[kind]


def values_of(kind: AbiType) -> st.SearchStrategy[Any]:
    match kind:
        case Integer():
            return st.integers(kind.lowest, kind.highest)
        case FixedBytes(length):
            return st.binary(min_size=length, max_size=length)
        case Address():
            return st.binary(min_size=20, max_size=20).map(with_checksum)
        case Boolean():
            return st.booleans()
        case Bytes():
            return st.binary(max_size=70)
        case Array(inner, length):
            low, high = (0, 4) if length is None else (length, length)
            return st.lists(values_of(inner), min_size=low, max_size=high).map(tuple)
    return st.text(max_size=40)


def same_as_theirs(kind: AbiType, value: Any) -> Any:
    """eth_abi gives addresses in lower case."""
    if isinstance(kind, Array):
        return tuple(same_as_theirs(kind.inner, part) for part in value)
    return value.lower() if kind == Address() else value


@given(st.data())
def test_agrees_with_eth_abi(data: st.DataObject) -> None:
    kinds = data.draw(st.lists(KINDS, max_size=4))
    values = tuple(data.draw(values_of(kind)) for kind in kinds)
    names = [name_of_type(kind) for kind in kinds]
    encoded = encode(kinds, values)
    assert encoded == their_encode(names, values)
    assert decode(kinds, encoded) == values
    assert their_decode(names, encoded) == tuple(map(same_as_theirs, kinds, values))


@given(st.data())
def test_bytes_that_mean_nothing_raise_one_error(data: st.DataObject) -> None:
    kinds = data.draw(st.lists(KINDS, min_size=1, max_size=3))
    encoded = bytearray(encode(kinds, [data.draw(values_of(kind)) for kind in kinds]))
    for _ in range(data.draw(st.integers(0, 3))):
        if encoded:
            encoded[data.draw(st.integers(0, len(encoded) - 1))] = data.draw(st.integers(0, 255))
    cut = bytes(encoded[: data.draw(st.integers(0, len(encoded)))])
    with suppress(BadEncoding):
        decode(kinds, cut)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (Integer(8), 256),
        (Integer(8), -1),
        (Integer(8, signed=True), 128),
        (Integer(8, signed=True), -129),
        (UINT256, 1 << 256),
        (UINT256, True),
        (UINT256, "1"),
        (UINT256, 1.0),
        (Address(), b"\0" * 20),
        (Address(), "0x" + "0" * 39),
        (Address(), "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92267"),
        (Address(), "0xF39Fd6e51aad88F6F4ce6aB8827279cffFb92266"),
        (Boolean(), 1),
        (FixedBytes(32), b"\0" * 31),
        (FixedBytes(4), b"\0" * 5),
        (FixedBytes(4), bytearray(4)),
        (Bytes(), "0x00"),
        (Text(), b"text"),
        (Text(), "\ud800"),
        (Array(UINT256), 5),
        (Array(UINT256), b"abc"),
        (Array(UINT256, 2), (1,)),
        (Array(UINT256), (1, -1)),
    ],
)
def test_a_value_of_another_type_is_refused(kind: AbiType, value: Any) -> None:
    with pytest.raises(BadArgument, match=r"key(\[1\])? = "):
        encode([kind], [value], ["key"])


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (Integer(8), [256]),
        (Integer(8, signed=True), [128]),
        (Boolean(), [2]),
        (Address(), [1 << 160]),
        (FixedBytes(4), [1]),
        (Bytes(), [32, 1]),
        (Bytes(), [64]),
        (Bytes(), [(1 << 256) - 32, 0]),
        (Text(), [32, 1, 0xFF << 248]),
        (Array(UINT256), [32, 1 << 200]),
        (Array(UINT256), [32, 2, 0]),
        (Array(Array(UINT256, 0)), [32, 1 << 200]),
    ],
)
def test_an_encoding_out_of_range_is_refused(kind: AbiType, words: list[int]) -> None:
    with pytest.raises(BadEncoding):
        decode([kind], b"".join(word.to_bytes(32, "big") for word in words))


def test_what_solidity_takes_is_taken() -> None:
    """Parts in another order, shared, followed by what nobody asked for, and padding that is not zero."""
    words = [96, 96, 7, 1, 0xAB << 248 | 0xFF, 99]
    data = b"".join(word.to_bytes(32, "big") for word in words)
    assert decode([Bytes(), Bytes(), UINT256], data) == (b"\xab", b"\xab", 7)


def test_checksums_are_those_of_eip55() -> None:
    for number in range(200):
        address = to_checksum_address(keccak(number.to_bytes(2, "big"))[:20])
        assert with_checksum(bytes.fromhex(address[2:])) == address
        assert all(map(is_address, (address, address.lower(), "0x" + address[2:].upper())))
