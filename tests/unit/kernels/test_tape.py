"""The witness tape: what each operation answers, what is refused, and that a refusal leaves the witness as it was."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Any, cast

import numpy as np
import pytest
from numpy.typing import NDArray

from prover import bn254
from prover.bn254 import FR, ints_from_scalars, scalars_from_ints
from prover.kernels.errors import KernelError, LayoutError, LengthError, MalformedTape, NotOne, NotReduced
from prover.kernels.interface import Kernels
from prover.tape import ONE, TEMPORARY, Operation, Tape
from tests.support.kernels import NATIVE_HERE, fastest, kernels_named
from tests.support.tapes import Assembler, changed, random_tape, random_witness

EVERYWHERE = [*NATIVE_HERE, "reference"]
every_backend = pytest.mark.parametrize("name", EVERYWHERE)

X, Y, Z = 10, 11, 12  # destinations
VALUES = {2: 0, 3: 1, 4: FR - 1, 5: 7, 6: 3, 7: 2**253 + 5, 8: 2**64 - 1}
HALF = (FR + 1) // 2

KNOWN: dict[str, tuple[Operation, list[int], dict[int, int]]] = {
    "a sum of nothing": (Operation.LINEAR, [X, 0], {X: 0}),
    "a sum": (Operation.LINEAR, [X, 4, 0, 5, 1, 6, 3, ONE, 2, 5], {X: 7 - 3 + 2 + 0}),
    "minus one": (Operation.LINEAR, [X, 1, 1, 3], {X: FR - 1}),
    "a sum to itself": (Operation.LINEAR, [5, 2, 0, 5, 3, 5], {5: 21}),
    "a product": (Operation.MULTIPLY, [X, 4, 4], {X: 1}),
    "an inverse": (Operation.INVERSE, [X, 4], {X: FR - 1}),
    "the inverse of 0": (Operation.INVERSE, [X, 2], {X: 0}),
    "the inverse of ONE": (Operation.INVERSE, [X, ONE], {X: 1}),
    "a quotient": (Operation.DIVIDE, [X, 3, 9], {X: HALF}),
    "a quotient by 0": (Operation.DIVIDE, [X, 5, 2], {X: 0}),
    "bits": (Operation.BITS, [5, 1, 3, X, Y, Z], {X: 1, Y: 1, Z: 0}),
    "top bits": (Operation.BITS, [7, 252, 4, X, Y, Z, Z], {X: 0, Y: 1, Z: 0}),
    "no bits": (Operation.BITS, [5, 256, 0], {}),
    "across words": (Operation.EXTRACT, [X, 8, 60, 10], {X: 15}),
    "all of it": (Operation.EXTRACT, [X, 7, 0, 253], {X: 5}),
    "nothing of it": (Operation.EXTRACT, [X, 7, 256, 0], {X: 0}),
    "integers": (Operation.DIVIDE_INTEGERS, [X, Y, 5, 6], {X: 2, Y: 1}),
    "integers by 0": (Operation.DIVIDE_INTEGERS, [X, Y, 5, 2], {X: 0, Y: 7}),
    "large integers": (Operation.DIVIDE_INTEGERS, [X, Y, 4, 7], {X: 1, Y: FR - 1 - 2**253 - 5}),
    "small by large": (Operation.DIVIDE_INTEGERS, [X, Y, 5, 7], {X: 0, Y: 7}),
    "quotient and remainder to one place": (Operation.DIVIDE_INTEGERS, [X, X, 5, 6], {X: 1}),
    "zero": (Operation.IS_ZERO, [X, 2], {X: 1}),
    "not zero": (Operation.IS_ZERO, [X, 4], {X: 0}),
    "less": (Operation.LESS_THAN, [X, 5, 4], {X: 1}),
    "equal": (Operation.LESS_THAN, [X, 5, 5], {X: 0}),
    "more": (Operation.LESS_THAN, [X, 4, 5], {X: 0}),
    "looked up": (Operation.LOOKUP, [X, 6, 1, 4], {X: 100}),
    "outside the table": (Operation.LOOKUP, [X, 6, 1, 3], {X: 0}),
    "far outside the table": (Operation.LOOKUP, [X, 7, 0, 5], {X: 0}),
    "selected": (Operation.SELECT, [X, 4, 5, 6], {X: 7}),
    "otherwise": (Operation.SELECT, [X, 2, 5, 6], {X: 3}),
}


@every_backend
@pytest.mark.parametrize("case", KNOWN)
def test_known_answers(name: str, case: str) -> None:
    operation, words, expected = KNOWN[case]
    assembler = Assembler(constants=(1, FR - 1, 0, 2, 100))
    root = assembler.template()
    root.wires(13)
    root.operate(operation, *words)
    before = {wire: 20 + wire for wire in range(13)} | VALUES | {0: 1, 9: 2}
    witness = scalars_from_ints([before[wire] for wire in range(13)])
    kernels_named(name).execute_tape(assembler.tape(), witness)
    assert dict(enumerate(ints_from_scalars(witness))) == before | expected


def small_tape() -> Tape:
    """A leaf with wire and temporary, a template that calls it twice, a root that calls that twice; all operations."""
    assembler = Assembler()
    leaf = assembler.template()
    wire, argument = leaf.wires()[0], leaf.temporaries()[0]
    leaf.operate(Operation.LINEAR, wire, 2, 3, argument, 0, ONE)
    leaf.operate(Operation.BITS, argument, 0, 2, wire, argument)
    leaf.operate(Operation.EXTRACT, wire, argument, 0, 253)
    leaf.operate(Operation.LOOKUP, wire, argument, 0, 32)
    middle = assembler.template()
    middle.wires()
    middle.operate(Operation.MULTIPLY, 0, 0, ONE)
    middle.calls(leaf, 2)
    root = assembler.template()
    root.wires(2)
    root.calls(middle, 2)
    root.operate(Operation.MULTIPLY, 1, 1, 0)
    return assembler.tape()


# operations of `small_tape` begin at these words of its program
LINEAR, BITS, EXTRACT, LOOKUP, IN_MIDDLE, IN_ROOT = 0, 7, 13, 18, 23, 27

REFUSED: dict[str, tuple[str, int | tuple[int, int], int, tuple[str, int]]] = {
    "entries do not begin at 0": ("entry_start", 0, 1, ("entry_start", 0)),
    "entries go back": ("entry_start", 1, 9, ("entry_start", 2)),
    "entries that are not there": ("entry_start", 3, 6, ("entry_start", 3)),
    "entries left over": ("entry_start", 3, 4, ("entry_start", 3)),
    "an entry of an unknown kind": ("entries", (1, 0), 2, ("entries", 1)),
    "operations from elsewhere": ("entries", (0, 1), 7, ("entries", 0)),
    "operations that end before they begin": ("entries", (1, 2), 22, ("entries", 1)),
    "operations behind the program": ("entries", (4, 2), 32, ("entries", 4)),
    "an operation cut off": ("entries", (0, 2), 22, ("program", LOOKUP)),
    "calls from elsewhere": ("entries", (2, 1), 1, ("entries", 2)),
    "calls that are not there": ("entries", (3, 2), 5, ("entries", 3)),
    "calls left over": ("entries", (3, 2), 3, ("calls", 3)),
    "program left over": ("entries", (4, 2), 27, ("program", 27)),
    "a call of a later template": ("calls", (0, 0), 2, ("calls", 0)),
    "a call of itself": ("calls", (2, 0), 2, ("calls", 2)),
    "calls of two templates in one entry": ("calls", (3, 0), 0, ("calls", 3)),
    "wires outside the caller's": ("calls", (1, 1), 3, ("calls", 1)),
    "temporaries outside the caller's": ("calls", (1, 2), 2, ("calls", 1)),
    "an offset that overflows": ("calls", (1, 1), 2**32 - 1, ("calls", 1)),
    "wires of two calls": ("calls", (1, 1), 1, ("calls", 1)),
    "temporaries of two calls": ("calls", (3, 2), 1, ("calls", 3)),
    "a call on the constant 1": ("calls", (2, 1), 0, ("calls", 2)),
    "an unknown operation": ("program", LINEAR, 12, ("program", LINEAR)),
    "operation 0": ("program", IN_ROOT, 0, ("program", IN_ROOT)),
    "a destination outside the wires": ("program", LINEAR + 1, 1, ("program", LINEAR)),
    "ONE as a destination": ("program", EXTRACT + 1, ONE, ("program", EXTRACT)),
    "a destination outside the temporaries": ("program", LOOKUP + 1, TEMPORARY + 1, ("program", LOOKUP)),
    "the last temporary there could be": ("program", LOOKUP + 1, 2**32 - 1, ("program", LOOKUP)),
    "the constant 1 as a destination": ("program", IN_ROOT + 1, 0, ("program", IN_ROOT)),
    "a source outside the wires": ("program", IN_MIDDLE + 2, 3, ("program", IN_MIDDLE)),
    "a source outside the temporaries": ("program", EXTRACT + 2, TEMPORARY + 1, ("program", EXTRACT)),
    "a sum longer than the program": ("program", LINEAR + 2, 2**32 - 1, ("program", LINEAR)),
    "a coefficient that is not there": ("program", LINEAR + 3, 32, ("program", LINEAR)),
    "a summand outside the wires": ("program", LINEAR + 6, 1, ("program", LINEAR)),
    "bit 256": ("program", BITS + 2, 255, ("program", BITS)),
    "more bits than places": ("program", BITS + 3, 200, ("program", BITS)),
    "a bit outside the wires": ("program", BITS + 5, 1, ("program", BITS)),
    "a shift that overflows": ("program", BITS + 2, 2**32 - 1, ("program", BITS)),
    "254 bits extracted": ("program", EXTRACT + 4, 254, ("program", EXTRACT)),
    "bits beyond 256 extracted": ("program", EXTRACT + 3, 4, ("program", EXTRACT)),
    "a table that is not there": ("program", LOOKUP + 3, 1, ("program", LOOKUP)),
    "a table that overflows": ("program", LOOKUP + 4, 2**32 - 1, ("program", LOOKUP)),
    "fewer wires than used": ("n_wires", 0, 0, ("program", LINEAR)),
    "fewer temporaries than used": ("n_temporaries", 0, 0, ("program", LINEAR)),
    "too many wires": ("n_wires", 1, 2**30 + 1, ("n_wires", 1)),
    "too many temporaries": ("n_temporaries", 2, 2**32 - 1, ("n_temporaries", 2)),
    "a constant that is not reduced": ("constants", (31, 3), 2**63, ("constants", 31)),
}


@every_backend
@pytest.mark.parametrize("case", REFUSED)
def test_malformed_tapes_are_refused(name: str, case: str) -> None:
    part, index, value, place = REFUSED[case]
    tape = small_tape()
    witness = random_witness(tape, Random(1))
    before = witness.copy()
    with pytest.raises(MalformedTape) as caught:
        kernels_named(name).execute_tape(changed(tape, part, index, value), witness)
    assert (caught.value.part, caught.value.index) == place
    np.testing.assert_array_equal(witness, before)


@every_backend
def test_malformed_tapes_are_refused_twin(name: str) -> None:
    """Nothing planted: the tape itself, and with a number changed to another sound one, is run."""
    tape = small_tape()
    for part, index, value in (("program", BITS + 2, 254), ("calls", (1, 1), 2), ("n_wires", 1, 3)):
        witness = random_witness(tape, Random(1))
        before = witness.copy()
        kernels_named(name).execute_tape(changed(tape, part, index, value), witness)
        assert not np.array_equal(witness, before)


def shapes(tape: Tape) -> dict[str, tuple[Tape, type[KernelError]]]:
    return {
        "no template": (replace(tape, n_wires=tape.n_wires[:0]), LengthError),
        "temporaries of too few templates": (replace(tape, n_temporaries=tape.n_temporaries[1:]), LengthError),
        "entry starts of too few templates": (replace(tape, entry_start=tape.entry_start[:-1]), LengthError),
        "entries of two words": (replace(tape, entries=tape.entries[:, :2].copy()), LengthError),
        "flat calls": (replace(tape, calls=tape.calls.reshape(-1)), LengthError),
        "constants of three limbs": (replace(tape, constants=tape.constants[:, :3].copy()), LengthError),
        "words of 64 bits": (replace(tape, program=cast(Any, tape.program.astype(np.uint64))), LayoutError),
        "words in steps": (replace(tape, program=np.repeat(tape.program, 2)[::2]), LayoutError),
        "another root": (replace(tape, n_wires=tape.n_wires + np.uint32(1)), LengthError),
    }


@every_backend
def test_arrays_of_another_shape_are_refused(name: str) -> None:
    tape = small_tape()
    kernels, witness = kernels_named(name), random_witness(tape, Random(1))
    for bad, error in shapes(tape).values():
        with pytest.raises(error):
            kernels.execute_tape(bad, witness)
    witness.flags.writeable = False
    with pytest.raises(LayoutError):
        kernels.execute_tape(tape, witness)


@every_backend
def test_unsound_witnesses_are_refused(name: str) -> None:
    tape = small_tape()
    for wire, value, error in (
        (0, 0, NotOne),
        (0, 2, NotOne),
        (0, 1 + (1 << 192), NotOne),
        (5, FR, NotReduced),
        (7, 2**256 - 1, NotReduced),
    ):
        witness = random_witness(tape, Random(1))
        witness[wire] = bn254.limbs_from_int(value)
        before = witness.copy()
        with pytest.raises(error) as caught:
            kernels_named(name).execute_tape(tape, witness)
        assert getattr(caught.value, "index", None) == wire
        np.testing.assert_array_equal(witness, before)


def nested(depth: int) -> Tape:
    """Templates inside each other, each of which doubles wire 0 of its block; the root's call stands behind its 1."""
    assembler = Assembler()
    inner = assembler.template()
    inner.wires()
    inner.operate(Operation.LINEAR, 0, 1, 3, 0)
    for _ in range(depth - 2):
        template = assembler.template()
        template.calls(inner, 1)
        template.operate(Operation.LINEAR, 0, 1, 3, 0)
        inner = template
    root = assembler.template()
    root.wires()
    root.calls(inner, 1)
    return assembler.tape()


@every_backend
def test_calls_go_128_deep(name: str) -> None:
    witness = scalars_from_ints([1, 5])
    kernels_named(name).execute_tape(nested(128), witness)
    assert ints_from_scalars(witness) == [1, 5 * 2**127 % FR]
    with pytest.raises(MalformedTape):
        kernels_named(name).execute_tape(nested(129), witness)


@every_backend
def test_a_temporary_that_nothing_wrote_is_zero(name: str) -> None:
    """Also after another tape has left its values in the memory."""
    assembler = Assembler()
    root = assembler.template()
    root.wires(2)
    root.operate(Operation.SELECT, 1, root.temporaries(400)[-1], ONE, ONE)
    root.operate(Operation.LINEAR, 1, 1, 0, TEMPORARY + 399)
    fill = [word for i in range(400) for word in (Operation.MULTIPLY, TEMPORARY + i, ONE, ONE)]
    tape = assembler.tape()
    entry = np.array([[0, 0, len(fill)]], np.uint32)
    filling = replace(tape, program=np.array(fill, np.uint32), entries=entry)
    for each in (filling, tape):
        witness = scalars_from_ints([1, 9])
        kernels_named(name).execute_tape(each, witness)
    assert ints_from_scalars(witness) == [1, 0]


@every_backend
def test_templates_without_a_block_are_passed_over(name: str) -> None:
    """2^100 calls of what can change nothing."""
    assembler = Assembler()
    inner = assembler.template()
    inner.operate(Operation.BITS, ONE, 0, 0)
    for _ in range(100):
        template = assembler.template()
        template.calls(inner, 2)
        inner = template
    root = assembler.template()
    root.wires(2)
    root.calls(inner, 2)
    root.operate(Operation.MULTIPLY, 1, 1, 1)
    witness = scalars_from_ints([1, 3])
    kernels_named(name).execute_tape(assembler.tape(), witness)
    assert ints_from_scalars(witness) == [1, 9]


def difference_of_thread_counts(kernels: Callable[[int], Kernels]) -> bool:
    rng = Random(4)
    tape = random_tape(rng, (3, 5, 700))
    witness = random_witness(tape, rng)
    results = []
    for threads in (1, 2, 4, 16):
        results.append(witness.copy())
        kernels(threads).execute_tape(tape, results[-1])
    return any(not np.array_equal(result, results[0]) for result in results)


@pytest.mark.parametrize("name", NATIVE_HERE)
def test_threads_change_nothing(name: str) -> None:
    assert not difference_of_thread_counts(lambda threads: kernels_named(name, threads))


def test_threads_change_nothing_twin() -> None:
    """Planted: kernels that leave the last wire out on more than one thread."""

    class Forgetful:
        def __init__(self, threads: int) -> None:
            self.threads = threads

        def execute_tape(self, tape: Tape, witness: NDArray[np.uint64]) -> None:
            last = witness[-1].copy()
            fastest().execute_tape(tape, witness)
            if self.threads > 1:
                witness[-1] = last

    assert difference_of_thread_counts(lambda threads: cast(Kernels, Forgetful(threads)))
