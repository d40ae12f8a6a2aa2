"""Accounts below maintenance margin are reduced against the books, the worst first."""

from __future__ import annotations

from collections.abc import Iterable

from rollup.errors import RollupError
from rollup.margin import maintenance_room
from rollup.parameters import LIQUIDATION_BAND_E2, LIQUIDATION_BAND_PPM, MAINTENANCE_WEIGHT
from rollup.transition.liquidations import is_inside_band
from rollup.types.series import SeriesRow
from rollup.units import COLUMNS, MILLION, PRICE_BITS
from sequencer.matching.coverage import columns_of
from sequencer.matching.engine import MatchingEngine
from sequencer.matching.errors import InLiquidation, MatchingError
from sequencer.matching.floor import Floor
from sequencer.matching.liquidations import LiquidationOrder, is_maintained
from sequencer.matching.requests import Ending, Report
from sequencer.venue.outcomes import Unliquidated


def liquidate_all(
    engine: MatchingEngine, accounts: Iterable[int], penalty_ppm: int, *, fund_pays: bool
) -> tuple[list[Report], list[Unliquidated]]:
    """Each account in turn, position by position, until it is above maintenance margin or nobody takes more.

    For right after `begin`: whoever trades first cannot be liquidated in that batch. Orders of all accounts that are
    liquidated leave the books before the first of them is, so that none is kept from it by being met itself. With
    `fund_pays`, the insurance fund covers those whose equity is gone, after all others.
    """
    floor, accounts = engine.floor, list(accounts)
    passes = (False, True) if fund_pays else (False,)
    chosen = [
        account
        for account in accounts
        if any(_next_order(floor, account, penalty_ppm, set(), is_subsidised=one) is not None for one in passes)
    ]
    for account in chosen:
        for order in list(floor.standing(account).open.values()):
            floor.drop(order, Ending.REFUSED, InLiquidation(account))
    reports = [engine.take_removals()]
    for is_subsidised in passes:
        for account in chosen:
            reports += _liquidate(engine, account, penalty_ppm, is_subsidised=is_subsidised)
    missing = [(account, _missing_e6(floor, account)) for account in accounts]
    return reports, [Unliquidated(account, missing_e6) for account, missing_e6 in missing if missing_e6 > 0]


def _liquidate(engine: MatchingEngine, account: int, penalty_ppm: int, *, is_subsidised: bool) -> list[Report]:
    reports: list[Report] = []
    tried: set[int] = set()
    while not is_maintained(engine.floor, engine.floor.standing(account)):
        wanted = _next_order(engine.floor, account, penalty_ppm, tried, is_subsidised=is_subsidised)
        if wanted is None:
            break
        try:
            report = engine.liquidate(wanted)
        except (RollupError, MatchingError):
            reports.append(engine.take_removals())
            break
        reports.append(report)
        tried = set() if report.liquidations else tried | {wanted.series_id}
    return reports


def _missing_e6(floor: Floor, account: int) -> int:
    columns = columns_of(floor.standing(account), floor.terms)[:COLUMNS]
    return -maintenance_room(columns)


def _next_order(
    floor: Floor, account: int, penalty_ppm: int, tried: set[int], *, is_subsidised: bool
) -> LiquidationOrder | None:
    """Of positions that somebody would take over, the one whose end helps the worst scenario most."""
    standing = floor.standing(account)
    columns = columns_of(standing, floor.terms)
    worst = columns.index(min(columns[:COLUMNS]))
    helps: list[tuple[int, int, int]] = []
    for series_id, held_e4 in standing.held_e4.items():
        row = floor.terms.table.row(series_id)
        if series_id in tried or row is None or not _is_live(floor, row):
            continue
        gain_e6 = held_e4 * (row.mark_e2 - row.values_e2[worst])
        price_e2 = _taker_e2(floor, account, row, held_e4) if gain_e6 > 0 else None
        if price_e2 is None:
            continue
        size_e4 = enough_e4(columns, row, held_e4, limit_e2(row, held_e4), penalty_ppm)
        if not is_subsidised:
            size_e4 = min(size_e4, bearable_e4(columns, row, held_e4, price_e2))
        if size_e4:
            helps.append((-gain_e6, series_id, size_e4))
    if not helps:
        return None
    _, series_id, size_e4 = min(helps)
    limit = limit_e2(floor.terms.live_row(series_id), standing.held_e4[series_id])
    return LiquidationOrder(account, series_id, size_e4, limit, penalty_ppm, is_subsidised)


def _is_live(floor: Floor, row: SeriesRow) -> bool:
    return not row.is_settled and floor.terms.time_s < row.series.expiry_s


def _taker_e2(floor: Floor, account: int, row: SeriesRow, held_e4: int) -> int | None:
    """The best price inside the band at which somebody else takes a position over."""
    book = floor.books.get(row.series.series_id)
    if book is None:
        return None
    makers = book.side(is_buy=held_e4 > 0).reached_by(limit_e2(row, held_e4))
    theirs = (one.price_e2 for one in makers if one.account != account and is_inside_band(one.price_e2, row.mark_e2))
    return next(theirs, None)


def limit_e2(row: SeriesRow, held_e4: int) -> int:
    """The worst price of the band for who must close a position of this size."""
    room_e2 = (row.mark_e2 * LIQUIDATION_BAND_PPM + LIQUIDATION_BAND_E2 * MILLION) // MILLION
    return max(0, row.mark_e2 - room_e2) if held_e4 > 0 else min((1 << PRICE_BITS) - 1, row.mark_e2 + room_e2)


def bearable_e4(columns: list[int], row: SeriesRow, held_e4: int, price_e2: int) -> int:
    """How much of a position may go at this price, so that no column falls below zero or further below.

    `columns` are V and cash, shape (COLUMNS + 1,).
    """
    sign, most = (1 if held_e4 > 0 else -1), abs(held_e4)
    for value, worth_e2 in zip(columns, (*row.values_e2, 0), strict=True):
        loss_e2 = sign * (worth_e2 - price_e2)
        if loss_e2 > 0:
            most = min(most, max(0, value) // loss_e2)
    return most


def enough_e4(columns: list[int], row: SeriesRow, held_e4: int, price_e2: int, penalty_ppm: int) -> int:
    """How much of a position must go at this price to be at initial margin: below that the next price would cut again.

    Where this position alone cannot do that, as much as it takes to be above maintenance margin; all of it if that is
    not enough. `columns` begin with V, shape (COLUMNS,). Closing one unit changes V[s] by a fixed amount.
    """
    sign = 1 if held_e4 > 0 else -1
    penalty_e2 = -(-price_e2 * penalty_ppm // MILLION)
    gains = [sign * (price_e2 - value) - penalty_e2 for value in row.values_e2]
    short = [(-value, gain) for value, gain in zip(columns[:COLUMNS], gains, strict=True) if value < 0]
    if any(gain <= 0 for _, gain in short):
        rooms = [columns[0] + MAINTENANCE_WEIGHT * value for value in columns[:COLUMNS]]
        steps = [gains[0] + MAINTENANCE_WEIGHT * gain for gain in gains]
        short = [(-room, step) for room, step in zip(rooms, steps, strict=True) if room < 0]
    most = max((-(-missing // rate) if rate > 0 else abs(held_e4) for missing, rate in short), default=0)
    return max(1, min(abs(held_e4), most))
