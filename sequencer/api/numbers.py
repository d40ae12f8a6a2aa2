"""Integers in requests: a JSON integer within 2^53 - 1, or a decimal string as `str` writes it. Nothing else."""

from __future__ import annotations

import re
from typing import Annotated, Final

from msgspec import Meta

from rollup.errors import check_range
from sequencer.api.strict_json import LARGEST_INTEGER

LONGEST_DECIMAL: Final = 78
"""Of 2^256 - 1: more digits are not even converted."""

PATTERN: Final = rf"^(?:0|-?[1-9][0-9]{{0,{LONGEST_DECIMAL - 1}}})$"
_DECIMAL: Final = re.compile(rf"0|-?[1-9][0-9]{{0,{LONGEST_DECIMAL - 1}}}")

SafeInteger = Annotated[int, Meta(ge=-LARGEST_INTEGER, le=LARGEST_INTEGER)]
DecimalString = Annotated[str, Meta(pattern=PATTERN, max_length=LONGEST_DECIMAL + 1)]
Integer = SafeInteger | DecimalString
"""What a request may write where an integer belongs."""


class NotAnInteger(ValueError):
    """A text that is not the one decimal writing of an integer, or has more digits than any quantity."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} is no integer: write digits 0-9 without leading zeros, signs or spaces")
        self.name = name


def integer(name: str, value: int | str) -> int:
    """Raises `NotAnInteger` for every string that `str` does not write for an integer, and for more than 78 digits."""
    if type(value) is int:
        return value
    text = str(value)
    if not _DECIMAL.fullmatch(text):
        raise NotAnInteger(name)
    return int(text)


def bounded(name: str, value: int | str, bits: int, minimum: int = 0) -> int:
    """An integer of so many bits. Raises `NotAnInteger`, `FieldOutOfRange`."""
    found = integer(name, value)
    check_range(name, found, bits, minimum=minimum)
    return found
