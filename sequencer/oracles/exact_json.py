"""JSON of strangers, with every number as it was written: 0.1 is a tenth, and not the float next to it."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Any, Final, NoReturn, TypeAlias

from prover.formats.nesting import is_nested_deeper

DEEPEST: Final = 32
LONGEST_NUMBER: Final = 40
LARGEST_EXPONENT: Final = 40
"""1e999999999 is a short text, and a gigabyte as an integer."""

_NUMBER: Final = re.compile(r"-?[0-9]{1,30}(?:\.[0-9]{1,30})?(?:[eE]-?[0-9])?", re.ASCII)

Exact: TypeAlias = dict[str, Any] | list[Any] | str | int | Decimal | bool | None


class NotExactJson(ValueError):
    """A text that is refused; the message goes on after "it answers with"."""


def parse_exact(data: bytes) -> Exact:
    """Integers as int, all other numbers as `Decimal`. O(len(data)).

    Raises `NotExactJson`: no JSON, not UTF-8, a key twice, NaN, a number too long or too large, nested too deep.
    """
    if is_nested_deeper(data, DEEPEST):
        raise NotExactJson(f"what is nested deeper than {DEEPEST} times")
    try:
        value: Exact = _DECODER.decode(data.decode())
    except UnicodeDecodeError as error:
        raise NotExactJson(f"bytes that are not UTF-8, at {error.start}") from error
    except json.JSONDecodeError as error:
        where = "that ends too early" if error.pos >= len(error.doc.rstrip()) else f"from character {error.pos} on"
        raise NotExactJson(f"what is no JSON {where}: {_beginning(data)}") from error
    return value


def decimal_of(value: Exact) -> Decimal | None:
    """A number, or a string that is one as exchanges write them; None for anything else, as true, "" and "NaN"."""
    if isinstance(value, str):
        return Decimal(value) if len(value) <= LONGEST_NUMBER and _NUMBER.fullmatch(value) else None
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    return Decimal(value)


def excerpt(value: object, most: int = 120) -> str:
    """The beginning of a value on one line, for people."""
    text = " ".join(str(value).split())
    return text if len(text) <= most else text[: most - 1] + "…"


def _beginning(data: bytes) -> str:
    return ascii(excerpt(data[:200].decode(errors="replace"), 60))


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise NotExactJson("an object that has a key twice")
    return found


def _number(text: str) -> Decimal:
    value = Decimal(text) if len(text) <= LONGEST_NUMBER else None
    exponent = 0 if value is None else value.as_tuple().exponent
    if value is None or not isinstance(exponent, int) or abs(exponent) > LARGEST_EXPONENT:
        raise NotExactJson(f"a number that is too long or too large, {excerpt(text, LONGEST_NUMBER)}")
    return value


def _integer(text: str) -> int:
    return int(_number(text))


def _refuse(text: str) -> NoReturn:
    raise NotExactJson(f"{text}, which is no number")


_DECODER: Final = json.JSONDecoder(
    object_pairs_hook=_members, parse_float=_number, parse_int=_integer, parse_constant=_refuse
)
