"""The exit circuit: it lets out whom the specification lets out, with the amount that it says, and nobody else."""

from __future__ import annotations

from functools import cache
from random import Random
from typing import Any

import pytest

from circuits.audit.audit import AuditSize, audit_circuit
from circuits.audit.system import system_of_relation
from circuits.audit.uniqueness import find_undetermined
from circuits.checking import CircuitChecker, Depth
from circuits.exit import positions, statement
from circuits.exit.example import column_of, exit_example, venue, with_column
from circuits.exit.inputs import exit_values
from circuits.exit.statement import exit_circuit
from circuits.frontend import Builder, InputValues, Wire, run_on_integers
from circuits.gadgets.bits import Bit, Ranged
from primitives.field import FR
from rollup.exits import trace_exit
from rollup.presets import LARGE, TINY, Preset
from rollup.risk_table import RiskTable
from rollup.types.accounts import POSITION_CENTRE
from rollup.units import PRICE_BITS
from tests.support.kernels import fastest
from tests.support.machine import needs_machine
from tests.support.native_crypto import native_crypto
from tests.support.rollup import MARK, World, make_row

PRESETS = pytest.mark.parametrize("preset", [TINY, LARGE], ids=lambda preset: preset.name)
MOST_CONSTRAINTS = {"tiny": 15_145, "large": 32_149}
MOST_SURVIVORS = 0.01
HELD = 3


@cache
def checker(preset: Preset) -> CircuitChecker:
    return CircuitChecker(exit_circuit(preset), fastest())


def world_of(cash_e6: int = 10**9, size_e4: int = 5, preset: Preset = TINY) -> World:
    """Accounts 2 and 3 hold series 1 in slot 3; series 2 is worth twice as much."""
    world = World(preset)
    world.table = RiskTable([make_row(1), make_row(2, 2 * MARK)], preset.series_depth, world.crypto)
    for account in (2, 3):
        world.put(account, cash_e6 + account, {HELD: (1, size_e4)})
    return world


def values_of(world: World, account: int = 2) -> dict[str, Any]:
    return exit_values(trace_exit(world.state, world.table, account, world.preset))


def broken(values: InputValues, preset: Preset = TINY) -> str | None:
    """The first rule that inputs break."""
    violations = run_on_integers(exit_circuit(preset), values, collect=True).violations
    return violations[0].rule if violations else None


@PRESETS
@pytest.mark.parametrize("seed", range(5))
def test_random_accounts_leave(preset: Preset, seed: int) -> None:
    found = venue(Random(seed), preset, native_crypto())
    for account_id, _ in found.state.accounts():
        values = exit_values(trace_exit(found.state, found.table, account_id, preset))
        checker(preset).check(values, Depth.CONSTRAINTS)


@PRESETS
def test_an_account_that_holds_nothing_leaves(preset: Preset) -> None:
    world = World(preset)
    world.put(2, 7)
    values = values_of(world)
    assert values["amount_e6"] == 7
    checker(preset).check(values, Depth.CONSTRAINTS)


def test_every_slot_may_hold_the_same_series() -> None:
    world = world_of()
    world.put(2, 10**6, {slot: (1, (-1) ** slot * (slot + 1)) for slot in range(16)})
    values = values_of(world)
    assert values["amount_e6"] == 10**6 - 8 * MARK
    checker(TINY).check(values, Depth.CONSTRAINTS)


@pytest.mark.parametrize(("cash_e6", "amount_e6"), [(0, 0), (5 * MARK - 2, 0), (5 * MARK - 1, 1), (5 * MARK, 2)])
def test_a_debt_proves_an_amount_of_nothing(cash_e6: int, amount_e6: int) -> None:
    values = values_of(world_of(cash_e6, -5))
    assert values["amount_e6"] == amount_e6
    checker(TINY).check(values, Depth.CONSTRAINTS)
    assert broken({**values, "amount_e6": amount_e6 + 1}) == "WrongExitAmount"


@needs_machine
def test_the_proof_and_the_contract_agree() -> None:
    found = venue(Random(3), TINY, native_crypto())
    values = exit_values(trace_exit(found.state, found.table, found.account_id, TINY))
    assert [step.depth for step in checker(TINY).check(values)] == list(Depth)


def test_the_public_values_are_roots_account_and_amount() -> None:
    values = values_of(world_of())
    witness = checker(TINY).compiled.witness(values, fastest())
    public = [values[name] for name in ("state_root", "risk_root", "account", "amount_e6")]
    assert checker(TINY).compiled.public_signals(witness) == public


@PRESETS
def test_what_breaks_a_rule_is_refused_by_its_name(preset: Preset) -> None:
    for rule, values in exit_example(preset).refused(Random(7)):
        checker(preset).check_refused(values, rule, Depth.CONSTRAINTS)


def test_nobody_leaves_as_another() -> None:
    world = world_of()
    mine, theirs = values_of(world), values_of(world, 3)
    assert broken({**theirs, "account": 2}) == "NotInState"
    assert (
        broken({**mine, **{name: theirs[name] for name in ("key", "cash_e6", "orders", "positions")}}) == "NotInState"
    )


def test_who_is_not_there_cannot_leave() -> None:
    world = world_of()
    world.put(9, 0)
    values = values_of(world, 9)
    absent = world_of()
    forged = {**values, "state_root": absent.state.root, "path": [list(one) for one in absent.state.path(9).levels]}
    assert broken(values) is None
    assert broken(forged) == "NotInState"


def test_no_position_is_left_out() -> None:
    world = world_of(size_e4=-5)
    values = values_of(world)
    world.put(4, 0)
    without = {**values, "positions": values_of(world, 4)["positions"], "amount_e6": values["cash_e6"]}
    assert broken(without) == "NotInState"


def test_a_mark_of_another_table_is_refused() -> None:
    world = world_of()
    old = values_of(world)
    world.table = RiskTable([make_row(1, MARK + 1), make_row(2)], TINY.series_depth, world.crypto)
    assert broken({**old, "risk_root": world.table.root}) == "NotInRiskTable"


def test_a_mark_of_another_series_is_refused() -> None:
    world = world_of()
    values = values_of(world)
    world.put(4, 0, {HELD: (2, 5)})
    other = values_of(world, 4)
    swapped = {**values, "positions": other["positions"]}
    assert broken(swapped) == "NotInState"
    named = with_column(swapped, HELD, "series_id", 1)
    assert broken(named) == "NotInRiskTable"


def _unranged(c: Builder, wire: Wire, bits: int) -> Ranged:
    return Ranged(wire, bits)


def _planted() -> Any:
    return exit_circuit.__wrapped__(TINY)


def test_a_mark_without_a_range_takes_from_the_rest_of_the_row_twin(monkeypatch: pytest.MonkeyPatch) -> None:
    values = values_of(world_of(size_e4=5))
    mark, rest = column_of(values, HELD, "mark_e2"), column_of(values, HELD, "rest")
    forged = with_column(values, HELD, "mark_e2", mark + (1 << PRICE_BITS))
    forged = with_column(forged, HELD, "rest", (rest - 1) % FR)
    forged["amount_e6"] += 5 << PRICE_BITS
    assert broken(forged) == "RowMisread"
    monkeypatch.setattr(positions, "below", _unranged)
    assert run_on_integers(_planted(), forged, collect=True).violations == []


def test_a_size_without_a_range_takes_from_the_series_twin(monkeypatch: pytest.MonkeyPatch) -> None:
    """2^41 more of the series before is packed as the same."""
    world = world_of()
    world.put(2, 10**9, {HELD: (2, 5)})
    values = values_of(world)
    more = 5 + 2 * POSITION_CENTRE
    world.put(2, 10**9, {HELD: (1, 5)})
    forged = {**values, "positions": values_of(world)["positions"], "amount_e6": 10**9 + more * MARK}
    forged = with_column(forged, HELD, "size_e4", more)
    assert broken(forged) == "LeafMisread"
    monkeypatch.setattr(positions, "below", _unranged)
    assert run_on_integers(_planted(), forged, collect=True).violations == []


def test_a_debt_without_its_sign_is_a_fortune_twin(monkeypatch: pytest.MonkeyPatch) -> None:
    values = values_of(world_of(0, -5))
    forged = {**values, "amount_e6": (2 - 5 * MARK) % FR}
    assert broken(forged) == "WrongExitAmount"
    monkeypatch.setattr(statement, "is_not_negative", lambda c, equity_e6: Bit(c.constant(1)))
    assert run_on_integers(_planted(), forged, collect=True).violations == []


def test_a_risk_root_that_is_not_compared_takes_any_mark_twin(monkeypatch: pytest.MonkeyPatch) -> None:
    values = values_of(world_of())
    world = world_of()
    world.table = RiskTable([make_row(1, 9 * MARK)], TINY.series_depth, world.crypto)
    forged = {**values_of(world), "risk_root": values["risk_root"]}
    assert broken(forged) == "NotInRiskTable"
    monkeypatch.setattr(statement, "crown_root", lambda c, nodes: c.constant(values["risk_root"]))
    assert run_on_integers(_planted(), forged, collect=True).violations == []


@PRESETS
def test_it_costs_no_more(preset: Preset) -> None:
    assert checker(preset).compiled.n_constraints <= MOST_CONSTRAINTS[preset.name]


@PRESETS
def test_every_wire_is_determined(preset: Preset) -> None:
    assert find_undetermined(system_of_relation(checker(preset).compiled.relation), []).is_unique


@pytest.mark.deep
def test_every_constraint_is_needed() -> None:
    """Of each sub-circuit's first instance all rows are left out, some altered in every way, some wires lied about."""
    size = AuditSize(altered_rows=100, lied_wires=150)
    report = audit_circuit(checker(TINY).compiled, exit_example(TINY), Random(1), size)
    survivors = [finding for finding in report.findings if finding.attack == "alter"]
    assert report.findings == survivors
    assert len(survivors) <= MOST_SURVIVORS * report.alterations, survivors
