"""Integers of fixed width, one after another, the highest byte first: what messages are written in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, TypeVar

from primitives.babyjubjub import Point
from rollup.errors import FieldOutOfRange

T = TypeVar("T")
COUNT_BYTES: Final = 2
ELEMENT_BYTES: Final = 32


class MalformedMessage(ValueError):
    """Bytes that `encode_message` does not write."""

    def __init__(self, why: str) -> None:
        super().__init__(f"no message of this version: {why}")
        self.why = why


class Writer:
    """Collects bytes."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []

    def number(self, value: int, size: int) -> None:
        """Raises `OverflowError` for what does not fit, which checked messages never have."""
        self.parts.append(value.to_bytes(size, "big"))

    def point(self, point: Point) -> None:
        """Two elements."""
        for coordinate in point:
            self.number(coordinate, ELEMENT_BYTES)

    def many(self, values: Sequence[T], write: Callable[[T], None]) -> None:
        """How many, then each."""
        self.number(len(values), COUNT_BYTES)
        for value in values:
            write(value)

    def data(self) -> bytes:
        """All of it."""
        return b"".join(self.parts)


class Reader:
    """Takes them apart again. Raises `MalformedMessage` for bytes that end too early."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def number(self, size: int) -> int:
        """The next `size` bytes."""
        end = self._at + size
        if end > len(self._data):
            raise MalformedMessage(f"it ends after {len(self._data)} bytes")
        value = int.from_bytes(self._data[self._at : end], "big")
        self._at = end
        return value

    def flag(self) -> bool:
        """One byte, 0 or 1."""
        value = self.number(1)
        if value > 1:
            raise MalformedMessage(f"a flag is {value}")
        return bool(value)

    def point(self) -> Point:
        """Two elements."""
        return self.number(ELEMENT_BYTES), self.number(ELEMENT_BYTES)

    def many(self, read: Callable[[], T]) -> tuple[T, ...]:
        """How many, then each."""
        return tuple(read() for _ in range(self.number(COUNT_BYTES)))

    def end(self) -> None:
        """Raises `MalformedMessage` for bytes that are left."""
        if self._at != len(self._data):
            raise MalformedMessage(f"{len(self._data) - self._at} bytes are left")


def made(make: Callable[[], T]) -> T:
    """What a checked type makes of fields that were read. Raises `MalformedMessage` where it refuses."""
    try:
        return make()
    except MalformedMessage:
        raise
    except (FieldOutOfRange, ValueError) as error:
        raise MalformedMessage(str(error)) from error
