"""A proving key in seconds, from secrets that are published: for demonstrations, tests and benchmarks only.

With tau known, every Lagrange polynomial is a number, so that a query is one fixed-base multiplication per wire instead
of a sparse combination of points: 2^18 constraints take three seconds. The formulas are those of
`prover.groth16.setup`. Whoever reads this file can forge proofs under such a key; it carries the mark of
`prover.groth16.development`, and is refused wherever production is asked for.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from prover import bn254
from prover.bn254 import FR, G1_GENERATOR, G2_GENERATOR
from prover.formats.proving_key import ProvingKey
from prover.groth16.development import development_secret
from prover.groth16.phases import PhaseProgress, of_phase, report
from prover.groth16.setup import key_coefficients, with_public_rows
from prover.groth16.transpose import transpose
from prover.kernels.interface import Field, FieldArray, G1Array, G2Array, Kernels, ScalarArray
from prover.r1cs import R1CS, SparseMatrix

NO_CIRCUIT_HASH: Final = bytes(64)
"""No powers of tau were involved, so there is no chain of contributions to begin."""


def development_setup(relation: R1CS, kernels: Kernels, progress: PhaseProgress | None = None) -> ProvingKey:
    """A key for `relation` under the published secrets. It proves and verifies everywhere, and is worth nothing.

    About 4 fixed-base multiplications in G1 and one in G2 per wire.
    """
    tau, alpha, beta, delta = (development_secret(name) for name in ("tau", "alpha", "beta", "delta"))
    n = relation.domain_size
    report(progress, "polynomials", 0, 1)
    lagrange = _lagrange_values(kernels, n, tau)
    bound_a = with_public_rows(relation.a, relation.n_public)
    a, b, c = (_columns_at_tau(kernels, m, relation.n_wires, lagrange) for m in (bound_a, relation.b, relation.c))
    combined = kernels.add(Field.FR, _scaled(kernels, a, beta), kernels.add(Field.FR, _scaled(kernels, b, alpha), c))
    odd_points = np.ascontiguousarray(_lagrange_values(kernels, 2 * n, tau)[1::2])
    report(progress, "polynomials", 1, 1)

    g1 = bn254.g1_from_ints(G1_GENERATOR)
    g2 = bn254.g2_from_ints(G2_GENERATOR)

    def in_g1(values: FieldArray, phase: str) -> G1Array:
        scalars = kernels.from_montgomery(Field.FR, values)
        return kernels.fixed_base_g1(g1, scalars, progress=of_phase(progress, phase))

    first_private = relation.n_public + 1
    over_delta = pow(delta, -1, FR)
    return ProvingKey(
        n_wires=relation.n_wires,
        n_public=relation.n_public,
        domain_size=n,
        alpha_g1=kernels.fixed_base_g1(g1, _scalar(alpha))[0],
        beta_g1=kernels.fixed_base_g1(g1, _scalar(beta))[0],
        beta_g2=kernels.fixed_base_g2(g2, _scalar(beta))[0],
        gamma_g2=g2,
        delta_g1=kernels.fixed_base_g1(g1, _scalar(delta))[0],
        delta_g2=kernels.fixed_base_g2(g2, _scalar(delta))[0],
        ic=in_g1(combined[:first_private], "ic"),
        coefficients=key_coefficients(bound_a, relation.b, kernels),
        a_query=in_g1(a, "a query"),
        b_g1_query=in_g1(b, "b query in G1"),
        b_g2_query=_in_g2(kernels, g2, b, progress),
        c_query=in_g1(_scaled(kernels, combined[first_private:], over_delta), "c query"),
        h_query=in_g1(_scaled(kernels, odd_points, over_delta), "h query"),
        circuit_hash=NO_CIRCUIT_HASH,
        contributions=(),
    )


def _lagrange_values(kernels: Kernels, n: int, tau: int) -> FieldArray:
    """L_k(tau) = (tau^n - 1) / n * w^k / (tau - w^k) over the domain of n points, Montgomery, shape (n, 4)."""
    one = bn254.field_from_ints([1])[0]
    root = bn254.field_from_ints([pow(5, (FR - 1) // n, FR)])[0]
    roots = kernels.powers(Field.FR, one, root, n)
    differences = kernels.sub(Field.FR, np.tile(bn254.field_from_ints([tau]), (n, 1)), roots)
    quotients = kernels.mul(Field.FR, roots, kernels.inverse(Field.FR, differences))
    return _scaled(kernels, quotients, (pow(tau, n, FR) - 1) * pow(n, -1, FR) % FR)


def _columns_at_tau(kernels: Kernels, matrix: SparseMatrix, n_wires: int, lagrange: FieldArray) -> FieldArray:
    """The polynomial of each wire at tau: sum over rows k of matrix[k, i] L_k(tau), Montgomery, shape (n_wires, 4)."""
    columns = transpose(matrix, n_wires)
    coefficient = kernels.to_montgomery(Field.FR, columns.coefficient)
    return kernels.sparse_multiply(columns.start, columns.row, coefficient, lagrange)


def _scaled(kernels: Kernels, values: FieldArray, factor: int) -> FieldArray:
    return kernels.mul(
        Field.FR, np.ascontiguousarray(values), np.tile(bn254.field_from_ints([factor]), (len(values), 1))
    )


def _in_g2(kernels: Kernels, g2: NDArray[np.uint64], values: FieldArray, progress: PhaseProgress | None) -> G2Array:
    scalars = kernels.from_montgomery(Field.FR, values)
    return kernels.fixed_base_g2(g2, scalars, progress=of_phase(progress, "b query in G2"))


def _scalar(value: int) -> ScalarArray:
    return bn254.scalars_from_ints([value])
