"""Every executor of the witness tape fills in the same witness as the twin, on any tape and any number of threads."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import cast

import numpy as np
import pytest
from numpy.typing import NDArray

from prover.bn254 import FR, scalars_from_ints
from prover.kernels.errors import MalformedTape
from prover.kernels.interface import Kernels
from prover.reference.kernels import ReferenceKernels
from prover.reference.tape import decode
from prover.tape import TEMPORARY, Operation, Tape
from tests.support.kernels import FASTEST, NATIVE_HERE, kernels_named
from tests.support.tapes import (
    EDGES,
    Assembler,
    changed,
    random_tape,
    random_value,
    random_witness,
    with_a_number_changed,
)

REFERENCE: Kernels = ReferenceKernels()
every_native = pytest.mark.parametrize("name", NATIVE_HERE or ["reference"])
every_thread_count = pytest.mark.parametrize("threads", [1, 2])


def executed(kernels: Kernels, tape: Tape, witness: NDArray[np.uint64]) -> NDArray[np.uint64]:
    filled = witness.copy()
    kernels.execute_tape(tape, filled)
    return filled


def wires_that_differ(
    kernels: Kernels, tape: Tape, witness: NDArray[np.uint64], model: Tape | None = None
) -> list[int]:
    """Wires in which `kernels` on `tape` and the twin on `model`, the same by default, disagree."""
    differ = executed(kernels, tape, witness) != executed(REFERENCE, model or tape, witness)
    return [int(wire) for wire in np.flatnonzero(differ.any(axis=1))]


@every_native
@every_thread_count
@pytest.mark.parametrize("width", [1, 7, 8, 9, 65])
def test_random_tapes(name: str, threads: int, width: int) -> None:
    kernels = kernels_named(name, threads)
    for seed in range(8):
        rng = Random(1000 * width + seed)
        tape = random_tape(rng, (1, 2, 7, 8, 9, width))
        assert wires_that_differ(kernels, tape, random_witness(tape, rng)) == [], f"seed {seed}"


@every_native
def test_a_thousand_calls_of_every_operation(name: str) -> None:
    """Wide enough for threads, whose chunks do not divide it."""
    rng = Random(5)
    tape = random_tape(rng, (1, 2, 1000), n_operations=8)
    witness = random_witness(tape, rng)
    expected = executed(REFERENCE, tape, witness)
    for threads in (1, 2, 3):
        np.testing.assert_array_equal(executed(kernels_named(name, threads), tape, witness), expected, f"{threads}")


def operation_on_edges(operation: Operation) -> tuple[Tape, NDArray[np.uint64]]:
    """All pairs of edge values, one in each call: the template reads three wires and writes three."""
    assembler = Assembler()
    template = assembler.template()
    a, b, c, x, y, z = template.wires(6)
    match operation:
        case Operation.LINEAR:
            template.operate(operation, x, 4, 0, a, 1, b, 3, a, 5, b)
            template.operate(operation, y, 2, 1, a, 1, b)
            template.operate(operation, z, 2, 2, a, 0, c)
        case Operation.BITS:
            template.operate(operation, a, 0, 3, x, y, z)
            template.operate(operation, b, 252, 4, x, template.temporaries()[0], y, y)
        case Operation.EXTRACT:
            template.operate(operation, x, a, 0, 253)
            template.operate(operation, y, b, 60, 130)
            template.operate(operation, z, a, 256, 0)
        case Operation.LOOKUP:
            template.operate(operation, x, a, 16, 3)
            template.operate(operation, y, b, 0, 32)
            template.operate(operation, z, b, 32, 0)
        case Operation.DIVIDE_INTEGERS:
            template.operate(operation, x, y, a, b)
        case Operation.SELECT:
            template.operate(operation, x, a, b, c)
        case Operation.INVERSE | Operation.IS_ZERO:
            template.operate(operation, x, a)
        case _:
            template.operate(operation, x, a, b)
    rng = Random(1)
    values = [*EDGES, *(random_value(rng) for _ in range(10))]
    pairs = [(first, second) for first in values for second in values]
    root = assembler.template()
    root.wires()
    root.calls(template, len(pairs))
    rows = [value for i, (first, second) in enumerate(pairs) for value in (first, second, i, 0, 0, 0)]
    return assembler.tape(), scalars_from_ints([1, *rows])


@every_native
@pytest.mark.parametrize("operation", list(Operation))
def test_edge_values(name: str, operation: Operation) -> None:
    tape, witness = operation_on_edges(operation)
    assert wires_that_differ(kernels_named(name), tape, witness) == []


def defective(tape: Tape, operation: Operation) -> Tape:
    """The tape of an executor that has an operation slightly wrong, everywhere."""
    program = tape.program.copy()
    at = 0
    while at < len(program):
        instruction = decode(program.tolist(), at, len(program))
        assert instruction is not None
        words = program[at + 1 : at + instruction.n_words]
        if instruction.operation is operation:
            match operation:
                case Operation.LINEAR:
                    words[2] ^= 1  # -1 for 1
                case Operation.MULTIPLY:
                    program[at] = Operation.DIVIDE
                case Operation.DIVIDE | Operation.LESS_THAN:
                    words[1], words[2] = int(words[2]), int(words[1])
                case Operation.INVERSE | Operation.IS_ZERO:
                    program[at] = Operation.INVERSE + Operation.IS_ZERO - program[at]
                case Operation.BITS | Operation.EXTRACT | Operation.LOOKUP:
                    words[{Operation.BITS: 1}.get(operation, 2)] -= int(
                        words[{Operation.BITS: 1}.get(operation, 2)] > 0
                    )
                case Operation.DIVIDE_INTEGERS:
                    words[0], words[1] = int(words[1]), int(words[0])
                case Operation.SELECT:
                    words[2], words[3] = int(words[3]), int(words[2])
        at += instruction.n_words
    return replace(tape, program=program)


@pytest.mark.parametrize("operation", list(Operation))
def test_the_comparison_sees_each_operation_twin(operation: Operation) -> None:
    tape, witness = operation_on_edges(operation)
    assert wires_that_differ(kernels_named(FASTEST), defective(tape, operation), witness, tape) != []


@pytest.mark.parametrize("call", [0, 7, 8, 63, 64, 65, 999])
def test_the_comparison_sees_one_call_of_a_thousand_twin(call: int) -> None:
    """Planted: an executor that runs one call on its neighbour's temporaries."""
    assembler = Assembler()
    template = assembler.template()
    (wire,), (argument,) = template.wires(), template.temporaries()
    template.operate(Operation.MULTIPLY, wire, argument, argument)
    root = assembler.template()
    root.wires()
    frames = root.calls(template, 1000)
    tape = assembler.tape()
    writes = Assembler()
    for number, (_, temporary) in enumerate(frames):
        writes.program += [Operation.LINEAR, TEMPORARY + temporary, 2, 3, number, 0, 2**31 - 1]
    shift = len(writes.program)
    entries = np.array([(0, 0, len(tape.program)), (0, len(tape.program), len(tape.program) + shift), (1, 0, 1000)])
    program = np.array([*tape.program, *writes.program], np.uint32)
    tape = replace(tape, program=program, entries=entries.astype(np.uint32), entry_start=np.array([0, 1, 3], np.uint32))
    witness = random_witness(tape, Random(3))
    kernels = kernels_named(FASTEST)
    assert wires_that_differ(kernels, tape, witness) == []
    at = len(tape.program) - shift + 7 * call
    assert tape.program[at + 3] == 3
    assert wires_that_differ(kernels, changed(tape, "program", at + 3, 4), witness, tape) == [frames[call][0]]


def refusal(kernels: Kernels, tape: Tape, witness: NDArray[np.uint64]) -> tuple[str, int] | NDArray[np.uint64]:
    """Where a tape is refused, or the witness it makes."""
    filled = witness.copy()
    try:
        kernels.execute_tape(tape, filled)
    except MalformedTape as error:
        np.testing.assert_array_equal(filled, witness)
        return error.part, error.index
    return filled


def refusals_that_differ(kernels: Kernels, seeds: range) -> tuple[list[int], int]:
    """Seeds whose broken tape the kernels and the twin do not treat alike, and how many were refused."""
    different, refused = [], 0
    for seed in seeds:
        rng = Random(seed)
        tape = random_tape(rng, (1, 2, 3), n_operations=3)
        witness = random_witness(tape, rng)
        broken = with_a_number_changed(tape, rng)
        expected, got = refusal(REFERENCE, broken, witness), refusal(kernels, broken, witness)
        refused += isinstance(expected, tuple)
        if isinstance(expected, tuple) or isinstance(got, tuple):
            same = expected == got if isinstance(expected, tuple) and isinstance(got, tuple) else False
        else:
            same = np.array_equal(expected, got)
        if not same:
            different.append(seed)
    return different, refused


@every_native
def test_broken_tapes_are_refused_at_the_same_place(name: str) -> None:
    different, refused = refusals_that_differ(kernels_named(name), range(400))
    assert different == []
    assert 150 < refused < 380


def test_broken_tapes_are_refused_at_the_same_place_twin() -> None:
    """Planted: kernels that run a tape to which one more row of wires is granted in every template but the root."""

    class Generous:
        def execute_tape(self, tape: Tape, witness: NDArray[np.uint64]) -> None:
            wires = tape.n_wires.copy()
            wires[:-1] += 1
            REFERENCE.execute_tape(replace(tape, n_wires=wires), witness)

    different, _ = refusals_that_differ(cast(Kernels, Generous()), range(60))
    assert different != []


def test_all_values_are_canonical_afterwards() -> None:
    rng = Random(9)
    tape = random_tape(rng, (1, 2, 9))
    for name in NATIVE_HERE:
        filled = executed(kernels_named(name), tape, random_witness(tape, rng))
        assert all(int.from_bytes(row.tobytes(), "little") < FR for row in filled)
