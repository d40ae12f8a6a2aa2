"""When things happen: times in seconds from 0, by chance."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random

from sequencer.markets.errors import BadSetting

Rate = Callable[[float], float]
"""How many times the base rate it is, at a second; at least 0."""


def _always(_second: float) -> float:
    return 1.0


@dataclass(frozen=True, slots=True)
class Arrivals:
    """A Hawkes process: every arrival raises the rate by `excitation * decay`, which then decays; 0 makes it Poisson's.

    Hawkes, "Spectra of some self-exciting and mutually exciting point processes", Biometrika 58 (1971). On average
    there are `per_second / (1 - excitation)` a second: each arrival brings `excitation` more.
    """

    per_second: float
    excitation: float = 0.0
    decay: float = 1.0

    def __post_init__(self) -> None:
        if not math.isfinite(self.per_second) or self.per_second < 0:
            raise BadSetting("per_second", self.per_second, "finite and not negative")
        if not 0 <= self.excitation < 1:
            raise BadSetting("excitation", self.excitation, "at least 0 and below 1: else arrivals never end")
        if not math.isfinite(self.decay) or self.decay <= 0:
            raise BadSetting("decay", self.decay, "finite and positive")

    def times(self, seconds: float, rng: Random, rate: Rate = _always, highest_rate: float = 1.0) -> Iterator[float]:
        """Times below `seconds`, ascending, by Ogata's thinning; `rate` never exceeds `highest_rate`.

        Ogata, "On Lewis' simulation method for point processes", IEEE Transactions on Information Theory 27 (1981).
        """
        now, excited = 0.0, 0.0
        while True:
            bound = self.per_second * highest_rate + excited
            if bound <= 0:
                return
            wait = rng.expovariate(bound)
            now += wait
            if now >= seconds:
                return
            excited *= math.exp(-self.decay * wait)
            if rng.random() * bound < self.per_second * rate(now) + excited:
                excited += self.excitation * self.decay
                yield now
