"""Whether powers of tau are what their contributions say.

The chain: each contributor proved to know secrets, bound to the challenge before, and the points after are the points
before times those secrets. The points: each vector is a geometric series in the last tau, the first elements are those
of the last contribution, the hash of all is the last challenge, and the Lagrange points are the series' transform. Long
vectors are checked by random combinations with 128-bit coefficients (snarkjs takes 32).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from prover import bn254
from prover.bn254 import G1_GENERATOR, G2_GENERATOR
from prover.ceremony.author import beacon_of
from prover.ceremony.lagrange_verification import wrong_lagrange_vectors
from prover.ceremony.phase1_contribution import challenge_after, draw, initial_contribution, response
from prover.ceremony.proof_of_knowledge import G1Half, what_is_wrong
from prover.ceremony.refusal import PowersOfTauRefused
from prover.ceremony.same_ratio import combine_g1, combine_g2, same_ratio
from prover.ceremony.transcript import phase1_g2_sp
from prover.errors import ContributionRefused
from prover.formats.contributions import Author
from prover.formats.ptau import G1_LIMBS, NAMES, PowersOfTau, TauContribution
from prover.groth16.phases import PhaseProgress, of_phase, report
from prover.groth16.point_checks import check_g1, check_g2
from prover.kernels.errors import ElementError
from prover.kernels.interface import Kernels


@dataclass(frozen=True, slots=True)
class VerifiedTauContribution:
    """Who contributed, and the response hash that they published or should have."""

    author: Author
    response: bytes


@dataclass(frozen=True, slots=True)
class VerifiedPowersOfTau:
    """What was verified: compare the responses with those that the contributors published.

    Only the last response can be recomputed from a file. The others are what the file says: a response that is not the
    published one means that another contribution stands in its place.
    """

    power: int
    is_prepared: bool
    contributions: tuple[VerifiedTauContribution, ...]


def verify(
    ptau: PowersOfTau, kernels: Kernels, *, require_beacon: bool = False, progress: PhaseProgress | None = None
) -> VerifiedPowersOfTau:
    """Verify a whole file. Raises `ContributionRefused` or `PowersOfTauRefused`.

    Stricter than snarkjs's `powersoftau verify`: a person must have contributed (a beacon's secrets are public), and no
    secret may be 0, 1 or -1. About 15 µs a constraint on one core with AVX-512 IFMA.
    """
    _refuse_unfinished(ptau, require_beacon=require_beacon)
    responses = _verify_contributions(ptau, kernels, progress)
    for faults in (
        _points_that_are_none(ptau, kernels, progress),
        _wrong_first_points(ptau),
        _wrong_series(ptau, kernels, progress),
        _wrong_challenge(ptau, responses[-1], kernels, progress),
        wrong_lagrange_vectors(ptau, kernels, progress),
    ):
        reasons = [*faults]
        if reasons:
            raise PowersOfTauRefused(reasons)
    authors = (contribution.author for contribution in ptau.contributions)
    verified = (VerifiedTauContribution(*pair) for pair in zip(authors, responses, strict=True))
    return VerifiedPowersOfTau(ptau.power, ptau.lagrange is not None, tuple(verified))


def _refuse_unfinished(ptau: PowersOfTau, *, require_beacon: bool) -> None:
    if not ptau.contributions:
        raise PowersOfTauRefused(["nobody has contributed: every secret is 1"])
    if all(contribution.author.is_beacon for contribution in ptau.contributions):
        raise PowersOfTauRefused(["no person has contributed: the secrets that a beacon adds are public"])
    if require_beacon and not ptau.contributions[-1].author.is_beacon:
        raise PowersOfTauRefused(["no beacon comes last: the last contributor could choose among secrets"])


# -- the chain ---------------------------------------------------------------------------------------------------------


def _verify_contributions(ptau: PowersOfTau, kernels: Kernels, progress: PhaseProgress | None) -> list[bytes]:
    """The responses. Raises `ContributionRefused` for the first contribution that is wrong."""
    responses = []
    before = initial_contribution(ptau.ceremony_power)
    for index, contribution in enumerate(ptau.contributions):
        try:
            fault = next(_faults_of_contribution(before, contribution, kernels, progress), None)
            responses.append(response(kernels, contribution))
        except ValueError as error:  # a beacon or a hash state that cannot be
            fault = str(error)
        if fault is not None:
            raise ContributionRefused(index, fault)
        before = contribution
        report(progress, "contributions", index + 1, len(ptau.contributions))
    return responses


def _faults_of_contribution(
    before: TauContribution, after: TauContribution, kernels: Kernels, progress: PhaseProgress | None
) -> Iterator[str]:
    keys = (after.tau_key, after.alpha_key, after.beta_key)
    challenge = before.next_challenge
    hashed = [phase1_g2_sp(place, challenge, key.g1_s, key.g1_sx) for place, key in enumerate(keys)]
    for name, key, g2_sp in zip(("tau", "alpha", "beta"), keys, hashed, strict=True):
        fault = what_is_wrong(kernels, G1Half(key.g1_s, key.g1_sx), g2_sp, key.g2_spx)
        if fault is not None:
            yield f"{name}: {fault}"
            return
    in_g1 = (
        ("tau", before.tau_g1, after.tau_g1),
        ("alpha", before.alpha_g1, after.alpha_g1),
        ("beta", before.beta_g1, after.beta_g1),
    )
    for (name, old_g1, new_g1), key, g2_sp in zip(in_g1, keys, hashed, strict=True):
        if not same_ratio(kernels, old_g1, new_g1, g2_sp, key.g2_spx):
            yield f"{name} in G1 after it is not {name} before it times its secret"
    in_g2 = (
        ("tau", after.tau_key, before.tau_g2, after.tau_g2),
        ("beta", after.beta_key, before.beta_g2, after.beta_g2),
    )
    for name, key, old_g2, new_g2 in in_g2:
        if not same_ratio(kernels, key.g1_s, key.g1_sx, old_g2, new_g2):
            yield f"{name} in G2 after it is not {name} before it times its secret"
    beacon = beacon_of(after.author)
    if beacon is not None:
        secrets, expected = draw(kernels, challenge, beacon.rng(of_phase(progress, "beacon")))
        secrets.wipe()
        if keys != expected:
            yield "its keys are not those that the beacon gives"


# -- the points --------------------------------------------------------------------------------------------------------


def _points_that_are_none(ptau: PowersOfTau, kernels: Kernels, progress: PhaseProgress | None) -> Iterator[str]:
    vectors = ptau.vectors()
    for done, (section_id, points) in enumerate(vectors.items(), start=1):
        try:
            (check_g1 if points.shape[1] == G1_LIMBS else check_g2)(kernels, points)
        except ElementError as error:
            yield f"section {section_id} ({NAMES[section_id]}) holds a point that is none: {error}"
        report(progress, "check points", done, len(vectors))


def _wrong_first_points(ptau: PowersOfTau) -> Iterator[str]:
    last = ptau.contributions[-1]
    expected = {
        "tau in G1: the first point is not the generator": (ptau.tau_g1[0], bn254.g1_from_ints(G1_GENERATOR)),
        "tau in G2: the first point is not the generator": (ptau.tau_g2[0], bn254.g2_from_ints(G2_GENERATOR)),
        "tau in G1 is not that of the last contribution": (ptau.tau_g1[1], bn254.g1_from_ints(last.tau_g1)),
        "tau in G2 is not that of the last contribution": (ptau.tau_g2[1], bn254.g2_from_ints(last.tau_g2)),
        "alpha is not that of the last contribution": (ptau.alpha_tau_g1[0], bn254.g1_from_ints(last.alpha_g1)),
        "beta in G1 is not that of the last contribution": (ptau.beta_tau_g1[0], bn254.g1_from_ints(last.beta_g1)),
        "beta in G2 is not that of the last contribution": (ptau.beta_g2, bn254.g2_from_ints(last.beta_g2)),
    }
    for fault, (found, wanted) in expected.items():
        if not np.array_equal(found, wanted):
            yield fault


def _wrong_series(ptau: PowersOfTau, kernels: Kernels, progress: PhaseProgress | None) -> Iterator[str]:
    """Whether each vector goes on by tau."""
    last = ptau.contributions[-1]
    vectors = (("tau", ptau.tau_g1), ("alpha tau", ptau.alpha_tau_g1), ("beta tau", ptau.beta_tau_g1))
    for name, points in vectors:
        here, next_one = combine_g1(kernels, (points[:-1], points[1:]), f"{name} in G1", progress)
        if not same_ratio(kernels, here, next_one, G2_GENERATOR, last.tau_g2):
            yield f"{name} in G1 is no series of powers of tau"
    here_g2, next_g2 = combine_g2(kernels, (ptau.tau_g2[:-1], ptau.tau_g2[1:]), "tau in G2", progress)
    if not same_ratio(kernels, G1_GENERATOR, last.tau_g1, here_g2, next_g2):
        yield "tau in G2 is no series of powers of tau"


def _wrong_challenge(
    ptau: PowersOfTau, last_response: bytes, kernels: Kernels, progress: PhaseProgress | None
) -> Iterator[str]:
    if ptau.power != ptau.ceremony_power:
        return  # the hash is of all points of the ceremony, most of which were cut off
    if challenge_after(kernels, last_response, ptau, progress) != ptau.contributions[-1].next_challenge:
        yield "the points do not have the hash that the last contribution names"
