"""Witness tapes for tests: an assembler, and random tapes that use every operation, call each other and stay valid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from random import Random

import numpy as np
from numpy.typing import NDArray

from prover.bn254 import FR, field_from_ints, scalars_from_ints
from prover.tape import CALLS, ONE, OPERATIONS, TEMPORARY, Operation, Tape

EDGES = (0, 1, 2, 3, FR - 1, FR - 2, (FR - 1) // 2, (FR + 1) // 2, 2**52, 2**64 - 1, 2**64, 2**128, 2**192 - 1, 2**253)
FACTORS = (1, FR - 1, 0, 2, FR - 2, *(pow(7, 100 + i, FR) for i in range(11)))
TABLE = tuple(pow(5, i + 1, FR) for i in range(16))
SUM_LENGTHS = (0, 1, 2, 3, 8, 23, 24, 25, 48, 60, 74, 75, 76, 77, 78, 150, 200)
"""About where sums in lanes are reduced."""


@dataclass
class Template:
    """A template being written: blocks grow with what is asked for."""

    assembler: Assembler
    number: int
    n_wires: int = 0
    n_temporaries: int = 0
    operations_from: int = 0

    def wires(self, n: int = 1) -> list[int]:
        """Operands of new wires."""
        self.n_wires += n
        return list(range(self.n_wires - n, self.n_wires))

    def temporaries(self, n: int = 1) -> list[int]:
        """Operands of new temporaries."""
        self.n_temporaries += n
        return [TEMPORARY + i for i in range(self.n_temporaries - n, self.n_temporaries)]

    def operate(self, operation: Operation, *words: int) -> None:
        """One operation, in the entry of those before it."""
        self.assembler.program += [operation, *words]

    def calls(self, callee: Template, n: int) -> list[tuple[int, int]]:
        """One entry of n calls; for each the first wire and the first temporary of its frame, as offsets."""
        self.end_operations()
        frames = []
        for _ in range(n):
            frames.append((self.n_wires, self.n_temporaries))
            self.wires(callee.n_wires)
            self.temporaries(callee.n_temporaries)
        first = len(self.assembler.calls)
        self.assembler.calls += [(callee.number, *frame) for frame in frames]
        self.assembler.entries.append((CALLS, first, first + n))
        return frames

    def end_operations(self) -> None:
        """Closes the entry of the operations so far."""
        if len(self.assembler.program) > self.operations_from:
            self.assembler.entries.append((OPERATIONS, self.operations_from, len(self.assembler.program)))
        self.operations_from = len(self.assembler.program)


@dataclass
class Assembler:
    """Writes a tape template by template; the last one is the root, whose wire 0 has to be asked for like any other."""

    constants: Sequence[int] = (*FACTORS, *TABLE)
    program: list[int] = field(default_factory=list)
    entries: list[tuple[int, int, int]] = field(default_factory=list)
    calls: list[tuple[int, int, int]] = field(default_factory=list)
    entry_start: list[int] = field(default_factory=lambda: [0])
    templates: list[Template] = field(default_factory=list)

    def template(self) -> Template:
        """Begins the next template; the one before is complete."""
        self._close()
        self.templates.append(Template(self, len(self.templates), operations_from=len(self.program)))
        return self.templates[-1]

    def _close(self) -> None:
        if self.templates:
            self.templates[-1].end_operations()
            self.entry_start.append(len(self.entries))

    def tape(self) -> Tape:
        """The tape of the templates so far."""
        self._close()
        return Tape(
            entry_start=np.array(self.entry_start, np.uint32),
            entries=np.array(self.entries, np.uint32).reshape(-1, 3),
            calls=np.array(self.calls, np.uint32).reshape(-1, 3),
            program=np.array(self.program, np.uint32),
            n_wires=np.array([template.n_wires for template in self.templates], np.uint32),
            n_temporaries=np.array([template.n_temporaries for template in self.templates], np.uint32),
            constants=field_from_ints(list(self.constants)),
        )


def random_value(rng: Random) -> int:
    """Edges as often as anything."""
    return rng.choice((rng.choice(EDGES), rng.randrange(FR), rng.randrange(20), rng.getrandbits(rng.randrange(1, 253))))


def write_operation(template: Template, operation: Operation, rng: Random, sources: list[int], to: list[int]) -> None:
    """One operation on random places; what reads an index or a condition gets a small one now and then."""

    def source() -> int:
        return ONE if rng.random() < 0.05 else rng.choice(sources)

    small = rng.choice(to)
    match operation:
        case Operation.LINEAR:
            n = rng.choice(SUM_LENGTHS) if rng.random() < 0.4 else rng.randrange(6)
            kinds = rng.choice((range(1), range(1, 2), range(2), range(2, len(FACTORS)), range(len(FACTORS))))
            terms = [word for _ in range(n) for word in (rng.choice(kinds), source())]
            template.operate(operation, rng.choice(to), n, *terms)
        case Operation.BITS:
            shift = rng.randrange(257)
            n = rng.randrange(min(257 - shift, 20))
            template.operate(operation, source(), shift, n, *(rng.choice(to) for _ in range(n)))
        case Operation.EXTRACT:
            shift = rng.choice((0, rng.randrange(257)))
            n = rng.choice((min(253, 256 - shift), rng.randrange(min(254, 257 - shift))))
            template.operate(operation, rng.choice(to), source(), shift, n)
        case Operation.DIVIDE_INTEGERS:
            template.operate(Operation.EXTRACT, small, source(), rng.randrange(192), rng.choice((1, 20, 63, 64)))
            template.operate(operation, rng.choice(to), rng.choice(to), source(), rng.choice((source(), small)))
        case Operation.LOOKUP:
            n = rng.randrange(17)
            template.operate(Operation.EXTRACT, small, source(), rng.randrange(200), 4)
            index = rng.choice((source(), small, small))
            template.operate(operation, rng.choice(to), index, rng.randrange(len(FACTORS), 33 - n), n)
        case Operation.SELECT:
            template.operate(Operation.EXTRACT, small, source(), rng.randrange(200), 1)
            template.operate(operation, rng.choice(to), rng.choice((small, source())), source(), source())
        case Operation.INVERSE | Operation.IS_ZERO:
            template.operate(operation, rng.choice(to), source())
        case _:
            template.operate(operation, rng.choice(to), source(), source())


def random_tape(rng: Random, widths: Sequence[int] = (1, 2, 7, 8, 9), n_operations: int = 6) -> Tape:
    """A valid tape: a leaf, templates that call any before them, and a root that calls the last `widths[-1]` times.

    Every template writes `n_operations` random operations before and after each entry of calls, to its own block and
    to those of its calls.
    """
    assembler = Assembler()
    made: list[Template] = []
    for level in range(rng.randrange(1, 4)):
        template = assembler.template()
        write_template(template, rng, made, [rng.choice(widths[:-1])] if level else [], n_operations)
        made.append(template)
    root = assembler.template()
    root.wires()
    write_template(root, rng, [made[-1]], [widths[-1], rng.choice(widths)], n_operations)
    return assembler.tape()


def write_template(template: Template, rng: Random, made: list[Template], widths: list[int], n_operations: int) -> None:
    """Random operations, and an entry of calls for each width between them."""
    is_root = template.n_wires == 1
    template.wires(rng.randrange(1, 8))
    template.temporaries(rng.randrange(1, 8))
    for width in (None, *widths):
        if width is not None:
            template.calls(rng.choice(made), width)
        wires, temporaries = template.n_wires, template.n_temporaries
        near = range(max(0, wires - 40), wires), range(max(0, temporaries - 40), temporaries)
        places = [*near[0], *range(min(8, wires)), *(TEMPORARY + i for i in (*near[1], *range(min(8, temporaries))))]
        for operation in rng.choices(list(Operation), k=n_operations):
            write_operation(template, operation, rng, places, [p for p in places if p != 0 or not is_root])


def random_witness(tape: Tape, rng: Random) -> NDArray[np.uint64]:
    """The constant 1, then anything: what the tape does not write it leaves."""
    values = [random_value(rng) for _ in range(int(tape.n_wires[-1]) - 1)]
    return scalars_from_ints([1, *values])


def changed(tape: Tape, part: str, index: int | tuple[int, ...], value: int) -> Tape:
    """A copy of the tape with one number changed."""
    array = getattr(tape, part).copy()
    array[index] = value
    return replace(tape, **{part: array})


def with_a_number_changed(tape: Tape, rng: Random) -> Tape:
    """A copy with one number changed, to an edge, to a neighbour or to something small. The root's wires stay as many.

    No block grows to a size that is allowed and cannot be had.
    """
    arrays = ("entry_start", "entries", "calls", "program", "program", "program", "n_wires", "n_temporaries")
    part = rng.choice([name for name in arrays if getattr(tape, name).size])
    array = getattr(tape, part)
    at = tuple(rng.randrange(size) for size in array.shape)
    if part == "n_wires":
        at = (rng.randrange(tape.n_templates - 1),)
    old = int(array[at])
    new = rng.choice((0, 1, old + 1, old - 1, rng.randrange(40), 2**31 - 1, 2**31, 2**31 + rng.randrange(9), 2**32 - 1))
    return changed(tape, part, at, new % 2**32)
