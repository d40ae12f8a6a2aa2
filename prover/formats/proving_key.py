"""What a Groth16 proving key is: views of a mapped `.zkey`, or arrays that a set-up made."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from prover.bn254 import G1Point, G2Point, g1_to_ints, g2_to_ints
from prover.formats.contributions import Author
from prover.formats.groth16_types import VerificationKey
from prover.kernels.interface import G1Array, G2Array

COEFFICIENT_BYTES: Final = 44

COEFFICIENT_RECORD: Final = np.dtype(
    [("matrix", "<u4"), ("constraint", "<u4"), ("wire", "<u4"), ("value", "<u8", (4,))], align=False
)
"""One record of a key's coefficients: `matrix` is 0 for A and 1 for B, `value` is the coefficient times R^2 mod r."""


@dataclass(frozen=True, slots=True)
class KeyContribution:
    """One contribution of phase 2, as section 10 of a `.zkey` records it. Points are plain integers, on their curves.

    `delta_after` is delta in G1 after it; (`delta_g1_s`, `delta_g1_sx`) and `delta_g2_spx` prove knowledge of the
    factor; `transcript` is the 64-byte hash that they are bound to.
    """

    delta_after: G1Point
    delta_g1_s: G1Point
    delta_g1_sx: G1Point
    delta_g2_spx: G2Point
    transcript: bytes
    author: Author


@dataclass(frozen=True, slots=True, eq=False)
class ProvingKey:
    """A Groth16 proving key. Arrays are Montgomery limbs, read-only and perhaps unaligned when they map a file.

    =================  =================================  ======================================================
    name               shape                              meaning
    =================  =================================  ======================================================
    `alpha_g1` …       (8,) or (16,)                      the header's points
    `ic`               (n_public + 1, 8)                  (beta A_i + alpha B_i + C_i) / gamma, public wires
    `coefficients`     (n, 44) uint8                      the entries of A and B, records of `COEFFICIENT_RECORD`
    `a_query`          (n_wires, 8)                       A_i(tau) in G1
    `b_g1_query`       (n_wires, 8)                       B_i(tau) in G1
    `b_g2_query`       (n_wires, 16)                      B_i(tau) in G2
    `c_query`          (n_wires - n_public - 1, 8)        (beta A_i + alpha B_i + C_i) / delta, the other wires
    `h_query`          (domain_size, 8)                   the odd Lagrange points of twice the domain, over delta
    =================  =================================  ======================================================

    `circuit_hash` is the 64-byte BLAKE2b hash of the key before any contribution.
    """

    n_wires: int
    n_public: int
    domain_size: int
    alpha_g1: G1Array
    beta_g1: G1Array
    beta_g2: G2Array
    gamma_g2: G2Array
    delta_g1: G1Array
    delta_g2: G2Array
    ic: G1Array
    coefficients: NDArray[np.uint8]
    a_query: G1Array
    b_g1_query: G1Array
    b_g2_query: G2Array
    c_query: G1Array
    h_query: G1Array
    circuit_hash: bytes
    contributions: tuple[KeyContribution, ...]
    section_order: tuple[int, ...] = field(default=())
    """The order of sections in the file read; empty for the order that snarkjs would write."""

    @property
    def n_private(self) -> int:
        """Wires that are neither the constant 1 nor public."""
        return self.n_wires - self.n_public - 1

    @property
    def n_coefficients(self) -> int:
        """Entries of A and B, with the rows that bind public inputs."""
        return len(self.coefficients)

    def records(self) -> NDArray[np.void]:
        """`coefficients` as records of `COEFFICIENT_RECORD`, shape (n,), no copy."""
        return self.coefficients.reshape(-1).view(COEFFICIENT_RECORD)

    def verification_key(self) -> VerificationKey:
        """The part that a verifier needs, in plain integers."""
        return VerificationKey(
            alpha_g1=g1_to_ints(self.alpha_g1),
            beta_g2=g2_to_ints(self.beta_g2),
            gamma_g2=g2_to_ints(self.gamma_g2),
            delta_g2=g2_to_ints(self.delta_g2),
            ic=tuple(g1_to_ints(point) for point in self.ic),
        )


def pack_coefficients(
    matrix: NDArray[np.integer], constraint: NDArray[np.integer], wire: NDArray[np.integer], value: NDArray[np.uint64]
) -> NDArray[np.uint8]:
    """Records from columns of shape (n,), `value` of (n, 4) being coefficients times R^2. Shape (n, 44)."""
    records = np.empty(len(matrix), dtype=COEFFICIENT_RECORD)
    records["matrix"], records["constraint"], records["wire"], records["value"] = matrix, constraint, wire, value
    return records.view(np.uint8).reshape(-1, COEFFICIENT_BYTES)
