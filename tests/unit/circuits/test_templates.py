"""Sub-circuits: compiled once for each form of arguments, instantiated anywhere, closed to everything but arguments."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from circuits.frontend import (
    Builder,
    Circuit,
    CircuitDefinitionError,
    Wire,
    compile_circuit,
    private,
    run_on_integers,
    subcircuit,
)

compiled_bodies: list[tuple[str, object]] = []


@subcircuit
def power(c: Builder, x: Wire, *, exponent: int) -> Wire:
    if not hasattr(c, "wires"):  # the engine runs the body every time; the compiler must not
        compiled_bodies.append(("power", exponent))
    result = x
    for _ in range(exponent - 1):
        result = result * x
    return result


@subcircuit
def both(c: Builder, pair: Sequence[Wire]) -> tuple[Wire, ...]:
    return power(c, pair[0], exponent=3), power(c, pair[1] + 1, exponent=2)


def define(c: Builder, xs: Sequence[Wire]) -> dict[str, Any]:
    a, b = both(c, (xs[0], xs[1]))
    d, e = both(c, (a, a))
    return {"values": [a, b, d, e, power(c, xs[0] * 2, exponent=3)]}


def test_a_sub_circuit_is_compiled_once_for_each_constant() -> None:
    compiled_bodies.clear()
    circuit = Circuit("powers", define, {"xs": private(2)})
    compiled = compile_circuit(circuit)
    compile_circuit(circuit)
    assert sorted(compiled_bodies) in ([], [("power", 2), ("power", 3)])  # nothing, when another test came first
    assert [template.name for template in compiled.outline.templates] == [
        "power(exponent=3)",
        "power(exponent=2)",
        "both",
        "powers",
    ]
    assert compiled.n_constraints == 2 * (2 + 1) + 2 + 5
    found = run_on_integers(circuit, {"xs": (2, 5)}).outputs
    assert list(found.values()) == [8, 36, 512, 81, 64]


def test_paths_name_the_instances() -> None:
    compiled = compile_circuit(Circuit("powers", define, {"xs": private(2)}))
    paths = [compiled.outline.path_of_row(row) for row in range(compiled.n_constraints)]
    assert paths == [
        *["both[0]/power(exponent=3)[0]"] * 2,
        "both[0]/power(exponent=2)[1]",
        *["both[1]/power(exponent=3)[0]"] * 2,
        "both[1]/power(exponent=2)[1]",
        *["power(exponent=3)[2]"] * 2,
        *[""] * 5,
    ]
    first = compiled.first_block_wire
    assert compiled.name_of_wire(first + 4) == "both[1]/power(exponent=3)[0]/w1"


def test_the_callers_rule_holds_where_none_is_named() -> None:
    def in_rules(c: Builder, xs: Sequence[Wire]) -> None:
        with c.rule("First"):
            power(c, xs[0], exponent=2)
        both(c, (xs[0], xs[1]))
        with c.rule("Second"):
            both(c, (xs[0], xs[1]))

    compiled = compile_circuit(Circuit("rules", in_rules, {"xs": private(2)}))
    assert [compiled.rule(row) for row in range(compiled.n_constraints)] == ["First", *[""] * 3, *["Second"] * 3]


def test_a_function_that_uses_a_wire_from_outside_is_refused() -> None:
    def leaky(c: Builder, xs: Sequence[Wire]) -> Wire:
        @subcircuit
        def inner(c: Builder, x: Wire) -> Wire:
            return x * xs[1]

        return inner(c, xs[0])

    with pytest.raises(CircuitDefinitionError, match="pass"):
        compile_circuit(Circuit("leaky", leaky, {"xs": private(2)}))


def test_a_wire_that_leaves_by_the_back_door_is_refused() -> None:
    kept: list[Wire] = []

    def leaky(c: Builder, xs: Sequence[Wire]) -> Wire:
        @subcircuit
        def inner(c: Builder, x: Wire) -> None:
            kept.append(x * x)

        inner(c, xs[0])
        return kept[0] * xs[1]

    with pytest.raises(CircuitDefinitionError, match="return what is to leave"):
        compile_circuit(Circuit("leaky", leaky, {"xs": private(2)}))


def test_arguments_lose_their_constancy_and_results_keep_it() -> None:
    """A constant argument is a wire inside, the same for engine and compiler; a constant result is free outside."""

    @subcircuit
    def inner(c: Builder, x: Wire) -> tuple[Wire, Wire]:
        return x * x, c.constant(7)

    def calls(c: Builder, xs: Sequence[Wire]) -> Wire:
        square, seven = inner(c, c.constant(5))
        return square * xs[0] + seven * xs[1]

    circuit = Circuit("constants", calls, {"xs": private(2)})
    run, compiled = run_on_integers(circuit, {"xs": (2, 3)}), compile_circuit(circuit)
    assert run.outputs == {"out": 71}
    assert run.n_constraints == compiled.n_constraints == 3


def test_a_sub_circuit_may_return_nothing_its_arguments_or_constants() -> None:
    @subcircuit
    def inner(c: Builder, x: Wire, flag: str) -> dict[str, Any]:
        c.assert_equal(x, x)
        return {"same": x, "flag": flag, "none": None, "nested": [(x + 1, 3)]}

    def calls(c: Builder, xs: Sequence[Wire]) -> Wire:
        result = inner(c, xs[0] + xs[1], "yes")
        if result["flag"] != "yes" or result["none"] is not None or result["nested"][0][1] != 3:
            raise CircuitDefinitionError("constants must come back as they are")
        inner(c, result["same"], "no")
        product: Wire = result["nested"][0][0] * result["same"]
        return product

    circuit = Circuit("results", calls, {"xs": private(2)})
    assert compile_circuit(circuit).n_constraints == 4
    assert run_on_integers(circuit, {"xs": (2, 3)}).outputs == {"out": 30}


def test_one_template_per_function_even_of_one_name_twin() -> None:
    """Two functions with the same name and other bodies must not share a template: a cache by name would fail here."""

    def made(times: int) -> Any:
        @subcircuit
        def scaled(c: Builder, x: Wire) -> Wire:
            return x * x * times

        return scaled

    def calls(c: Builder, xs: Sequence[Wire]) -> Wire:
        scaled: tuple[Wire, Wire] = made(2)(c, xs[0]), made(3)(c, xs[1])
        return scaled[0] + scaled[1]

    circuit = Circuit("names", calls, {"xs": private(2)})
    relation = compile_circuit(circuit).relation
    assert [value for _, value in relation.a.row(2)] == [2, 3]
    assert run_on_integers(circuit, {"xs": (1, 1)}).outputs == {"out": 5}
