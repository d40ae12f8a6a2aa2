"""The middle of several prices, without those that are far from it: as long as enough are near."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sequencer.oracles.errors import PricesApart
from sequencer.oracles.readings import UnderlyingReading

MILLION: Final = 10**6


@dataclass(frozen=True, slots=True)
class Spreads:
    """How far from the middle one a price may lie to count, in parts per million of the lower: prices, volatilities."""

    index_ppm: int = 10_000
    volatility_ppm: int = 300_000


@dataclass(frozen=True, slots=True)
class Quorums:
    """How many must say nearly the same of the price, of a forward, of a volatility."""

    index: int
    forwards: int
    volatilities: int


def quorums_of(readings: Sequence[UnderlyingReading], least: int, least_volatilities: int) -> Quorums:
    """More than half of those that say such numbers at all, and at least so many.

    Who says prices alone is not asked for volatilities: it neither confirms one nor stands in the way of one.
    """
    with_forwards = sum(bool(reading.forwards_e2) for reading in readings)
    with_volatilities = sum(bool(reading.volatilities_ppm) for reading in readings)
    return Quorums(
        max(least, len(readings) // 2 + 1),
        max(least_volatilities, with_forwards // 2 + 1),
        max(least_volatilities, with_volatilities // 2 + 1),
    )


def middle(values: Iterable[int]) -> int:
    """The middle one, the lower one of two: as the contract has it."""
    ordered = sorted(values)
    return ordered[(len(ordered) - 1) // 2]


def is_near(one: int, other: int, most_ppm: int) -> bool:
    """Whether two positive numbers differ by no more than so many millionths of the lower one."""
    return abs(one - other) * MILLION <= min(one, other) * most_ppm


def consensus(values: Sequence[int], most_ppm: int, least: int) -> int | None:
    """The middle of those near the middle one; None if these are fewer than `least`."""
    if len(values) < least:
        return None
    centre = middle(values)
    near = [value for value in values if is_near(value, centre, most_ppm)]
    return middle(near) if len(near) >= least else None


def agreed(
    readings: Sequence[UnderlyingReading], what: str, spreads: Spreads, least: int | Quorums
) -> UnderlyingReading:
    """Number by number what at least `least` readings agree on, of whatever time the last is.

    A forward or a volatility without so many is not known. Raises `PricesApart` for the price of the underlying.
    """
    quorums = Quorums(least, least, least) if isinstance(least, int) else least
    prices = [reading.index_e2 for reading in readings]
    index_e2 = consensus(prices, spreads.index_ppm, quorums.index)
    if index_e2 is None:
        raise PricesApart(f"the price of {what}", min(prices), max(prices), spreads.index_ppm)
    forwards = _agreed([reading.forwards_e2 for reading in readings], spreads.index_ppm, quorums.forwards)
    said = [reading.volatilities_ppm for reading in readings]
    volatilities = _agreed(said, spreads.volatility_ppm, quorums.volatilities)
    return UnderlyingReading(max(reading.time_s for reading in readings), index_e2, forwards, volatilities)


def first_apart(own: UnderlyingReading, other: UnderlyingReading, what: str, spreads: Spreads) -> PricesApart | None:
    """The first number of both readings in which they are too far apart; None if they agree."""
    pairs = [
        (f"the price of {what}", own.index_e2, other.index_e2, spreads.index_ppm),
        *(
            (f"the forward of {what} to {expiry_s}", forward_e2, other.forwards_e2[expiry_s], spreads.index_ppm)
            for expiry_s, forward_e2 in sorted(own.forwards_e2.items())
            if expiry_s in other.forwards_e2
        ),
        *(
            (
                f"the volatility of series {series_id}",
                volatility_ppm,
                other.volatilities_ppm[series_id],
                spreads.volatility_ppm,
            )
            for series_id, volatility_ppm in sorted(own.volatilities_ppm.items())
            if series_id in other.volatilities_ppm
        ),
    ]
    for name, ours, theirs, most_ppm in pairs:
        if not is_near(ours, theirs, most_ppm):
            return PricesApart(name, min(ours, theirs), max(ours, theirs), most_ppm)
    return None


def _agreed(said: Iterable[Mapping[int, int]], most_ppm: int, least: int) -> dict[int, int]:
    by_key: dict[int, list[int]] = {}
    for one in said:
        for key, value in one.items():
            by_key.setdefault(key, []).append(value)
    found = {key: consensus(values, most_ppm, least) for key, values in sorted(by_key.items())}
    return {key: value for key, value in found.items() if value is not None}
