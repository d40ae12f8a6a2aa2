"""Groth16 as the paper writes it (Groth 2016, eprint 2016/260, section 3.2), on polynomials and with known toxic waste.

For tests and for reading: whoever knows the toxic waste can prove anything, so a key made here protects nothing.

The quadratic arithmetic program: each wire i has polynomials u_i, v_i, w_i through its coefficients in A, B and C at
the points w^j of a domain; a witness satisfies all rows when (sum a_i u_i)(sum a_i v_i) - sum a_i w_i is divisible by
the vanishing polynomial Z = X^n - 1. As snarkjs does, one row x_i * 0 = 0 is added for the constant 1 and for each
public wire, so that no public input is left out of u; without it such an input could be changed at will.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import galois

from prover.bn254 import FR, G1_GENERATOR, G2_GENERATOR, G1Point, G2Point
from prover.reference.curve import (
    add_g1,
    multiply_g1,
    multiply_g2,
    negate_g1,
    pairing_product_is_one,
    sum_g1,
    sum_g2,
)
from prover.reference.polynomial import MULTIPLICATIVE_GENERATOR, root_of_unity

GF: Final[Any] = galois.GF(FR, primitive_element=MULTIPLICATIVE_GENERATOR, verify=False)

Row = Mapping[int, int]
"""Wire -> coefficient."""


@dataclass(frozen=True, slots=True)
class Constraint:
    """One row: (sum a_i x_i) * (sum b_i x_i) = sum c_i x_i."""

    a: Row
    b: Row
    c: Row


@dataclass(frozen=True, slots=True)
class ToxicWaste:
    """The secrets of a setup, all in 1..r-1."""

    alpha: int
    beta: int
    gamma: int
    delta: int
    tau: int


@dataclass(frozen=True, slots=True)
class Qap:
    """The polynomials of each wire; wires 0..n_public are the constant 1 and the public ones."""

    u: list[Any]
    v: list[Any]
    w: list[Any]
    domain_size: int
    n_public: int

    @property
    def vanishing(self) -> Any:
        """Z = X^n - 1."""
        return galois.Poly.Degrees([self.domain_size, 0], [1, FR - 1], field=GF)


@dataclass(frozen=True, slots=True)
class ReferenceKey:
    """Proving and verification key in one; the names are the paper's, the order of the queries is snarkjs's."""

    alpha_g1: G1Point
    beta_g1: G1Point
    beta_g2: G2Point
    gamma_g2: G2Point
    delta_g1: G1Point
    delta_g2: G2Point
    ic: list[G1Point]
    """(beta u_i + alpha v_i + w_i) / gamma for the public wires."""
    a_query: list[G1Point]
    b_g1_query: list[G1Point]
    b_g2_query: list[G2Point]
    c_query: list[G1Point]
    """(beta u_i + alpha v_i + w_i) / delta for the private wires."""
    h_powers: list[G1Point]
    """tau^i Z(tau) / delta for i in 0..n-2: the paper's form."""
    h_query: list[G1Point]
    """L_(2i+1)(tau) / delta over the domain of twice the size: snarkjs's form, where Z is the constant -2."""


def qap_of(constraints: Sequence[Constraint], n_wires: int, n_public: int, *, bind_inputs: bool = True) -> Qap:
    """Interpolates each wire's columns over the smallest domain that fits, 2 at least.

    Without `bind_inputs` the rows for the public wires are left out: unsound, for tests of that very thing.
    """
    binding = [Constraint({wire: 1}, {}, {}) for wire in range(n_public + 1)]
    rows = [*constraints, *(binding if bind_inputs else ())]
    domain_size = max(2, 1 << (len(rows) - 1).bit_length())
    basis = _lagrange_basis(domain_size)

    def columns(matrix: str) -> list[Any]:
        polynomials = [galois.Poly.Zero(GF) for _ in range(n_wires)]
        for j, row in enumerate(rows):
            for wire, coefficient in getattr(row, matrix).items():
                polynomials[wire] += basis[j] * GF(coefficient % FR)
        return polynomials

    return Qap(columns("a"), columns("b"), columns("c"), domain_size, n_public)


def quotient(qap: Qap, witness: Sequence[int]) -> tuple[Any, Any]:
    """(A B - C) divided by Z: the quotient h and the remainder, which is zero when the witness is right."""
    a, b, c = (_combine(columns, witness) for columns in (qap.u, qap.v, qap.w))
    h, remainder = divmod(a * b - c, qap.vanishing)
    return h, remainder


def setup(qap: Qap, toxic: ToxicWaste) -> ReferenceKey:
    """The common reference string of the paper, from secrets that a real setup never knows."""
    alpha, beta, gamma, delta, tau = toxic.alpha, toxic.beta, toxic.gamma, toxic.delta, toxic.tau
    u, v, w = ([int(polynomial(GF(tau))) for polynomial in columns] for columns in (qap.u, qap.v, qap.w))
    gamma_inverse, delta_inverse = pow(gamma, -1, FR), pow(delta, -1, FR)
    combined = [(beta * u_i + alpha * v_i + w_i) % FR for u_i, v_i, w_i in zip(u, v, w, strict=True)]
    n, private = qap.domain_size, qap.n_public + 1
    vanishing = (pow(tau, n, FR) - 1) % FR
    odd_basis = [int(polynomial(GF(tau))) for polynomial in _lagrange_basis(2 * n)[1::2]]
    return ReferenceKey(
        alpha_g1=_g1(alpha),
        beta_g1=_g1(beta),
        beta_g2=_g2(beta),
        gamma_g2=_g2(gamma),
        delta_g1=_g1(delta),
        delta_g2=_g2(delta),
        ic=[_g1(value * gamma_inverse) for value in combined[:private]],
        a_query=[_g1(value) for value in u],
        b_g1_query=[_g1(value) for value in v],
        b_g2_query=[_g2(value) for value in v],
        c_query=[_g1(value * delta_inverse) for value in combined[private:]],
        h_powers=[_g1(pow(tau, i, FR) * vanishing * delta_inverse) for i in range(n - 1)],
        h_query=[_g1(value * delta_inverse) for value in odd_basis],
    )


def prove(key: ReferenceKey, qap: Qap, witness: Sequence[int], r: int, s: int) -> tuple[G1Point, G2Point, G1Point]:
    """The proof (A, B, C) with the paper's randomness r and s. Raises `ValueError` when the witness is wrong."""
    h, remainder = quotient(qap, witness)
    if remainder != galois.Poly.Zero(GF):
        raise ValueError("the witness does not satisfy the constraints")
    a = sum_g1([(key.alpha_g1, 1), *zip(key.a_query, witness, strict=True), (key.delta_g1, r)])
    b = sum_g2([(key.beta_g2, 1), *zip(key.b_g2_query, witness, strict=True), (key.delta_g2, s)])
    b_g1 = sum_g1([(key.beta_g1, 1), *zip(key.b_g1_query, witness, strict=True), (key.delta_g1, s)])
    private = zip(key.c_query, witness[qap.n_public + 1 :], strict=True)
    h_terms = zip(key.h_powers, (int(c) for c in h.coefficients(order="asc")), strict=False)
    c = sum_g1([*private, *h_terms, (a, s), (b_g1, r), (key.delta_g1, -r * s % FR)])
    return a, b, c


def verify(key: ReferenceKey, public: Sequence[int], proof: tuple[G1Point, G2Point, G1Point]) -> bool:
    """e(A, B) = e(alpha, beta) e(sum x_i ic_i, gamma) e(C, delta), the equation of the paper."""
    a, b, c = proof
    statement = add_g1(key.ic[0], sum_g1(zip(key.ic[1:], public, strict=True)))
    return pairing_product_is_one(
        [(negate_g1(a), b), (key.alpha_g1, key.beta_g2), (statement, key.gamma_g2), (c, key.delta_g2)]
    )


def simulate(
    key: ReferenceKey, toxic: ToxicWaste, public: Sequence[int], a: int, b: int
) -> tuple[G1Point, G2Point, G1Point]:
    """A proof of any statement, true or false (the paper's simulator): why toxic waste must be destroyed."""
    delta_inverse = pow(toxic.delta, -1, FR)
    statement = add_g1(key.ic[0], sum_g1(zip(key.ic[1:], public, strict=True)))
    c = add_g1(
        _g1((a * b - toxic.alpha * toxic.beta) * delta_inverse), multiply_g1(statement, -toxic.gamma * delta_inverse)
    )
    return _g1(a), _g2(b), c


def _lagrange_basis(n: int) -> list[Any]:
    """L_j with L_j(w^j) = 1 and L_j = 0 at the other points: (1/n) sum over k of (X / w^j)^k."""
    w = root_of_unity(n)
    n_inverse = pow(n, -1, FR)
    return [
        galois.Poly([n_inverse * pow(w, -j * k, FR) % FR for k in range(n)], field=GF, order="asc") for j in range(n)
    ]


def _combine(polynomials: Sequence[Any], weights: Sequence[int]) -> Any:
    total = galois.Poly.Zero(GF)
    for polynomial, weight in zip(polynomials, weights, strict=True):
        total += polynomial * GF(weight)
    return total


def _g1(scalar: int) -> G1Point:
    return multiply_g1(G1_GENERATOR, scalar)


def _g2(scalar: int) -> G2Point:
    return multiply_g2(G2_GENERATOR, scalar)
