"""B28: a stale order cannot be filled by taking a neighbouring slot's state for one's own, in other bits of a key."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from random import Random

import pytest

from circuits.frontend import Builder, Circuit, Wire, compile_circuit
from circuits.gadgets.fractions import Term, sum_of_fractions
from circuits.settlement import connections
from circuits.settlement.accounts import TouchedAccount
from circuits.settlement.arguments import RULE_ORDER_SLOTS, SignedTerm, assert_sum
from circuits.settlement.inputs import settlement_values
from circuits.settlement.sample import NOW_S, Sample, sample
from circuits.settlement.statement import settlement_circuit
from rollup.errors import OrderNotOpen
from rollup.order_slots import SlotChange
from rollup.presets import TINY
from rollup.referee import Referee
from rollup.trace import Trace, trace_batch
from rollup.transition import transition
from rollup.types.accounts import Account, OrderState
from rollup.types.orders import Order
from rollup.types.transactions import Trade
from tests.support.settlement import POINT, one_thread, venue_of
from tests.support.settlement_mutations import signed, with_account, with_batch

STATE_BITS = 72
NEIGHBOUR, MOVED_ON = OrderState(5, 1), OrderState(10, 7)
STALE_NONCE = 3


def forged_state(packed: int) -> OrderState:
    """A state beyond its field, as no honest code can make it."""
    state = object.__new__(OrderState)
    object.__setattr__(state, "nonce", packed >> 40)
    object.__setattr__(state, "filled_e4", packed & (1 << 40) - 1)
    return state


def stale_fill() -> tuple[Sample, Order]:
    """A good batch of one trade, of which the maker's order is stale in its slot."""
    venue = venue_of(Random(2))
    found = sample(venue)
    trade = found.batch.trades[0]
    old: Order = trade.maker.order
    order = replace(old, slot=1, nonce=STALE_NONCE, expiry_s=NOW_S)
    account = found.state.account(order.account)
    assert account is not None
    found = with_account(found, order.account, orders=(NEIGHBOUR, MOVED_ON, *account.orders[2:]))
    taker = signed(venue, replace(trade.taker.order, slot=3))
    stale = Trade(signed(venue, order), taker, trade.price_e2, trade.size_e4, 5, 5)
    return with_batch(found, trades=(stale,), queue=(), operations=(), liquidations=(), settlements=()), order


def forged_trace(monkeypatch: pytest.MonkeyPatch) -> Trace:
    """The maker's fill takes the state of slot 0, read as one of slot 1, and the leaf keeps slot 1's own in slot 0."""
    found, _ = stale_fill()
    fresh = STALE_NONCE << 40
    size_e4 = found.batch.trades[0].size_e4
    honest = Account.with_orders

    def changes(*_: object) -> list[SlotChange]:
        taken = SlotChange(NEIGHBOUR.packed - (1 << STATE_BITS), fresh + size_e4)
        taker = found.batch.trades[0].taker.order
        return [taken, SlotChange(0, (taker.nonce << 40) + size_e4)]

    def with_orders(account: Account, packed: Mapping[int, int]) -> Account:
        if account.orders[:2] != (NEIGHBOUR, MOVED_ON):
            return honest(account, packed)
        displaced = forged_state(MOVED_ON.packed + (1 << STATE_BITS))
        return replace(account, orders=(displaced, forged_state(fresh + size_e4), *account.orders[2:]))

    monkeypatch.setattr(sys.modules[transition.__module__], "fill_slots", changes)
    monkeypatch.setattr(Account, "with_orders", with_orders)
    return trace_batch(found.state, found.table, found.batch, TINY)


def broken(circuit: Circuit, trace: Trace) -> set[str]:
    compiled = compile_circuit(circuit)
    witness = compiled.unchecked_witness(settlement_values(trace, POINT), one_thread())
    return {compiled.rule(int(row)) for row in compiled.relation.unsatisfied_rows(witness, one_thread())}


def side_by_side(
    c: Builder, accounts: Sequence[TouchedAccount], legs: Sequence[SignedTerm], challenges: tuple[Wire, Wire]
) -> None:
    """As it was first written: place and state next to each other in one key, and states not ranged."""
    x, one = challenges[1], c.constant(1)

    def key(account: Wire, slot: Wire | int, state: Wire) -> Wire:
        return (account * 8 + slot) * (1 << STATE_BITS) + state

    terms = []
    for leg in legs:
        account, slot, event = leg.leg.account.wire, leg.leg.slot.wire, leg.leg.event
        terms += [Term(-leg.used, key(account, slot, event.before)), Term(leg.used, key(account, slot, event.after))]
    for touched in accounts:
        for i, (before, after) in enumerate(zip(touched.orders_before, touched.orders_after, strict=True)):
            terms += [Term(one, key(touched.account, i, before)), Term(-one, key(touched.account, i, after))]
    assert_sum(c, RULE_ORDER_SLOTS, [], x, [sum_of_fractions(c, terms, x)])


def test_b28_a_stale_order_is_refused_by_the_specification() -> None:
    found, _ = stale_fill()
    referee = Referee()
    trace_batch(found.state, found.table, found.batch, TINY, referee)
    assert [broken.rule() for broken in referee.broken] == [OrderNotOpen.rule()]


def test_b28_a_neighbours_state_is_not_ones_own(monkeypatch: pytest.MonkeyPatch) -> None:
    assert broken(settlement_circuit(TINY), forged_trace(monkeypatch)) == {RULE_ORDER_SLOTS}


def test_b28_a_neighbours_state_is_not_ones_own_twin(monkeypatch: pytest.MonkeyPatch) -> None:
    """With keys side by side the forged batch is accepted: the stale order is filled, and slot 0 is lost."""
    trace = forged_trace(monkeypatch)
    monkeypatch.setattr(connections, "assert_order_slots_chain", side_by_side)
    assert broken(settlement_circuit.__wrapped__(TINY), trace) == set()
