"""Honest inputs that use every place: slots of a new account that trades, slots full of positions, the least value.

Chance takes some of them seldom, and what is wrong about one place shows there only.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from random import Random
from typing import Any, Final

from circuits.settlement.inputs import settlement_values
from circuits.settlement.sample import CASH_E6, CONTRACT_E4, FIRST_TRADER, Venue, sample
from rollup.presets import Preset
from rollup.risk_table import RiskTable
from rollup.state import State
from rollup.trace import trace_batch
from rollup.types.accounts import EMPTY_POSITION, Account, OrderState, Position
from rollup.types.orders import SignedOperation, SignedOrder, Transfer, Withdrawal
from rollup.types.series import SeriesRow
from rollup.types.transactions import (
    Deposit,
    ForcedCloseOut,
    ForcedWithdrawal,
    Liquidation,
    QueueEntry,
    Registration,
    Trade,
)
from rollup.units import COLUMNS, INSURANCE_ACCOUNT, ORDER_SLOTS, POSITION_SLOTS

HOLDER: Final = FIRST_TRADER + 1
LIVE: Final = 2
LIVE_SERIES: Final = 2
"""The sample's: the first, and how many."""
NO_SECTIONS: Final[Mapping[str, Any]] = {
    "queue": (),
    "trades": (),
    "operations": (),
    "liquidations": (),
    "settlements": (),
}
LOW_E2: Final = 400
FILLED_E4: Final = 7
HIGH_E2: Final = 900


def new_traders(preset: Preset, random: Random) -> Iterator[dict[str, Any]]:
    """A new account that is examined and trades: all position slots and all order slots, two at a time."""
    venue = Venue(preset, random)
    found = sample(venue)
    new = next(entry for entry in found.batch.queue if isinstance(entry, Registration))
    queue: tuple[QueueEntry, ...] = (replace(new, amount_e6=CASH_E6), ForcedWithdrawal(new.account, 1))
    state = _holding(found.state, HOLDER, (EMPTY_POSITION,) * POSITION_SLOTS)
    nothing = replace(found.batch, queue=queue, operations=(), liquidations=(), settlements=())
    for first in range(0, POSITION_SLOTS, preset.trades):
        venue.first_slot = first
        trades = tuple(_trade(venue, found.table, new.account, first, i) for i in range(preset.trades))
        batch = replace(nothing, trades=trades)
        yield settlement_values(trace_batch(state.copy(), found.table, batch, preset), 1)


def registrations(preset: Preset, random: Random) -> Iterator[dict[str, Any]]:
    """A new account in every place of the accounts and of the queue, and two of them."""
    venue = Venue(preset, random)
    found = sample(venue)
    new = next(entry for entry in found.batch.queue if isinstance(entry, Registration))
    deposit, close_out = Deposit(INSURANCE_ACCOUNT, 7), ForcedCloseOut(new.account, 0, LIVE)
    transfer = (venue.operation(Transfer(HOLDER, 1, 1, HOLDER + 1, 5)),)
    batches: tuple[tuple[tuple[QueueEntry, ...], tuple[SignedOperation, ...]], ...] = (
        ((new,), ()),
        ((new, close_out), ()),
        ((new, replace(new, account=new.account + 1)), ()),
        ((deposit, new), ()),
        ((new,), transfer),
        ((deposit, new), transfer),
    )
    for queue, operations in batches:
        batch = replace(found.batch, queue=queue, operations=operations, trades=(), liquidations=(), settlements=())
        yield settlement_values(trace_batch(found.state.copy(), found.table, batch, preset), 1)


def new_signers(preset: Preset, random: Random) -> Iterator[dict[str, Any]]:
    """A new account that signs, in every place; the host would put it first, a prover need not."""
    venue = Venue(preset, random)
    found = sample(venue)
    new = next(entry for entry in found.batch.queue if isinstance(entry, Registration))
    signed = (venue.operation(Withdrawal(new.account, 1, 1, 5)),)
    registered = replace(new, amount_e6=1_000)

    def values(*queue: QueueEntry, operations: tuple[SignedOperation, ...] = signed) -> dict[str, Any]:
        batch = replace(found.batch, **{**NO_SECTIONS, "queue": queue, "operations": operations})
        return settlement_values(trace_batch(found.state.copy(), found.table, batch, preset), 1)

    before = values(operations=())["accounts"][0]
    for asked in ((ForcedWithdrawal(new.account, 1),), ()):
        honest, first = values(registered, *asked), 0 if asked else preset.examined
        after = honest["accounts"][first + 1]
        for place in range(first, preset.examined if asked else preset.accounts):
            moved = {name: _moved(honest[name], first, place) for name in ("key_counts", "accounts")}
            moved["accounts"] = [
                row if i == place else before if i < place else after for i, row in enumerate(moved["accounts"])
            ]
            section = "examinations" if asked else "values"
            yield {**honest, **moved, section: _moved(honest[section], 0, place - first)}


def _moved(rows: Sequence[Any], place: int, to: int) -> list[Any]:
    """Rows of which one is elsewhere; the others keep their order."""
    others = [row for i, row in enumerate(rows) if i != place]
    return [*others[:to], rows[place], *others[to:]]


def _trade(venue: Venue, table: RiskTable, new: int, first: int, i: int) -> Trade:
    """The i-th of the batch, of the i-th live series, as long as there are some."""
    live = [row for row in table.rows() if not row.is_settled]
    place = i % len(live)
    row, order_slot, is_buy = live[place], (first + i) % ORDER_SLOTS, venue.random.random() < 0.5
    maker, taker = (
        venue.order(account, row.series.series_id, CONTRACT_E4 + i, row.mark_e2, is_buy=buys, slot=order_slot)
        for account, buys in ((new, is_buy), (HOLDER, not is_buy))
    )
    slot = venue.slot(place)
    return Trade(maker, taker, row.mark_e2, 1 + venue.random.randrange(CONTRACT_E4), slot, slot)


def full_accounts(preset: Preset, random: Random) -> Iterator[dict[str, Any]]:
    """Close-outs from each slot of accounts that hold something everywhere, worth the least in each column in turn.

    Each of their order slots was used before.
    """
    found = sample(Venue(preset, random))
    state = found.state
    for index in (INSURANCE_ACCOUNT, HOLDER):
        state = _holding(state, index, _everywhere(random), orders=_orders_everywhere(random))
    nothing = replace(found.batch, trades=(), operations=(), liquidations=(), settlements=())
    for least in range(COLUMNS):
        rows = [_dearest_in(least, row) if not row.is_settled else row for row in found.table.rows()]
        slot = least % POSITION_SLOTS
        close_out = ForcedCloseOut(HOLDER, slot, LIVE + slot % LIVE_SERIES)
        batch = replace(nothing, queue=(close_out, ForcedWithdrawal(HOLDER, 1)))
        trace = trace_batch(state.copy(), RiskTable(rows, preset.series_depth), batch, preset)
        yield settlement_values(trace, 1)


def liquidated_longs(preset: Preset, random: Random, place: int = 0) -> Iterator[dict[str, Any]]:
    """Liquidations in which the liquidator buys: who is short elsewhere gives away what it is long, at no loss.

    Distressed in each column in turn, and subsidised where that is the mark; once for nothing. The order was filled
    a little before. So many others are examined as `place` says, before who is liquidated.
    """
    venue = Venue(preset, random)
    found = sample(venue)
    weak = (Position(LIVE, CONTRACT_E4), Position(LIVE + 1, -CONTRACT_E4), *(EMPTY_POSITION,) * (POSITION_SLOTS - 2))
    state = _holding(found.state, FIRST_TRADER, weak, cash_e6=LOW_E2 * CONTRACT_E4)
    for dear, price_e2 in (*((column, LOW_E2) for column in range(COLUMNS)), (COLUMNS - 1, 0)):
        rows = [_dear_in(dear, row, price_e2) for row in found.table.rows()]
        order = venue.order(HOLDER, LIVE, CONTRACT_E4, price_e2, is_buy=True)
        one = Liquidation(order, FIRST_TRADER, price_e2, CONTRACT_E4 // 2, 0, 0, subsidy_e6=int(dear == 0))
        queue = tuple(ForcedWithdrawal(index, 1) for index in range(place))
        batch = replace(found.batch, **{**NO_SECTIONS, "queue": queue, "liquidations": (one,)})
        begun = _begun(state, order)
        yield settlement_values(trace_batch(begun, RiskTable(rows, preset.series_depth), batch, preset), 1)


def free_trades(preset: Preset, random: Random) -> Iterator[dict[str, Any]]:
    """Trades for nothing, each side the maker's once: of two orders that were filled a little before."""
    for maker_buys in (False, True):
        venue = Venue(preset, random)
        found = sample(venue)
        maker, taker = (
            venue.order(account, LIVE, CONTRACT_E4, 0, is_buy=buys, slot=1)
            for account, buys in ((HOLDER, maker_buys), (HOLDER + 1, not maker_buys))
        )
        sizes = [1 + random.randrange(CONTRACT_E4 // preset.trades - FILLED_E4) for _ in range(preset.trades)]
        trades = tuple(Trade(maker, taker, 0, size_e4, 0, 0) for size_e4 in sizes)
        batch = replace(found.batch, **{**NO_SECTIONS, "trades": trades})
        yield settlement_values(trace_batch(_begun(found.state, maker, taker), found.table, batch, preset), 1)


def _begun(state: State, *orders: SignedOrder) -> State:
    """A state in which orders of accounts that are there were filled a little."""
    copy = state.copy()
    for signed in orders:
        order, account = signed.order, copy.account(signed.order.account)
        if account is not None:
            filled = OrderState(order.nonce, FILLED_E4)
            copy.put({order.account: account.with_orders({order.slot: filled.packed})})
    return copy


def far_apart(preset: Preset, random: Random) -> Iterator[dict[str, Any]]:
    """An account in the first place, which signs once, and series in all, in each quarter of their trees."""
    venue = Venue(preset, random)
    found = sample(venue)
    row = next(row for row in found.table.rows() if not row.is_settled)
    count = min(preset.series, POSITION_SLOTS)
    for quarter in range(4):
        account_id, first = (
            (quarter << 2 * (depth - 1)) + HOLDER for depth in (preset.account_depth, preset.series_depth)
        )
        rows = [replace(row, series=replace(row.series, series_id=first + i)) for i in range(count)]
        held = tuple(Position(first + i, CONTRACT_E4) if i < count else EMPTY_POSITION for i in range(POSITION_SLOTS))
        state = State(preset.account_depth)
        state.put({account_id: Account(venue.public_key(venue.secret(account_id)), CASH_E6, held)})
        signed = (venue.operation(Withdrawal(account_id, 1, 1, 5)),)
        queue = (ForcedWithdrawal(account_id, 1),)
        batch = replace(found.batch, **{**NO_SECTIONS, "queue": queue, "operations": signed})
        yield settlement_values(trace_batch(state, RiskTable(rows, preset.series_depth), batch, preset), 1)


def _dear_in(column: int, row: SeriesRow, price_e2: int) -> SeriesRow:
    """The first live series is worth the same everywhere, the others are dear in one column."""
    if row.is_settled:
        return row
    dear = price_e2 if row.series.series_id == LIVE else 9 * HIGH_E2
    return replace(row, values_e2=tuple(dear if i == column else price_e2 for i in range(COLUMNS)))


def _holding(
    state: State,
    index: int,
    positions: tuple[Position, ...],
    *,
    cash_e6: int | None = None,
    orders: tuple[OrderState, ...] | None = None,
) -> State:
    """A state in which an account that is there has other positions, cash and order slots."""
    changed, account = state.copy(), state.account(index)
    if account is not None:
        cash_e6 = account.cash_e6 if cash_e6 is None else cash_e6
        orders = account.orders if orders is None else orders
        changed.put({index: replace(account, cash_e6=cash_e6, positions=positions, orders=orders)})
    return changed


def _orders_everywhere(random: Random) -> tuple[OrderState, ...]:
    """Every order slot was used, each time with another state."""
    return tuple(OrderState(1 + i, random.randrange(1, CONTRACT_E4)) for i in range(ORDER_SLOTS))


def _everywhere(random: Random) -> tuple[Position, ...]:
    """Short in every slot, each time another size."""
    return tuple(Position(LIVE + i % LIVE_SERIES, -random.randrange(1, CONTRACT_E4)) for i in range(POSITION_SLOTS))


def _dearest_in(column: int, row: SeriesRow) -> SeriesRow:
    """What is short is worth the least where the series is dear."""
    return replace(row, values_e2=tuple(HIGH_E2 if i == column else LOW_E2 + i for i in range(COLUMNS)))
