"""What an order must fulfil before it is taken, so that whatever it comes to fill can be proved."""

from __future__ import annotations

from msgspec import Struct

from rollup.errors import PositionOutOfRange
from rollup.types.orders import Order
from rollup.types.series import SeriesRow
from rollup.units import POSITION_BITS
from sequencer.matching.coverage import full_fill, require_no_new_risk, reserve
from sequencer.matching.errors import InLiquidation, NotFilled, NothingToReduce, WouldTake
from sequencer.matching.floor import Floor
from sequencer.matching.requests import OrderRequest, TimeInForce
from sequencer.matching.standing import Standing
from sequencer.orderbook.resting import RestingOrder


class Admission(Struct, frozen=True):
    """An order that may be taken: for which account, by which row, how much of it, in place of which other."""

    standing: Standing
    row: SeriesRow
    size_e4: int
    replaced: RestingOrder | None

    def reserve(self, floor: Floor, order: Order) -> None:
        """The last check, which books the order's worst fill. Raises as `coverage.reserve` does."""
        reserve(
            self.standing,
            floor.terms,
            self.row,
            (order.is_buy, order.limit_price_e2, self.size_e4),
            self.replaced,
        )


def admit(floor: Floor, request: OrderRequest) -> Admission:
    """All checks but those of signature, stress, fill-or-kill and margin; changes nothing that matters.

    Raises `OrderExpired`, `FeeAboveCap`, `UnknownAccount`, `UnknownSeries`, `SeriesNotLive`, `OrderNotOpen`,
    `InLiquidation`, `NothingToReduce`, `NotFilled`, `WouldTake`, `PositionSlotTaken`, `PositionOutOfRange`.
    """
    order = request.signed.order
    floor.terms.check(order)
    standing = floor.standing(order.account)
    row = floor.terms.live_row(order.series_id)
    standing.check_nonce(order.slot, order.nonce)
    if standing.is_liquidated:
        raise InLiquidation(order.account)
    size_e4 = order.size_e4
    if request.reduce_only:
        size_e4 = _reducing_size(standing, request)
    replaced = standing.open.get(order.slot)
    if request.post_only:
        _check_rests(floor, order, replaced)
    standing.give_slot(order.series_id)
    reached = standing.reached_e4(order.series_id, is_buy=order.is_buy, without=replaced) + order.sign * size_e4
    if not -(1 << POSITION_BITS) <= reached < 1 << POSITION_BITS:
        raise PositionOutOfRange(f"account {order.account}", series_id=order.series_id, size_e4=reached)
    return Admission(standing, row, size_e4, replaced)


def _reducing_size(standing: Standing, request: OrderRequest) -> int:
    order = request.signed.order
    size_e4 = min(order.size_e4, standing.reducible_e4(order.series_id, is_buy=order.is_buy))
    if not size_e4:
        raise NothingToReduce(order.series_id, standing.held_e4.get(order.series_id, 0))
    if size_e4 < order.size_e4 and request.time_in_force is TimeInForce.FILL_OR_KILL:
        raise NotFilled(order.size_e4, size_e4)
    return size_e4


def _check_rests(floor: Floor, order: Order, replaced: RestingOrder | None) -> None:
    """Orders that are found not to hold are taken out on the way, so that they do not keep anybody from resting."""
    side = floor.book(order.series_id).side(is_buy=not order.is_buy)
    for met in list(side.reached_by(order.limit_price_e2)):
        if met is not replaced and floor.maker_of(met) is not None and met.is_open:
            raise WouldTake(order.limit_price_e2, met.price_e2)


def check_stress(floor: Floor, admission: Admission, order: Order) -> None:
    """Raises `NewRiskWaits` if the whole fill raises the stress loss of an account that is not rich."""
    changes = full_fill(admission.row, order.limit_price_e2, order.sign * admission.size_e4, 0)
    require_no_new_risk(admission.standing, floor.terms, changes)
