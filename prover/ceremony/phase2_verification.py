"""Whether a circuit's key is what its contributions say: phase 2 from its start to the key in use.

Stricter than snarkjs's `zkey verify`, which calls a key without contributions good though anybody can forge under it:
somebody must have contributed, a beacon must come last (unless that is waived), no secret may be 0, 1 or -1, and the
key must pass the lint of `prover.groth16.keys`. Long vectors are compared with random coefficients of 128 bits (snarkjs
takes 32).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from prover import bn254
from prover.bn254 import G1_GENERATOR, G2_GENERATOR, G1Point
from prover.ceremony.author import beacon_of
from prover.ceremony.hash_to_curve import hash_to_g2
from prover.ceremony.proof_of_knowledge import G1Half, what_is_wrong
from prover.ceremony.same_ratio import combine_g1, same_ratio
from prover.ceremony.secret import Secret
from prover.ceremony.transcript import contribution_hash, phase2_transcript
from prover.errors import ContributionRefused, KeyRefused
from prover.formats.contributions import Author
from prover.formats.proving_key import KeyContribution, ProvingKey
from prover.formats.ptau import PowersOfTau
from prover.groth16.keys import refuse_unsound_key
from prover.groth16.phases import PhaseProgress, of_phase, report
from prover.groth16.point_checks import check_g1, check_g2
from prover.groth16.setup import circuit_hash, set_up
from prover.kernels.errors import ElementError
from prover.kernels.interface import Kernels
from prover.r1cs import R1CS


@dataclass(frozen=True, slots=True)
class VerifiedContribution:
    """Who contributed, and the hash that they published or should have."""

    author: Author
    hash: bytes


@dataclass(frozen=True, slots=True)
class VerifiedKey:
    """What was verified: compare the hashes with those that the contributors published."""

    circuit_hash: bytes
    contributions: tuple[VerifiedContribution, ...]


def verify_from_relation(
    key: ProvingKey,
    relation: R1CS,
    ptau: PowersOfTau,
    kernels: Kernels,
    *,
    require_beacon: bool = True,
    ptau_name: str = "powers of tau",
    progress: PhaseProgress | None = None,
) -> VerifiedKey:
    """Verify a key against the relation and the powers of tau that it should come from.

    Raises `KeyRefused`, `ContributionRefused`, or what `set_up` raises. Costs a set-up and five MSMs.
    """
    refuse_unfinished(key, require_beacon=require_beacon)
    return verify_chain(key, set_up(relation, ptau, kernels, progress, ptau_name=ptau_name), kernels, progress)


def verify_from_initial(
    key: ProvingKey,
    initial: ProvingKey,
    ptau: PowersOfTau,
    kernels: Kernels,
    *,
    require_beacon: bool = True,
    progress: PhaseProgress | None = None,
) -> VerifiedKey:
    """Verify a key against the one that phase 2 began with, and that one against the powers of tau.

    That the initial key belongs to some circuit is for whoever has the relation to say. Raises as
    `verify_from_relation` does.
    """
    refuse_unfinished(key, require_beacon=require_beacon)
    reasons = [*_faults_of_initial(initial, ptau, kernels, progress)]
    if reasons:
        raise KeyRefused(reasons)
    return verify_chain(key, initial, kernels, progress)


def refuse_unfinished(key: ProvingKey, *, require_beacon: bool) -> None:
    """Raises `KeyRefused` unless a person contributed and, when required, a beacon came last."""
    if not key.contributions:
        raise KeyRefused(["nobody has contributed: gamma equals delta, so that anybody can forge proofs"])
    if all(contribution.author.is_beacon for contribution in key.contributions):
        raise KeyRefused(["no person has contributed: what a beacon adds is public, so that anybody can forge proofs"])
    if require_beacon and not key.contributions[-1].author.is_beacon:
        raise KeyRefused(["no beacon comes last: the last contributor could choose among keys"])


def verify_chain(
    key: ProvingKey, initial: ProvingKey, kernels: Kernels, progress: PhaseProgress | None = None
) -> VerifiedKey:
    """Verify that `key` is `initial` with its contributions and nothing else. Raises as `verify_from_relation` does."""
    delta = _verify_contributions(key, kernels, progress)
    try:
        reasons = [*_differences(key, initial, kernels, delta)] or [*_unscaled_queries(key, initial, kernels, progress)]
    except ElementError as error:
        reasons = [f"it holds a point that is none ({error})"]
    if reasons:
        raise KeyRefused(reasons)
    refuse_unsound_key(key.verification_key(), kernels, n_public=key.n_public)
    contributions = (VerifiedContribution(found.author, contribution_hash(found)) for found in key.contributions)
    return VerifiedKey(key.circuit_hash, tuple(contributions))


def _verify_contributions(key: ProvingKey, kernels: Kernels, progress: PhaseProgress | None) -> G1Point:
    """Delta after the last contribution. Raises `ContributionRefused` for the first that is wrong."""
    delta: G1Point = G1_GENERATOR
    for index, contribution in enumerate(key.contributions):
        earlier = key.contributions[:index]
        reason = _fault_of_contribution(key.circuit_hash, earlier, contribution, delta, kernels, progress)
        if reason is not None:
            raise ContributionRefused(index, reason)
        delta = contribution.delta_after
        report(progress, "contributions", index + 1, len(key.contributions))
    return delta


def _fault_of_contribution(
    hash_of_circuit: bytes,
    earlier: tuple[KeyContribution, ...],
    contribution: KeyContribution,
    delta_before: G1Point,
    kernels: Kernels,
    progress: PhaseProgress | None,
) -> str | None:
    half = G1Half(contribution.delta_g1_s, contribution.delta_g1_sx)
    if phase2_transcript(hash_of_circuit, earlier, half.s, half.sx) != contribution.transcript:
        return "its transcript is not the hash of what came before: something was dropped, reordered or changed"
    g2_sp = hash_to_g2(contribution.transcript)
    reason = what_is_wrong(kernels, half, g2_sp, contribution.delta_g2_spx)
    if reason is not None:
        return reason
    if not same_ratio(kernels, delta_before, contribution.delta_after, g2_sp, contribution.delta_g2_spx):
        return "delta after it is not delta before it times its secret"
    try:
        beacon = beacon_of(contribution.author)
    except ValueError as error:
        return str(error)
    if beacon is not None:
        rng = beacon.rng(of_phase(progress, "beacon"))
        with Secret.draw(rng) as secret:
            if G1Half.draw(kernels, secret, rng) != half:
                return "its key is not the one that the beacon gives"
    return None


def _differences(key: ProvingKey, initial: ProvingKey, kernels: Kernels, delta: G1Point) -> Iterator[str]:
    """What contributions must not change, and delta."""
    for name in ("n_wires", "n_public", "domain_size", "circuit_hash"):
        if getattr(key, name) != getattr(initial, name):
            yield f"{name} is not that of the circuit"
            return
    unchanged = (
        "alpha_g1",
        "beta_g1",
        "beta_g2",
        "gamma_g2",
        "ic",
        "coefficients",
        "a_query",
        "b_g1_query",
        "b_g2_query",
    )
    for name in unchanged:
        if not np.array_equal(getattr(key, name), getattr(initial, name)):
            yield f"{name} is not that of the circuit and its powers of tau"
    if bn254.g1_to_ints(key.delta_g1) != delta:
        yield "delta_g1 is not the delta after the last contribution"
    elif not same_ratio(kernels, G1_GENERATOR, delta, G2_GENERATOR, bn254.g2_to_ints(key.delta_g2)):
        yield "delta is not the same number in G1 and in G2"


def _unscaled_queries(
    key: ProvingKey, initial: ProvingKey, kernels: Kernels, progress: PhaseProgress | None
) -> Iterator[str]:
    """Whether c and h are those of the start, divided by delta."""
    deltas = bn254.g2_to_ints(key.delta_g2), bn254.g2_to_ints(initial.delta_g2)
    for name in ("c_query", "h_query"):
        before, after = getattr(initial, name), getattr(key, name)
        try:
            check_g1(kernels, after)
        except ElementError as error:
            yield f"{name} holds a point that is none ({error})"
            continue
        sum_before, sum_after = combine_g1(kernels, (before, after), name, progress)
        both_zero = sum_before is None and sum_after is None  # no private wires, or none that any constraint uses
        if not both_zero and not same_ratio(kernels, sum_before, sum_after, *deltas):
            yield f"{name} is not that of the circuit divided by delta"


def _faults_of_initial(
    initial: ProvingKey, ptau: PowersOfTau, kernels: Kernels, progress: PhaseProgress | None
) -> Iterator[str]:
    if initial.contributions:
        yield "the initial key has contributions already"
    expected = {
        "alpha_g1": ptau.alpha_tau_g1[0],
        "beta_g1": ptau.beta_tau_g1[0],
        "beta_g2": ptau.beta_g2,
        "gamma_g2": bn254.g2_from_ints(G2_GENERATOR),
        "delta_g1": bn254.g1_from_ints(G1_GENERATOR),
        "delta_g2": bn254.g2_from_ints(G2_GENERATOR),
    }
    log2_n = initial.domain_size.bit_length() - 1
    if ptau.lagrange is None or log2_n > ptau.power:
        yield f"the powers of tau are not prepared for phase 2, or fewer than the 2^{log2_n} that the key needs"
        return
    expected["h_query"] = ptau.lagrange.level(ptau.lagrange.tau_g1, log2_n + 1)[1::2]
    for name, points in expected.items():
        if not np.array_equal(getattr(initial, name), points):
            yield f"{name} of the initial key is not that of the powers of tau"
    try:
        for name in ("ic", "a_query", "b_g1_query", "c_query", "h_query"):
            check_g1(kernels, getattr(initial, name))
        check_g2(kernels, initial.b_g2_query)
    except ElementError as error:
        yield f"the initial key holds a point that is none ({error})"
        return
    if circuit_hash(initial, ptau, kernels, progress) != initial.circuit_hash:
        yield "the initial key's circuit hash is not the hash of its points"
