"""A new order meets those that rest: the best price first, and of one price who came first."""

from __future__ import annotations

from rollup.errors import RollupError, SectionFull
from rollup.types.series import SeriesRow
from rollup.types.transactions import Trade
from sequencer.matching.booking import bearable_e4, book_side, gain_e6, take_resting
from sequencer.matching.coverage import require_room
from sequencer.matching.errors import EquityOutOfRange, MatchingError, OwnOrderInTheWay
from sequencer.matching.floor import Floor
from sequencer.matching.requests import Ending, Removal, SelfTradePolicy
from sequencer.matching.standing import Standing
from sequencer.orderbook.resting import RestingOrder


class Crossing:
    """One new order at its book. It ends with a rest, or with a `problem` for which the rest must not stay."""

    def __init__(
        self, floor: Floor, taker: RestingOrder, standing: Standing, row: SeriesRow, policy: SelfTradePolicy
    ) -> None:
        self.floor, self.taker, self.standing, self.row, self.policy = floor, taker, standing, row, policy
        self.side = floor.book(taker.series_id).side(is_buy=not taker.is_buy)
        self.trades: list[Trade] = []
        self.problem: RollupError | MatchingError | None = None

    def run(self) -> None:
        """Fills until nothing is left, nobody is met any more, or there is a problem."""
        taker, side, floor = self.taker, self.side, self.floor
        while taker.remaining_e4 and self.problem is None and side.reaches(taker.price_e2):
            maker = side.best()
            if maker is None:
                break
            other = floor.maker_of(maker)
            if other is None or not maker.is_open:
                continue
            if other is self.standing:
                self._meet_own(maker)
            else:
                self._meet(maker, other)

    def _meet_own(self, maker: RestingOrder) -> None:
        if self.policy is not SelfTradePolicy.CANCEL_NEWEST:
            newer = OwnOrderInTheWay(maker.account, self.taker.slot, self.taker.nonce)
            self.floor.drop(maker, Ending.SELF_TRADE, newer)
        if self.policy is not SelfTradePolicy.CANCEL_OLDEST:
            self.problem = OwnOrderInTheWay(maker.account, maker.slot, maker.nonce)

    def _meet(self, maker: RestingOrder, other: Standing) -> None:
        floor, amount_e4 = self.floor, min(self.taker.remaining_e4, maker.remaining_e4)
        try:
            floor.check_fits([self.standing, other], {maker.series_id})
            require_room(self.standing, floor.terms, gain_e6(floor, self.row, maker.price_e2, amount_e4))
        except (SectionFull, EquityOutOfRange) as error:
            self.problem = error
            return
        try:
            amount_e4 = bearable_e4(floor, self.row, maker, other, amount_e4, floor.terms.maker_fee_ppm)
        except (RollupError, MatchingError) as error:
            floor.drop(maker, Ending.REFUSED, error)
            return
        self.trades.append(self._fill(maker, other, amount_e4))

    def _fill(self, maker: RestingOrder, other: Standing, amount_e4: int) -> Trade:
        taker, standing, terms = self.taker, self.standing, self.floor.terms
        price_e2, series_id = maker.price_e2, maker.series_id
        slots = other.slots[series_id], standing.slots[series_id]
        trade = Trade(maker.signed, taker.signed, price_e2, amount_e4, *slots)
        bought_e4 = amount_e4 if taker.is_buy else -amount_e4
        book_side(self.floor, other, self.row, price_e2, -bought_e4, terms.maker_fee_ppm)
        book_side(self.floor, standing, self.row, price_e2, bought_e4, terms.taker_fee_ppm)
        other.has_traded = standing.has_traded = True
        take_resting(self.floor, maker, other, amount_e4)
        taker.remaining_e4 -= amount_e4
        taker.filled_e4 += amount_e4
        return trade

    def ended(self) -> Removal:
        """The rest of the new order, which does not stay."""
        ending = Ending.IMMEDIATE if self.problem is None else Ending.REFUSED
        if isinstance(self.problem, OwnOrderInTheWay):
            ending = Ending.SELF_TRADE
        return Removal(self.taker.signed, self.taker.remaining_e4, ending, self.problem)
