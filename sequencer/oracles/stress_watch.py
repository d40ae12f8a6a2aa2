"""When a market is under stress: prices that move fast, or volatilities that jump; and when it is calm again."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass

from sequencer.messages import SetStress
from sequencer.oracles.medians import MILLION, middle
from sequencer.oracles.readings import UnderlyingReading


@dataclass(frozen=True, slots=True)
class StressRules:
    """Stress begins when, within `window_s`, a price or the middle volatility has moved by so much from anywhere.

    It ends after `calm_s` in which nothing did.
    """

    window_s: int = 300
    price_ppm: int = 50_000
    volatility_ppm: int = 300_000
    calm_s: int = 600


@dataclass(frozen=True, slots=True)
class _Seen:
    time_s: int
    values: Mapping[tuple[int, str], int]


class StressWatch:
    """Looks at every agreement, and says when the venue should change its mind."""

    def __init__(self, rules: StressRules | None = None) -> None:
        self._rules = rules or StressRules()
        self._seen: deque[_Seen] = deque()
        self._last_move_s: int | None = None
        self.is_under_stress = False

    def observe(self, time_s: int, underlyings: Mapping[int, UnderlyingReading]) -> SetStress | None:
        """The message that is due, if any. O(what was seen in the window)."""
        values = _values_of(underlyings)
        while self._seen and self._seen[0].time_s < time_s - self._rules.window_s:
            self._seen.popleft()
        self._seen.append(_Seen(time_s, values))
        if any(self._has_moved(key, value) for key, value in values.items()):
            self._last_move_s = time_s
        moved_lately = self._last_move_s is not None and time_s - self._last_move_s < self._rules.calm_s
        if moved_lately == self.is_under_stress:
            return None
        self.is_under_stress = moved_lately
        return SetStress(moved_lately)

    def _has_moved(self, key: tuple[int, str], value: int) -> bool:
        most_ppm = self._rules.price_ppm if key[1] == "price" else self._rules.volatility_ppm
        before = [seen.values[key] for seen in self._seen if key in seen.values]
        # Of where it was, not of the lower one: a fall by 5 % is one of 5 %.
        return any(abs(value - was) * MILLION >= was * most_ppm for was in (min(before), max(before)))


def _values_of(underlyings: Mapping[int, UnderlyingReading]) -> dict[tuple[int, str], int]:
    values = {(number, "price"): reading.index_e2 for number, reading in underlyings.items()}
    for number, reading in underlyings.items():
        if reading.volatilities_ppm:
            values[number, "volatility"] = middle(reading.volatilities_ppm.values())
    return values
