"""What is followed case by case is true of all witnesses: tried over a small prime, and on gadgets of settlement."""

from __future__ import annotations

from itertools import product
from random import Random

import pytest

from circuits.audit.alterations import alterations_of
from circuits.audit.propagation import Propagation
from circuits.audit.structure import structure_of
from circuits.audit.system import Constraint, ConstraintSystem, Form, constraint_system, holds, system_of_relation
from circuits.frontend import Builder, Circuit, Wire, compile_circuit, private
from circuits.settlement.fields import assert_canonical, field, is_used
from prover.bn254 import FR

PRIME = 7
N_WIRES = 6


def random_form(random: Random) -> Form:
    wires = sorted(random.sample(range(N_WIRES), random.randrange(1, 4)))
    return tuple((wire, random.choice((1, 1, PRIME - 1, random.randrange(1, PRIME)))) for wire in wires)


def random_row(random: Random) -> Constraint:
    kind = random.randrange(4)
    wire = random.randrange(1, N_WIRES)
    if kind == 0:
        return Constraint(((wire, 1),), ((0, PRIME - 1), (wire, 1)), ())
    if kind == 1:
        return Constraint(random_form(random), ((0, 1),), ())
    return Constraint(random_form(random), random_form(random), () if kind == 2 else random_form(random))


def random_system(random: Random) -> ConstraintSystem:
    rows = [Constraint(((wire, 1),), ((0, PRIME - 1), (wire, 1)), ()) for wire in (1, 2)]
    rows += [random_row(random) for _ in range(random.randrange(2, 7))]
    return constraint_system(rows, n_wires=N_WIRES, n_outputs=0, n_inputs=2, prime=PRIME)


def told_apart(system: ConstraintSystem, row: int, altered: Constraint) -> bool:
    """Whether some values satisfy all other rows, and one of the two."""
    others = [one for number, one in enumerate(system.constraints) if number != row]
    for values in product(range(PRIME), repeat=N_WIRES - 1):
        witness = (1, *values)
        if holds(altered, witness, PRIME) != holds(system.constraints[row], witness, PRIME) and all(
            holds(one, witness, PRIME) for one in others
        ):
            return True
    return False


@pytest.mark.parametrize("seed", range(6))
def test_what_is_said_to_be_the_same_is(seed: int) -> None:
    random = Random(seed)
    found = 0
    for _ in range(30):
        system = random_system(random)
        row = random.randrange(2, len(system.constraints))
        search = Propagation(structure_of(system))
        for alteration in random.sample(list(alterations_of(system, row)), 4):
            altered = alteration.applied(system.constraints[row], PRIME)
            if search.same(row, system.constraints[row], altered):
                found += 1
                assert not told_apart(system, row, altered)
    assert found


def _define(c: Builder, size: Wire, price: Wire, nonce: Wire, account: Wire, other: Wire) -> None:
    """A place of a section: what is not used has no word, what is used has a nonce, and accounts differ."""
    used = is_used(c, field(c, size, 8).wire)
    parts = [field(c, wire, 8) for wire in (price, nonce, account, other)]
    assert_canonical(c, used, c.linear((1 << 8 * i, part.wire) for i, part in enumerate(parts)), nonce)
    c.assert_product(c.product(used, account - other) + 1 - used, c.witness(c.advice(account - other).inverse()), 1)


NAMES = ("size", "price", "nonce", "account", "other")


def judged(*, without_word: bool = False) -> dict[str, bool]:
    """Of each alteration of used * (account - other): whether it says the same."""
    compiled = compile_circuit(Circuit("place", _define, {name: private() for name in NAMES}))
    system = system_of_relation(compiled.relation)
    wires = {name: wire for wire in range(system.n_wires) if (name := compiled.name_of_wire(wire)) in NAMES}
    both = {(wires["account"], 1), (wires["other"], FR - 1)}
    row = next(i for i, one in enumerate(system.constraints) if both <= set(one.b) or both <= set(one.a))
    if without_word:
        parts = {wires["account"], wires["price"]}
        (word,) = (i for i, one in enumerate(system.constraints) if parts <= set(one.wires()))
        rows = [one for i, one in enumerate(system.constraints) if i != word]
        system = constraint_system(rows, n_wires=system.n_wires, n_outputs=0, n_inputs=len(NAMES), prime=FR)
        row -= word < row
    search = Propagation(structure_of(system))
    return {
        one.what: search.same(row, system.constraints[row], one.applied(system.constraints[row], FR))
        for one in alterations_of(system, row)
    }


def test_the_factor_does_not_matter_where_accounts_are_0() -> None:
    """used * (account - other): where `used` is 0 the word is, and with it both accounts."""
    said = judged()
    same = {what for what, is_same in said.items() if is_same}
    assert len(same) == 4
    assert all(what.startswith("a: coefficient of ") for what in same)
    assert not same & {f"a: coefficient of 0 {how}" for how in ("+ 1", "- 1", "to 0", "negated")}


def test_the_factor_does_not_matter_where_accounts_are_0_twin() -> None:
    assert not any(judged(without_word=True).values())
