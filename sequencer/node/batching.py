"""When a batch ends: by size, by time, by pressure. What is in it the venue decides."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BatchPolicy:
    """Seconds and counts.

    A batch ends when one is full; when its oldest part has waited `longest_wait_s`; or after `shortest_wait_s` when
    no batch waits for a proof, so that the prover does not idle. While `most_unproven` wait, only full ones end, and
    at `limit_unproven` no new trades are taken. `tick_s` is how often time goes on for orders that expire.
    """

    shortest_wait_s: float = 0.5
    longest_wait_s: float = 10.0
    most_unproven: int = 8
    limit_unproven: int = 64
    tick_s: float = 5.0

    def __post_init__(self) -> None:
        if not 0 <= self.shortest_wait_s <= self.longest_wait_s:
            raise ValueError(f"0 <= {self.shortest_wait_s} <= {self.longest_wait_s} does not hold: choose other waits")
        if not 0 < self.most_unproven <= self.limit_unproven:
            raise ValueError(f"0 < {self.most_unproven} <= {self.limit_unproven} does not hold: choose other bounds")


@dataclass(frozen=True, slots=True)
class BatchPressure:
    """What the decision is made from. `waiting_s` is for how long the oldest part waits; None when there is none."""

    is_full: bool
    waiting_s: float | None
    unproven: int
    since_tick_s: float


def is_due(policy: BatchPolicy, pressure: BatchPressure) -> bool:
    """Whether to end the batch now."""
    if pressure.waiting_s is None:
        return pressure.since_tick_s >= policy.tick_s
    if pressure.is_full:
        return pressure.unproven < policy.limit_unproven
    if pressure.unproven >= policy.most_unproven:
        return False
    patience_s = policy.shortest_wait_s if pressure.unproven == 0 else policy.longest_wait_s
    return pressure.waiting_s >= patience_s
