"""Order slots: no order is ever filled for more than it was signed for, nor after what replaced it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rollup.errors import FieldOutOfRange, OrderNotOpen, RollupError
from rollup.order_slots import LAST_STATE, Fill, cancelling, fill_slot, fill_slots, last_states
from rollup.referee import Referee
from rollup.transition import transition
from rollup.types.accounts import Account, OrderState
from rollup.types.orders import Cancel, Transfer, Withdrawal
from rollup.units import CANCELLED_SIZE_E4, NONCE_BITS
from tests.support.rollup import CONTRACT, RICH, World, trade_of

small_fills = st.lists(
    st.tuples(st.integers(1, 3), st.integers(1, 6), st.integers(1, 4)).filter(lambda one: one[2] <= one[1]),
    min_size=1,
    max_size=4,
)
LAST_NONCE = (1 << NONCE_BITS) - 1


def fills_of(tuples: Sequence[tuple[int, int, int]]) -> list[Fill]:
    return [Fill(f"fill {i}", 2, 0, *one) for i, one in enumerate(tuples)]


def fits(start: OrderState, fills: Sequence[Fill]) -> OrderState | None:
    """The state after fills one by one in the order given, `None` if one does not fit: what a slot means."""
    nonce, filled = start.nonce, start.filled_e4
    for fill in fills:
        if fill.nonce < nonce:
            return None
        filled = fill.amount_e4 + (filled if fill.nonce == nonce else 0)
        nonce = fill.nonce
        if filled > fill.size_e4:
            return None
    return OrderState(nonce, filled)


def together(start: OrderState, fills: Sequence[Fill]) -> OrderState | None:
    """The state after a batch of fills."""
    referee = Referee()
    changes = fill_slot(start, fills, referee)
    if referee.broken:
        return None
    return OrderState.from_packed(max(change.after for change in changes))


@given(st.integers(0, 3), st.integers(0, 3), small_fills)
def test_b28_fills_that_fit_in_any_order_fit_together(
    nonce: int, filled: int, tuples: list[tuple[int, int, int]]
) -> None:
    start, fills = OrderState(nonce, filled), fills_of(tuples)
    possible = {fits(start, order) for order in permutations(fills)} - {None}
    assert possible <= {together(start, fills)}
    assert together(start, fills) in possible | {None}


@given(st.integers(0, 3), st.integers(0, 3), small_fills)
def test_b28_never_more_than_an_order_was_signed_for(
    nonce: int, filled: int, tuples: list[tuple[int, int, int]]
) -> None:
    start, fills = OrderState(nonce, filled), fills_of(tuples)
    if together(start, fills) is None:
        return
    for fill in fills:
        same = [one for one in fills if one.nonce == fill.nonce and one.size_e4 <= fill.size_e4]
        before = start.filled_e4 if start.nonce == fill.nonce else 0
        assert before + sum(one.amount_e4 for one in same) <= fill.size_e4


@given(st.integers(0, 3), st.integers(0, 3), small_fills)
def test_b26_a_slot_only_grows(nonce: int, filled: int, tuples: list[tuple[int, int, int]]) -> None:
    referee = Referee()
    changes = fill_slot(OrderState(nonce, filled), fills_of(tuples), referee)
    assert all(change.before < change.after for change in changes)


def test_b28_fills_in_the_order_of_the_batch_twin() -> None:
    """Taken as they come, two fills that fit the other way round would be refused."""
    start, fills = OrderState(0, 0), fills_of([(2, 5, 5), (1, 5, 5)])
    assert fits(start, fills) is None
    assert together(start, fills) == OrderState(2, 5)


def test_b28_two_orders_under_one_nonce_share_it() -> None:
    """Whoever signs twice under one nonce is filled up to the larger order, not for both."""
    start = OrderState(0, 0)
    assert together(start, fills_of([(1, 10, 10), (1, 4, 1)])) is None
    assert together(start, fills_of([(1, 10, 6), (1, 4, 4)])) == OrderState(1, 10)


@pytest.mark.parametrize("nonce", [1, 7, LAST_NONCE])
def test_b26_an_operation_uses_its_nonce_up(nonce: int) -> None:
    world = World()
    signed = world.operation(Transfer(2, 3, nonce, 4, 5))
    for expected in (True, False):
        batch = world.batch(operations=(signed,))
        if not expected:
            with pytest.raises(OrderNotOpen):
                transition(world.state, world.table, batch, world.preset)
            continue
        world.state.put(transition(world.state, world.table, batch, world.preset).accounts)
    assert world.account(2).orders[3] == OrderState(nonce, CANCELLED_SIZE_E4)


def test_b26_a_replayed_operation_is_found_twin(monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(where: str, account: int, slot: int, nonce: int) -> Fill:
        return Fill(where, account, slot, nonce, CANCELLED_SIZE_E4, 0)

    monkeypatch.setattr("rollup.transition.operations.cancelling", nothing)
    world = World()
    batch = world.batch(operations=(world.operation(Transfer(2, 3, 1, 4, 5)),))
    for _ in range(2):
        world.state.put(transition(world.state, world.table, batch, world.preset).accounts)
    assert world.account(4).cash_e6 == RICH + 10


def test_b26_after_the_last_nonce_nothing_wraps_around() -> None:
    """A slot that is full under the last nonce refuses everything, by its own rule."""
    world = World()
    world.put(2, RICH, orders={0: (LAST_NONCE, CANCELLED_SIZE_E4)})
    for operation in (Cancel(2, 0, LAST_NONCE), Withdrawal(2, 0, 1, 5)):
        with pytest.raises(OrderNotOpen):
            transition(world.state, world.table, world.batch(operations=(world.operation(operation),)), world.preset)
    referee = Referee()
    (change,) = fill_slot(OrderState.from_packed(LAST_STATE), [cancelling("x", 2, 0, LAST_NONCE)], referee)
    assert (change.after, len(referee.broken)) == (LAST_STATE, 1)


def test_b26_after_the_last_nonce_nothing_wraps_around_twin() -> None:
    with pytest.raises(FieldOutOfRange):
        OrderState.from_packed(LAST_STATE + 1)


def test_an_order_filled_in_part_is_closed_by_the_next_nonce() -> None:
    world = World()
    world.put(2, RICH, orders={0: (4, 7)})
    good = world.batch(operations=(world.operation(Cancel(2, 0, 5)),))
    world.state.put(transition(world.state, world.table, good, world.preset).accounts)
    trade = trade_of(world.order(2, "buy", nonce=4), world.order(3, "sell"), size_e4=1)
    with pytest.raises(OrderNotOpen):
        transition(world.state, world.table, world.batch(trades=(trade,)), world.preset)


@pytest.mark.parametrize("parts", [(CONTRACT, 0), (1, CONTRACT - 1), (CONTRACT // 2, CONTRACT // 2)])
def test_b28_partial_fills_add_up_over_batches(parts: tuple[int, int]) -> None:
    world = World()
    maker, outcomes = world.order(2, "buy"), []
    for i, size_e4 in enumerate((*(part for part in parts if part), 1)):
        trade = trade_of(maker, world.order(3, "sell", slot=i), size_e4=size_e4)
        try:
            world.state.put(transition(world.state, world.table, world.batch(trades=(trade,)), world.preset).accounts)
            outcomes.append("good")
        except RollupError as error:
            outcomes.append(type(error).__name__)
    assert outcomes[-1] == "OrderNotOpen"
    assert set(outcomes[:-1]) == {"good"}
    assert world.account(2).positions[0].size_e4 == CONTRACT


def test_fills_of_nobody_do_nothing() -> None:
    fills = [Fill("x", 9, 0, 1, 5, 5), Fill("y", 2, 1, 1, 5, 5)]
    changes = fill_slots(fills, lambda account: Account((0, 1)) if account == 2 else None, Referee())
    assert [change.after for change in changes] == [0, (1 << 40) + 5]
    assert last_states(fills, changes) == {9: {0: 0}, 2: {1: (1 << 40) + 5}}
