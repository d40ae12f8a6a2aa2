"""`.wtns`: a witness, one canonical field element per wire.

::

    1 header   n8 u32 = 32 | r | number of wires u32
    2 values   32 bytes per wire, canonical, little-endian

Source: snarkjs 0.7.6, `wtns_utils.js`; circom's witness calculators write the same.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from prover.bn254 import FIELD_BYTES, FR, first_not_below
from prover.errors import InconsistentFile, ValueOutOfRange
from prover.formats.binfile import FileKind, read_binary_file, write_binary_file
from prover.r1cs import check_witness

HEADER: Final = 1
VALUES: Final = 2
KIND: Final = FileKind(b"wtns", 2, {HEADER: "header", VALUES: "values"}, frozenset({HEADER, VALUES}))


def read_wtns(path: Path | str) -> NDArray[np.uint64]:
    """The witness as a read-only map, shape (n_wires, 4), canonical, and checked to be below r and to begin with 1.

    Raises a `FormatError`. Costs a pass over the file, about 10 ns per wire.
    """
    file = read_binary_file(path, KIND)
    header = file[HEADER].reader()
    header.modulus(FR, "the field")
    n_wires = header.u32()
    header.end()
    values = file[VALUES]
    values.require_length(n_wires * FIELD_BYTES, f"a witness of {n_wires} wires")
    witness = values.limbs(n_wires, 4)
    bad = first_not_below(witness, FR)
    if bad is not None:
        raise ValueOutOfRange(values.file, values.name, f"wire {bad} is not below r: it is refused, never reduced")
    if n_wires == 0 or witness[0].tolist() != [1, 0, 0, 0]:
        raise InconsistentFile(values.file, values.name, "wire 0 is not the constant 1")
    return witness


def write_wtns(path: Path | str, witness: NDArray[np.uint64]) -> None:
    """Write a canonical witness, shape (n_wires, 4), as snarkjs does. Raises `WitnessMismatch` for one that is not."""
    check_witness(witness, len(witness))
    header = FIELD_BYTES.to_bytes(4, "little") + FR.to_bytes(FIELD_BYTES, "little") + len(witness).to_bytes(4, "little")
    values = np.ascontiguousarray(witness, dtype="<u8")
    write_binary_file(path, KIND, [(HEADER, len(header), [header]), (VALUES, values.nbytes, [values])])
