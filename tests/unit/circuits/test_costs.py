"""Costs as a tree and by rule; names of wires and the `.sym` file."""

from __future__ import annotations

from circuits.catalogue import examples
from circuits.frontend import Builder, Circuit, Wire, compile_circuit, private, subcircuit
from circuits.frontend.costs import Cost, constraints_by_rule, cost_tree
from circuits.frontend.symbols import symbol_lines


@subcircuit
def power(c: Builder, x: Wire, exponent: int) -> Wire:
    result = x
    for _ in range(exponent - 1):
        result = result * x
    with c.rule("NotZero"):
        c.assert_product(result, c.witness(c.advice(result).inverse(), "inverse"), 1)
    return result


@subcircuit
def two_powers(c: Builder, x: Wire) -> Wire:
    with c.rule("Squares"):
        first = power(c, x, 2)
    return power(c, first, 2) * x


def define(c: Builder, x: Wire, y: Wire) -> dict[str, Wire]:
    with c.rule("Mine"):
        total = power(c, x, 2) + power(c, y, 5) + two_powers(c, x) + two_powers(c, y)
        c.assert_product(x, y, c.witness(c.advice(x) * y, "xy"))
    return {"total": total}


COMPILED = compile_circuit(Circuit("costs", define, {"x": private(), "y": private()}))


def total(cost: Cost) -> int:
    return cost.own_constraints + sum(part.instances * total(part) for part in cost.parts)


def test_every_row_is_in_the_tree_once() -> None:
    tree = cost_tree(COMPILED)
    assert total(tree) == tree.constraints == COMPILED.n_constraints == 2 + 5 + 2 * 5 + 2
    parts = {(part.name, part.constraints): part.instances for part in tree.parts}
    assert parts == {("power(2)", 2): 1, ("power(5)", 5): 1, ("two_powers", 5): 2}
    (inner,) = tree.parts[2].parts
    assert (inner.name, inner.instances, inner.total_constraints, inner.rules) == (
        "power(2)",
        2,
        4,
        {"": 1, "NotZero": 1},
    )


def test_rules_of_the_tree_are_the_rows() -> None:
    """A row that names no rule has that of the nearest caller who names one."""
    by_rule = constraints_by_rule(COMPILED)
    assert by_rule == {"NotZero": 6, "Mine": 1 + 4 + 2 * 2 + 1, "Squares": 2, "": 1}
    assert cost_tree(COMPILED).rules == by_rule


def test_parts_that_cost_the_same_are_one() -> None:
    def many(c: Builder, x: Wire) -> None:
        for constant in range(5):
            shifted(c, x, constant)

    (part,) = cost_tree(compile_circuit(Circuit("many", many, {"x": private()}))).parts
    assert (part.name, part.instances, part.constraints) == ("shifted(…)", 5, 1)


@subcircuit
def shifted(_: Builder, x: Wire, constant: int) -> Wire:
    return (x + constant) * x


def test_names_in_one_walk_are_the_names_one_by_one() -> None:
    for compiled in (COMPILED, compile_circuit(examples()["merkle_root_2"].circuit)):
        names = [compiled.name_of_wire(wire) for wire in range(1, compiled.relation.n_wires)]
        assert len(set(names)) == len(names)
        lines = [line.split(",") for line in symbol_lines(compiled)]
        assert [int(line[0]) for line in lines] == [int(line[1]) for line in lines] == list(range(1, 1 + len(names)))
        assert [line[3] for line in lines] == [f"main.{name.replace('/', '.').replace(',', ';')}" for name in names]
