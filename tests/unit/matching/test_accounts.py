"""What moves accounts beside orders: operations, cash from L1, liquidations."""

from __future__ import annotations

from typing import Any

import pytest

from rollup import errors
from rollup.parameters import LIQUIDATION_PENALTY_PPM
from rollup.types.orders import Cancel, Operation, Transfer, Withdrawal
from rollup.types.transactions import Deposit, Registration
from rollup.units import INSURANCE_ACCOUNT
from sequencer.matching import Ending, Report
from sequencer.matching.errors import InLiquidation, LiquidationWaits
from sequencer.matching.liquidations import LiquidationOrder
from tests.support.matching import Desk, Piece
from tests.support.rollup import CONTRACT, LIVE, MARK, make_row, public_key, standard_rows

HALF = CONTRACT // 2


def operate(desk: Desk, operation: Operation) -> Report:
    signed = desk.world.operation(operation)
    report = desk.engine.operate(signed)
    desk.pieces.append(Piece(operations=(signed,)))
    return report


def test_cancel_closes_its_slot() -> None:
    desk = Desk()
    desk.send(2, "sell", MARK, CONTRACT, nonce=3)
    assert operate(desk, Cancel(2, 0, 3)).removals[0].ending is Ending.CANCELLED
    desk.begin()
    with pytest.raises(errors.OrderNotOpen):
        desk.send(2, "sell", MARK, CONTRACT, nonce=3)


def test_cancel_of_an_order_filled_in_part_needs_the_next_nonce() -> None:
    desk = Desk()
    desk.send(2, "sell", MARK, CONTRACT, nonce=3)
    desk.send(3, "buy", MARK, HALF)
    with pytest.raises(errors.OrderNotOpen):
        operate(desk, Cancel(2, 0, 3))
    assert operate(desk, Cancel(2, 0, 4)).removals[0].remaining_e4 == HALF
    desk.begin()


def test_cash_that_open_orders_may_need_stays() -> None:
    desk = Desk(cash_e6=25 * 10**6)
    desk.send(2, "sell", MARK, CONTRACT)
    for operation in (Withdrawal(2, 1, 1, 10**7), Transfer(2, 1, 1, 3, 10**7)):
        with pytest.raises(errors.BelowInitialMargin):
            operate(desk, operation)
    with pytest.raises(errors.OwnCounterparty):
        operate(desk, Transfer(2, 1, 1, 2, 1))
    operate(desk, Transfer(2, 1, 1, 3, 10**6))
    desk.send(3, "buy", MARK, CONTRACT)
    desk.begin()
    assert desk.world.account(3).cash_e6 < 26 * 10**6 - 10**7


def test_who_is_new_trades_in_the_same_batch() -> None:
    desk = Desk()
    entries = Registration(6, 10**9, public_key(6)), Deposit(6, 10**9)
    for entry in entries:
        desk.engine.receive(entry)
        desk.pieces.append(Piece(queue=(entry,)))
    with pytest.raises(errors.AlreadyRegistered):
        desk.engine.receive(entries[0])
    desk.send(6, "buy", MARK, CONTRACT)
    assert desk.send(2, "sell", MARK, CONTRACT).trades
    desk.begin()
    assert desk.world.account(6).positions[0].size_e4 == CONTRACT


def crash(desk: Desk, mark: int = 1_500, high: int = 4_000) -> None:
    """Account 2 is short one contract, and the mark runs away."""
    desk.send(2, "sell", MARK, CONTRACT)
    desk.send(3, "buy", MARK, CONTRACT)
    desk.begin(rows=[make_row(LIVE, mark, mark, high), *standard_rows()[1:]])


def wanted(**changes: Any) -> LiquidationOrder:
    fields = {"account": 2, "series_id": LIVE, "size_e4": CONTRACT, "limit_price_e2": 5_000}
    return LiquidationOrder(**{**fields, **changes})


def test_f92_only_below_maintenance_and_only_to_reduce() -> None:
    desk = Desk(cash_e6=22 * 10**6)
    desk.send(2, "sell", MARK, CONTRACT)
    desk.send(3, "buy", MARK, CONTRACT)
    with pytest.raises(errors.NotLiquidatable):
        desk.engine.liquidate(wanted())
    desk.begin(rows=[make_row(LIVE, 1_500, 1_500, 4_000), *standard_rows()[1:]])
    with pytest.raises(errors.PenaltyTooLarge):
        desk.engine.liquidate(wanted(penalty_ppm=LIQUIDATION_PENALTY_PPM + 1))
    for changes in ({"size_e4": CONTRACT + 1}, {"series_id": 2}):
        with pytest.raises(errors.LiquidationNotReducing):
            desk.engine.liquidate(wanted(**changes))


def test_f92_takes_the_best_prices_inside_the_band_up_to_maintenance() -> None:
    desk = Desk(cash_e6=22 * 10**6)
    crash(desk)
    desk.send(3, "sell", 1_000, 1)
    desk.send(3, "sell", 1_510, HALF, slot=1)
    desk.send(3, "sell", 1_520, HALF, slot=2)
    report = desk.keep(desk.engine.liquidate(wanted(penalty_ppm=10_000)))
    assert [(one.price_e2, one.size_e4) for one in report.liquidations] == [(1_510, HALF)]
    assert report.liquidations[0].penalty_e6 == 1_510 * HALF // 100
    desk.begin()
    assert desk.world.account(2).positions[0].size_e4 == -HALF
    assert desk.world.account(INSURANCE_ACCOUNT).cash_e6 == 22 * 10**6 + 1_510 * HALF // 100


def test_f92_nothing_that_the_account_does_keeps_it_from_being_liquidated() -> None:
    desk = Desk(cash_e6=22 * 10**6)
    crash(desk)
    desk.send(2, "buy", 1_400, 1, slot=1)
    desk.send(2, "buy", 1_410, 1, slot=2)
    desk.send(3, "sell", 1_410, 1, slot=1)
    with pytest.raises(LiquidationWaits):
        desk.engine.liquidate(wanted(size_e4=HALF))
    desk.begin()
    desk.send(3, "sell", 1_500, CONTRACT, slot=2)
    desk.engine.is_under_stress = True
    report = desk.keep(desk.engine.liquidate(wanted(size_e4=HALF)))
    assert [one.size_e4 for one in report.liquidations] == [HALF]
    assert [type(one.error) for one in report.removals] == [InLiquidation]
    with pytest.raises(InLiquidation):
        desk.send(2, "buy", 1_500, 1, slot=3)
    desk.begin()


def never_ends(*_: object) -> bool:
    """A liquidation that does not look whether it is still needed."""
    return False


def test_f92_takes_the_best_prices_inside_the_band_up_to_maintenance_twin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sequencer.matching.liquidations.is_maintained", never_ends)
    with pytest.raises(AssertionError):
        test_f92_takes_the_best_prices_inside_the_band_up_to_maintenance()


def test_f92_only_below_maintenance_and_only_to_reduce_twin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sequencer.matching.liquidations.is_maintained", never_ends)
    with pytest.raises(LiquidationWaits):
        test_f92_only_below_maintenance_and_only_to_reduce()
