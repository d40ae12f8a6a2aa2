"""JSON with one meaning: what another parser could read differently is refused, never rounded, reduced or guessed.

On top of the grammar: nothing nested deeper than 32 times; no floats and no exponents; integers within 2^53 - 1, the
largest that every parser keeps, and no -0; no key twice in one object; no NUL and no lone surrogates in strings; UTF-8
alone. Larger integers are written as decimal strings. A parser of another language needs the same few rules
(`tests/support/api_strict_json.mjs`).
"""

from __future__ import annotations

import json
import re
from typing import Annotated, Any, Final, NoReturn

import msgspec

from prover.formats.nesting import is_nested_deeper

LARGEST_INTEGER: Final = (1 << 53) - 1
LONGEST_INTEGER: Final = len(str(-LARGEST_INTEGER))
DEEPEST: Final = 32
LEVELS: Final = 6
"""Of the deepest request that is read the short way: a batch of quotes."""

_UNSURE: Final = object()
_UNFIT: Final = re.compile("[\x00\ud800-\udfff]")


class NotStrictJson(ValueError):
    """A text that is refused; `why` is one of a few words, for programs."""

    def __init__(self, why: str, says: str) -> None:
        super().__init__(says)
        self.why = why


def _values(levels: int) -> Any:
    """The type of what is nested so many times."""
    kind: Any = Annotated[int, msgspec.Meta(ge=-LARGEST_INTEGER, le=LARGEST_INTEGER)] | str | bool | None
    scalar = kind
    for _ in range(levels):
        kind = scalar | dict[str, kind] | list[kind]
    return kind


_CANONICAL: Final = msgspec.json.Decoder(_values(LEVELS))
_ENCODER: Final = msgspec.json.Encoder()


def parse(data: bytes) -> Any:
    """Objects as dicts, arrays as lists. O(len(data)). Raises `NotStrictJson`."""
    canonical = _read_canonical(data)
    if canonical is not _UNSURE:
        return canonical
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise NotStrictJson("encoding", f"byte {error.start} is not UTF-8") from error
    if is_nested_deeper(data, DEEPEST):
        raise NotStrictJson("depth", f"it is nested deeper than {DEEPEST} times")
    try:
        value = _DECODER.decode(text)
    except NotStrictJson:
        raise
    except ValueError as error:
        where = f" at character {error.pos}" if isinstance(error, json.JSONDecodeError) else ""
        raise NotStrictJson("grammar", f"this is no JSON{where}") from error
    if "\\u" in text:
        _check_strings(value)
    return value


def _read_canonical(data: bytes) -> Any:
    """The value of nearly every request, at a quarter of the price; `_UNSURE` is for the decoder below to judge.

    What is written exactly as the encoder writes what was read of it was read whole, and is read alike by others.
    """
    if b"\\" in data:
        return _UNSURE
    try:
        value = _CANONICAL.decode(data)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return _UNSURE
    return value if _ENCODER.encode(value) == data else _UNSURE


def _check_strings(root: Any) -> None:
    """Only escapes bring in what UTF-8 and the grammar keep out."""
    todo = [root]
    while todo:
        value = todo.pop()
        if isinstance(value, str):
            if _UNFIT.search(value):
                raise NotStrictJson("string", "a string holds NUL or a lone surrogate")
        elif isinstance(value, list):
            todo += value
        elif isinstance(value, dict):
            todo += value.keys()
            todo += value.values()


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise NotStrictJson("duplicate_key", "an object has one key twice")
    return found


def _integer(text: str) -> int:
    if len(text) <= LONGEST_INTEGER and text != "-0":
        value = int(text)
        if -LARGEST_INTEGER <= value <= LARGEST_INTEGER:
            return value
    raise NotStrictJson("number", f"{text[:32]} is no integer within 2^53 - 1: write larger ones as decimal strings")


def _refuse(text: str) -> NoReturn:
    raise NotStrictJson("number", f"{text[:32]} is no integer: no points, exponents, NaN or Infinity")


_DECODER: Final = json.JSONDecoder(
    object_pairs_hook=_pairs, parse_int=_integer, parse_float=_refuse, parse_constant=_refuse, strict=True
)
