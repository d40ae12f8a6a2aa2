"""What a tape's arrays must look like before a kernel sees them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from prover.kernels import arrays
from prover.kernels.arrays import FIELD_LIMBS
from prover.kernels.errors import LengthError
from prover.tape import Tape


def check_tape(tape: Tape) -> None:
    """Types and shapes. Raises `LayoutError` and `LengthError`; what the words say is for the executor to check."""
    words = {
        "entry_start": (tape.entry_start, (tape.n_templates + 1,)),
        "entries": (tape.entries, (tape.entries.shape[0], 3)),
        "calls": (tape.calls, (tape.calls.shape[0], 3)),
        "program": (tape.program, (tape.program.size,)),
        "n_wires": (tape.n_wires, (tape.n_templates,)),
        "n_temporaries": (tape.n_temporaries, (tape.n_templates,)),
    }
    for name, (array, shape) in words.items():
        arrays.check_layout(name, array, np.uint32)
        if array.shape != shape:
            raise LengthError(f"{name} has shape {array.shape}, not {shape}")
    arrays.check_layout("constants", tape.constants, np.uint64)
    arrays.check_rows("constants", tape.constants, FIELD_LIMBS)
    if tape.n_templates == 0:
        raise LengthError("a tape needs a template: the root")


def descriptor(tape: Tape) -> NDArray[np.uint64]:
    """The C struct `zk_tape`: the arrays' addresses, then how many templates, entries, calls, words, constants."""
    tables = (tape.entry_start, tape.entries, tape.calls, tape.program, tape.n_wires, tape.n_temporaries)
    addresses = [array.ctypes.data for array in (*tables, tape.constants)]
    counts = [tape.n_templates, len(tape.entries), len(tape.calls), tape.program.size, len(tape.constants)]
    return np.array([*addresses, *counts], dtype=np.uint64)
