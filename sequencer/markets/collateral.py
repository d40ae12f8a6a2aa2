"""How much cash accounts need for what they are going to trade: by the integers by which the rollup will judge them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from rollup.errors import UnknownSeries
from rollup.margin import values_of
from rollup.transition.orders import fee_of
from rollup.types.accounts import Position
from rollup.types.series import SeriesRow
from sequencer.markets.history import TimedTable
from sequencer.matching.coverage import full_fill


@dataclass(frozen=True, slots=True)
class PlannedTrade:
    """A trade that will be: who rests, who takes, at which price and size."""

    time_s: int
    series_id: int
    price_e2: int
    size_e4: int
    maker: int
    taker: int
    maker_buys: bool

    @property
    def sides(self) -> tuple[tuple[int, int, bool], ...]:
        """(account, amount_e4 above 0 to buy, is maker), the maker first."""
        bought_e4 = self.size_e4 if self.maker_buys else -self.size_e4
        return (self.maker, bought_e4, True), (self.taker, -bought_e4, False)


@dataclass(frozen=True, slots=True)
class FeeRates:
    """In parts per million of the premium."""

    maker_ppm: int = 0
    taker_ppm: int = 0

    @property
    def highest_ppm(self) -> int:
        """What orders are judged by."""
        return max(self.maker_ppm, self.taker_ppm)

    def of(self, *, is_maker: bool) -> int:
        """Of one side."""
        return self.maker_ppm if is_maker else self.taker_ppm


@dataclass(slots=True)
class _Need:
    cash_e6: int = 0
    held_e4: dict[int, int] = field(default_factory=dict)
    needed_e6: int = 0

    def columns(self, rows: Mapping[int, SeriesRow]) -> list[int]:
        positions = [Position(series_id, size_e4) for series_id, size_e4 in self.held_e4.items() if size_e4]
        return [*values_of(self.cash_e6, positions, rows.get), self.cash_e6]

    def require(self, columns: Sequence[int]) -> None:
        self.needed_e6 = max(self.needed_e6, -min(columns))


def needed_cash_e6(
    trades: Sequence[PlannedTrade], tables: Sequence[TimedTable], fees: FeeRates, last_s: int | None = None
) -> dict[int, int]:
    """What each account must have at first, so that every order is taken and no table finds it below initial margin.

    Trades and tables ascend in time. An order is judged by the last table up to its time; then its worst fill, fees as
    the matching engine reserves them, leaves no column and no cash below zero. Tables after the last trade count up
    to `last_s`. O(tables * accounts * positions). Raises `UnknownSeries` for a trade without a row.
    """
    needs: dict[int, _Need] = {}
    rows: Mapping[int, SeriesRow] = {}
    left = list(reversed(tables))
    for trade in trades:
        while left and left[-1].time_s <= trade.time_s:
            rows = _turn_over(left.pop(), needs)
        row = rows.get(trade.series_id)
        if row is None:
            raise UnknownSeries("plan", series_id=trade.series_id)
        for account, bought_e4, is_maker in trade.sides:
            need = needs.setdefault(account, _Need())
            _fill(need, row, rows, trade.price_e2, bought_e4, fees, is_maker=is_maker)
    while left and (last_s is None or left[-1].time_s <= last_s):
        _turn_over(left.pop(), needs)
    return {account: need.needed_e6 for account, need in sorted(needs.items())}


def _turn_over(table: TimedTable, needs: Mapping[int, _Need]) -> Mapping[int, SeriesRow]:
    rows = {row.series.series_id: row for row in table.rows}
    _require_all(needs.values(), rows)
    return rows


def _require_all(needs: Iterable[_Need], rows: Mapping[int, SeriesRow]) -> None:
    for need in needs:
        need.require(need.columns(rows))


def _fill(
    need: _Need,
    row: SeriesRow,
    rows: Mapping[int, SeriesRow],
    price_e2: int,
    bought_e4: int,
    fees: FeeRates,
    *,
    is_maker: bool,
) -> None:
    unit_fee_e2 = fee_of(price_e2, fees.highest_ppm)
    changes = full_fill(row, price_e2, bought_e4, unit_fee_e2)
    need.require([value + min(0, change) for value, change in zip(need.columns(rows), changes, strict=True)])
    series_id = row.series.series_id
    need.held_e4[series_id] = need.held_e4.get(series_id, 0) + bought_e4
    fee_e6 = fee_of(price_e2 * abs(bought_e4), fees.of(is_maker=is_maker))
    need.cash_e6 -= bought_e4 * price_e2 + fee_e6
    need.require(need.columns(rows))
