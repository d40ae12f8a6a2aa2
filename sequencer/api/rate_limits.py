"""Credits, as token buckets: each account and each address has its own, which fills up again as time goes by."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Final

from sequencer.api.errors import TooManyRequests

MILLISECONDS: Final = 1_000
KEPT: Final = 65_536


@dataclass(frozen=True, slots=True)
class Allowance:
    """Credits per second, and how many can be saved up."""

    per_second: float
    most: float

    def __post_init__(self) -> None:
        if not (math.isfinite(self.per_second) and math.isfinite(self.most) and self.per_second > 0 and self.most >= 1):
            raise ValueError(f"{self.per_second} credits a second and {self.most} at most: choose positive numbers")


@dataclass(slots=True)
class _Bucket:
    credits: float
    at_s: float


class RateLimiter:
    """Buckets by key. O(1) a request; the least recently used full ones are forgotten, so memory is bounded."""

    def __init__(self, allowance: Allowance, clock: Callable[[], float], of: str, kept: int = KEPT) -> None:
        self._allowance, self._clock, self._of, self._kept = allowance, clock, of, kept
        self._buckets: OrderedDict[Hashable, _Bucket] = OrderedDict()

    def take(self, key: Hashable, cost: float) -> None:
        """Takes credits. Raises `TooManyRequests` when there are too few, and then takes none."""
        now_s, most = self._clock(), self._allowance.most
        bucket = self._buckets.get(key)
        if bucket is None:
            bucket = self._buckets[key] = _Bucket(most, now_s)
            self._forget()
        else:
            self._buckets.move_to_end(key)
        left = bucket.credits
        if now_s > bucket.at_s:
            left += (now_s - bucket.at_s) * self._allowance.per_second
        if left > most:
            left = most
        bucket.at_s = now_s
        if left < cost:
            bucket.credits = left
            wait_ms = math.ceil((cost - left) / self._allowance.per_second * MILLISECONDS)
            raise TooManyRequests(retry_after_ms=wait_ms, limit_of=self._of, cost=math.ceil(cost))
        bucket.credits = left - cost

    def _forget(self) -> None:
        while len(self._buckets) > self._kept:
            self._buckets.popitem(last=False)
