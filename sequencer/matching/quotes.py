"""A quote over several series: every leg is two signed orders, and all are filled or none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from rollup.errors import (
    LimitViolated,
    OrderNotOpen,
    OwnCounterparty,
    PositionOutOfRange,
    SeriesMismatch,
    SidesNotOpposite,
    check_range,
)
from rollup.transition.orders import fee_of
from rollup.types.orders import Order, SignedOrder
from rollup.types.transactions import Trade
from rollup.units import COLUMNS, POSITION_BITS, PRICE_BITS, SIZE_BITS
from sequencer.matching.booking import book_side, fill_changes, gain_e6
from sequencer.matching.coverage import refresh, require_change, require_no_new_risk, require_room
from sequencer.matching.errors import InLiquidation, QuoteMismatch
from sequencer.matching.floor import Floor
from sequencer.matching.requests import Ending
from sequencer.matching.signatures import SignatureCheck
from sequencer.matching.standing import Standing


@dataclass(frozen=True, slots=True)
class QuoteLeg:
    """Who quoted and who accepted, at which price and for how much. Raises `FieldOutOfRange`."""

    maker: SignedOrder
    taker: SignedOrder
    price_e2: int
    size_e4: int

    def __post_init__(self) -> None:
        check_range("price_e2", self.price_e2, PRICE_BITS)
        check_range("size_e4", self.size_e4, SIZE_BITS, minimum=1)


@dataclass(slots=True)
class Party:
    """What all legs together do to one account: columns of V and cash, positions by series, the most it may gain."""

    standing: Standing
    asked: bool
    changes: list[int] = field(default_factory=lambda: [0] * (COLUMNS + 1))
    bought_e4: dict[int, int] = field(default_factory=dict)
    gain_e6: int = 0


def settle_quote(
    floor: Floor, legs: Sequence[QuoteLeg], signatures: SignatureCheck, is_under_stress: bool
) -> list[Trade]:
    """Fills every leg. What rests in the order slots of the legs is replaced, and nothing of the legs' orders rests.

    Under stress nobody's stress loss may rise who asked for the quote and is not rich. Raises the rules of a trade, and
    `QuoteMismatch`, `NewRiskWaits`, `InLiquidation`, `EquityOutOfRange`; then nothing has happened.
    """
    if not legs:
        raise QuoteMismatch(0, "a quote needs one leg at least")
    _check_orders(floor, legs, signatures)
    parties: dict[int, Party] = {}
    for leg in legs:
        for signed, rate_ppm in _sides(floor, leg):
            _add(floor, parties, leg, signed.order, rate_ppm, asked=signed is leg.taker)
    for party in parties.values():
        _check_party(floor, party, is_under_stress)
    series = {leg.maker.order.series_id for leg in legs}
    floor.check_fits([party.standing for party in parties.values()], series, len(legs))
    return _book(floor, legs, parties)


def _sides(floor: Floor, leg: QuoteLeg) -> tuple[tuple[SignedOrder, int], tuple[SignedOrder, int]]:
    return (leg.maker, floor.terms.maker_fee_ppm), (leg.taker, floor.terms.taker_fee_ppm)


def _check_orders(floor: Floor, legs: Sequence[QuoteLeg], signatures: SignatureCheck) -> None:
    used: set[tuple[int, int]] = set()
    everything = [signed for leg in legs for signed in (leg.maker, leg.taker)]
    for i, leg in enumerate(legs):
        _check_leg(leg, f"leg {i}")
        for signed in (leg.maker, leg.taker):
            order = signed.order
            floor.terms.check(order)
            if (order.account, order.slot) in used:
                raise QuoteMismatch(i, f"account {order.account} uses order slot {order.slot} twice: one slot a leg")
            used.add((order.account, order.slot))
    signatures.require(everything, [floor.standing(signed.order.account).key for signed in everything])
    for leg in legs:
        floor.terms.live_row(leg.maker.order.series_id)
    for signed in everything:
        standing = floor.standing(signed.order.account)
        standing.check_nonce(signed.order.slot, signed.order.nonce)
        if standing.is_liquidated:
            raise InLiquidation(signed.order.account)


def _check_leg(leg: QuoteLeg, where: str) -> None:
    maker, taker = leg.maker.order, leg.taker.order
    if maker.account == taker.account:
        raise OwnCounterparty(where, account=maker.account)
    if maker.series_id != taker.series_id:
        raise SeriesMismatch(where, series_id=taker.series_id)
    if maker.is_buy == taker.is_buy:
        raise SidesNotOpposite(where)
    for order in (maker, taker):
        if order.sign * (leg.price_e2 - order.limit_price_e2) > 0:
            raise LimitViolated(where, price_e2=leg.price_e2, limit_price_e2=order.limit_price_e2)
        if leg.size_e4 > order.size_e4:
            raise OrderNotOpen(where, size_e4=leg.size_e4, order_size_e4=order.size_e4)


def _add(floor: Floor, parties: dict[int, Party], leg: QuoteLeg, order: Order, rate_ppm: int, *, asked: bool) -> None:
    party = parties.get(order.account)
    if party is None:
        party = parties[order.account] = Party(floor.standing(order.account), asked)
    party.asked |= asked
    row, amount_e4 = floor.terms.live_row(order.series_id), order.sign * leg.size_e4
    changes = fill_changes(row, leg.price_e2, amount_e4, fee_of(leg.price_e2 * leg.size_e4, rate_ppm))
    party.changes = [total + change for total, change in zip(party.changes, changes, strict=True)]
    party.bought_e4[order.series_id] = party.bought_e4.get(order.series_id, 0) + amount_e4
    party.gain_e6 += gain_e6(floor, row, leg.price_e2, leg.size_e4)


def _check_party(floor: Floor, party: Party, is_under_stress: bool) -> None:
    standing, terms = party.standing, floor.terms
    for series_id, amount_e4 in party.bought_e4.items():
        standing.give_slot(series_id)
        reached = amount_e4 + standing.reached_e4(series_id, is_buy=amount_e4 > 0, without=None)
        if not -(1 << POSITION_BITS) <= reached < 1 << POSITION_BITS:
            raise PositionOutOfRange(f"account {standing.account_id}", series_id=series_id, size_e4=reached)
    require_change(standing, terms, party.changes)
    require_room(standing, terms, party.gain_e6)
    if is_under_stress and party.asked:
        require_no_new_risk(standing, terms, party.changes)


def _book(floor: Floor, legs: Sequence[QuoteLeg], parties: dict[int, Party]) -> list[Trade]:
    trades = []
    for leg in legs:
        series_id = leg.maker.order.series_id
        row = floor.terms.live_row(series_id)
        slots = (parties[signed.order.account].standing.slots[series_id] for signed in (leg.maker, leg.taker))
        trades.append(Trade(leg.maker, leg.taker, leg.price_e2, leg.size_e4, *slots))
        for signed, rate_ppm in _sides(floor, leg):
            order, standing = signed.order, parties[signed.order.account].standing
            book_side(floor, standing, row, leg.price_e2, order.sign * leg.size_e4, rate_ppm)
            standing.nonces[order.slot] = order.nonce
            standing.has_traded = True
            if order.slot in standing.open:
                floor.drop(standing.open[order.slot], Ending.REPLACED)
    for party in parties.values():
        refresh(party.standing, floor.terms)
    return trades
