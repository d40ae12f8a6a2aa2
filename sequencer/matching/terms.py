"""By what a batch is judged, as far as matching must know it."""

from __future__ import annotations

from dataclasses import dataclass, field

from rollup.errors import FeeAboveCap, OrderExpired, SeriesNotLive, UnknownSeries, check_range
from rollup.risk_table import RiskTable
from rollup.transition.orders import fee_of
from rollup.types.orders import Order
from rollup.types.series import SeriesRow
from rollup.units import MILLION, RATE_BITS, TIME_BITS


@dataclass(frozen=True, slots=True)
class Terms:
    """One time, one risk table, one pair of fee rates: what all transactions of a batch share.

    A rate is at most the whole premium; `rate_ppm` is the higher one, since an order may come to be maker, taker or
    liquidator. Raises `FieldOutOfRange`.
    """

    time_s: int
    table: RiskTable
    maker_fee_ppm: int = 0
    taker_fee_ppm: int = 0
    rate_ppm: int = field(init=False)
    _highest: dict[int, int] = field(init=False, default_factory=dict, compare=False, repr=False)

    def __post_init__(self) -> None:
        check_range("time_s", self.time_s, TIME_BITS)
        for name in ("maker_fee_ppm", "taker_fee_ppm"):
            check_range(name, getattr(self, name), RATE_BITS, maximum=MILLION)
        object.__setattr__(self, "rate_ppm", max(self.maker_fee_ppm, self.taker_fee_ppm))

    def unit_fee_e2(self, price_e2: int) -> int:
        """The most that a fill costs for each unit of size, however it is cut up: fees are rounded up fill by fill."""
        return fee_of(price_e2, self.rate_ppm)

    def check(self, order: Order) -> None:
        """What an order says of itself. Raises `OrderExpired`, `FeeAboveCap`."""
        if self.time_s > order.expiry_s:
            raise OrderExpired("order", time_s=self.time_s, expiry_s=order.expiry_s)
        if self.rate_ppm > order.max_fee_ppm:
            raise FeeAboveCap("order", rate_ppm=self.rate_ppm, cap_ppm=order.max_fee_ppm)

    def live_row(self, series_id: int) -> SeriesRow:
        """The row of a series that is traded. Raises `UnknownSeries`, `SeriesNotLive`."""
        row = self.table.row(series_id)
        if row is None:
            raise UnknownSeries("order", series_id=series_id)
        if row.is_settled or self.time_s >= row.series.expiry_s:
            raise SeriesNotLive("order", series_id=series_id, expiry_s=row.series.expiry_s)
        return row

    def highest_e2(self, row: SeriesRow) -> int:
        """The most that a series is worth in any column."""
        found = self._highest.get(row.series.series_id)
        if found is None:
            found = self._highest[row.series.series_id] = max(row.values_e2)
        return found
