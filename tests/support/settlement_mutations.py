"""Small changes to a good batch: most break a rule, some only just do not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Any

from circuits.settlement.sample import CASH_E6, CONTRACT_E4, DOMAIN, NOW_S, Sample, Venue
from primitives.eddsa import Signature
from rollup.crypto import hash_one
from rollup.parameters import LIQUIDATION_BAND_E2, LIQUIDATION_BAND_PPM, LIQUIDATION_PENALTY_PPM
from rollup.presets import TINY
from rollup.referee import Referee
from rollup.risk_table import RiskTable
from rollup.transition import transition
from rollup.types.accounts import OrderState, Position
from rollup.types.orders import Order, SignedOrder, Transfer, Withdrawal
from rollup.types.series import SeriesRow
from rollup.types.transactions import Deposit, ForcedCloseOut, ForcedWithdrawal, Liquidation, Trade
from rollup.units import CASH_BITS, INSURANCE_ACCOUNT, MILLION, POSITION_SLOTS

Mutation = Callable[[Venue, Sample, Random], Sample]


def signed(venue: Venue, order: Order) -> SignedOrder:
    message = hash_one(venue.crypto, order.message_inputs(DOMAIN))
    return SignedOrder(order, venue.sign(venue.secret(order.account), message))


def with_batch(found: Sample, **changes: Any) -> Sample:
    return replace(found, batch=replace(found.batch, **changes))


def with_trade(found: Sample, i: int, trade: Trade) -> Sample:
    trades = list(found.batch.trades)
    trades[i] = trade
    return with_batch(found, trades=tuple(trades))


def with_side(found: Sample, i: int, side: str, order: SignedOrder) -> Sample:
    trade = found.batch.trades[i]
    return with_trade(found, i, replace(trade, maker=order) if side == "maker" else replace(trade, taker=order))


def with_account(found: Sample, account_id: int, **changes: Any) -> Sample:
    account = found.state.account(account_id)
    assert account is not None
    found.state.put({account_id: replace(account, **changes)})
    return found


def with_order(venue: Venue, found: Sample, i: int, side: str, **changes: Any) -> Sample:
    trade = found.batch.trades[i]
    order = replace(getattr(trade, side).order, **changes)
    return with_side(found, i, side, signed(venue, order))


def a_trade(found: Sample, random: Random) -> tuple[int, Trade, str]:
    i = random.randrange(len(found.batch.trades))
    return i, found.batch.trades[i], random.choice(("maker", "taker"))


def near(value: int, random: Random, least: int = 0) -> int:
    return max(least, value + random.choice((-1, 0, 1)))


def nothing(_venue: Venue, found: Sample, _random: Random) -> Sample:
    return found


def price_at_a_limit(_venue: Venue, found: Sample, random: Random) -> Sample:
    i, trade, side = a_trade(found, random)
    return with_trade(found, i, replace(trade, price_e2=near(getattr(trade, side).order.limit_price_e2, random)))


def size_at_what_is_left(_venue: Venue, found: Sample, random: Random) -> Sample:
    i, trade, side = a_trade(found, random)
    return with_trade(found, i, replace(trade, size_e4=near(getattr(trade, side).order.size_e4, random, 1)))


def expiry_of_an_order(venue: Venue, found: Sample, random: Random) -> Sample:
    i, _, side = a_trade(found, random)
    return with_order(venue, found, i, side, expiry_s=near(NOW_S, random))


def fee_cap(venue: Venue, found: Sample, random: Random) -> Sample:
    i, _, side = a_trade(found, random)
    return with_order(venue, found, i, side, max_fee_ppm=near(found.batch.taker_fee_ppm, random))


def own_counterparty(venue: Venue, found: Sample, random: Random) -> Sample:
    i, trade, side = a_trade(found, random)
    other = trade.maker if side == "taker" else trade.taker
    return with_order(venue, found, i, side, account=other.order.account, slot=random.choice((3, 4)), nonce=9)


def other_side(venue: Venue, found: Sample, random: Random) -> Sample:
    i, trade, _ = a_trade(found, random)
    return with_order(venue, found, i, "taker", is_buy=trade.maker.order.is_buy)


def other_series(venue: Venue, found: Sample, random: Random) -> Sample:
    i, trade, _ = a_trade(found, random)
    series = [row.series.series_id for row in found.table.rows() if row.series.series_id != trade.maker.order.series_id]
    return with_order(venue, found, i, "taker", series_id=random.choice(series))


def signature(_venue: Venue, found: Sample, random: Random) -> Sample:
    i, trade, side = a_trade(found, random)
    order: SignedOrder = getattr(trade, side)
    other = trade.taker if side == "maker" else trade.maker
    forged = random.choice((Signature(order.signature.r, order.signature.s ^ 1), other.signature))
    return with_side(found, i, side, replace(order, signature=forged))


def unsigned_change(_venue: Venue, found: Sample, random: Random) -> Sample:
    i, trade, side = a_trade(found, random)
    order: SignedOrder = getattr(trade, side)
    name = random.choice(("limit_price_e2", "size_e4", "max_fee_ppm", "expiry_s", "nonce"))
    changed = replace(order.order, **{name: getattr(order.order, name) + 1})
    return with_side(found, i, side, replace(order, order=changed))


def slot_before(_venue: Venue, found: Sample, random: Random) -> Sample:
    """The order's slot has been used: under its nonce, an older or a newer one."""
    _, trade, side = a_trade(found, random)
    order: Order = getattr(trade, side).order
    account = found.state.account(order.account)
    assert account is not None
    room = order.size_e4 - trade.size_e4
    state = OrderState(near(order.nonce, random), max(0, random.choice((0, room, room + 1, order.size_e4))))
    orders = list(account.orders)
    orders[order.slot] = state
    return with_account(found, order.account, orders=tuple(orders))


def expiry_of_a_series(_venue: Venue, found: Sample, random: Random) -> Sample:
    _, trade, _ = a_trade(found, random)
    chosen = trade.maker.order.series_id
    expiry_s = random.choice((NOW_S - 1, NOW_S, NOW_S + 1))
    return with_rows(found, chosen, lambda row: replace(row, series=replace(row.series, expiry_s=expiry_s)))


def settled_early(_venue: Venue, found: Sample, random: Random) -> Sample:
    _, trade, _ = a_trade(found, random)
    return with_rows(found, trade.maker.order.series_id, lambda row: replace(row, is_settled=True))


def not_settled(_venue: Venue, found: Sample, _random: Random) -> Sample:
    return with_rows(found, 1, lambda row: replace(row, is_settled=False))


def with_rows(found: Sample, series_id: int, change: Callable[[SeriesRow], SeriesRow]) -> Sample:
    rows = [change(row) if row.series.series_id == series_id else row for row in found.table.rows()]
    return replace(found, table=RiskTable(rows, found.table.depth, found.state.crypto))


def position_slot_taken(_venue: Venue, found: Sample, random: Random) -> Sample:
    i, trade, side = a_trade(found, random)
    slot = random.choice((0, POSITION_SLOTS - 1))
    if side == "maker":
        return with_trade(found, i, replace(trade, maker_position_slot=slot))
    return with_trade(found, i, replace(trade, taker_position_slot=slot))


def largest_position(_venue: Venue, found: Sample, random: Random) -> Sample:
    """The account holds as much of the series as fits, or so much that the trade goes one beyond."""
    _, trade, side = a_trade(found, random)
    order: Order = getattr(trade, side).order
    account = found.state.account(order.account)
    assert account is not None
    slot = getattr(trade, f"{side}_position_slot")
    edge = (1 << 39) - 1 if order.is_buy else -(1 << 39)
    size_e4 = edge - order.sign * (trade.size_e4 + random.choice((-1, 0)))
    positions = list(account.positions)
    positions[slot] = Position(order.series_id, size_e4)
    return with_account(found, order.account, positions=tuple(positions))


def little_cash(_venue: Venue, found: Sample, random: Random) -> Sample:
    _, trade, side = a_trade(found, random)
    order: Order = getattr(trade, side).order
    premium = trade.price_e2 * trade.size_e4
    return with_account(found, order.account, cash_e6=random.choice((0, premium, near(premium, random), 2 * premium)))


def much_cash(_venue: Venue, found: Sample, random: Random) -> Sample:
    _, trade, side = a_trade(found, random)
    return with_account(found, getattr(trade, side).order.account, cash_e6=(1 << CASH_BITS) - 1)


def margin_at_its_edge(_venue: Venue, found: Sample, random: Random) -> Sample:
    """An account ends the batch with nothing to spare in its worst scenario, or one unit short."""
    outcome = transition(found.state, found.table, found.batch, TINY, Referee())
    short = [one for one in outcome.touched if one.before is not None and min(one.values_after) < one.after.cash_e6]
    if not short:
        return found
    one = random.choice(short)
    assert one.before is not None
    cash_e6 = one.before.cash_e6 - min(one.values_after) + random.choice((-1, 0, 1))
    return with_account(found, one.account_id, cash_e6=max(0, cash_e6))


def distressed(_venue: Venue, found: Sample, random: Random) -> Sample:
    """A trader was below initial margin before, by what it has sold, and trades on."""
    _, trade, side = a_trade(found, random)
    order: Order = getattr(trade, side).order
    account, row = found.state.account(order.account), found.table.row(order.series_id)
    assert account is not None
    assert row is not None
    sold_e4 = random.choice((1, 20)) * CONTRACT_E4
    positions = list(account.positions)
    positions[POSITION_SLOTS - 2] = Position(order.series_id, -sold_e4)
    cash_e6 = sold_e4 * max(row.values_e2) - random.choice((0, 1, 10**6))
    return with_account(found, order.account, positions=tuple(positions), cash_e6=cash_e6)


def withdrawn(venue: Venue, found: Sample, random: Random) -> Sample:
    """All the cash there is, or one more: of an account that holds nothing, or something."""
    owner = random.choice([signed.operation.account for signed in found.batch.operations])
    account = found.state.account(owner)
    assert account is not None
    amount = min(max(1, account.cash_e6 + random.choice((-1, 0, 1))), (1 << CASH_BITS) - 1)
    return with_batch(found, operations=(venue.operation(Withdrawal(owner, 5, 1, amount)),))


def sent_to_oneself(venue: Venue, found: Sample, random: Random) -> Sample:
    owner = found.batch.operations[0].operation.account
    to = random.choice((owner, 0))
    return with_batch(found, operations=(venue.operation(Transfer(owner, 5, 1, to, 5)),))


def forced_amount(_venue: Venue, found: Sample, random: Random) -> Sample:
    """At what may be withdrawn, one less and one more; the queue cannot be refused."""
    owner = found.batch.operations[0].operation.account
    entry = ForcedWithdrawal(owner, random.choice((0, 1, CASH_E6 // 2, CASH_E6, CASH_E6 + 1)))
    return with_batch(found, queue=(entry, Deposit(INSURANCE_ACCOUNT, random.randrange(9))))


def close_out(_venue: Venue, found: Sample, random: Random) -> Sample:
    """One that is impossible, or only just possible, for the holder's, the fund's or the series' sake."""
    asked = next((entry for entry in found.batch.queue if isinstance(entry, ForcedCloseOut)), None)
    if asked is None:
        return found
    fund = found.state.account(INSURANCE_ACCOUNT)
    holder = found.state.account(asked.account)
    row = found.table.row(asked.series_id)
    assert fund is not None
    assert holder is not None
    assert row is not None
    paid_e6 = holder.positions[asked.position_slot].size_e4 * row.mark_e2
    choice = random.randrange(5)
    if choice == 0:
        return with_account(found, INSURANCE_ACCOUNT, cash_e6=max(0, paid_e6 + random.choice((-1, 0, 1))))
    if choice == 1:
        positions = list(fund.positions)
        positions[asked.position_slot] = Position(random.choice((asked.series_id, 1)), random.choice((-1, 1)))
        return with_account(found, INSURANCE_ACCOUNT, positions=tuple(positions))
    if choice == 2:
        other = replace(asked, position_slot=random.randrange(POSITION_SLOTS))
        return with_batch(found, queue=tuple(other if entry is asked else entry for entry in found.batch.queue))
    if choice == 3:
        worst = min(one * holder.positions[asked.position_slot].size_e4 for one in row.values_e2)
        cash_e6 = paid_e6 - worst + random.choice((-1, 0, 1))
        return with_account(found, INSURANCE_ACCOUNT, cash_e6=max(0, cash_e6))
    return with_account(found, asked.account, cash_e6=random.choice((0, CASH_E6)))


def liquidated_too_well(_venue: Venue, found: Sample, random: Random) -> Sample:
    """The account that is liquidated has cash at the edge of maintenance margin, or enough."""
    if not found.batch.liquidations:
        return found
    weak = found.batch.liquidations[0].account
    account = found.state.account(weak)
    assert account is not None
    position = account.positions[0]
    row = found.table.row(position.series_id)
    assert row is not None
    lost = [-position.size_e4 * (row.mark_e2 + 3 * value) for value in row.values_e2]
    return with_account(found, weak, cash_e6=random.choice((-(-max(lost) // 4), (max(lost) - 1) // 4, CASH_E6)))


def liquidation_terms(venue: Venue, found: Sample, random: Random) -> Sample:
    """Price at the band's edge, penalty at its cap, more than the position, or the wrong way."""
    if not found.batch.liquidations:
        return found
    old = found.batch.liquidations[0]
    row = found.table.row(old.liquidator.order.series_id)
    assert row is not None
    room = row.mark_e2 * LIQUIDATION_BAND_PPM // MILLION + LIQUIDATION_BAND_E2
    price_e2 = row.mark_e2 + random.choice((-room - 1, -room, 0, room, room + 1))
    account = found.state.account(old.account)
    assert account is not None
    size_e4 = random.choice((1, CONTRACT_E4, abs(account.positions[0].size_e4), abs(account.positions[0].size_e4) + 1))
    is_buy = random.random() < 0.2
    penalty_e6 = max(0, price_e2) * size_e4 * LIQUIDATION_PENALTY_PPM // MILLION + random.choice((-9, 0, 1))
    order = venue.order(
        old.liquidator.order.account, row.series.series_id, size_e4, 5_000 if is_buy else 0, is_buy=is_buy
    )
    changed = Liquidation(order, old.account, max(0, price_e2), size_e4, 0, 0, max(0, penalty_e6))
    return with_batch(found, liquidations=(changed,))


def subsidised(_venue: Venue, found: Sample, random: Random) -> Sample:
    if not found.batch.liquidations:
        return found
    old = found.batch.liquidations[0]
    found = with_account(found, old.account, cash_e6=random.choice((0, 1_000, CASH_E6 // 1_000)))
    subsidy = random.choice((1, 10**6, old.price_e2 * old.size_e4, 4 * old.price_e2 * CONTRACT_E4))
    return with_batch(found, liquidations=(replace(old, subsidy_e6=subsidy, penalty_e6=0),))


MUTATIONS: tuple[Mutation, ...] = (
    nothing,
    price_at_a_limit,
    size_at_what_is_left,
    expiry_of_an_order,
    fee_cap,
    own_counterparty,
    other_side,
    other_series,
    signature,
    unsigned_change,
    slot_before,
    expiry_of_a_series,
    settled_early,
    not_settled,
    position_slot_taken,
    largest_position,
    little_cash,
    much_cash,
    margin_at_its_edge,
    distressed,
    withdrawn,
    sent_to_oneself,
    forced_amount,
    close_out,
    liquidated_too_well,
    liquidation_terms,
    subsidised,
)
