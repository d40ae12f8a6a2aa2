"""What a load sends, and what it finds out: between the process that wants it and the one that makes it."""

from __future__ import annotations

import msgspec

from rollup.units import ORDER_SLOTS


class LoadTrader(msgspec.Struct, frozen=True, kw_only=True):
    """An account and its secret key, as hexadecimal: of a local chain, worth nothing."""

    account: int
    secret: str
    nonce: int = 0


class LoadSeries(msgspec.Struct, frozen=True, kw_only=True):
    """A series, and what it is worth about."""

    series_id: int
    name: str
    mark_e2: int


class LoadPhase(msgspec.Struct, frozen=True, kw_only=True):
    """So many orders a second for so long; `crossing` is the share of those that trade."""

    name: str
    per_second: float
    seconds: float
    crossing: float = 0.0


class LoadPlan(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that the process needs to know. A trader sends `per_message` orders at once, as makers quote."""

    url: str
    chain_id: int
    contract: int
    traders: list[LoadTrader]
    series: list[LoadSeries]
    phases: list[LoadPhase]
    expiry_s: int
    per_message: int = ORDER_SLOTS
    seed: int = 1


class PhaseResult(msgspec.Struct, frozen=True, kw_only=True):
    """Milliseconds from when an order should have been sent to its durable acknowledgement; refusals by rule."""

    name: str
    sent: int
    accepted: int
    seconds: float
    refused: dict[str, int]
    median_ms: float
    p99_ms: float
    largest_ms: float

    @property
    def accepted_per_second(self) -> float:
        """Durable orders a second, over the phase's time."""
        return self.accepted / self.seconds


class LoadResult(msgspec.Struct, frozen=True, kw_only=True):
    """By phase, in order."""

    phases: list[PhaseResult]
