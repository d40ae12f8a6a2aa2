"""Settlement prices: from what was seen exactly at expiry, by a quorum, and never again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from rollup.types.series import Series
from sequencer.oracles.committee import Committee
from sequencer.oracles.errors import AlreadySettled
from sequencer.oracles.proposals import Settlements


@dataclass(frozen=True, slots=True)
class SettledExpiry:
    """`price_e2` is the middle of the observations, pairs of price_e2 and signature by ascending signer."""

    underlying: int
    expiry_s: int
    price_e2: int
    observations: tuple[tuple[int, bytes], ...]


class SettlementBook:
    """All expiries that are settled. What was set stays as it was set."""

    def __init__(self) -> None:
        self._prices: dict[tuple[int, int], int] = {}

    @property
    def prices(self) -> Settlements:
        """By (underlying, expiry_s)."""
        return dict(self._prices)

    def price_e2(self, underlying: int, expiry_s: int) -> int | None:
        """None while it is open."""
        return self._prices.get((underlying, expiry_s))

    def accept(self, settled: SettledExpiry, committee: Committee) -> None:
        """Takes a price for good; the same once more changes nothing.

        Raises `AlreadySettled`, `BadSignature`, `QuorumMissing`.
        """
        known = self.price_e2(settled.underlying, settled.expiry_s)
        if known == settled.price_e2:
            return
        found = committee.settlement_price_e2(settled.underlying, settled.expiry_s, settled.observations)
        if known is not None:
            raise AlreadySettled(settled.underlying, settled.expiry_s, known)
        if settled.price_e2 != found:
            raise AlreadySettled(settled.underlying, settled.expiry_s, found)
        self._prices[settled.underlying, settled.expiry_s] = found

    def take_from_l1(self, underlying: int, expiry_s: int, price_e2: int) -> None:
        """What the contract has already, for an oracle that begins anew. Raises `AlreadySettled`."""
        known = self._prices.setdefault((underlying, expiry_s), price_e2)
        if known != price_e2:
            raise AlreadySettled(underlying, expiry_s, known)

    def due(self, series: Iterable[Series], now_s: int) -> list[tuple[int, int]]:
        """Expiries that have passed without a price, ascending, as (underlying, expiry_s)."""
        passed = {(one.underlying, one.expiry_s) for one in series if one.expiry_s <= now_s}
        return sorted(passed - set(self._prices))
