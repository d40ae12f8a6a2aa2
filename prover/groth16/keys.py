"""Which verification keys may be used: the lint that every prover, verifier and exporter asks first.

A Groth16 key is sound only when nobody knows relations between its points. Those that can be seen from outside are
looked for here: above all gamma = delta, which snarkjs leaves in every key without a phase-2 contribution, and under
which (alpha, beta, -vk_x) proves any statement.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from prover import bn254
from prover.bn254 import FQ, G1_GENERATOR, G2_GENERATOR, G1Point, G2Point
from prover.errors import KeyRefused
from prover.formats.groth16_types import VerificationKey
from prover.formats.proving_key import ProvingKey
from prover.groth16.development import is_development_key
from prover.kernels.errors import ElementError
from prover.kernels.interface import Kernels

_REMEMBERED_KEYS: Final = 64
_found_sound: set[VerificationKey] = set()


@dataclass(frozen=True, slots=True)
class Finding:
    """One reason to refuse a key. `code` is stable and for programs, `message` is for people."""

    code: str
    message: str


def lint_verification_key(
    key: VerificationKey, kernels: Kernels | None = None, *, n_public: int | None = None, production: bool = False
) -> list[Finding]:
    """Everything that speaks against a key; empty when it may be used.

    `n_public` is what the caller expects, such as a file's or a circuit's count. `production` also refuses keys of the
    development set-up. Kernels only make the subgroup checks faster: 0.1 ms each instead of 10.
    """
    findings = [*_membership(key, kernels)]
    if findings:  # relations between points that are no points say nothing
        return findings
    findings += _known_relations(key)
    findings += _inputs(key, n_public)
    if production and is_development_key(key):
        findings.append(Finding("development-key", "it comes from the development set-up, whose secrets are published"))
    return findings


def refuse_unsound_key(
    key: VerificationKey, kernels: Kernels | None = None, *, n_public: int | None = None, production: bool = False
) -> None:
    """Raises `KeyRefused` with every finding of the lint."""
    findings = lint_verification_key(key, kernels, n_public=n_public, production=production)
    if findings:
        raise KeyRefused([finding.message for finding in findings])


def refuse_unsound_key_once(key: VerificationKey, kernels: Kernels) -> None:
    """`refuse_unsound_key`, remembered for keys found sound: verifiers ask for every proof."""
    if key in _found_sound:
        return
    refuse_unsound_key(key, kernels)
    if len(_found_sound) >= _REMEMBERED_KEYS:
        _found_sound.clear()
    _found_sound.add(key)


def verification_key_of(key: ProvingKey) -> VerificationKey:
    """The verification key that a proving key carries."""
    return key.verification_key()


def refuse_unsound_proving_key(key: ProvingKey, kernels: Kernels) -> None:
    """The lint of its verification key, and whether beta and delta are the same number in G1 and G2. About 3 ms.

    The queries are not checked point by point: a key damaged there yields proofs that do not pass the self-check.
    Raises `KeyRefused`.
    """
    refuse_unsound_key_once(verification_key_of(key), kernels)
    minus_one = bn254.g1_from_ints(_negate_g1(G1_GENERATOR))
    for name, in_g1, in_g2 in (("beta", key.beta_g1, key.beta_g2), ("delta", key.delta_g1, key.delta_g2)):
        g1 = np.stack([minus_one, in_g1])
        g2 = np.stack([in_g2, bn254.g2_from_ints(G2_GENERATOR)])
        try:
            same = kernels.pairing_product_is_one(g1, g2)
        except ElementError as error:
            raise KeyRefused([f"{name} in G1 is not a point of the curve"]) from error
        if not same:
            raise KeyRefused([f"{name} is not the same number in G1 and in G2: the file is damaged or forged"])


def _membership(key: VerificationKey, kernels: Kernels | None) -> Iterator[Finding]:
    g1: list[tuple[str, G1Point]] = [("alpha", key.alpha_g1)]
    g1 += [(f"IC[{i}]", point) for i, point in enumerate(key.ic)]
    for name, point_g1 in g1:
        if not bn254.g1_is_on_curve(point_g1):
            yield Finding("not-on-curve", f"{name} is not a point of G1")
    for name, point_g2 in (("beta", key.beta_g2), ("gamma", key.gamma_g2), ("delta", key.delta_g2)):
        if not bn254.g2_is_on_curve(point_g2):
            yield Finding("not-on-curve", f"{name} is not on the curve of G2")
        elif not _in_subgroup(point_g2, kernels):
            yield Finding("not-in-subgroup", f"{name} is outside the subgroup of order r")


def _in_subgroup(point: G2Point, kernels: Kernels | None) -> bool:
    if kernels is None:
        return bn254.g2_is_in_subgroup(point)
    try:
        kernels.check_g2(np.stack([bn254.g2_from_ints(point)]))
    except ElementError:
        return False
    return True


def _known_relations(key: VerificationKey) -> Iterator[Finding]:
    points = (("alpha", key.alpha_g1), ("beta", key.beta_g2), ("gamma", key.gamma_g2), ("delta", key.delta_g2))
    infinite = [name for name, point in points if point is None]
    for name in infinite:
        yield Finding("infinity", f"{name} is the point at infinity")
    if infinite:
        return
    if key.delta_g2 == key.gamma_g2:
        yield Finding(
            "gamma-equals-delta", "gamma equals delta, so that anybody can forge proofs: contribute to phase 2 first"
        )
    elif key.delta_g2 == _negate_g2(key.gamma_g2):
        yield Finding("gamma-equals-minus-delta", "delta is minus gamma, so that anybody can forge proofs")
    if key.delta_g2 in (G2_GENERATOR, _negate_g2(G2_GENERATOR)):
        yield Finding("delta-is-generator", "delta is the generator: nobody has contributed to phase 2")
    if key.alpha_g1 in (G1_GENERATOR, _negate_g1(G1_GENERATOR)):
        yield Finding("alpha-is-generator", "alpha is the generator: nobody has contributed to the powers of tau")
    if key.beta_g2 in (G2_GENERATOR, _negate_g2(G2_GENERATOR)):
        yield Finding("beta-is-generator", "beta is the generator: nobody has contributed to the powers of tau")
    if key.beta_g2 in (key.gamma_g2, key.delta_g2):
        yield Finding("beta-repeated", "beta equals gamma or delta: their secrets are related")


def _inputs(key: VerificationKey, n_public: int | None) -> Iterator[Finding]:
    if not key.ic:
        yield Finding("ic-length", "IC is empty: it needs a point for the constant 1 and one for each public input")
    elif n_public is not None and len(key.ic) != n_public + 1:
        yield Finding("ic-length", f"IC has {len(key.ic)} points where {n_public} public inputs need {n_public + 1}")
    first_at: dict[int, int] = {}
    for i, point in enumerate(key.ic):
        if point is None:
            yield Finding("ic-infinity", f"IC[{i}] is the point at infinity: public input {i - 1} could be anything")
            continue
        # a point and its opposite have one x: two inputs that count only by their sum or difference can be shifted
        earlier = first_at.setdefault(point[0], i)
        if earlier != i:
            yield Finding("ic-repeated", f"IC[{i}] equals IC[{earlier}] up to sign: the two inputs could be shifted")


def _negate_g1(point: G1Point) -> G1Point:
    return None if point is None else (point[0], -point[1] % FQ)


def _negate_g2(point: G2Point) -> G2Point:
    return None if point is None else (point[0], (-point[1][0] % FQ, -point[1][1] % FQ))
