"""Types of the contract ABI, and which Python values are of them. Nothing is converted, cut or padded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final, Protocol, TypeAlias

from sequencer.l1.address import is_address
from sequencer.l1.errors import BadArgument

WORD_BYTES: Final = 32


class StructClass(Protocol):
    """A dataclass that stands for a struct: its types, in the order of its fields."""

    MEMBERS: ClassVar[tuple[AbiType, ...]]
    FIELDS: ClassVar[tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Integer:
    """`uint8` … `uint256`, `int8` … `int256`: an int."""

    bits: int
    signed: bool = False

    @property
    def lowest(self) -> int:
        """The smallest value."""
        return -(1 << (self.bits - 1)) if self.signed else 0

    @property
    def highest(self) -> int:
        """The largest value."""
        return (1 << (self.bits - self.signed)) - 1


@dataclass(frozen=True, slots=True)
class Address:
    """`address`: a string of 0x and 40 digits, with a checksum or in one case."""


@dataclass(frozen=True, slots=True)
class Boolean:
    """`bool`."""


@dataclass(frozen=True, slots=True)
class FixedBytes:
    """`bytes1` … `bytes32`: bytes of exactly this length."""

    length: int


@dataclass(frozen=True, slots=True)
class Bytes:
    """`bytes`."""


@dataclass(frozen=True, slots=True)
class Text:
    """`string`: UTF-8."""


@dataclass(frozen=True, slots=True)
class Array:
    """`T[]`, or `T[length]`: a sequence; a tuple when it comes from the chain."""

    inner: AbiType
    length: int | None = None


@dataclass(frozen=True, slots=True)
class Struct:
    """A struct: an instance of its dataclass."""

    of: type[Any]

    @property
    def members(self) -> tuple[AbiType, ...]:
        """The types of its fields."""
        members: tuple[AbiType, ...] = self.of.MEMBERS
        return members

    def values(self, instance: object) -> tuple[Any, ...]:
        """Its fields, in order."""
        return tuple(getattr(instance, field) for field in self.of.FIELDS)


AbiType: TypeAlias = Integer | Address | Boolean | FixedBytes | Bytes | Text | Array | Struct
UINT256: Final = Integer(256)
BYTES32: Final = FixedBytes(WORD_BYTES)


def is_dynamic(kind: AbiType) -> bool:
    """Whether its length is not known from the type alone."""
    match kind:
        case Bytes() | Text():
            return True
        case Array(inner, length):
            return length is None or is_dynamic(inner)
        case Struct():
            return any(map(is_dynamic, kind.members))
    return False


def head_bytes(kind: AbiType) -> int:
    """How many bytes it takes where it is listed: one word for an offset when it is dynamic."""
    if is_dynamic(kind):
        return WORD_BYTES
    match kind:
        case Array(inner, length):
            return head_bytes(inner) * (length or 0)
        case Struct():
            return sum(map(head_bytes, kind.members))
    return WORD_BYTES


def check_value(name: str, kind: AbiType, value: object) -> None:
    """Raises `BadArgument` unless `value` is of the type; `name` is what the message calls it."""
    match kind:
        case Array(inner, length):
            for index, part in enumerate(_checked_sequence(name, length, value)):
                check_value(f"{name}[{index}]", inner, part)
        case Struct(of):
            if not isinstance(value, of):
                raise BadArgument(name, value, f"a {of.__name__}")
            for field, member, part in zip(of.FIELDS, kind.members, kind.values(value), strict=True):
                check_value(f"{name}.{field}", member, part)
        case _:
            good, wanted = _check_plain(kind, value)
            if not good:
                raise BadArgument(name, value, wanted)


def _check_plain(kind: Integer | Address | Boolean | FixedBytes | Bytes | Text, value: object) -> tuple[bool, str]:
    """Whether the value is of a type without parts, and what such values are."""
    match kind:
        case Integer(lowest=lowest, highest=highest):
            good = isinstance(value, int) and not isinstance(value, bool) and lowest <= value <= highest
            return good, f"an integer of {lowest} to {highest}"
        case Address():
            return is_address(value), "an address: 0x and 40 hexadecimal digits whose checksum is right"
        case Boolean():
            return isinstance(value, bool), "True or False"
        case FixedBytes(length):
            return isinstance(value, bytes) and len(value) == length, f"exactly {length} bytes"
        case Bytes():
            return isinstance(value, bytes), "bytes"
        case Text():
            return isinstance(value, str) and _is_encodable(value), "text that UTF-8 can encode"


def _is_encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _checked_sequence(name: str, length: int | None, value: object) -> Sequence[object]:
    if not isinstance(value, Sequence) or isinstance(value, str | bytes | bytearray | memoryview):
        raise BadArgument(name, value, "a sequence")
    if length is not None and len(value) != length:
        raise BadArgument(name, value, f"a sequence of {length}")
    return value
