"""The start of phase 2: a proving key from powers of tau and a relation (snarkjs's `zkey new` and `groth16 setup`).

Groth16 section 3.2 with the polynomials of wire i, in Lagrange form over a domain of n rows:

    A_i(tau) = sum over rows k of A[k, i] * L_k(tau)         (B and C alike)
    C query  = beta * A_i + alpha * B_i + C_i                (ic for the public wires, over gamma = 1; c over delta = 1)
    H query  = the odd Lagrange points of a domain twice as large, in which the quotient is expressed

Nobody knows tau here: each query is a sparse combination of the prepared Lagrange points in the `.ptau`.

After the constraints come rows x_i * 0 = 0 for the constant 1 and each public input. Without them a public input that
no constraint uses has an ic point at infinity, and any value of it verifies (0xPARC's bug tracker, common
vulnerability 5).

The key made is not ready for use: gamma = delta = 1 until somebody contributes (`prover.ceremony.phase2`).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from prover import bn254
from prover.bn254 import G1_GENERATOR, G2_GENERATOR, TWO_ADICITY
from prover.errors import InvalidPoint, ProverError
from prover.formats.proving_key import ProvingKey, pack_coefficients
from prover.formats.ptau import (
    G1_LIMBS,
    LAGRANGE_ALPHA_TAU_G1,
    LAGRANGE_BETA_TAU_G1,
    LAGRANGE_TAU_G1,
    LAGRANGE_TAU_G2,
    NAMES,
    TAU_G1,
    LagrangePoints,
    PowersOfTau,
)
from prover.groth16.circuit_hash import CircuitHash, quotient_points
from prover.groth16.overread import bytes_after_tau_g1
from prover.groth16.phases import PhaseProgress, of_phase, report
from prover.groth16.point_checks import check_g1, check_g2
from prover.groth16.transpose import SparseColumns, stack, transpose
from prover.kernels.errors import ElementError, ZeroInverse
from prover.kernels.interface import Field, G1Array, G2Array, Kernels
from prover.r1cs import R1CS, SparseMatrix


class SetupRefused(ProverError):
    """These powers of tau cannot serve this relation; the message says what would."""


def set_up(
    relation: R1CS,
    ptau: PowersOfTau,
    kernels: Kernels,
    progress: PhaseProgress | None = None,
    *,
    ptau_name: str = "powers of tau",
) -> ProvingKey:
    """The key before any contribution, equal to snarkjs's byte for byte when written.

    Raises `SetupRefused` when the powers of tau are not prepared or too few, and `InvalidPoint` naming `ptau_name` and
    section when a point that is used is none. Whether the powers of tau come from a sound ceremony is for
    `prover.ceremony` to say.
    """
    n, log2_n = relation.domain_size, relation.domain_size.bit_length() - 1
    lagrange = _usable_lagrange_points(ptau, relation, log2_n)
    tau_g1, alpha_g1, beta_g1 = (
        lagrange.level(vector, log2_n) for vector in (lagrange.tau_g1, lagrange.alpha_tau_g1, lagrange.beta_tau_g1)
    )
    tau_g2 = lagrange.level(lagrange.tau_g2, log2_n)
    odd_tau_g1 = np.ascontiguousarray(lagrange.level(lagrange.tau_g1, log2_n + 1)[1::2])
    used = {
        TAU_G1: ptau.tau_g1[: 2 * n],
        LAGRANGE_TAU_G1: np.concatenate([tau_g1, odd_tau_g1]),
        LAGRANGE_TAU_G2: tau_g2,
        LAGRANGE_ALPHA_TAU_G1: alpha_g1,
        LAGRANGE_BETA_TAU_G1: beta_g1,
    }
    _check_points(used, kernels, ptau_name, progress)

    report(progress, "transpose", 0, 1)
    bound_a = with_public_rows(relation.a, relation.n_public)
    a_columns, b_columns = (transpose(matrix, relation.n_wires) for matrix in (bound_a, relation.b))
    c_columns = stack([(bound_a, 0), (relation.b, n), (relation.c, 2 * n)], relation.n_wires)
    report(progress, "transpose", 1, 1)

    c_points = np.concatenate([beta_g1, alpha_g1, tau_g1])
    ic_and_c = _combine_g1(kernels, c_columns, c_points, "ic and c query", progress)
    first_private = relation.n_public + 1
    key = ProvingKey(
        n_wires=relation.n_wires,
        n_public=relation.n_public,
        domain_size=n,
        alpha_g1=np.array(ptau.alpha_tau_g1[0]),
        beta_g1=np.array(ptau.beta_tau_g1[0]),
        beta_g2=np.array(ptau.beta_g2),
        gamma_g2=bn254.g2_from_ints(G2_GENERATOR),
        delta_g1=bn254.g1_from_ints(G1_GENERATOR),
        delta_g2=bn254.g2_from_ints(G2_GENERATOR),
        ic=ic_and_c[:first_private],
        coefficients=key_coefficients(bound_a, relation.b, kernels),
        a_query=_combine_g1(kernels, a_columns, tau_g1, "a query", progress),
        b_g1_query=_combine_g1(kernels, b_columns, tau_g1, "b query in G1", progress),
        b_g2_query=_combine_g2(kernels, b_columns, tau_g2, "b query in G2", progress),
        c_query=ic_and_c[first_private:],
        h_query=odd_tau_g1,
        circuit_hash=bytes(64),
        contributions=(),
    )
    return replace(key, circuit_hash=circuit_hash(key, ptau, kernels, progress))


def circuit_hash(key: ProvingKey, ptau: PowersOfTau, kernels: Kernels, progress: PhaseProgress | None = None) -> bytes:
    """The hash of the points of a key that nobody has contributed to; of h it takes the powers of tau behind it.

    Raises `SetupRefused` when the powers of tau repeat.
    """
    hasher = CircuitHash(kernels)
    report(progress, "circuit hash", 0, 6)
    hasher.points_g1(np.stack([key.alpha_g1, key.beta_g1]))
    hasher.points_g2(np.stack([key.beta_g2, key.gamma_g2]))
    hasher.points_g1(key.delta_g1.reshape(1, 8))
    hasher.points_g2(key.delta_g2.reshape(1, 16))
    hasher.section_g1(key.ic)
    report(progress, "circuit hash", 1, 6)
    hasher.length(key.domain_size - 1)
    try:
        for points in quotient_points(kernels, ptau.tau_g1, key.domain_size, bytes_after_tau_g1(ptau)):
            hasher.points_g1(points)
    except ZeroInverse as error:
        raise SetupRefused("the powers of tau repeat: tau is a root of unity, and no secret") from error
    report(progress, "circuit hash", 2, 6)
    for done, section in enumerate((key.c_query, key.a_query, key.b_g1_query), start=3):
        hasher.section_g1(section)
        report(progress, "circuit hash", done, 6)
    hasher.section_g2(key.b_g2_query)
    report(progress, "circuit hash", 6, 6)
    return hasher.digest()


def with_public_rows(a: SparseMatrix, n_public: int) -> SparseMatrix:
    """A with the rows that bind the constant 1 and the public inputs: row n_constraints + i is wire i."""
    wires = np.arange(n_public + 1, dtype=np.uint32)
    ones = np.zeros((n_public + 1, 4), dtype=np.uint64)
    ones[:, 0] = 1
    row_start = np.concatenate([a.row_start, a.row_start[-1] + 1 + wires.astype(np.uint64)])
    return SparseMatrix(row_start, np.concatenate([a.column, wires]), np.concatenate([a.coefficient, ones]))


def _usable_lagrange_points(ptau: PowersOfTau, relation: R1CS, log2_n: int) -> LagrangePoints:
    if log2_n > ptau.power:
        raise SetupRefused(
            f"{relation.n_constraints} constraints and {relation.n_public} public inputs need powers of tau of at "
            f"least 2^{log2_n}; these are 2^{ptau.power}"
        )
    if log2_n >= TWO_ADICITY:
        raise SetupRefused(f"a domain of 2^{log2_n} leaves no room for the quotient: at most 2^{TWO_ADICITY - 1}")
    if ptau.lagrange is None:
        raise SetupRefused("these powers of tau are not prepared for phase 2: prepare them first")
    return ptau.lagrange


def _check_points(
    used: dict[int, NDArray[np.uint64]], kernels: Kernels, ptau_name: str, progress: PhaseProgress | None
) -> None:
    """A bit that flipped on a disk would otherwise go into the key unseen. About 3 µs per point of G2."""
    for done, (section_id, points) in enumerate(used.items(), start=1):
        try:
            (check_g1 if points.shape[1] == G1_LIMBS else check_g2)(kernels, points)
        except ElementError as error:
            raise InvalidPoint(ptau_name, f"{section_id} ({NAMES[section_id]})", str(error)) from error
        report(progress, "check points", done, len(used))


def _combine_g1(
    kernels: Kernels, columns: SparseColumns, points: G1Array, phase: str, progress: PhaseProgress | None
) -> G1Array:
    return kernels.sparse_combine_g1(
        columns.start, columns.row, columns.coefficient, points, progress=of_phase(progress, phase)
    )


def _combine_g2(
    kernels: Kernels, columns: SparseColumns, points: G2Array, phase: str, progress: PhaseProgress | None
) -> G2Array:
    return kernels.sparse_combine_g2(
        columns.start, columns.row, columns.coefficient, points, progress=of_phase(progress, phase)
    )


def key_coefficients(a: SparseMatrix, b: SparseMatrix, kernels: Kernels) -> NDArray[np.uint8]:
    """Section 4 in snarkjs's order: by row, A (0) before B (1). Values are coefficients times R^2."""
    row_a, row_b = a.row_of_entry(), b.row_of_entry()
    b_start = np.concatenate([b.row_start, np.full(a.n_rows - b.n_rows, b.row_start[-1])]).astype(np.int64)
    at_a = np.arange(a.n_entries) + b_start[row_a]
    at_b = np.arange(b.n_entries) + a.row_start.astype(np.int64)[row_b + 1]
    n = a.n_entries + b.n_entries
    matrix, constraint, wire = (np.empty(n, dtype=np.uint32) for _ in range(3))
    coefficient = np.empty((n, 4), dtype=np.uint64)
    for which, at, rows, source in ((0, at_a, row_a, a), (1, at_b, row_b, b)):
        matrix[at], constraint[at], wire[at], coefficient[at] = which, rows, source.column, source.coefficient
    times_r_squared = kernels.to_montgomery(Field.FR, kernels.to_montgomery(Field.FR, coefficient))
    return pack_coefficients(matrix, constraint, wire, times_r_squared)
