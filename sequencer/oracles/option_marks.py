"""What an exchange of options says at one time: a price, and a volatility and a forward for each option by its name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from rollup.types.series import Series
from rollup.units import PRICE_BITS
from sequencer.oracles.errors import BadReading
from sequencer.oracles.medians import middle
from sequencer.oracles.readings import VOLATILITY_BITS, UnderlyingReading
from sequencer.oracles.said_values import cents, millionths

MOST_LAG_S: Final = 30
"""An option that its exchange valued so much earlier than it said the price is left out, and not the exchange."""


@dataclass(frozen=True, slots=True)
class OptionMark:
    """One option: volatility per square root of a year as a share, the forward in USD, each if it says one."""

    time_s: int
    volatility: Decimal | None
    forward: Decimal | None


@dataclass(frozen=True, slots=True)
class OptionBoard:
    """The price of the underlying, and a function that looks up an option by the exchange's name of it."""

    time_s: int
    index_e2: int
    mark_of: Callable[[str], OptionMark | None]


def reading_of(
    source: str, board: OptionBoard, listed: Iterable[Series], name_of: Callable[[Series], str]
) -> UnderlyingReading:
    """As old as its oldest part. A volatility or a forward that is no good number is left out: it is not known.

    The forward of an expiry is the middle of its options'. Raises `BadReading`.
    """
    volatilities: dict[int, int] = {}
    forwards: dict[int, list[int]] = {}
    times = [board.time_s]
    for series in listed:
        mark = board.mark_of(name_of(series))
        if mark is None or board.time_s - mark.time_s > MOST_LAG_S:
            continue
        volatility_ppm = _known(millionths, source, mark.volatility, VOLATILITY_BITS)
        forward_e2 = _known(cents, source, mark.forward, PRICE_BITS)
        if volatility_ppm is not None:
            volatilities[series.series_id] = volatility_ppm
            times.append(mark.time_s)
        if forward_e2 is not None:
            forwards.setdefault(series.expiry_s, []).append(forward_e2)
    return UnderlyingReading(min(times), board.index_e2, _middles(forwards), volatilities)


def _known(convert: Callable[[str, str, Decimal], int], source: str, number: Decimal | None, bits: int) -> int | None:
    if number is None:
        return None
    try:
        found = convert(source, "a number", number)
    except BadReading:
        return None
    return found if found < 1 << bits else None


def _middles(forwards: Mapping[int, Sequence[int]]) -> dict[int, int]:
    return {expiry_s: middle(values) for expiry_s, values in sorted(forwards.items())}
