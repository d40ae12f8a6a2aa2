"""Every number of every type at both ends of its field, and every section at its capacity."""

from __future__ import annotations

import dataclasses
import importlib
import pkgutil
from dataclasses import replace
from typing import Any, get_type_hints

import pytest

from primitives.field import FR
from rollup import types
from rollup.errors import FieldOutOfRange, check_range
from rollup.packing import Field, packed, unpacked
from rollup.presets import TINY
from rollup.risk_table import PlaceTaken, RiskTable
from rollup.state import State
from rollup.types.accounts import Account, OrderState, Position
from rollup.types.batches import Batch
from rollup.types.orders import Cancel, Domain, Order, SignedOperation, SignedOrder, Transfer, Withdrawal
from rollup.types.series import OptionKind, Series, SeriesRow
from rollup.types.transactions import (
    Deposit,
    ForcedCloseOut,
    ForcedWithdrawal,
    Liquidation,
    Registration,
    Settlement,
    Trade,
)
from rollup.units import COLUMNS
from tests.support.native_crypto import TrustingCrypto
from tests.support.rollup import (
    DOMAIN,
    NO_SIGNATURE,
    make_row,
)

ORDER = Order(2, 1, True, 5, 5, 0, 5, 0, 1)
SIGNED = SignedOrder(ORDER, NO_SIGNATURE)
CANCEL = SignedOperation(Cancel(2, 0, 1), NO_SIGNATURE)
SERIES = Series(1, 1, 5, 5, OptionKind.CALL)


def bits(width: int, minimum: int = 0) -> tuple[int, int]:
    return minimum, (1 << width) - 1


ACCOUNT, SLOT, NONCE, PRICE, SIZE, CASH, TIME, RATE = (
    bits(24),
    bits(3),
    bits(32, 1),
    bits(40),
    bits(40, 1),
    bits(63),
    bits(32),
    bits(20),
)
SERIES_ID, POSITION_SLOT = bits(24, 1), bits(4)
FIELDS: list[tuple[Any, dict[str, tuple[int, int]]]] = [
    (
        ORDER,
        {
            "account": ACCOUNT,
            "series_id": SERIES_ID,
            "limit_price_e2": PRICE,
            "size_e4": (1, (1 << 40) - 2),
            "max_fee_ppm": RATE,
            "expiry_s": TIME,
            "slot": SLOT,
            "nonce": NONCE,
        },
    ),
    (Cancel(2, 0, 1), {"account": ACCOUNT, "slot": SLOT, "nonce": NONCE}),
    (
        Transfer(2, 0, 1, 3, 5),
        {"account": ACCOUNT, "slot": SLOT, "nonce": NONCE, "to": ACCOUNT, "amount_e6": (1, CASH[1])},
    ),
    (Withdrawal(2, 0, 1, 5), {"account": ACCOUNT, "slot": SLOT, "nonce": NONCE, "amount_e6": (1, CASH[1])}),
    (
        Trade(SIGNED, SIGNED, 5, 5, 0, 0),
        {
            "price_e2": PRICE,
            "size_e4": SIZE,
            "maker_position_slot": POSITION_SLOT,
            "taker_position_slot": POSITION_SLOT,
        },
    ),
    (
        Liquidation(SIGNED, 2, 5, 5, 0, 0),
        {
            "account": ACCOUNT,
            "price_e2": PRICE,
            "size_e4": SIZE,
            "position_slot": POSITION_SLOT,
            "liquidator_position_slot": POSITION_SLOT,
            "penalty_e6": CASH,
            "subsidy_e6": CASH,
        },
    ),
    (Settlement(2, 0, 1), {"account": ACCOUNT, "position_slot": POSITION_SLOT, "series_id": SERIES_ID}),
    (Registration(2, 5, (0, 1)), {"account": ACCOUNT, "amount_e6": CASH}),
    (Deposit(2, 5), {"account": ACCOUNT, "amount_e6": CASH}),
    (ForcedWithdrawal(2, 5), {"account": ACCOUNT, "amount_e6": CASH}),
    (ForcedCloseOut(2, 0, 1), {"account": ACCOUNT, "position_slot": POSITION_SLOT, "series_id": SERIES_ID}),
    (Position(1, 5), {"series_id": SERIES_ID, "size_e4": (-(1 << 39), (1 << 39) - 1)}),
    (OrderState(1, 5), {"nonce": bits(32), "filled_e4": bits(40)}),
    (Account((0, 1)), {"cash_e6": CASH}),
    (SERIES, {"series_id": SERIES_ID, "underlying": bits(16), "expiry_s": TIME, "strike_e2": PRICE}),
    (
        Batch(1, 5, DOMAIN),
        {"number": bits(32), "time_s": TIME, "maker_fee_ppm": RATE, "taker_fee_ppm": RATE},
    ),
    (DOMAIN, {"chain_id": bits(64, 1), "contract": bits(160)}),
]
CASES = [(base, name, *ends) for base, ranges in FIELDS for name, ends in ranges.items()]


def named(case: object) -> str:
    return type(case).__name__ if dataclasses.is_dataclass(case) else str(case)


@pytest.mark.parametrize(("base", "name", "lowest", "highest"), CASES, ids=named)
def test_f95_a_field_takes_its_range_and_nothing_else(base: Any, name: str, lowest: int, highest: int) -> None:
    for good in (lowest, highest):
        if isinstance(base, Position) and name == "size_e4" and good == 0:
            continue
        assert getattr(replace(base, **{name: good}), name) == good
    for bad in (lowest - 1, highest + 1, -(1 << 255), 1 << 256, True, None, "5"):
        with pytest.raises(FieldOutOfRange):
            replace(base, **{name: bad})


def test_every_number_of_every_type_is_looked_at() -> None:
    covered = {(type(base), name) for base, name, _, _ in CASES}
    classes = {
        one
        for module in pkgutil.iter_modules(types.__path__)
        for one in vars(importlib.import_module(f"rollup.types.{module.name}")).values()
        if isinstance(one, type) and dataclasses.is_dataclass(one) and one.__module__.startswith("rollup.types")
    }
    roots = {"Roots"}
    numbers = {
        (one, name)
        for one in classes
        if one.__name__ not in roots
        for name, hint in get_type_hints(one).items()
        if hint is int
    }
    assert numbers - covered == set()


@pytest.mark.parametrize("key", [(FR, 0), (0, FR), (-1, 0), (0, 1 << 255)])
def test_a2_a_key_is_two_field_elements(key: tuple[int, int]) -> None:
    Registration(2, 5, (FR - 1, FR - 1))
    with pytest.raises(FieldOutOfRange):
        Registration(2, 5, key)
    with pytest.raises(FieldOutOfRange):
        Account(key)


def test_an_empty_slot_names_no_series() -> None:
    for series_id, size_e4 in ((5, 0), (0, 5)):
        with pytest.raises(FieldOutOfRange):
            Position(series_id, size_e4)


@pytest.mark.parametrize("count", [COLUMNS - 1, COLUMNS + 1])
def test_a_row_has_every_column(count: int) -> None:
    with pytest.raises(FieldOutOfRange):
        SeriesRow(SERIES, False, (5,) * count)


@pytest.mark.parametrize("value", [-1, 1 << 40])
def test_values_and_settlement_prices_fit(value: int) -> None:
    with pytest.raises(FieldOutOfRange):
        SeriesRow(SERIES, False, (*(5,) * (COLUMNS - 1), value))
    with pytest.raises(FieldOutOfRange):
        SERIES.payoff_e2(value)


@pytest.mark.parametrize("counts", [(15, 8), (17, 8), (16, 7), (16, 9)])
def test_an_account_has_all_slots(counts: tuple[int, int]) -> None:
    with pytest.raises(FieldOutOfRange):
        Account((0, 1), 0, (Position(0, 0),) * counts[0], (OrderState(0, 0),) * counts[1])


def test_ids_beyond_the_tree_are_out_of_range() -> None:
    """The last place of each tree stays empty."""
    state = State(TINY.account_depth, TrustingCrypto())
    assert state.account(TINY.max_accounts - 1) is None
    for account_id in (TINY.max_accounts, TINY.max_accounts + 1, -1):
        with pytest.raises(FieldOutOfRange):
            state.account(account_id)
        with pytest.raises(FieldOutOfRange):
            state.put({account_id: Account((0, 1))})


def test_two_series_never_share_a_place() -> None:
    depth = TINY.series_depth
    with pytest.raises(PlaceTaken):
        RiskTable([make_row(1), make_row(1 + (1 << 2 * depth))], depth, TrustingCrypto())
    with pytest.raises(FieldOutOfRange):
        RiskTable([make_row((1 << 2 * depth) - 1)], depth, TrustingCrypto())


def test_b35_packed_parts_do_not_run_into_one_another() -> None:
    assert unpacked(packed([Field("a", 5, 3), Field("b", 0, 2), Field("c", 1, 1)]), (3, 2, 1)) == [5, 0, 1]
    with pytest.raises(FieldOutOfRange):
        unpacked(1 << 6, (3, 2, 1))
    with pytest.raises(FieldOutOfRange):
        Field("a", 8, 3).check()


def test_check_range_says_what_it_wants() -> None:
    with pytest.raises(FieldOutOfRange, match=r"x is 8: it must be an integer in 0 \.\. 7"):
        check_range("x", 8, 3)
    with pytest.raises(FieldOutOfRange):
        check_range("x", 1.0, 3)  # type: ignore[arg-type]


def test_domain_is_one_word_of_l1() -> None:
    assert Domain(1, (1 << 160) - 1).element == (2 << 160) - 1
