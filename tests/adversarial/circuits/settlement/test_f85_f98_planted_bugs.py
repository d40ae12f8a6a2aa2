"""Twins of the tests of margin and options logic: with a defect planted in the rollup, each of them fails."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from importlib import import_module
from typing import Any

import pytest

from rollup.errors import CashOutOfRange, RollupError, RuleBroken, ShortfallGrew, SubsidyTooLarge, check_range
from rollup.ledger import Holding, Ledger
from rollup.referee import Referee
from rollup.transition import orders
from rollup.transition.bench import Bench
from rollup.transition.settlements import apply_settlement
from rollup.types.batches import Roots
from rollup.types.transactions import Settlement
from rollup.types.words import words_of
from tests.unit.rollup import test_liquidations as liquidations
from tests.unit.rollup import test_ranges as ranges
from tests.unit.rollup import test_settlements as settlements
from tests.unit.rollup import test_trades as trades


def fails(check: Callable[[], None]) -> None:
    """The test, as it stands, does not pass."""
    with pytest.raises((AssertionError, RollupError, pytest.fail.Exception)):
        check()


def without(patch: pytest.MonkeyPatch, *rules: type[RuleBroken]) -> None:
    require = Referee.require

    def lenient(self: Referee, holds: bool, rule: type[RuleBroken], where: str, **data: int) -> bool:
        return require(self, holds or rule in rules, rule, where, **data)

    patch.setattr(Referee, "require", lenient)


def exchange_at(patch: pytest.MonkeyPatch, price: Callable[[int, int], int]) -> None:
    """Positions change hands at another price: `price(account, price)`."""
    exchange = Ledger.exchange

    def other(self: Ledger, account: int, holding: Holding, size_e4: int, price_e2: int) -> None:
        exchange(self, account, holding, size_e4, price(account, price_e2))

    patch.setattr(Ledger, "exchange", other)


def test_f85_everybody_is_paid_at_one_price_whenever_they_ask_twin(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever asks later is paid a little less."""
    asked: list[int] = []

    def later(_: int, price_e2: int) -> int:
        asked.append(price_e2)
        return price_e2 - len(asked)

    exchange_at(monkeypatch, later)
    fails(settlements.test_f85_everybody_is_paid_at_one_price_whenever_they_ask)


def test_f87_after_expiry_everything_comes_back_as_cash_twin(monkeypatch: pytest.MonkeyPatch) -> None:
    """At the end, when all is settled, every other account is forgotten."""

    def forgetful(bench: Bench, one: Settlement, where: str) -> None:
        if one.account % 2 == 0 or not all(row.is_settled for row in bench.table.rows()):
            apply_settlement(bench, one, where)

    monkeypatch.setattr(import_module("rollup.transition.transition"), "apply_settlement", forgetful)
    fails(settlements.test_f87_after_expiry_everything_comes_back_as_cash)


def test_f88_one_who_cannot_pay_does_not_keep_others_from_settling_twin(monkeypatch: pytest.MonkeyPatch) -> None:
    """A loop that settles all holders of a series at once."""

    def everybody(bench: Bench, one: Settlement, where: str) -> None:
        for account_id, account in bench.state.accounts():
            for slot, position in enumerate(account.positions):
                if position.series_id == one.series_id:
                    apply_settlement(bench, replace(one, account=account_id, position_slot=slot), where)

    monkeypatch.setattr(import_module("rollup.transition.transition"), "apply_settlement", everybody)
    with pytest.raises(CashOutOfRange):
        settlements.test_f88_one_who_cannot_pay_does_not_keep_others_from_settling()


def test_f90_nobody_can_withdraw_what_is_owed_to_nobody_twin(monkeypatch: pytest.MonkeyPatch) -> None:
    """A profit that nobody lost."""
    exchange_at(monkeypatch, lambda account, price_e2: price_e2 - (account == 3))
    fails(settlements.test_f90_nobody_can_withdraw_what_is_owed_to_nobody)


def test_f91_the_fund_pays_losses_and_no_more_twin(monkeypatch: pytest.MonkeyPatch) -> None:
    without(monkeypatch, SubsidyTooLarge)
    fails(liquidations.test_f91_the_fund_pays_losses_and_no_more)


@pytest.mark.parametrize("slot", [1, 15])
def test_f96_a_full_account_can_be_liquidated_in_any_slot_twin(slot: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A liquidation that may make matters worse needs no fund."""
    without(monkeypatch, ShortfallGrew)
    fails(partial(liquidations.test_f96_a_full_account_can_be_liquidated_in_any_slot, slot))


def test_f95_a_field_takes_its_range_and_nothing_else_twin(monkeypatch: pytest.MonkeyPatch) -> None:
    """One more than the last value passes."""
    honest = check_range

    def wider(name: str, value: int, bits: int, *, minimum: int = 0, maximum: int | None = None) -> None:
        honest(name, value, bits, minimum=minimum, maximum=(1 << bits if maximum is None else maximum + 1))

    for module in ("accounts", "batches", "orders", "series", "transactions"):
        monkeypatch.setattr(f"rollup.types.{module}.check_range", wider)
    base, name, lowest, highest = next(case for case in ranges.CASES if case[1] == "time_s")
    fails(partial(ranges.test_f95_a_field_takes_its_range_and_nothing_else, base, name, lowest, highest))


def test_f97_a_batch_sees_one_table_and_says_which_twin(monkeypatch: pytest.MonkeyPatch) -> None:
    """Words that do not say it."""

    def silent(batch: Any, roots: Roots, *rest: Any) -> list[int]:
        return words_of(batch, replace(roots, risk=0), *rest)

    monkeypatch.setattr("rollup.batch_application.words_of", silent)
    fails(trades.test_f97_a_batch_sees_one_table_and_says_which)


def test_f98_fees_are_the_batchs_and_taken_once_twin(monkeypatch: pytest.MonkeyPatch) -> None:
    """Twice is once too often."""
    honest = orders.fee_of
    monkeypatch.setattr(orders, "fee_of", lambda *given: 2 * honest(*given))
    fails(trades.test_f98_fees_are_the_batchs_and_taken_once)
