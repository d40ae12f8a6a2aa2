"""Every type of order and every refusal, one by one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from rollup import errors
from rollup.types.orders import SignedOrder
from rollup.units import INSURANCE_ACCOUNT, MAX_ORDER_SIZE_E4, ORDER_SLOTS, POSITION_SLOTS
from sequencer.matching import Ending, OrderRequest, SelfTradePolicy, Terms
from sequencer.matching.errors import (
    ClockWentBack,
    NewRiskWaits,
    NoSuchOrder,
    NotFilled,
    NothingToReduce,
    OwnOrderInTheWay,
    WouldTake,
)
from tests.support.matching import IMMEDIATE, SMALL, WHOLE, Desk
from tests.support.native_crypto import native_crypto
from tests.support.rollup import (
    CONTRACT,
    EXPIRED,
    LATER,
    LIVE,
    MARK,
    NOW,
    SETTLED,
    WITHOUT_ROW,
    make_row,
    standard_rows,
)

HALF = CONTRACT // 2


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_limit_rests_then_fills_in_part_and_the_maker_sets_the_price(desk: Desk) -> None:
    assert desk.send(2, "sell", MARK, CONTRACT).resting_e4 == CONTRACT
    report = desk.send(3, "buy", MARK + 50, HALF)
    assert [(trade.price_e2, trade.size_e4) for trade in report.trades] == [(MARK, HALF)]
    assert (report.resting_e4, report.removals) == (0, ())
    assert desk.engine.open_orders(2)[0].remaining_e4 == HALF
    desk.begin()
    assert desk.world.account(3).positions[0].size_e4 == HALF


def test_better_prices_first_then_who_came_first(desk: Desk) -> None:
    desk.send(2, "sell", MARK, HALF)
    desk.send(3, "sell", MARK, HALF)
    desk.send(4, "sell", MARK - 1, HALF)
    report = desk.send(5, "buy", MARK, 3 * HALF)
    assert [trade.maker.order.account for trade in report.trades] == [4, 2, 3]


def test_immediate_or_cancel_leaves_nothing(desk: Desk) -> None:
    desk.send(2, "sell", MARK, HALF)
    report = desk.send(3, "buy", MARK, CONTRACT, IMMEDIATE)
    assert (len(report.trades), report.resting_e4) == (1, 0)
    assert [(one.ending, one.remaining_e4) for one in report.removals] == [(Ending.IMMEDIATE, HALF)]


def test_fill_or_kill_is_whole_and_atomic_or_nothing(desk: Desk) -> None:
    desk.send(2, "sell", MARK, HALF)
    desk.send(4, "sell", MARK + 1, HALF)
    with pytest.raises(NotFilled) as refused:
        desk.send(3, "buy", MARK, CONTRACT, WHOLE)
    assert refused.value.available_e4 == HALF
    assert desk.engine.book(LIVE).view(1).asks[0].size_e4 == HALF
    report = desk.send(3, "buy", MARK + 1, CONTRACT, WHOLE)
    assert (len(report.trades), report.is_atomic) == (2, True)


def test_fill_or_kill_fits_into_one_batch() -> None:
    desk = Desk(replace(SMALL, trades=2))
    for account in (2, 4, 5):
        desk.send(account, "sell", MARK, HALF)
    with pytest.raises(errors.SectionFull, match="3 trades"):
        desk.send(3, "buy", MARK, 3 * HALF, WHOLE)


def test_post_only_never_takes(desk: Desk) -> None:
    desk.send(2, "sell", MARK, HALF)
    with pytest.raises(WouldTake):
        desk.send(3, "buy", MARK, HALF, post_only=True)
    assert desk.send(3, "buy", MARK - 1, HALF, post_only=True).resting_e4 == HALF
    with pytest.raises(ValueError, match="choose one"):
        OrderRequest(desk.order(3, "buy"), IMMEDIATE, post_only=True)


def test_post_only_looks_past_the_order_that_it_replaces(desk: Desk) -> None:
    desk.send(2, "sell", MARK, HALF)
    report = desk.send(2, "buy", MARK, HALF, post_only=True)
    assert (report.resting_e4, report.removals[0].ending) == (HALF, Ending.REPLACED)


def test_reduce_only_never_turns_a_position(desk: Desk) -> None:
    with pytest.raises(NothingToReduce):
        desk.send(3, "sell", MARK, HALF, reduce_only=True)
    desk.send(2, "sell", MARK, HALF)
    desk.send(3, "buy", MARK, HALF)
    with pytest.raises(NothingToReduce):
        desk.send(3, "buy", MARK, HALF, reduce_only=True)
    assert desk.send(3, "sell", MARK, CONTRACT, reduce_only=True).resting_e4 == HALF
    desk.send(3, "sell", MARK, HALF, slot=1)
    report = desk.send(4, "buy", MARK, 2 * CONTRACT)
    assert sum(trade.size_e4 for trade in report.trades) == CONTRACT
    desk.send(5, "buy", MARK + 1, CONTRACT, slot=1)
    desk.begin()
    assert desk.world.account(3).positions[0].size_e4 == -HALF


def test_resting_reduce_only_leaves_when_there_is_nothing_left_to_reduce(desk: Desk) -> None:
    desk.send(2, "sell", MARK, HALF)
    desk.send(3, "buy", MARK, HALF)
    desk.send(3, "sell", MARK + 5, HALF, reduce_only=True)
    desk.send(4, "buy", MARK - 5, HALF)
    desk.send(3, "sell", MARK - 5, HALF, IMMEDIATE, slot=1)
    report = desk.send(4, "buy", MARK + 5, HALF, slot=1)
    assert (report.trades, report.resting_e4) == ((), HALF)
    assert isinstance(report.removals[0].error, NothingToReduce)


@pytest.mark.parametrize(
    ("policy", "rests", "removed"),
    [
        (SelfTradePolicy.CANCEL_NEWEST, [1], [2]),
        (SelfTradePolicy.CANCEL_OLDEST, [2], [1]),
        (SelfTradePolicy.CANCEL_BOTH, [], [1, 2]),
    ],
)
def test_f93_an_account_does_not_trade_with_itself(
    policy: SelfTradePolicy, rests: list[int], removed: list[int]
) -> None:
    desk = Desk(policy=policy)
    desk.send(2, "sell", MARK, HALF, slot=1)
    report = desk.send(2, "buy", MARK, HALF, slot=2)
    assert report.trades == ()
    assert [order.slot for order in desk.engine.open_orders(2)] == rests
    assert [one.signed.order.slot for one in report.removals] == removed
    assert all(isinstance(one.error, OwnOrderInTheWay) for one in report.removals)


def test_f93_two_accounts_of_one_owner_gain_nothing() -> None:
    desk = Desk(cash_e6=10**8)
    for _ in range(5):
        desk.send(2, "sell", MARK, HALF)
        desk.send(3, "buy", MARK, HALF)
        desk.send(3, "sell", MARK, HALF, slot=1)
        desk.send(2, "buy", MARK, HALF, slot=1)
    desk.begin()
    fees = desk.world.account(0).cash_e6 - 10**8
    assert fees > 0
    assert desk.world.account(2).cash_e6 + desk.world.account(3).cash_e6 == 2 * 10**8 - fees


def test_a_larger_nonce_replaces_and_every_other_is_too_late(desk: Desk) -> None:
    desk.send(2, "sell", MARK, HALF, nonce=5)
    for nonce in (4, 5):
        with pytest.raises(errors.OrderNotOpen):
            desk.send(2, "sell", MARK, HALF, nonce=nonce)
    report = desk.send(2, "sell", MARK + 1, CONTRACT, nonce=6)
    assert report.removals[0].ending is Ending.REPLACED
    assert [order.nonce for order in desk.engine.open_orders(2)] == [6]
    desk.world.put(3, orders={0: (9, 0)})
    desk.begin()
    with pytest.raises(errors.OrderNotOpen):
        desk.send(3, "buy", MARK, HALF, nonce=9)


def test_a_refused_replacement_leaves_the_old_order(desk: Desk) -> None:
    desk.send(2, "sell", MARK, HALF, nonce=1)
    desk.send(3, "buy", MARK - 1, HALF)
    with pytest.raises(WouldTake):
        desk.send(2, "sell", MARK - 1, HALF, post_only=True, nonce=2)
    with pytest.raises(NotFilled):
        desk.send(2, "sell", MARK - 1, CONTRACT, WHOLE, nonce=2)
    assert [order.nonce for order in desk.engine.open_orders(2)] == [1]


def test_cancel_by_slot_and_nonce(desk: Desk) -> None:
    desk.send(2, "sell", MARK, HALF, nonce=3)
    for account, slot, nonce in ((2, 0, 2), (2, 1, 3), (3, 0, 3)):
        with pytest.raises(NoSuchOrder):
            desk.engine.cancel(account, slot, nonce)
    report = desk.engine.cancel(2, 0, 3)
    assert report.removals[0].ending is Ending.CANCELLED
    with pytest.raises(NoSuchOrder):
        desk.engine.cancel(2, 0, 3)
    with pytest.raises(errors.OrderNotOpen):
        desk.send(2, "sell", MARK, HALF, nonce=3)


def test_orders_expire_by_the_clock_of_batches(desk: Desk) -> None:
    desk.send(2, "sell", MARK, HALF, expiry_s=NOW + 10)
    assert desk.begin(10).removals == ()
    assert desk.begin(1).removals[0].ending is Ending.EXPIRED
    assert desk.engine.open_orders(2) == []
    with pytest.raises(ClockWentBack):
        desk.engine.begin(desk.state, Terms(NOW, desk.table))


def test_books_close_with_their_series(desk: Desk) -> None:
    desk.send(2, "sell", MARK, HALF, expiry_s=LATER + 100)
    report = desk.begin(LATER - NOW)
    assert [one.ending for one in report.removals] == [Ending.EXPIRED]


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"expiry_s": NOW - 1}, errors.OrderExpired),
        ({"max_fee_ppm": 499}, errors.FeeAboveCap),
        ({"series_id": WITHOUT_ROW}, errors.UnknownSeries),
        ({"series_id": SETTLED}, errors.SeriesNotLive),
        ({"series_id": EXPIRED}, errors.SeriesNotLive),
        ({"size_e4": MAX_ORDER_SIZE_E4, "price_e2": 0}, errors.PositionOutOfRange),
        ({"size_e4": MAX_ORDER_SIZE_E4 // 4}, errors.CashOutOfRange),
        ({"side": "sell", "size_e4": MAX_ORDER_SIZE_E4 // 4}, errors.BelowInitialMargin),
    ],
)
def test_what_cannot_be_proved_is_refused_by_the_name_of_the_rule(changes: dict[str, Any], error: type) -> None:
    desk = Desk(cash_e6=10**9)
    with pytest.raises(error):
        desk.send(**{"account": 2, "side": "buy", "price_e2": MARK, "size_e4": HALF, **changes})
    assert desk.engine.open_orders(2) == []


def test_unknown_accounts_and_ids_beyond_the_tree(desk: Desk) -> None:
    for account, error in ((40, errors.UnknownAccount), (63, errors.FieldOutOfRange), (64, errors.FieldOutOfRange)):
        with pytest.raises(error):
            desk.send(account, "buy", MARK, HALF)


def test_i122_another_key_or_another_message_is_refused() -> None:
    desk = Desk(crypto=native_crypto(), accounts=5)
    good = desk.order(2, "sell", size_e4=HALF)
    other = desk.order(3, "sell", size_e4=HALF)
    for forged in (
        SignedOrder(replace(good.order, size_e4=CONTRACT), good.signature),
        SignedOrder(good.order, other.signature),
        SignedOrder(replace(good.order, account=3), good.signature),
    ):
        with pytest.raises(errors.BadSignature):
            desk.engine.submit(OrderRequest(forged))
    assert desk.engine.submit(OrderRequest(good)).resting_e4 == HALF


def test_i122_another_key_or_another_message_is_refused_twin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sequencer.matching.signatures.SignatureCheck.require", lambda *_: None)
    with pytest.raises(pytest.fail.Exception):
        test_i122_another_key_or_another_message_is_refused()


def test_open_orders_are_covered_in_their_worst_case() -> None:
    desk = Desk(cash_e6=25 * 10**6)
    desk.send(2, "sell", MARK, CONTRACT)
    with pytest.raises(errors.BelowInitialMargin):
        desk.send(2, "sell", MARK, CONTRACT, slot=1)
    desk.send(2, "sell", MARK, CONTRACT)
    desk.engine.cancel(2, 0, 2)
    assert desk.send(2, "sell", MARK, CONTRACT, slot=1).resting_e4 == CONTRACT


def test_f96_no_order_without_a_position_slot() -> None:
    rows = [make_row(i, expiry_s=LATER) for i in range(1, POSITION_SLOTS)]
    desk = Desk(rows=[*rows, make_row(17), make_row(18)], preset=replace(Desk().preset, series_depth=3))
    for i, series_id in enumerate((*range(1, POSITION_SLOTS), 17)):
        desk.send(2, "sell", MARK, HALF, series_id=series_id, slot=i % ORDER_SLOTS)
        desk.send(3, "buy", MARK, HALF, series_id=series_id, slot=i % ORDER_SLOTS)
    with pytest.raises(errors.PositionSlotTaken):
        desk.send(2, "sell", MARK, HALF, series_id=18)
    desk.send(3, "sell", MARK, HALF, series_id=1)
    desk.send(2, "buy", MARK, HALF, series_id=1)
    with pytest.raises(errors.PositionSlotTaken):
        desk.send(2, "sell", MARK, HALF, series_id=18)
    desk.begin()
    assert desk.send(2, "sell", MARK, HALF, series_id=18).resting_e4 == HALF


def test_f96_no_order_without_a_position_slot_twin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "sequencer.matching.standing.Standing.give_slot", lambda self, series: self.slots.setdefault(series, 0)
    )
    with pytest.raises((errors.PositionSlotTaken, pytest.fail.Exception)):
        test_f96_no_order_without_a_position_slot()


POOR_E6 = 25 * 10**6
"""Covers what these tests trade, but not three times."""


def test_under_stress_only_what_lowers_the_stress_loss_is_taken() -> None:
    desk = Desk(cash_e6=POOR_E6)
    desk.send(2, "sell", MARK, CONTRACT)
    desk.send(3, "buy", MARK, CONTRACT)
    desk.send(4, "sell", MARK, CONTRACT)
    desk.engine.is_under_stress = True
    with pytest.raises(NewRiskWaits) as waits:
        desk.send(5, "buy", MARK, CONTRACT)
    assert waits.value.loss_after_e6 > waits.value.loss_before_e6 == 0
    assert desk.send(2, "buy", MARK, CONTRACT, IMMEDIATE, slot=1).trades[0].maker.order.account == 4
    with pytest.raises(NewRiskWaits):
        desk.send(3, "sell", MARK, 3 * CONTRACT)
    assert desk.send(3, "sell", MARK, CONTRACT).resting_e4 == CONTRACT
    desk.engine.is_under_stress = False
    assert desk.send(5, "buy", MARK, HALF).trades


def test_under_stress_who_covers_the_worst_three_times_may_quote() -> None:
    desk = Desk(cash_e6=3 * 20 * 10**6)
    desk.engine.is_under_stress = True
    assert desk.send(2, "sell", MARK, CONTRACT).resting_e4 == CONTRACT
    with pytest.raises(NewRiskWaits):
        desk.send(2, "sell", MARK, CONTRACT, slot=1)


def test_under_stress_who_covers_the_worst_three_times_may_quote_twin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sequencer.matching.coverage.STRESS_COVER", 0)
    with pytest.raises(pytest.fail.Exception):
        test_under_stress_who_covers_the_worst_three_times_may_quote()


def test_resting_orders_that_no_longer_hold_leave_when_they_are_met() -> None:
    desk = Desk(cash_e6=25 * 10**6)
    desk.send(2, "sell", MARK, CONTRACT)
    desk.send(4, "sell", MARK + 1, HALF)
    desk.begin(rows=[make_row(LIVE, MARK, 0, 9_000), *standard_rows()[1:]])
    report = desk.send(3, "buy", MARK + 1, HALF)
    assert [one.signed.order.account for one in report.removals] == [2, 4]
    assert isinstance(report.removals[0].error, errors.BelowInitialMargin)
    assert (report.trades, report.resting_e4) == ((), HALF)


def test_the_venue_needs_its_own_accounts() -> None:
    with pytest.raises(errors.UnknownAccount):
        Desk(accounts=INSURANCE_ACCOUNT)
