"""A small circuit, its keys with known secrets, and what tests of the prover need of it.

Wires: 0 the constant 1 | 1 out | 2 note | 3 x | 4 x^2 | 5 x^3, with out = x^3 + x + 5. Public are out and note, and no
constraint uses note: like a recipient's address, it is only to be bound to the proof.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from prover import bn254
from prover.bn254 import FR
from prover.formats.groth16_types import Proof, VerificationKey
from prover.formats.proving_key import ProvingKey, pack_coefficients
from prover.r1cs import R1CS, sparse_from_rows
from prover.reference.groth16 import Constraint, Qap, ReferenceKey, ToxicWaste, qap_of, setup
from tests.support.kernels import g1_array, g2_array

N_PUBLIC = 2
N_WIRES = 6
TOXIC = ToxicWaste(alpha=1111, beta=2222, gamma=3333, delta=4444, tau=5555)

CONSTRAINTS = (
    Constraint({3: 1}, {3: 1}, {4: 1}),
    Constraint({4: 1}, {3: 1}, {5: 1}),
    Constraint({0: 5, 3: 1, 5: 1}, {0: 1}, {1: 1}),
)


def toy_values(x: int, note: int = 77) -> list[int]:
    """The witness of input x."""
    return [1, (x**3 + x + 5) % FR, note % FR, x % FR, x * x % FR, x**3 % FR]


def toy_witness(x: int, note: int = 77) -> NDArray[np.uint64]:
    return bn254.scalars_from_ints(toy_values(x, note))


def relation_of(constraints: tuple[Constraint, ...], n_wires: int, n_public: int) -> R1CS:
    a, b, c = (sparse_from_rows([sorted(getattr(row, name).items()) for row in constraints]) for name in "abc")
    return R1CS(n_wires, 1, n_public - 1, n_wires - n_public - 1, a, b, c)


@cache
def toy_relation() -> R1CS:
    return relation_of(CONSTRAINTS, N_WIRES, N_PUBLIC)


@dataclass(frozen=True, slots=True)
class ReferenceSetup:
    """A QAP, its secrets and its keys in both forms."""

    qap: Qap
    toxic: ToxicWaste
    key: ReferenceKey
    proving_key: ProvingKey

    @property
    def verification_key(self) -> VerificationKey:
        return self.proving_key.verification_key()


def make_setup(
    constraints: tuple[Constraint, ...], n_wires: int, n_public: int, toxic: ToxicWaste, *, bind_inputs: bool = True
) -> ReferenceSetup:
    """Keys by the readable twin. `bind_inputs=False` plants the bug of a set-up without rows for public inputs."""
    qap = qap_of(constraints, n_wires, n_public, bind_inputs=bind_inputs)
    key = setup(qap, toxic)
    return ReferenceSetup(qap, toxic, key, proving_key_of(key, qap, constraints, n_wires))


@cache
def toy_setup(toxic: ToxicWaste = TOXIC) -> ReferenceSetup:
    return make_setup(CONSTRAINTS, N_WIRES, N_PUBLIC, toxic)


def proving_key_of(key: ReferenceKey, qap: Qap, constraints: tuple[Constraint, ...], n_wires: int) -> ProvingKey:
    """A reference key as the prover takes it: arrays, and coefficients as snarkjs stores them."""
    entries = []
    for i, constraint in enumerate(constraints):
        entries += [(0, i, column, value) for column, value in constraint.a.items()]
        entries += [(1, i, column, value) for column, value in constraint.b.items()]
    entries += [(0, len(constraints) + i, i, 1) for i in range(qap.n_public + 1)]
    matrix, row, wire = (np.array([entry[at] for entry in entries], dtype=np.uint32) for at in range(3))
    values = bn254.scalars_from_ints([entry[3] * bn254.MONTGOMERY_R**2 % FR for entry in entries])
    return ProvingKey(
        n_wires=n_wires,
        n_public=qap.n_public,
        domain_size=qap.domain_size,
        alpha_g1=bn254.g1_from_ints(key.alpha_g1),
        beta_g1=bn254.g1_from_ints(key.beta_g1),
        beta_g2=bn254.g2_from_ints(key.beta_g2),
        gamma_g2=bn254.g2_from_ints(key.gamma_g2),
        delta_g1=bn254.g1_from_ints(key.delta_g1),
        delta_g2=bn254.g2_from_ints(key.delta_g2),
        ic=g1_array(key.ic),
        coefficients=pack_coefficients(matrix, row, wire, values),
        a_query=g1_array(key.a_query),
        b_g1_query=g1_array(key.b_g1_query),
        b_g2_query=g2_array(key.b_g2_query),
        c_query=g1_array(key.c_query),
        h_query=g1_array(key.h_query),
        circuit_hash=bytes(64),
        contributions=(),
    )


def reference_verifies(setup: ReferenceSetup, public: list[int], proof: Proof) -> bool:
    """The answer of the twin's verifier."""
    from prover.reference.groth16 import verify

    return verify(setup.key, public, (proof.a, proof.b, proof.c))
