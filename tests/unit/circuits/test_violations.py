"""A witness that breaks a rule is named by rule, wires and source line, before any proving starts."""

from __future__ import annotations

import copy
import inspect
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from circuits.frontend import (
    Builder,
    RuleViolated,
    Wire,
    circuit,
    compile_circuit,
    private,
    public,
    run_on_integers,
    subcircuit,
)
from circuits.frontend.witness_maker import TapeExecutor
from prover.bn254 import FR, scalars_from_ints
from prover.tape import Tape

HERE = Path(__file__).resolve().relative_to(Path(__file__).resolve().parents[3]).as_posix()


@subcircuit
def no_more_than(c: Builder, x: Wire, *, bits: int) -> None:
    digits = [c.witness(bit, f"bit{i}") for i, bit in enumerate(c.advice(x).bits(bits))]
    with c.rule("NotBoolean"):
        for digit in digits:
            c.assert_product(digit, digit - 1, 0)
    c.assert_equal(c.linear((1 << i, digit) for i, digit in enumerate(digits)), x)  # the row that is broken


@circuit(limit=public(), sizes=private(3))
def basket(c: Builder, limit: Wire, sizes: Sequence[Wire]) -> None:
    with c.rule("SizeOutOfRange"):
        for size in sizes:
            no_more_than(c, size, bits=8)
    with c.rule("OverLimit"):
        no_more_than(c, limit - c.sum(sizes), bits=10)


COMPILED = compile_circuit(basket)


class EngineAsExecutor(TapeExecutor):
    """Fills witnesses in from the integer engine, so that this test needs no kernel."""

    def __init__(self, witness: list[int]) -> None:
        self.honest = witness

    def execute_tape(self, tape: Tape, witness: NDArray[np.uint64]) -> None:
        del tape
        witness[:] = scalars_from_ints(self.honest)

    def sparse_multiply(
        self,
        row_start: NDArray[np.uint64],
        column: NDArray[np.uint32],
        coefficient: NDArray[np.uint64],
        vector: NDArray[np.uint64],
    ) -> NDArray[np.uint64]:
        from prover.reference.kernels import ReferenceKernels

        return ReferenceKernels().sparse_multiply(row_start, column, coefficient, vector)


def line_of(text: str) -> int:
    """Where `text` stands in this file."""
    lines = Path(__file__).read_text().splitlines()
    return next(number for number, line in enumerate(lines, 1) if text in line)


def violations(values: dict[str, object]) -> tuple[RuleViolated, RuleViolated]:
    """From the compiled circuit, and from the engine."""
    executor = EngineAsExecutor(run_on_integers(basket, values, collect=True).witness)
    with pytest.raises(RuleViolated) as compiled:
        COMPILED.witness(values, executor)
    with pytest.raises(RuleViolated) as engine:
        run_on_integers(basket, values)
    return compiled.value, engine.value


def test_the_rule_the_wires_and_the_line_are_named() -> None:
    compiled, engine = violations({"limit": 100, "sizes": (50, 50, 1)})
    assert compiled.rule == engine.rule == "OverLimit"
    assert compiled.constraint == engine.constraint == 3 * 9 + 10
    assert compiled.source == engine.source == f"{HERE}:{line_of('the row that is ' + 'broken')}"
    assert compiled.path == "no_more_than(bits=10)[3]"
    assert compiled.wires["limit"] == 100
    assert compiled.wires["sizes[2]"] == 1
    assert compiled.wires["no_more_than(bits=10)[3]/bit9"] == (FR - 1) >> 9 & 1
    for word in ("OverLimit", compiled.source, "sizes[0] = 50", compiled.path):
        assert word in str(compiled)


def test_the_first_broken_rule_is_named() -> None:
    compiled, engine = violations({"limit": 100, "sizes": (50, 300, 1)})
    assert compiled.rule == engine.rule == "SizeOutOfRange"
    assert compiled.path == "no_more_than(bits=8)[1]"
    everything = run_on_integers(basket, {"limit": 100, "sizes": (50, 300, 1)}, collect=True).violations
    assert [broken.rule for broken in everything] == ["SizeOutOfRange", "OverLimit"]


def test_a_rule_inside_a_sub_circuit_is_more_precise_than_the_callers() -> None:
    values = {"limit": 1000, "sizes": (50, 30, 1)}
    lies = {3: 5}  # bit 3 of the first size
    found = run_on_integers(basket, values, lies=lies, collect=True)
    assert [broken.rule for broken in found.violations] == ["NotBoolean", "SizeOutOfRange"]
    row = COMPILED.relation.first_unsatisfied(scalars_from_ints(found.witness))
    assert row is not None
    assert COMPILED.rule(row) == "NotBoolean"


def test_honest_values_pass_twin() -> None:
    """Nothing is reported where nothing is broken: at the limit, and one below the range's end."""
    for values in ({"limit": 765, "sizes": (255, 255, 255)}, {"limit": 0, "sizes": (0, 0, 0)}):
        witness = COMPILED.witness(values, EngineAsExecutor(run_on_integers(basket, values).witness))
        COMPILED.check(witness)
        with pytest.raises(pytest.fail.Exception):
            violations(values)


def test_a_rule_may_be_an_exception_class_and_is_optional() -> None:
    class NotSeven(Exception):
        pass

    @circuit(x=private())
    def seven(c: Builder, x: Wire) -> None:
        with c.rule(NotSeven):
            c.assert_equal(x, 7)
        c.assert_equal(x, 7)

    found = run_on_integers(seven, {"x": 8}, collect=True).violations
    assert [broken.rule for broken in found] == ["NotSeven", ""]
    assert "without a rule" in str(found[1])
    assert found[0].source.endswith(f":{inspect.getsourcelines(NotSeven)[1] + 6}")


def test_violations_can_be_copied() -> None:
    found, _ = violations({"limit": 100, "sizes": (50, 50, 1)})
    copied = copy.copy(found)
    assert (str(copied), copied.wires, copied.rule) == (str(found), found.wires, found.rule)
