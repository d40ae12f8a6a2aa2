"""Random circuits: the witness that the tape makes against the one of the engine on integers, wire by wire."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest

from circuits.frontend import RuleViolated, compile_circuit, run_on_integers
from prover.bn254 import FR, ints_from_scalars
from prover.kernels.interface import Kernels
from prover.tape import Tape
from tests.support.random_circuits import EDGES, random_circuit, random_program

REFERENCE_SEEDS = range(60)
NATIVE_SEEDS = range(1000, 1120)


def drawn_inputs(rng: Random) -> dict[str, list[int]]:
    sizes = {"shown": 3, "hidden": 2}
    return {name: [rng.choice((*EDGES, rng.randrange(FR))) for _ in range(n)] for name, n in sizes.items()}


def differences(kernels: Kernels, seed: int) -> list[int]:
    """The wires in which the two witnesses differ."""
    rng = Random(seed)
    circuit = random_circuit(random_program(rng), rng.randrange(3))
    values = drawn_inputs(rng)
    by_tape = ints_from_scalars(compile_circuit(circuit).witness(values, kernels))
    by_engine = run_on_integers(circuit, values).witness
    assert len(by_tape) == len(by_engine)
    return [wire for wire, (x, y) in enumerate(zip(by_tape, by_engine, strict=True)) if x != y]


@pytest.mark.parametrize("seed", REFERENCE_SEEDS)
def test_the_reference_makes_the_engines_witness(reference_kernels: Kernels, seed: int) -> None:
    assert differences(reference_kernels, seed) == []


def test_the_native_kernels_make_the_engines_witness(kernels: Kernels) -> None:
    for seed in NATIVE_SEEDS:
        assert differences(kernels, seed) == [], seed


class OneStepOff:
    """Kernels that execute a tape and then change one wire of the block."""

    def __init__(self, kernels: Kernels) -> None:
        self.sparse_multiply = kernels.sparse_multiply
        self._kernels = kernels

    def execute_tape(self, tape: Tape, witness: np.ndarray[tuple[int, ...], np.dtype[np.uint64]]) -> None:
        self._kernels.execute_tape(tape, witness)
        witness[-1, 0] ^= np.uint64(1)


def test_a_wrong_wire_is_refused_twin(reference_kernels: Kernels) -> None:
    circuit = random_circuit(random_program(Random(3)), 1)
    with pytest.raises(RuleViolated):
        compile_circuit(circuit).witness(drawn_inputs(Random(3)), OneStepOff(reference_kernels))
