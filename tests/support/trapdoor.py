"""Keys with known secrets, and valid proofs of anything under them.

Whoever knows alpha, beta, gamma, delta and the exponents of IC writes a valid proof for any public inputs without a
witness (the simulator of Groth 2016, theorem 1): choose A = a G1, B = b G2 and solve the equation for C. Tests of
verifiers thus get as many valid proofs as they like at the price of two multiplications each.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

from py_ecc.optimized_bn128 import optimized_curve as bn128

from prover.bn254 import FR, G1Point, G2Point
from prover.formats.groth16_types import Proof, VerificationKey


def g1(scalar: int) -> G1Point:
    """scalar * G1, by py_ecc."""
    point = bn128.multiply(bn128.G1, scalar % FR)
    if bn128.is_inf(point):
        return None
    x, y = bn128.normalize(point)
    return int(x.n), int(y.n)


def g2(scalar: int) -> G2Point:
    """scalar * G2, by py_ecc."""
    point = bn128.multiply(bn128.G2, scalar % FR)
    if bn128.is_inf(point):
        return None
    x, y = bn128.normalize(point)
    return (int(x.coeffs[0]), int(x.coeffs[1])), (int(y.coeffs[0]), int(y.coeffs[1]))


@dataclass(frozen=True, slots=True)
class TrapdoorKey:
    """The secrets of a key."""

    alpha: int
    beta: int
    gamma: int
    delta: int
    ic: tuple[int, ...]

    @classmethod
    def random(cls, n_public: int, rng: random.Random) -> TrapdoorKey:
        alpha, beta, gamma, delta, *ic = (rng.randrange(2, FR) for _ in range(n_public + 5))
        return cls(alpha, beta, gamma, delta, tuple(ic))

    def verification_key(self) -> VerificationKey:
        return VerificationKey(
            alpha_g1=g1(self.alpha),
            beta_g2=g2(self.beta),
            gamma_g2=g2(self.gamma),
            delta_g2=g2(self.delta),
            ic=tuple(g1(scalar) for scalar in self.ic),
        )

    def statement(self, public: list[int]) -> int:
        """The exponent of IC[0] + sum public[i] IC[i + 1]."""
        return (self.ic[0] + sum(x * s for x, s in zip(public, self.ic[1:], strict=True))) % FR

    def prove(self, public: list[int], a: int, b: int) -> Proof:
        """The valid proof of `public` with A = a G1 and B = b G2."""
        c = (a * b - self.alpha * self.beta - self.statement(public) * self.gamma) * pow(self.delta, -1, FR)
        return Proof(g1(a), g2(b), g1(c))

    def is_valid(self, public: list[int], a: int, b: int, c: int) -> bool:
        """The verification equation in the exponents."""
        right = self.alpha * self.beta + self.statement(public) * self.gamma + c * self.delta
        return (a * b - right) % FR == 0
