"""JSON read so that there is one way to understand it.

Python's parser takes the last of two equal keys, NaN, and integers of any size; others differ. What parsers could
disagree on is refused here: repeated keys, numbers that are not short canonical integers, lone surrogates, excessive
nesting and size. Field elements are strings of canonical decimals: no sign, leading zero, space or foreign digits.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NoReturn, TypeAlias

from prover.errors import (
    MalformedText,
    SectionDuplicated,
    SectionLength,
    SectionMissing,
    SectionUnknown,
    TruncatedFile,
    ValueOutOfRange,
)
from prover.formats.nesting import is_nested_deeper

MAX_BYTES: Final = 1 << 24
"""A verification key of 90,000 public inputs. Parsing takes up to thirty times a text's size in memory."""

MAX_DIGITS: Final = 78
"""2^256 has 78 decimal digits."""

MAX_DEPTH: Final = 16
"""A verification key is nested five levels deep."""

_SMALL_INTEGER: Final = re.compile(r"0|[1-9][0-9]{0,9}")
_DECIMAL: Final = re.compile(r"0|[1-9][0-9]*")

Json: TypeAlias = dict[str, Any] | list[Any] | str | int | bool | None


@dataclass(frozen=True, slots=True)
class Node:
    """A value inside a JSON text, knowing the file and the path that lead to it, for errors."""

    file: str
    path: str
    value: Json

    def fields(self, required: frozenset[str], optional: frozenset[str] = frozenset()) -> dict[str, Node]:
        """The members of an object that has all of `required` and nothing but these and `optional`."""
        if not isinstance(self.value, dict):
            raise MalformedText(self.file, self.path, f"is {_kind(self.value)}, an object is expected")
        for key in sorted(required - self.value.keys()):
            raise SectionMissing(self.file, self._member(key), "is missing")
        for key in sorted(self.value.keys() - required - optional):
            raise SectionUnknown(self.file, self._member(key), "does not belong here")
        return {key: Node(self.file, self._member(key), value) for key, value in self.value.items()}

    def items(self, length: int | None = None) -> list[Node]:
        """The items of an array, which has `length` of them unless that is `None`."""
        if not isinstance(self.value, list):
            raise MalformedText(self.file, self.path, f"is {_kind(self.value)}, an array is expected")
        if length is not None and len(self.value) != length:
            raise SectionLength(self.file, self.path, f"has {len(self.value)} items, {length} are expected")
        return [Node(self.file, f"{self.path}[{index}]", value) for index, value in enumerate(self.value)]

    def integer_below(self, modulus: int) -> int:
        """A string of a canonical decimal below `modulus`. Never reduced."""
        if not isinstance(self.value, str):
            raise MalformedText(self.file, self.path, f"is {_kind(self.value)}, a string of decimal digits is expected")
        if len(self.value) > MAX_DIGITS or not _DECIMAL.fullmatch(self.value):
            raise MalformedText(
                self.file, self.path, f"{self.value[:100]!r} is not a canonical decimal of a field element"
            )
        value = int(self.value)
        if value >= modulus:
            raise ValueOutOfRange(self.file, self.path, f"{value} is not below {modulus}: it is refused, never reduced")
        return value

    def count(self) -> int:
        """A JSON integer, not negative, of at most ten digits."""
        if type(self.value) is not int:
            raise MalformedText(self.file, self.path, f"is {_kind(self.value)}, an integer is expected")
        return self.value

    def require_text(self, expected: str) -> None:
        """Raises `MalformedText` unless the value is this string."""
        if self.value != expected:
            raise MalformedText(self.file, self.path, f"is {str(self.value)[:100]!r}, {expected!r} is expected")

    def _member(self, key: str) -> str:
        name = key[:100].encode("ascii", "backslashreplace").decode()
        return f"{self.path}.{name}" if self.path else name


def read_json(path: Path | str) -> Node:
    """The value in a file. Raises a `FormatError`."""
    with Path(path).open("rb") as file:
        data = file.read(MAX_BYTES + 1)
    return parse_json(data, str(path))


def parse_json(data: bytes | str, file: str) -> Node:
    """The value of a text; `file` is its name in errors. Raises a `FormatError`."""

    def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, value in pairs:
            if key in found:
                raise SectionDuplicated(file, key[:100].encode("ascii", "backslashreplace").decode(), "appears twice")
            found[key] = value
        return found

    def integer(digits: str) -> int:
        if not _SMALL_INTEGER.fullmatch(digits):
            raise MalformedText(
                file, "", f"the number {digits[:100]} is not a short canonical integer; quote field elements"
            )
        return int(digits)

    def refuse(text: str) -> NoReturn:
        raise MalformedText(file, "", f"the number {text[:100]} is not an integer")

    if not data:
        raise TruncatedFile(file, "", "is empty")
    if len(data) > MAX_BYTES:
        raise MalformedText(file, "", f"has more than {MAX_BYTES} bytes")
    try:
        text = data if isinstance(data, str) else data.decode("utf-8")
        if is_nested_deeper(text.encode("utf-8"), MAX_DEPTH):
            raise MalformedText(file, "", f"is nested more than {MAX_DEPTH} levels deep")
        value = json.loads(
            text, object_pairs_hook=members, parse_int=integer, parse_float=refuse, parse_constant=refuse
        )
    except UnicodeError as error:
        raise MalformedText(file, "", f"is not UTF-8: {error}") from error
    except json.JSONDecodeError as error:
        kind = TruncatedFile if error.pos >= len(error.doc.rstrip()) else MalformedText
        raise kind(file, "", f"is not JSON: {error}") from error
    return Node(file, "", value)


def _kind(value: Json) -> str:
    if value is None:
        return "null"
    kinds = {bool: "a boolean", int: "a number", str: "a string", list: "an array", dict: "an object"}
    return kinds[type(value)]
