"""Inputs: what is not an integer in [0, r), in shape, never reaches the tape."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from circuits.frontend import (
    Builder,
    Circuit,
    CircuitDefinitionError,
    InputRefused,
    Wire,
    circuit,
    compile_circuit,
    private,
    public,
    run_on_integers,
)
from prover.bn254 import FR
from prover.r1cs import SparseArithmetic
from prover.tape import Tape

GOOD: dict[str, Any] = {"limit": 100, "table": ((1, 2), (3, 4), (5, FR - 1))}


@circuit(table=private(3, 2), limit=public())
def shaped(c: Builder, table: Sequence[Sequence[Wire]], limit: Wire) -> Wire:
    return c.sum(a * b for a, b in table) * limit


class NeverRun(SparseArithmetic):
    """An executor that says when it is reached."""

    reached = False

    def sparse_multiply(self, *_: Any) -> NDArray[np.uint64]:
        raise AssertionError("an input reached the relation")

    def execute_tape(self, tape: Tape, witness: NDArray[np.uint64]) -> None:
        self.reached = True


def refusal(values: Any) -> InputRefused:
    """How both the engine and the compiled circuit refuse; the tape is not reached."""
    executor = NeverRun()
    with pytest.raises(InputRefused) as by_tape:
        COMPILED.witness(values, executor)
    assert not executor.reached
    with pytest.raises(InputRefused) as by_engine:
        run_on_integers(shaped, values)
    assert str(by_tape.value) == str(by_engine.value)
    return by_tape.value


COMPILED = compile_circuit(shaped)

BAD_SCALARS = {
    "negative": -1,
    "r": FR,
    "r + 1": FR + 1,
    "2^256": 1 << 256,
    "float": 1.0,
    "nan": float("nan"),
    "bool": True,
    "text": "1",
    "bytes": b"\x01",
    "none": None,
    "numpy": np.uint64(1),
    "a sequence": (1,),
    "complex": 1j,
}


@pytest.mark.parametrize("bad", BAD_SCALARS.values(), ids=BAD_SCALARS)
def test_a_value_that_is_no_integer_below_r_is_refused_by_name(bad: Any) -> None:
    assert refusal({**GOOD, "limit": bad}).name == "limit"
    assert refusal({**GOOD, "table": ((1, 2), (3, bad), (5, 6))}).name == "table[1][1]"


BAD_SHAPES = {
    "short": ((1, 2), (3, 4)),
    "long": ((1, 2), (3, 4), (5, 6), (7, 8)),
    "flat": (1, 2, 3),
    "too flat": 1,
    "ragged": ((1, 2), (3,), (5, 6)),
    "deep": (((1,), 2), (3, 4), (5, 6)),
    "text": "abc",
    "bytes": b"abc",
    "bytes that can be written": bytearray(b"abc"),
    "bytes inside": (bytearray(b"ab"), memoryview(b"ab"), b"ab"),
    "a set": {1, 2, 3},
    "a mapping": {0: (1, 2), 1: (3, 4), 2: (5, 6)},
    "an array": np.array([[1, 2], [3, 4], [5, 6]]),
    "a generator": (pair for pair in ((1, 2), (3, 4), (5, 6))),
    "none": None,
}


@pytest.mark.parametrize("bad", BAD_SHAPES.values(), ids=BAD_SHAPES)
def test_another_shape_is_refused_by_name(bad: Any) -> None:
    assert refusal({**GOOD, "table": bad}).name.startswith("table")


def test_missing_and_unknown_inputs_are_refused_by_name() -> None:
    assert refusal({"limit": 1}).name == "table"
    assert refusal({}).name == "limit"
    assert refusal({**GOOD, "limits": 1}).name == "limits"
    assert refusal({**GOOD, 7: 1, "x": 2}).name == "7"


def test_good_inputs_pass_twin() -> None:
    """The same calls with good inputs reach the tape, so the tests above see refusals and nothing else."""
    executor = NeverRun()
    COMPILED.unchecked_witness(GOOD, executor)
    assert executor.reached
    for table in (GOOD["table"], [list(pair) for pair in GOOD["table"]], (range(2), range(1, 3), [FR - 1, 0])):
        run_on_integers(shaped, {"limit": 0, "table": table})
    with pytest.raises(pytest.fail.Exception), pytest.raises(InputRefused):
        run_on_integers(shaped, GOOD)


def test_public_inputs_come_first_in_their_declared_shape() -> None:
    assert shaped.input_names() == ["limit", *(f"table[{i}][{j}]" for i in range(3) for j in range(2))]
    assert shaped.input_integers(GOOD) == [100, 1, 2, 3, 4, 5, FR - 1]
    assert (shaped.n_inputs, shaped.n_public_inputs) == (7, 1)


def test_refusals_can_be_copied() -> None:
    refused = refusal({**GOOD, "limit": FR})
    copied = copy.copy(refused)
    assert (copied.name, copied.reason, str(copied)) == (refused.name, refused.reason, str(refused))


@pytest.mark.parametrize("extents", [(-1,), (2, -3), (1.5,)])
def test_an_input_has_no_negative_extent(extents: tuple[Any, ...]) -> None:
    with pytest.raises(CircuitDefinitionError):
        private(*extents)


def test_an_empty_input_is_allowed() -> None:
    empty = Circuit("empty", lambda c, none, x: x * x, {"none": private(0), "x": private()})
    assert run_on_integers(empty, {"none": (), "x": 3}).outputs == {"out": 9}
