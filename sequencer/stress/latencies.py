"""How long orders take, on this machine: what one costs, and what it waits for behind those before it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

MILLISECONDS: Final = 1_000
PERCENTILES: Final = (50, 90, 99, 99.9)


@dataclass(slots=True)
class Latencies:
    """Messages arrive at simulated seconds and take real ones, one after the other, as in the one thread of a node."""

    processing_s: list[float] = field(default_factory=list)
    total_s: list[float] = field(default_factory=list)
    free_at: float = 0.0

    def took(self, arrival: float, seconds: float, *, is_order: bool) -> None:
        """A message that arrived then took so long; only orders are counted, all keep the thread busy."""
        self.free_at = max(self.free_at, arrival) + seconds
        if is_order:
            self.processing_s.append(seconds)
            self.total_s.append(self.free_at - arrival)


def percentiles(values: Sequence[float], scale: float = 1.0) -> dict[str, float]:
    """By name, `p50` to `p99.9` and `max`, by the nearest rank; empty without values."""
    if not values:
        return {}
    ordered = sorted(values)
    found = {
        f"p{percent:g}": ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))] * scale
        for percent in PERCENTILES
    }
    return {**found, "max": ordered[-1] * scale}
