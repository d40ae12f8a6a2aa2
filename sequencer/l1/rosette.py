"""The five slices by which L2BEAT judges a rollup, for one deployment, each with its evidence and its colour.

Green: nobody has to be trusted. Yellow: somebody, for a time that is shorter than users have. Red: somebody, for good.
What is judged are facts read from the chain; a slice is never better than its worst fact.

Source: L2BEAT, "Stages" and "Risk framework" (sequencer failure, state validation, data availability, exit window,
proposer failure).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

DAY_S: Final = 86_400
SHORT_EXIT_S: Final = 7 * DAY_S
LONG_EXIT_S: Final = 30 * DAY_S


class Colour(IntEnum):
    """The better the larger."""

    RED = 0
    YELLOW = 1
    GREEN = 2


@dataclass(frozen=True, slots=True)
class Evidence:
    """A fact, where it was read, and the best colour that it allows."""

    says: str
    source: str
    allows: Colour


@dataclass(frozen=True, slots=True)
class Slice:
    """One of the five."""

    name: str
    question: str
    evidence: tuple[Evidence, ...]

    @property
    def colour(self) -> Colour:
        """Of the worst fact."""
        return min(one.allows for one in self.evidence)


@dataclass(frozen=True, slots=True)
class DeploymentFacts:
    """What is read from the chain and from verifying the deployment.

    `code_matches` is whether all code on the chain is what the sources compile to; `keys_match` whether verifiers hold
    the keys of the circuits that are built here; `has_development_key` whether these keys' secrets are published.
    `is_upgradeable` is whether any code delegates calls, and could be replaced behind its address.
    """

    code_matches: bool
    keys_match: bool
    has_development_key: bool
    is_upgradeable: bool
    is_local_chain: bool
    oracle_signers: int
    oracle_threshold: int
    operator_silence_s: int
    proof_deadline_s: int
    queue_deadline_s: int
    claim_period_s: int
    recovered_root_matches: bool | None


def rosette(facts: DeploymentFacts) -> tuple[Slice, ...]:
    """All five, in L2BEAT's order."""
    return (
        _sequencer_failure(facts),
        _state_validation(facts),
        _data_availability(facts),
        _exit_window(facts),
        _proposer_failure(facts),
    )


def _sequencer_failure(facts: DeploymentFacts) -> Slice:
    wait_s = facts.queue_deadline_s
    return Slice(
        "sequencer failure",
        "Can users act if the sequencer is down or ignores them?",
        (
            Evidence(
                f"a forced request that is not served in {_days(wait_s)} lets anybody freeze the rollup",
                "Queue.QUEUE_DEADLINE_S",
                Colour.GREEN if wait_s <= SHORT_EXIT_S else Colour.YELLOW if wait_s <= LONG_EXIT_S else Colour.RED,
            ),
            Evidence("requests come from an account's owner, and no operator can skip one", "Queue", Colour.GREEN),
        ),
    )


def _state_validation(facts: DeploymentFacts) -> Slice:
    return Slice(
        "state validation",
        "Can a wrong state be accepted?",
        (
            Evidence("every batch is proven before it counts", "ClearingHouse.proveBatches", Colour.GREEN),
            _judged(facts.code_matches, "code on the chain is what the sources compile to", "verify-deployment"),
            _judged(facts.keys_match, "verifiers hold the keys of the circuits built here", "verify-deployment"),
            _judged(
                not facts.has_development_key,
                "nobody knows the secrets of the proving keys",
                "KEY_DIGEST",
                otherwise="the proving keys are of the development set-up: whoever reads its source can forge proofs",
            ),
        ),
    )


def _data_availability(facts: DeploymentFacts) -> Slice:
    evidence = [
        Evidence("all words of batches and all rows of risk tables are in transactions or events", "L1", Colour.GREEN)
    ]
    if facts.recovered_root_matches is not None:
        evidence.append(
            _judged(facts.recovered_root_matches, "the state was rebuilt from logs, and its root is L1's", "recover")
        )
    return Slice("data availability", "Is all that it takes to rebuild the state on L1?", tuple(evidence))


def _exit_window(facts: DeploymentFacts) -> Slice:
    return Slice(
        "exit window",
        "Can users leave before an unwanted change?",
        (
            _judged(
                not facts.is_upgradeable,
                "nothing can be changed: no owner, no proxy, no other verifier",
                "verify-deployment",
                otherwise="code is called by delegation, and could be replaced",
            ),
            Evidence("signers of the oracle are fixed", "Oracle", Colour.GREEN),
        ),
    )


def _proposer_failure(facts: DeploymentFacts) -> Slice:
    silence_s = facts.operator_silence_s
    return Slice(
        "proposer failure",
        "Can the state move on without the operator?",
        (
            Evidence(
                f"{_days(silence_s)} after the last commitment anybody may commit what he proves",
                "ClearingHouse.OPERATOR_SILENCE_S",
                Colour.GREEN if silence_s <= SHORT_EXIT_S else Colour.YELLOW,
            ),
            Evidence(
                f"batches without a proof can be taken back by anybody after {_days(facts.proof_deadline_s)}",
                "ClearingHouse.PROOF_DEADLINE_S",
                Colour.GREEN if facts.proof_deadline_s <= SHORT_EXIT_S else Colour.YELLOW,
            ),
            Evidence(
                f"frozen, every account leaves by proof; claims are paid after {_days(facts.claim_period_s)}",
                "ExitHatch.CLAIM_PERIOD_S",
                Colour.GREEN,
            ),
        ),
    )


def assumptions(facts: DeploymentFacts) -> tuple[str, ...]:
    """What the slices do not judge, and what users rely on all the same."""
    return (
        f"prices and risk tables are what {facts.oracle_threshold} of {facts.oracle_signers} signers say, unproven",
        "Groth16 over BN254, Poseidon and BabyJubjub are as hard to break as is believed",
        "contracts and circuits had no audit from outside",
    )


def worst(slices: Iterable[Slice]) -> Colour:
    """Of all slices."""
    return min(one.colour for one in slices)


def _judged(holds: bool, says: str, source: str, otherwise: str | None = None) -> Evidence:
    if holds:
        return Evidence(says, source, Colour.GREEN)
    return Evidence(otherwise or f"it does not hold that {says}", source, Colour.RED)


def _days(seconds: int) -> str:
    for unit, name in ((DAY_S, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= unit and seconds % unit == 0:
            count = seconds // unit
            return f"{count} {name}{'' if count == 1 else 's'}"
    return f"{seconds} seconds"
