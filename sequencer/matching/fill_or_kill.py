"""What could be filled at once, before anything is: for orders that want all or nothing."""

from __future__ import annotations

from collections import defaultdict

from rollup.types.series import SeriesRow
from sequencer.matching.coverage import require_room
from sequencer.matching.errors import EquityOutOfRange, NotFilled
from sequencer.matching.floor import Floor
from sequencer.matching.requests import SelfTradePolicy
from sequencer.matching.standing import Standing
from sequencer.orderbook.resting import RestingOrder


def check_fills_whole(
    floor: Floor, taker: RestingOrder, row: SeriesRow, policy: SelfTradePolicy, replaced: RestingOrder | None
) -> None:
    """Whether an order would be filled whole, in one batch. Costs O(orders that it reaches).

    It counts on those alone whose account surely bears all its open orders; others it meets may only help. Raises
    `NotFilled`, `SectionFull`, `EquityOutOfRange` for the taker.
    """
    side = floor.book(taker.series_id).side(is_buy=not taker.is_buy)
    for order in list(side.reached_by(taker.price_e2)):
        if floor.standings[order.account].epoch != floor.epoch:
            floor.maker_of(order)
    missing_e4, worth_e2 = taker.remaining_e4, floor.terms.highest_e2(row)
    met: dict[int, Standing] = {}
    taken: defaultdict[int, int] = defaultdict(int)
    trades = 0
    for maker in side.reached_by(taker.price_e2):
        if maker is replaced or not missing_e4:
            continue
        other = floor.standings[maker.account]
        if maker.account == taker.account:
            if policy is SelfTradePolicy.CANCEL_OLDEST:
                continue
            break
        met[maker.account], trades = other, trades + 1
        worth_e2 = max(worth_e2, maker.price_e2)
        amount_e4 = min(missing_e4, _certain_e4(maker, other, taken[maker.account]))
        if _has_room(floor, other, (taken[maker.account] + amount_e4) * worth_e2):
            taken[maker.account] += amount_e4
            missing_e4 -= amount_e4
    if missing_e4:
        raise NotFilled(taker.remaining_e4, taker.remaining_e4 - missing_e4)
    standing = floor.standing(taker.account)
    floor.check_fits([standing, *met.values()], {taker.series_id}, trades)
    require_room(standing, floor.terms, taker.remaining_e4 * worth_e2)


def _certain_e4(maker: RestingOrder, other: Standing, taken_e4: int) -> int:
    """What a resting order surely fills, after its account filled `taken_e4` on the same side."""
    if other.slack_e6 < 0:
        return 0
    if not maker.reduce_only:
        return maker.remaining_e4
    return min(maker.remaining_e4, max(0, other.reducible_e4(maker.series_id, is_buy=maker.is_buy) - taken_e4))


def _has_room(floor: Floor, other: Standing, gain_e6: int) -> bool:
    try:
        require_room(other, floor.terms, gain_e6)
    except EquityOutOfRange:
        return False
    return True
