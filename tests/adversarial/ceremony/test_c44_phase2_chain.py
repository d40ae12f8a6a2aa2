"""C44: what a dishonest contributor or coordinator could do to a circuit's key, and that verification finds each.

Every damage below is found by one check. The twin switches that check off and shows that the damage is then not named,
so that the test could not succeed without it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pytest

from prover import bn254
from prover.bn254 import FR, G1_GENERATOR, G2_GENERATOR
from prover.ceremony import phase2, phase2_verification, transcript
from prover.ceremony.author import author
from prover.ceremony.beacon import Beacon
from prover.ceremony.phase2_verification import verify_from_initial, verify_from_relation
from prover.errors import ContributionRefused, KeyRefused
from prover.formats.contributions import Author
from prover.formats.proving_key import KeyContribution, ProvingKey
from prover.groth16 import keys
from tests.support.ceremonies import BEACON, circuit_ceremony, contributed_with, prepared_powers, rng
from tests.support.kernels import fastest, flip_bit, g1_array, g1_multiple, g2_array, g2_multiple

Damage = Callable[[], ProvingKey]


def verify(key: ProvingKey, *, require_beacon: bool = True) -> None:
    ceremony = circuit_ceremony()
    verify_from_relation(key, ceremony.relation, prepared_powers(), fastest(), require_beacon=require_beacon)


def ended(key: ProvingKey) -> ProvingKey:
    """With a beacon at the end."""
    return phase2.contributed(key, BEACON.rng(), author("beacon", BEACON), fastest())


def with_contribution(index: int, **changes: object) -> ProvingKey:
    key = circuit_ceremony().final
    contributions = list(key.contributions)
    contributions[index] = replace(contributions[index], **changes)  # type: ignore[arg-type]
    return replace(key, contributions=tuple(contributions))


def with_transcripts_redone(key: ProvingKey) -> ProvingKey:
    """As a forger would: every transcript made to fit. What is bound to a transcript cannot be made to fit."""
    redone: list[KeyContribution] = []
    for found in key.contributions:
        digest = transcript.phase2_transcript(key.circuit_hash, redone, found.delta_g1_s, found.delta_g1_sx)
        redone.append(replace(found, transcript=digest))
    return replace(key, contributions=tuple(redone))


def dropped() -> ProvingKey:
    key = circuit_ceremony().final
    return replace(key, contributions=key.contributions[1:])


def reordered() -> ProvingKey:
    key = circuit_ceremony().final
    first, second, last = key.contributions
    return replace(key, contributions=(second, first, last))


def wrong_proof() -> ProvingKey:
    """The G2 half of another secret, bound to the right transcript."""
    found = circuit_ceremony().final.contributions[1]
    from prover.ceremony.hash_to_curve import hash_to_g2
    from prover.reference.curve import multiply_g2

    return with_transcripts_redone(with_contribution(1, delta_g2_spx=multiply_g2(hash_to_g2(found.transcript), 4711)))


def delta_not_multiplied() -> ProvingKey:
    """A proof of knowledge of a secret that was not multiplied in."""
    key = contributed_with(circuit_ceremony().contributed, 4711)
    last = replace(key.contributions[-1], delta_after=key.contributions[-2].delta_after)
    return ended(replace(circuit_ceremony().contributed, contributions=(*key.contributions[:-1], last)))


def false_beacon() -> ProvingKey:
    """Says that it is a beacon; its secret is chosen."""
    key = contributed_with(circuit_ceremony().contributed, 4711)
    last = replace(key.contributions[-1], author=author("beacon", BEACON))
    return replace(key, contributions=(*key.contributions[:-1], last))


def query_of(name: str, points: Callable[[ProvingKey], object]) -> ProvingKey:
    key = circuit_ceremony().final
    return replace(key, **{name: points(key)})  # type: ignore[arg-type]


def unscaled(name: str) -> ProvingKey:
    return query_of(name, lambda key: getattr(circuit_ceremony().initial, name))


def one_point_changed(name: str) -> ProvingKey:
    points = getattr(circuit_ceremony().final, name).copy()
    points[-1] = g1_array([g1_multiple(99)])[0]
    return query_of(name, lambda key: points)


def no_point(name: str) -> ProvingKey:
    points = getattr(circuit_ceremony().final, name).copy()
    points[0] = flip_bit(points[0], 3)
    return query_of(name, lambda key: points)


@dataclass(frozen=True)
class Case:
    damage: Damage
    found_by: str
    """A part of the message."""
    check: str
    """What finds it, as a path for monkeypatch."""
    blind: object
    """What it is replaced with by the twin."""


VERIFICATION = "prover.ceremony.phase2_verification."


def blind_transcript(circuit_hash: bytes, earlier: tuple[KeyContribution, ...], g1_s: object, g1_sx: object) -> bytes:
    """Believes whatever the file says."""
    by_half = {
        found.delta_g1_s: found.transcript for damage in (dropped(), reordered()) for found in damage.contributions
    }
    return by_half[g1_s]  # type: ignore[index]


def believe(*_: object) -> None:
    return None


def nothing(*_: object) -> list[str]:
    return []


CASES = {
    "dropped": Case(dropped, "dropped, reordered or changed", "phase2_transcript", None),
    "reordered": Case(reordered, "dropped, reordered or changed", "phase2_transcript", None),
    "renamed half": Case(
        lambda: with_contribution(0, delta_g1_s=g1_multiple(77)),
        "dropped, reordered or changed",
        "phase2_transcript",
        None,
    ),
    "delta to 0": Case(lambda: with_transcripts_redone(with_contribution(0, delta_g1_sx=None)), "infinity", "", None),
    "delta to 1": Case(
        lambda: ended(contributed_with(circuit_ceremony().contributed, 1)),
        "nothing was contributed",
        "what_is_wrong",
        believe,
    ),
    "delta to -1": Case(
        lambda: ended(contributed_with(circuit_ceremony().contributed, FR - 1)),
        "nothing was contributed",
        "what_is_wrong",
        believe,
    ),
    "wrong proof of knowledge": Case(wrong_proof, "proof of knowledge", "", None),
    "delta not multiplied": Case(delta_not_multiplied, "not delta before it times its secret", "", None),
    "false beacon": Case(false_beacon, "not the one that the beacon gives", "beacon_of", believe),
    "c unscaled": Case(lambda: unscaled("c_query"), "c_query is not", "_unscaled_queries", nothing),
    "h unscaled": Case(lambda: unscaled("h_query"), "h_query is not", "_unscaled_queries", nothing),
    "c point changed": Case(lambda: one_point_changed("c_query"), "c_query is not", "_unscaled_queries", nothing),
    "h point changed": Case(lambda: one_point_changed("h_query"), "h_query is not", "_unscaled_queries", nothing),
    "c no point": Case(lambda: no_point("c_query"), "holds a point that is none", "_unscaled_queries", nothing),
    "delta in G1 only": Case(
        lambda: query_of("delta_g1", lambda key: g1_array([g1_multiple(5)])[0]),
        "delta_g1 is not",
        "_differences",
        nothing,
    ),
    "delta in G2 only": Case(
        lambda: query_of("delta_g2", lambda key: g2_array([g2_multiple(5)])[0]), "the same number", "", None
    ),
    "gamma changed": Case(
        lambda: query_of("gamma_g2", lambda key: g2_array([g2_multiple(5)])[0]),
        "gamma_g2 is not",
        "_differences",
        nothing,
    ),
    "ic changed": Case(lambda: one_point_changed("ic"), "ic is not", "_differences", nothing),
    "a query changed": Case(lambda: one_point_changed("a_query"), "a_query is not", "_differences", nothing),
    "coefficient changed": Case(
        lambda: query_of("coefficients", lambda key: key.coefficients[::-1].copy()),
        "coefficients",
        "_differences",
        nothing,
    ),
    "another circuit's hash": Case(
        lambda: query_of("circuit_hash", lambda key: bytes(64)), "dropped, reordered or changed", "", None
    ),
}


def refused_because(key: ProvingKey) -> str:
    """The reason, or nothing when the key passes."""
    try:
        verify(key)
    except (KeyRefused, ContributionRefused) as error:
        return str(error)
    return ""


def test_an_honest_key_passes() -> None:
    ceremony = circuit_ceremony()
    verified = verify_from_relation(ceremony.final, ceremony.relation, prepared_powers(), fastest())
    again = verify_from_initial(ceremony.final, ceremony.initial, prepared_powers(), fastest())
    assert verified == again
    assert [found.author.name for found in verified.contributions] == ["first", "second", "beacon"]
    verify(ceremony.contributed, require_beacon=False)


@pytest.mark.parametrize("name", CASES)
def test_c44_damage_to_the_chain_is_found(name: str) -> None:
    assert CASES[name].found_by in refused_because(CASES[name].damage())


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case.blind is not None])
def test_c44_damage_to_the_chain_is_found_twin(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the check switched off the same damage is not named any more."""
    damaged = CASES[name].damage()
    monkeypatch.setattr(VERIFICATION + CASES[name].check, CASES[name].blind)
    assert CASES[name].found_by not in refused_because(damaged)


@pytest.mark.parametrize("name", ["dropped", "reordered"])
def test_c44_order_is_bound_by_transcripts_twin(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    damaged = CASES[name].damage()
    monkeypatch.setattr(VERIFICATION + "phase2_transcript", blind_transcript)
    assert CASES[name].found_by not in refused_because(damaged)


@pytest.mark.parametrize("name", ["delta to 0", "wrong proof of knowledge", "delta not multiplied", "delta in G2 only"])
def test_c44_secrets_are_bound_by_pairings_twin(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    damaged = CASES[name].damage()
    for module in (VERIFICATION, "prover.ceremony.proof_of_knowledge."):
        monkeypatch.setattr(module + "same_ratio", lambda *_: True)
    monkeypatch.setattr(VERIFICATION + "what_is_wrong", believe)
    assert CASES[name].found_by not in refused_because(damaged)


# -- who must have contributed -----------------------------------------------------------------------------------------


def only_a_beacon() -> ProvingKey:
    return ended(circuit_ceremony().initial)


UNFINISHED: dict[str, tuple[Damage, str]] = {
    "nobody": (lambda: circuit_ceremony().initial, "nobody has contributed: "),
    "no beacon": (lambda: circuit_ceremony().contributed, "no beacon comes last"),
    "only a beacon": (only_a_beacon, "no person has contributed"),
}


@pytest.mark.parametrize("name", UNFINISHED)
def test_c44_somebody_and_then_a_beacon_must_contribute(name: str) -> None:
    damage, reason = UNFINISHED[name]
    assert reason in refused_because(damage())
    ceremony = circuit_ceremony()
    with pytest.raises(KeyRefused, match=reason):
        verify_from_initial(damage(), ceremony.initial, prepared_powers(), fastest())


@pytest.mark.parametrize("name", UNFINISHED)
def test_c44_somebody_and_then_a_beacon_must_contribute_twin(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    damage, reason = UNFINISHED[name]
    monkeypatch.setattr(phase2_verification, "refuse_unfinished", lambda key, require_beacon: None)
    assert reason not in refused_because(damage())


def test_c41_a_key_that_nobody_contributed_to_fails_the_lint() -> None:
    codes = {finding.code for finding in keys.lint_verification_key(circuit_ceremony().initial.verification_key())}
    assert {"gamma-equals-delta", "delta-is-generator"} <= codes
    assert not keys.lint_verification_key(circuit_ceremony().final.verification_key())


def test_c41_a_key_that_nobody_contributed_to_fails_the_lint_twin(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both nets are needed: without either, snarkjs's verdict ("ZKey Ok!") would be ours."""
    monkeypatch.setattr(phase2_verification, "refuse_unfinished", lambda key, require_beacon: None)
    assert "gamma equals delta" in refused_because(circuit_ceremony().initial)
    monkeypatch.setattr(keys, "_known_relations", lambda key: iter(()))
    assert refused_because(circuit_ceremony().initial) == ""


# -- the key that phase 2 began with -----------------------------------------------------------------------------------

INITIAL_DAMAGE: dict[str, tuple[str, object]] = {
    "contributions already": ("contributions", circuit_ceremony),
    "other alpha": ("alpha_g1", g1_array([g1_multiple(5)])[0]),
    "other beta": ("beta_g2", g2_array([g2_multiple(5)])[0]),
    "other gamma": ("gamma_g2", g2_array([g2_multiple(5)])[0]),
    "other delta": ("delta_g1", g1_array([g1_multiple(5)])[0]),
    "other h": ("h_query", g1_array([g1_multiple(5)] * 8)),
    "other c": ("c_query", g1_array([g1_multiple(5)] * 3)),
    "other hash": ("circuit_hash", bytes(64)),
}


@pytest.mark.parametrize("name", INITIAL_DAMAGE)
def test_a_false_start_is_found(name: str) -> None:
    ceremony = circuit_ceremony()
    field, value = INITIAL_DAMAGE[name]
    value = ceremony.final.contributions if field == "contributions" else value
    damaged = replace(ceremony.initial, **{field: value})  # type: ignore[arg-type]
    with pytest.raises(KeyRefused):
        verify_from_initial(ceremony.final, damaged, prepared_powers(), fastest())


def test_a_start_with_points_that_are_none_is_found() -> None:
    ceremony = circuit_ceremony()
    damaged = ceremony.initial.a_query.copy()
    damaged[0] = flip_bit(damaged[0], 1)
    with pytest.raises(KeyRefused, match="point that is none"):
        verify_from_initial(ceremony.final, replace(ceremony.initial, a_query=damaged), prepared_powers(), fastest())
    unprepared = replace(prepared_powers(), lagrange=None)
    with pytest.raises(KeyRefused, match="not prepared"):
        verify_from_initial(ceremony.final, ceremony.initial, unprepared, fastest())


def test_a_beacon_out_of_range_is_named() -> None:
    damaged = with_contribution(2, author=Author("beacon", BEACON.value, 9))
    assert "2^10" in refused_because(damaged)
    assert "not the one that the beacon gives" in refused_because(
        with_contribution(2, author=author("beacon", Beacon(b"another", 10)))
    )


def test_keys_of_other_relations_are_told_apart() -> None:
    ceremony = circuit_ceremony()
    a = ceremony.relation.a
    other = replace(ceremony.relation, a=ceremony.relation.b, b=a)
    with pytest.raises((KeyRefused, ContributionRefused)):
        verify_from_relation(ceremony.final, other, prepared_powers(), fastest())


def test_contributions_scale_by_the_secret() -> None:
    """The numbers themselves: delta times x, c and h over x."""
    initial = circuit_ceremony().initial
    key = contributed_with(initial, 6)
    assert bn254.g1_to_ints(key.delta_g1) == g1_multiple(6)
    assert bn254.g2_to_ints(key.delta_g2) == g2_multiple(6)
    six = bn254.scalars_from_ints([6])
    assert np.array_equal(fastest().scale_g1(key.c_query, six), initial.c_query)
    assert np.array_equal(fastest().scale_g1(key.h_query, six), initial.h_query)
    assert (bn254.g1_to_ints(initial.delta_g1), bn254.g2_to_ints(initial.delta_g2)) == (G1_GENERATOR, G2_GENERATOR)
    assert rng(1).next_u32() == rng(1).next_u32()
