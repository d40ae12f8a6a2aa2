"""How things lie in the record's columns: 32 bytes a word, eight a value, JSON for what is small, squeezed if not."""

from __future__ import annotations

import json
import zlib
from array import array
from collections.abc import Iterable, Sequence
from typing import Any, Final

WORD_BYTES: Final = 32
FASTEST: Final = 1
"""Of zlib: twice as large as the best, and ten times as fast."""


def word_bytes(word: int) -> bytes:
    """32 bytes, big-endian."""
    return word.to_bytes(WORD_BYTES, "big")


def words_bytes(words: Iterable[int]) -> bytes:
    """32 bytes each."""
    return b"".join(map(word_bytes, words))


def words_of_bytes(data: bytes) -> tuple[int, ...]:
    """The inverse."""
    return tuple(int.from_bytes(data[at : at + WORD_BYTES], "big") for at in range(0, len(data), WORD_BYTES))


def text_of(value: Any) -> str:
    """Compact JSON."""
    return json.dumps(value, separators=(",", ":"))


def value_of(text: str) -> Any:
    """The inverse; tuples come back as lists."""
    return json.loads(text)


def squeezed(value: Any) -> bytes:
    """JSON by zlib, which lets other threads run meanwhile."""
    return zlib.compress(text_of(value).encode(), FASTEST)


def unsqueezed(data: bytes) -> Any:
    """The inverse."""
    return json.loads(zlib.decompress(data))


def packed_values(values: Sequence[int]) -> bytes | str:
    """Eight bytes each where all fit, else JSON."""
    try:
        return array("q", values).tobytes()
    except OverflowError:
        return text_of(list(values))


def unpacked_values(data: bytes | str) -> tuple[int, ...]:
    """The inverse."""
    if isinstance(data, str):
        return tuple(value_of(data))
    values = array("q")
    values.frombytes(data)
    return tuple(values)
