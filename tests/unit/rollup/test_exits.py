"""What an account leaves a frozen rollup with, and what an exit is refused for."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest

from circuits.exit.example import venue
from rollup.errors import FieldOutOfRange, UnknownAccount, UnknownSeries
from rollup.exits import (
    ROW_CROWN,
    ExitTrace,
    NotInRiskTable,
    NotInState,
    WrongExitAmount,
    check_exit,
    exit_amount,
    exit_row,
    trace_exit,
)
from rollup.margin import account_values
from rollup.presets import LARGE, PRESETS, TINY, Preset
from rollup.risk_table import RiskTable
from rollup.types.accounts import EMPTY_POSITION, Position
from rollup.types.series import SeriesRow
from rollup.units import CASH_BITS, COLUMNS, POSITION_BITS, POSITION_SLOTS, PRICE_BITS
from tests.support.native_crypto import native_crypto
from tests.support.rollup import MARK, PAYOFF, SETTLED, WITHOUT_ROW, World, make_row

LIVE = 1


def traced(world: World, account: int) -> ExitTrace:
    return trace_exit(world.state, world.table, account, world.preset)


def test_equity_is_taken_at_the_mark_and_at_the_payoff() -> None:
    world = World()
    world.put(2, 1_000_000, {0: (LIVE, 30), 5: (SETTLED, -20), 15: (LIVE, -10)})
    assert traced(world, 2).claim.amount_e6 == 1_000_000 + 20 * MARK - 20 * PAYOFF


@pytest.mark.parametrize(("cash_e6", "amount_e6"), [(MARK - 1, 0), (MARK, 0), (MARK + 1, 1)])
def test_a_debt_is_not_paid_out(cash_e6: int, amount_e6: int) -> None:
    world = World()
    world.put(2, cash_e6, {3: (LIVE, -1)})
    trace = traced(world, 2)
    assert trace.claim.amount_e6 == amount_e6
    check_exit(trace, native_crypto())


def test_an_account_without_positions_leaves_with_its_cash() -> None:
    world = World()
    world.put(2, 7)
    trace = traced(world, 2)
    assert trace.claim.amount_e6 == 7
    assert trace.rows == (None,) * POSITION_SLOTS
    check_exit(trace)


def test_who_is_not_there_cannot_leave() -> None:
    world = World()
    with pytest.raises(UnknownAccount):
        traced(world, 9)
    with pytest.raises(FieldOutOfRange):
        traced(world, TINY.max_accounts)


def test_a_position_without_a_row_keeps_an_account() -> None:
    world = World()
    world.put(2, 7, {0: (WITHOUT_ROW, 1)})
    with pytest.raises(UnknownSeries):
        traced(world, 2)
    with pytest.raises(UnknownSeries):
        exit_row(world.table, WITHOUT_ROW, world.crypto)


@pytest.mark.parametrize("preset", [TINY, LARGE], ids=lambda preset: preset.name)
@pytest.mark.parametrize("seed", range(4))
def test_random_exits_are_what_margin_says(preset: Preset, seed: int) -> None:
    found = venue(Random(seed), preset, native_crypto())
    for account_id, account in found.state.accounts():
        trace = trace_exit(found.state, found.table, account_id, preset)
        assert trace.claim.amount_e6 == exit_amount(account, found.table.row)
        assert trace.claim.amount_e6 == max(0, account_values(account, found.table.row)[0])
        check_exit(trace, native_crypto())


def test_the_largest_equity_is_beyond_what_l1_pays_but_not_beyond_84_bits() -> None:
    most = (1 << PRICE_BITS) - 1
    row = SeriesRow(make_row(1).series, False, (most,) * COLUMNS)
    world = World()
    world.table = RiskTable([row], TINY.series_depth, world.crypto)
    world.put(2, (1 << CASH_BITS) - 1, dict.fromkeys(range(POSITION_SLOTS), (1, (1 << POSITION_BITS) - 1)))
    trace = traced(world, 2)
    assert 1 << 64 < trace.claim.amount_e6 < 1 << 84
    check_exit(trace, native_crypto())


def _held(trace: ExitTrace) -> int:
    return next(i for i, found in enumerate(trace.rows) if found is not None)


def _without_a_position(trace: ExitTrace) -> ExitTrace:
    slot = _held(trace)
    positions = list(trace.account.positions)
    positions[slot] = EMPTY_POSITION
    rows = tuple(None if i == slot else found for i, found in enumerate(trace.rows))
    return replace(trace, account=replace(trace.account, positions=tuple(positions)), rows=rows)


def _with_row(trace: ExitTrace, row: SeriesRow) -> ExitTrace:
    slot = _held(trace)
    old = trace.rows[slot]
    assert old is not None
    rows = tuple(replace(old, row=row) if i == slot else found for i, found in enumerate(trace.rows))
    return replace(trace, rows=rows)


def _marked_higher(trace: ExitTrace) -> ExitTrace:
    found = trace.rows[_held(trace)]
    assert found is not None
    return _with_row(trace, replace(found.row, values_e2=(found.row.mark_e2 + 1, *found.row.values_e2[1:])))


def test_what_is_not_so_is_refused_by_its_name() -> None:
    world = World()
    world.put(2, 1_000_000, {1: (LIVE, 5), 4: (2, 3)})
    world.put(3, 1_000_000, {1: (LIVE, 5), 4: (2, 3)})
    trace, other = traced(world, 2), traced(world, 3)
    held_other = trace.rows[4]
    assert held_other is not None
    renamed = list(trace.account.positions)
    renamed[1] = Position(2, 5)
    cases = [
        (NotInState, replace(trace, claim=replace(trace.claim, state_root=trace.claim.state_root + 1))),
        (NotInState, replace(trace, account=other.account)),
        (NotInState, replace(other, claim=trace.claim)),
        (NotInState, replace(trace, account=replace(trace.account, cash_e6=2_000_000))),
        (NotInState, replace(trace, account=replace(trace.account, positions=tuple(renamed)))),
        (NotInState, _without_a_position(trace)),
        (NotInRiskTable, replace(trace, claim=replace(trace.claim, risk_root=trace.claim.risk_root + 1))),
        (NotInRiskTable, replace(trace, rows=(None,) * POSITION_SLOTS)),
        (NotInRiskTable, _marked_higher(trace)),
        (NotInRiskTable, replace(trace, rows=(None, held_other, *trace.rows[2:]))),
        (WrongExitAmount, replace(trace, claim=replace(trace.claim, amount_e6=trace.claim.amount_e6 + 1))),
        (WrongExitAmount, replace(trace, claim=replace(trace.claim, amount_e6=0))),
    ]
    for rule, broken in cases:
        with pytest.raises(rule, match=f"^{rule.rule()}: .*account 2"):
            check_exit(broken, native_crypto())
    check_exit(trace, native_crypto())


def test_every_table_is_deep_enough_for_the_crown() -> None:
    assert all(preset.series_depth > ROW_CROWN for preset in PRESETS.values())
