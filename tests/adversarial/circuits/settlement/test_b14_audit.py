"""B14, B16: the audit over the whole settlement circuit, and the reasons of rows that it may leave out."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from random import Random
from typing import Any

import pytest

from circuits.audit.audit import AuditSize, audit_circuit
from circuits.audit.recomputation import Recomputation
from circuits.audit.system import Constraint, system_of_relation
from circuits.frontend import CompiledCircuit, InputValues
from circuits.settlement.example import settlement_example
from circuits.settlement.legs import FOUND_BITS
from circuits.settlement.margin import RULE_MARGIN, RULE_POSITIONS
from circuits.settlement.redundant import redundant_rows
from prover.bn254 import FR
from rollup.errors import OrderNotOpen
from rollup.presets import TINY
from rollup.types.accounts import ORDER_STATE_BITS
from rollup.types.orders import MessageKind
from rollup.types.words import KIND_BITS
from rollup.units import ACCOUNT_ID_BITS, CANCELLED_SIZE_E4, CASH_BITS, NONCE_BITS, ORDER_SLOT_BITS, SIZE_BITS
from tests.support.settlement import compiled_settlement, one_thread

EXAMPLE = settlement_example(TINY)


@pytest.mark.deep
def test_b14_b16_every_row_of_the_settlement_circuit_matters() -> None:
    compiled, size = compiled_settlement(TINY), AuditSize(altered_rows=0)
    report = audit_circuit(compiled, EXAMPLE, Random(1), size, kernels=one_thread())
    assert report.findings == []
    assert report.lies is not None
    assert report.lies.lies >= 5 * report.lies.wires


def cancels(used: int, transfer: int, withdrawal: int) -> int:
    return used - transfer - withdrawal


def test_b14_no_operation_cancels_minus_once() -> None:
    """`used` is a bit, being what a nonce says; so are the other kinds, and their sum, being what an amount says.

    With -1 the place is not used, and its word is 0 modulo r. But then there is an amount, and no kind is below 0.
    """
    above = ACCOUNT_ID_BITS + ORDER_SLOT_BITS + NONCE_BITS + ACCOUNT_ID_BITS + CASH_BITS
    seen = set()
    for used, transfer, withdrawal in product((0, 1), repeat=3):
        cancel = cancels(used, transfer, withdrawal)
        if transfer + withdrawal > 1 or cancel in (0, 1):
            continue
        kind = -MessageKind.CANCEL + transfer * MessageKind.TRANSFER + withdrawal * MessageKind.WITHDRAWAL
        least, most = kind + (1 << KIND_BITS), kind + (((1 << above) - 1) << KIND_BITS)
        assert (used, cancel) == (0, -1)
        assert 0 < least <= most < FR
        seen.add((transfer, withdrawal))
    assert seen == {(0, 1), (1, 0)}


def can_stay(*, least_amount: int) -> bool:
    """Whether a slot's state can fail to grow: `slot_event` over the integers."""
    z3: Any = pytest.importorskip("z3")
    before, fresh, amount = z3.Ints("before fresh amount")
    found = before - fresh + (1 << ORDER_STATE_BITS)
    base = z3.If(found >= 1 << ORDER_STATE_BITS, before, fresh)
    solver = z3.Solver()
    solver.add(fresh >= 0, fresh < 1 << NONCE_BITS + SIZE_BITS, found >= 0, found < 1 << FOUND_BITS)
    solver.add(least_amount <= amount, amount < 1 << SIZE_BITS, base + amount <= before)
    return bool(solver.check() == z3.sat)


def test_b14_a_leg_leaves_a_larger_state() -> None:
    """So that no legs balance at an account that is not there, whose slots are empty before and after."""
    assert CANCELLED_SIZE_E4 >= 1
    assert not can_stay(least_amount=1)


def test_b14_a_leg_leaves_a_larger_state_twin() -> None:
    assert can_stay(least_amount=0)


def can_be_filled_before(*, is_whole: bool) -> bool:
    """Whether an order slot can have held some of the same nonce, as the ranges of `slot_event` leave it.

    All is below 2^73, so that no sum wraps round r.
    """
    z3: Any = pytest.importorskip("z3")
    before, fresh, amount, size, filled = z3.Ints("before fresh amount size filled")
    found = before - fresh + (1 << ORDER_STATE_BITS)
    solver = z3.Solver()
    solver.add(found >= 0, found < 1 << FOUND_BITS, amount >= 0, size < 1 << SIZE_BITS)
    solver.add(filled == z3.If(found >= 1 << ORDER_STATE_BITS, before - fresh, 0))
    solver.add(size - amount - filled >= 0, size - amount - filled < 1 << SIZE_BITS, filled != 0)
    if is_whole:
        solver.add(amount == size)
    return bool(solver.check() == z3.sat)


def test_b14_an_operation_finds_nothing_filled() -> None:
    """So that the wires that are said to vanish do."""
    assert not can_be_filled_before(is_whole=True)
    compiled = compiled_settlement(TINY)
    names = enumerate(compiled.outline.names_of_wires(), compiled.first_block_wire)
    vanishing = [wire for wire, name in names if EXAMPLE.vanishes_by(name) == OrderNotOpen.rule()]
    assert len(vanishing) == TINY.operations * SIZE_BITS
    witness = compiled.unchecked_witness(next(honest_values()), one_thread())
    assert not witness[vanishing].any()


def test_b14_an_operation_finds_nothing_filled_twin() -> None:
    """An order may be filled in parts."""
    assert can_be_filled_before(is_whole=False)


def test_b14_only_two_kinds_of_rows_are_redundant() -> None:
    redundant = redundant_rows(TINY)
    assert {one.rule for one in redundant} == {"FieldOutOfRange", "UnknownAccount"}
    assert not any(one.is_about("FieldOutOfRange", "operations[0][1]") for one in redundant)
    for place in range(TINY.accounts):
        wires = f"accounts[{place}][0] accounts[{place}][1] key_counts[{place}][0]"
        assert any(one.is_about("UnknownAccount", wires) for one in redundant) is (place == TINY.accounts - 1)


def lied_sums(*, linked: bool) -> list[set[str]]:
    """The rules that break when n_i is 1 more, or, linked, when n_j goes down so that the margin stays what it was."""
    compiled = compiled_settlement(TINY)
    inputs = [values for _, values in zip(range(6), honest_values(), strict=False)]
    made = Recomputation(compiled, one_thread(), inputs)
    margin = system_of_relation(compiled.relation).constraints[margin_row(compiled)]
    sums = [wire for wire in compiled.hinted_wires() if EXAMPLE.determines(compiled.name_of_wire(wire))]
    assert len(sums) == TINY.series
    found = []
    for start, one, other in product(range(len(inputs)), sums, sums):
        if (one == other) is linked:
            continue
        honest = made.starts[start]
        changes = {one: (honest.value(one) + 1) % FR}
        if linked:
            slopes = [of_products(made, start, margin, wire) for wire in (one, other)]
            if 0 in slopes:
                continue
            changes[other] = (honest.value(other) - slopes[0] * pow(slopes[1], -1, FR)) % FR
        found.append({compiled.rule(row) for row in made.outcome(start, changes).broken})
    return found


def honest_values() -> Iterator[InputValues]:
    random = Random(5)
    while True:
        yield EXAMPLE.inputs(random)


def margin_row(compiled: CompiledCircuit) -> int:
    return max(row for row in range(compiled.n_constraints) if compiled.rule(row) == RULE_MARGIN)


def of_products(made: Recomputation, start: int, margin: Constraint, wire: int) -> int:
    """By how much the margin's error grows with n_i: alpha and beta are drawn before."""
    honest = made.starts[start]
    return made.outcome(start, {wire: (honest.value(wire) + 1) % FR}).error(margin) - honest.error(margin)


def test_b14_sums_by_series_are_determined() -> None:
    """What uniqueness takes from the argument: no other n_i passes, whatever becomes of the others."""
    found = lied_sums(linked=False)
    assert found
    assert all(found)


def test_b14_sums_by_series_are_determined_twin() -> None:
    """Without the sum of fractions linked lies would pass: it alone refuses them."""
    found = [rules for rules in lied_sums(linked=True) if not rules & {RULE_MARGIN}]
    assert found
    assert {RULE_POSITIONS} in found
    assert all(RULE_POSITIONS in rules for rules in found)
