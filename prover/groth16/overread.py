"""What snarkjs computes when it reads past the end of the powers of tau.

Its circuit hash takes one point too many for domains above 2^14 (`prover.groth16.circuit_hash`). When the circuit needs
all the powers there are, that point is read from whatever follows in the file: the header of the next section and the
beginning of its contents.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from prover import bn254
from prover.bn254 import FIELD_BYTES, FQ, MONTGOMERY_R
from prover.formats.ptau import CONTRIBUTIONS, HEADER, TAU_G1, PowersOfTau, encode_contributions
from prover.kernels.interface import G1Array

POINT_BYTES: Final = 2 * FIELD_BYTES


def bytes_after_tau_g1(ptau: PowersOfTau) -> bytes:
    """The 64 bytes that follow section 2 in the file; fewer when the file ends before."""
    contents = ptau.vectors()
    order = ptau.section_order or (HEADER, *sorted((*contents, CONTRIBUTIONS)))
    following = b""
    for section_id in order[order.index(TAU_G1) + 1 :]:
        if len(following) >= POINT_BYTES:
            break
        if section_id == CONTRIBUTIONS:
            length, beginning = len(encode_contributions(ptau.contributions)), encode_contributions(ptau.contributions)
        elif section_id in contents:
            length, beginning = contents[section_id].nbytes, contents[section_id][:1].tobytes()
        else:
            break
        following += section_id.to_bytes(4, "little") + length.to_bytes(8, "little") + beginning
    return following[:POINT_BYTES]


def subtract_from_no_point(raw: bytes, b: NDArray[np.uint64]) -> G1Array:
    """raw - b by the affine addition that wasmcurves compiles (add-2007-bl with both z = 1), shape (8,).

    `raw` holds numbers of 256 bits that are not below q, and each operation corrects its result by q at most once, so
    results are not even right modulo q. Only the final division by z brings them back below q.
    """
    if len(raw) != POINT_BYTES:
        raise ValueError(f"{len(raw)} bytes follow the powers of tau; snarkjs would read {POINT_BYTES}")
    x1, y1 = (int.from_bytes(raw[at : at + 32], "little") for at in (0, 32))
    x2, y2 = (bn254.int_from_limbs(b[at : at + 4]) for at in (0, 4))
    y2 = _sub(0, y2)
    h = _sub(x2, x1)
    r = _twice(_sub(y2, y1))
    i = _twice(_twice(_mul(h, h)))
    j = _mul(h, i)
    v = _mul(x1, i)
    x3 = _sub(_sub(_mul(r, r), j), _twice(v))
    y3 = _sub(_mul(_sub(v, x3), r), _twice(_mul(y1, j)))
    z_inverse = pow(_twice(h), -1, FQ) * MONTGOMERY_R % FQ
    x = x3 * z_inverse * z_inverse % FQ
    y = y3 * z_inverse * z_inverse * z_inverse % FQ
    return np.concatenate([bn254.limbs_from_int(x), bn254.limbs_from_int(y)])


_NEGATIVE_Q_INVERSE: Final = -pow(FQ, -1, MONTGOMERY_R) % MONTGOMERY_R


def _mul(a: int, b: int) -> int:
    """a * b / 2^256 for any 256-bit a and b, less q once if that is too large."""
    product = a * b
    reduced = (product + product * _NEGATIVE_Q_INVERSE % MONTGOMERY_R * FQ) // MONTGOMERY_R
    return (reduced - FQ if reduced >= FQ else reduced) % MONTGOMERY_R


def _twice(a: int) -> int:
    return (2 * a - FQ if 2 * a >= FQ else 2 * a) % MONTGOMERY_R


def _sub(a: int, b: int) -> int:
    return (a - b + FQ if a < b else a - b) % MONTGOMERY_R
