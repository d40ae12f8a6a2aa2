"""A compiled sub-circuit: its own rows, the calls in it, and its part of the witness tape.

Inside a template, wires have keys: 0 is the constant 1, then come the inputs, then the template's block of wires, which
holds its own wires and the blocks of its calls, in the order in which they were made. Rows are numbered the same way.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from circuits.frontend.structure import Structure
from circuits.frontend.tape_writer import TapeRecord

INHERITED = ""
"""The rule of a row that names none: its caller's."""


@dataclass(frozen=True, slots=True)
class Row:
    """One constraint written in a template itself. A, B and C map keys to coefficients."""

    index: int
    a: dict[int, int]
    b: dict[int, int]
    c: dict[int, int]
    rule: str
    source: str


@dataclass(frozen=True, slots=True)
class Assumption:
    """A linear combination that is not 0, and why, where no constraint says so."""

    terms: dict[int, int]
    reason: str


@dataclass(frozen=True, slots=True)
class Call:
    """An instance of a template inside another. `first_wire` counts in the caller's block; arguments are its keys."""

    template: Template
    arguments: tuple[Mapping[int, int], ...]
    first_wire: int
    first_row: int
    rule: str


@dataclass(frozen=True, slots=True, eq=False)
class SparseRows:
    """Compressed rows over keys: `coefficient` indexes the table of `circuits.frontend.coefficients`."""

    row_start: NDArray[np.int64]
    key: NDArray[np.int32]
    coefficient: NDArray[np.int32]


@dataclass(frozen=True, slots=True, eq=False)
class FlatTemplate:
    """A template with its calls written out: what an instance adds to a relation."""

    a: SparseRows
    b: SparseRows
    c: SparseRows
    rule: NDArray[np.int32]
    source: NDArray[np.int32]


@dataclass(slots=True, eq=False)
class Template:
    """See the module's docstring. `results` are linear combinations over the keys, `hinted` those wires of its own
    that got their value from advice, `names` what people call its wires.
    """

    name: str
    n_inputs: int
    n_wires: int
    n_rows: int
    rows: list[Row]
    calls: list[Call]
    results: list[dict[int, int]]
    result_structure: Structure
    constant_results: list[bool]
    hinted: list[int]
    names: dict[int, str]
    assumptions: list[Assumption]
    tape: TapeRecord
    flat: FlatTemplate | None = field(default=None)

    def key_of_wire(self, wire: int) -> int:
        """The key of a wire of the block."""
        return 1 + self.n_inputs + wire
