"""From a witness to the scalars of the h_query: the polynomial part of a proof.

With A, B, C the polynomials that take the values A_i . w, B_i . w, C_i . w on the domain of roots of unity, a
satisfying witness makes A B - C divisible by the vanishing polynomial Z. snarkjs's keys hold h_query in the Lagrange
basis of the odd points of the domain twice as large, where Z is constant, so that no division is needed: the scalars
are the values of A B - C there. C itself is never read from a key; it is taken as A B on the domain, and a witness
that breaks a constraint therefore yields a proof that does not verify.
"""

from __future__ import annotations

from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from prover.kernels.interface import Kernels, ScalarArray


def quotient_scalars(
    coefficients: NDArray[np.uint8], domain_size: int, witness: ScalarArray, kernels: Kernels
) -> tuple[ScalarArray, dict[str, float]]:
    """The scalars of the h_query, shape (domain_size, 4) canonical, and the seconds of both steps.

    `coefficients` is section 4 of a .zkey without its count. Memory: 64 bytes per domain point. Raises
    `IndexOutOfRange` for a coefficient outside the domain or the witness.
    """
    start = perf_counter()
    a, b = kernels.zkey_coefficients(coefficients, domain_size, witness)
    middle = perf_counter()
    scalars = kernels.groth16_quotient(a, b)
    return scalars, {"coefficients": middle - start, "quotient": perf_counter() - middle}
