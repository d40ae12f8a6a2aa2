"""The vocabulary of circuits: what is free, what costs a row, what is refused while the circuit is written."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given

from circuits.frontend import (
    Builder,
    Circuit,
    CircuitDefinitionError,
    Wire,
    compile_circuit,
    private,
    public,
    run_on_integers,
)
from prover.bn254 import FR
from prover.tape import Operation
from tests.support.random_circuits import values

INPUTS = {"x": private(), "y": private()}


def outcome(define: Callable[..., Any], x: int, y: int) -> int:
    return run_on_integers(Circuit("test", define, INPUTS), {"x": x, "y": y}).outputs["out"]


def rows(define: Callable[..., Any]) -> int:
    """Rows of a circuit, those of its outputs not counted."""
    compiled = compile_circuit(Circuit("test", define, INPUTS))
    return compiled.n_constraints - len(compiled.output_names)


@given(values, values)
def test_arithmetic_is_that_of_the_field(x: int, y: int) -> None:
    assert outcome(lambda c, x, y: 3 + x * 2 - (y - 5) + (7 - x) * -1, x, y) == (3 + 2 * x - y + 5 - 7 + x) % FR
    assert outcome(lambda c, x, y: -x * y + x * (FR + 1), x, y) == (-x * y + x) % FR
    assert outcome(lambda c, x, y: c.linear([(3, x), (-1, y), (FR, x)], -2) + c.sum([x, y]), x, y) == (4 * x - 2) % FR
    assert outcome(lambda c, x, y: c.product(x + 1, 5) * c.constant(-1), x, y) == -5 * (x + 1) % FR


@pytest.mark.parametrize(
    ("define", "expected"),
    [
        (lambda c, x, y: x + y * 7 - 3, 0),
        (lambda c, x, y: c.linear([(2, x), (3, y)], 1), 0),
        (lambda c, x, y: x * c.constant(3) * (c.constant(1) + 1), 0),
        (lambda c, x, y: x * y, 1),
        (lambda c, x, y: x * x * x, 2),
        (lambda c, x, y: (x - x) * y, 1),
        (lambda c, x, y: c.assert_zero(x) or x * y, 2),
        (lambda c, x, y: c.assert_equal(x, y) or x * y, 2),
        (lambda c, x, y: c.assert_product(x, y, 5) or x * y, 2),
    ],
)
def test_what_is_free_and_what_costs_a_row(define: Callable[..., Any], expected: int) -> None:
    if expected:
        assert rows(define) == expected
    else:
        assert rows(lambda c, x, y: define(c, x, y) + x * y) == 1


Advised = Callable[[Any, Any], Any]

ADVICE: dict[Operation, list[tuple[Advised, Callable[[int, int], int]]]] = {
    Operation.LINEAR: [
        (lambda a, b: a + b, lambda x, y: (x + y) % FR),
        (lambda a, b: a - b, lambda x, y: (x - y) % FR),
    ],
    Operation.MULTIPLY: [(lambda a, b: a * b, lambda x, y: x * y % FR)],
    Operation.INVERSE: [(lambda a, b: a.inverse(), lambda x, y: pow(x, FR - 2, FR))],
    Operation.DIVIDE: [(lambda a, b: a / b, lambda x, y: x * pow(y, FR - 2, FR) % FR)],
    Operation.BITS: [
        (lambda a, b: a.bits(8, 247)[0], lambda x, y: x >> 247 & 1),
        (lambda a, b: a.bits(8, 247)[6], lambda x, y: x >> 253),
        (lambda a, b: a.bits(8, 247)[7], lambda x, y: 0),
    ],
    Operation.EXTRACT: [(lambda a, b: a.extract(100, 60), lambda x, y: x >> 100 & (1 << 60) - 1)],
    Operation.DIVIDE_INTEGERS: [
        (lambda a, b: a.divide_integers(b)[0], lambda x, y: x // y if y else 0),
        (lambda a, b: a.divide_integers(b)[1], lambda x, y: x % y if y else x),
    ],
    Operation.IS_ZERO: [(lambda a, b: a.is_zero(), lambda x, y: int(x == 0))],
    Operation.LESS_THAN: [(lambda a, b: a.less_than(b), lambda x, y: int(x < y))],
    Operation.LOOKUP: [(lambda a, b: a.look_up([5, 6, -1]), lambda x, y: [5, 6, FR - 1, 0][min(x, 3)])],
    Operation.SELECT: [(lambda a, b: a.select(b, 9), lambda x, y: y if x else 9)],
}


@pytest.mark.parametrize("operation", Operation, ids=lambda operation: operation.name)
@given(values, values)
def test_advice_is_what_the_operation_says(operation: Operation, x: int, y: int) -> None:
    """Each method of `Advice` against plain integers."""
    for advised, expected in ADVICE[operation]:

        def define(c: Builder, x: Wire, y: Wire, advised: Advised = advised) -> Wire:
            return c.witness(advised(c.advice(x), c.advice(y)))

        assert outcome(define, x, y) == expected(x, y)


def test_a_witness_without_rows_is_free_for_the_liar() -> None:
    """What `Builder.witness` warns of, and how it shows: any value passes."""

    def define(c: Builder, x: Wire, y: Wire) -> Wire:
        c.assert_equal(x, y)
        return c.witness(c.advice(x) * y)

    circuit = Circuit("test", define, INPUTS)
    lied = run_on_integers(circuit, {"x": 3, "y": 3}, lies={0: 777}, collect=True)
    assert (lied.outputs, lied.violations) == ({"out": 777}, [])


Define = Callable[[Builder, Wire, Wire], Any]
escaped: list[Any] = []


def _keep(c: Builder, x: Wire, y: Wire) -> Wire:
    escaped[:] = [x, c.advice(y)]
    return x * y


MISUSES: dict[str, Define] = {
    "a wire of another circuit": lambda c, x, y: x * escaped[0],
    "a sum with a wire of another circuit": lambda c, x, y: x + escaped[0],
    "a linear combination of another circuit": lambda c, x, y: c.linear([(1, escaped[0])]) * x,
    "a row of another circuit": lambda c, x, y: c.assert_product(escaped[0], x, y),
    "advice about another circuit's wire": lambda c, x, y: c.witness(c.advice(escaped[0])) * x,
    "advice of another circuit": lambda c, x, y: c.witness(escaped[1]) * x,
    "an operand of another circuit": lambda c, x, y: c.witness(c.advice(x) * escaped[1]) * x,
    "a rule without a name": lambda c, x, y: [c.rule("").__enter__(), x * y][1],
    "no constraint": lambda c, x, y: None,
    "an output that is no wire": lambda c, x, y: {"a": x * y, "b": "text"},
    "outputs of one name": lambda c, x, y: {"a[0]": x * y, "a": [x]},
    "a result that is no output": lambda c, x, y: [x * y],
    "the value of a wire that has none": lambda c, x, y: (x * y).constant_value(),
}


@pytest.mark.parametrize("misuse", MISUSES)
def test_misuse_is_refused_while_the_circuit_is_written(misuse: str) -> None:
    compile_circuit(Circuit("keep", _keep, INPUTS))
    with pytest.raises(CircuitDefinitionError):
        compile_circuit(Circuit("test", MISUSES[misuse], INPUTS))


def test_use_is_not_refused_twin() -> None:
    """The same calls with wires of the circuit itself compile."""
    for define in MISUSES.values():
        with pytest.raises(CircuitDefinitionError):
            compile_circuit(Circuit("test", define, INPUTS))
        compile_circuit(Circuit("keep", _keep, INPUTS))
    compile_circuit(Circuit("test", lambda c, x, y: {"a": x * y, "b": [x]}, INPUTS))


@pytest.mark.parametrize(
    "use", [bool, lambda wire: wire == 1, lambda wire: wire != wire, lambda wire: 1 if wire else 0]
)
def test_wires_have_no_truth_value(use: Callable[[Wire], Any]) -> None:
    for run in (compile_circuit, lambda circuit: run_on_integers(circuit, {"x": 1, "y": 2})):
        with pytest.raises(TypeError):
            run(Circuit("test", lambda c, x, y: use(x) and x * y, INPUTS))


def test_rules_nest_and_end() -> None:
    def define(c: Builder, x: Wire, y: Wire) -> None:
        c.assert_zero(x)
        with c.rule("Outer"):
            c.assert_zero(x)
            with c.rule("Inner"):
                c.assert_zero(x)
            with pytest.raises(CircuitDefinitionError), c.rule("Aborted"):
                raise CircuitDefinitionError("an error inside ends the rule too")
            c.assert_zero(x)
        c.assert_zero(x)

    compiled = compile_circuit(Circuit("test", define, INPUTS))
    expected = ["", "Outer", "Inner", "Outer", ""]
    assert [compiled.rule(row) for row in range(5)] == expected
    broken = run_on_integers(Circuit("test", define, INPUTS), {"x": 1, "y": 0}, collect=True).violations
    assert [violation.rule for violation in broken] == expected


def test_wires_are_named() -> None:
    def define(c: Builder, x: Wire, y: Wire) -> dict[str, Any]:
        named = c.witness(c.advice(x), "copy")
        return {"sum": [named * y, x]}

    compiled = compile_circuit(Circuit("test", define, {"y": private(), "x": public()}))
    names = [compiled.name_of_wire(wire) for wire in range(compiled.relation.n_wires)]
    assert names == ["one", "sum[0]", "sum[1]", "x", "y", "copy", "w1"]
    assert compiled.hinted_wires() == [5]
