"""Numbers of other people's files, exactly: decimal text to integers of the rollup, never by way of a float."""

from __future__ import annotations

import math
import re
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Final

from rollup.units import PRICE_BITS, SIZE_BITS, TIME_BITS
from sequencer.markets.errors import BadValue

_NUMBER: Final = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,30})?([eE]-?[0-9]{1,2})?", re.ASCII)
_WHOLE: Final = re.compile(r"[0-9]{1,20}", re.ASCII)
MILLISECONDS: Final = 1_000
MICROSECONDS: Final = 1_000_000


def decimal(what: str, text: str) -> Decimal:
    """An ordinary decimal number, `3.555e-05` too. Raises `BadValue` for all else, as NaN, spaces and other digits."""
    if _NUMBER.fullmatch(text) is None:
        raise BadValue(what, text)
    return Decimal(text)


def not_negative(what: str, text: str) -> Decimal:
    """Raises `BadValue` for a number below 0, too."""
    value = decimal(what, text)
    if value < 0:
        raise BadValue(what, text)
    return value


def positive(what: str, text: str) -> float:
    """A finite number above 0 as a float, for models. Raises `BadValue`."""
    value = float(decimal(what, text))
    if value <= 0 or not math.isfinite(value):
        raise BadValue(what, text)
    return value


def whole(what: str, text: str, bits: int = TIME_BITS) -> int:
    """Digits alone. Raises `BadValue` also for what does not fit."""
    if _WHOLE.fullmatch(text) is None or int(text) >> bits:
        raise BadValue(what, text)
    return int(text)


def price_e2(what: str, dollars: Decimal) -> int:
    """A price to the nearest cent, ties to even. Raises `BadValue` for one that does not fit."""
    return _fitting(what, dollars * 100, PRICE_BITS)


def size_e4(what: str, contracts: Decimal) -> int:
    """A size to the nearest 0.0001 contract. Raises `BadValue` for one that does not fit."""
    return _fitting(what, contracts * 10_000, SIZE_BITS)


def _fitting(what: str, value: Decimal, bits: int) -> int:
    rounded = int(value.to_integral_value(ROUND_HALF_EVEN))
    if not 0 <= rounded < 1 << bits:
        raise BadValue(what, value)
    return rounded
