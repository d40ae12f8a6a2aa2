"""A small market, for tests of the risk table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from rollup.risk.scenarios import ScanRange
from rollup.risk.table import Market, UnderlyingMarket
from rollup.types.series import OptionKind, Series

CALL, PUT = OptionKind.CALL, OptionKind.PUT
NOW_S: Final = 1_700_000_000
DAY_S: Final = 86_400
SCAN: Final = ScanRange(price=0.15, volatility_up=0.4, volatility_down=0.25)


def series_of(
    series_id: int, kind: OptionKind, strike_e2: int, days: float = 30, underlying: int = 7, now_s: int = NOW_S
) -> Series:
    """A series that expires in some days, before now if negative."""
    return Series(series_id, underlying, now_s + round(days * DAY_S), strike_e2, kind)


def market_of(
    index: float = 1_500.0,
    volatility: float = 0.8,
    forwards: Mapping[int, float] | None = None,
    settlements_e2: Mapping[int, int] | None = None,
    scan: ScanRange = SCAN,
) -> Market:
    """A market of underlying 7 with a flat volatility."""
    return Market({7: UnderlyingMarket(index, lambda _: volatility, scan, forwards or {}, settlements_e2 or {})})
