"""The witness tape: a flat program that fills in the witness of a relation, without Python per constraint.

A tape is a list of *templates*, each the program of one sub-circuit, which may call templates before it in the list.
The last one is the root, and is run once. A call runs its template in a *frame* of its own: a block of wires of the
witness and a block of temporaries, both inside the caller's blocks. Calls that stand in one entry do not depend on each
other, so an executor may run them in any order, in lanes and on threads; entries of one template run one after the
other.

What an executor relies on, and refuses a tape for: entries take up `program` and `calls` from beginning to end, each
where the one before stopped; the calls of one entry follow each other in both blocks and share no row of them; every
operand lies in the template's own blocks; nothing writes to the root's wire 0; calls are at most 128 deep; a block has
at most 2^30 rows.

Layout of the arrays of `Tape`, all numbers unsigned 32 bits but for `constants`::

    entry_start  (templates + 1,)  entries of template t are rows entry_start[t] to entry_start[t + 1]
    entries      (entries, 3)      (0, start, end): operations in program[start:end]
                                   (1, start, end): calls[start:end], all of one template
    calls        (calls, 3)        template, offset of its wires, offset of its temporaries, in the caller's frame
    program      (words,)          operations, see `Operation`
    n_wires      (templates,)      size of a template's block of wires, its calls' blocks included
    n_temporaries (templates,)     the same for temporaries
    constants    (constants, 4)    Montgomery form: coefficients and tables

An operand is one word: below `ONE` a wire of the frame, `ONE` the constant 1, from `TEMPORARY` on a temporary of the
frame. The caller writes a call's arguments into the first temporaries of its frame. The root's frame begins at wire 0
of the witness, which is the constant 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

TEMPORARY: Final = 1 << 31
"""Added to a temporary's index to make an operand."""

ONE: Final = TEMPORARY - 1
"""The operand that reads as 1; never a destination."""

OPERATIONS: Final = 0
CALLS: Final = 1


class Operation(IntEnum):
    """The operations, with the words that follow the code. `to` are destinations, integers are canonical, in [0, r).

    None of them fails: what has no value is 0, and it is for the constraints to refuse it.
    """

    LINEAR = 1
    """to, n, then n times (index of a constant, operand): the sum of constant * operand."""
    MULTIPLY = 2
    """to, a, b: a * b."""
    INVERSE = 3
    """to, a: 1 / a; 0 for a = 0."""
    DIVIDE = 4
    """to, a, b: a / b in the field; 0 for b = 0."""
    BITS = 5
    """a, shift, n, then n times to: bit `shift + i` of the integer a. shift + n <= 256."""
    EXTRACT = 6
    """to, a, shift, n: the integer (a >> shift) mod 2^n. shift + n <= 256, n <= 253."""
    DIVIDE_INTEGERS = 7
    """to (quotient), to (remainder), a, b: of integers, rounded down; 0 and a for b = 0."""
    IS_ZERO = 8
    """to, a: 1 for a = 0, else 0."""
    LESS_THAN = 9
    """to, a, b: 1 if a < b as integers, else 0."""
    LOOKUP = 10
    """to, index, start, n: constants[start + index]; 0 for an integer index >= n."""
    SELECT = 11
    """to, condition, a, b: a if the condition is not 0, else b."""


@dataclass(frozen=True, slots=True, eq=False)
class Tape:
    """See the module's docstring. The arrays are not checked here: executors do, before they run it."""

    entry_start: NDArray[np.uint32]
    entries: NDArray[np.uint32]
    calls: NDArray[np.uint32]
    program: NDArray[np.uint32]
    n_wires: NDArray[np.uint32]
    n_temporaries: NDArray[np.uint32]
    constants: NDArray[np.uint64]

    @property
    def n_templates(self) -> int:
        """How many templates there are; the last is the root."""
        return int(self.n_wires.size)
