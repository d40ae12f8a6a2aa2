"""C44 for powers of tau: damage to the chain or to the points is found, each by a check that a twin switches off."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pytest
from numpy.typing import NDArray

from prover import bn254
from prover.bn254 import FR
from prover.ceremony import phase1_contribution, powers_of_tau
from prover.ceremony.accumulator import Accumulator
from prover.ceremony.author import author
from prover.ceremony.phase1_verification import verify
from prover.ceremony.refusal import PowersOfTauRefused
from prover.ceremony.secret import Secret
from prover.errors import ContributionRefused
from prover.formats.contributions import Author
from prover.formats.ptau import LagrangePoints, PowersOfTau
from prover.kernels.errors import ElementError
from tests.support.ceremonies import BEACON, POWER, chain_of_powers, prepared_powers, rng
from tests.support.kernels import fastest, flip_bit, g1_array, g1_multiple, g2_array, g2_multiple
from tests.support.points import G2_OUTSIDE_SUBGROUP

Damage = Callable[[], PowersOfTau]
MODULE = "prover.ceremony.phase1_verification."


def refused_because(ptau: PowersOfTau, *, require_beacon: bool = False) -> str:
    """The reason, or nothing when the powers pass."""
    try:
        verify(ptau, fastest(), require_beacon=require_beacon)
    except (PowersOfTauRefused, ContributionRefused, ElementError) as error:
        return str(error)
    return ""


def with_contribution(index: int, **changes: object) -> PowersOfTau:
    ptau = chain_of_powers()
    contributions = list(ptau.contributions)
    contributions[index] = replace(contributions[index], **changes)  # type: ignore[arg-type]
    return replace(ptau, contributions=tuple(contributions))


def with_point(name: str, index: int, point: NDArray[np.uint64]) -> PowersOfTau:
    points = getattr(prepared_powers(), name).copy()
    points[index] = point
    return replace(prepared_powers(), **{name: points})


def with_lagrange_point(name: str, level: int) -> PowersOfTau:
    prepared = prepared_powers().lagrange
    assert prepared is not None
    points = getattr(prepared, name).copy()
    of_g1 = points.shape[1] == 8
    LagrangePoints.level(points, level)[-1] = (g1_array([g1_multiple(9)]) if of_g1 else g2_array([g2_multiple(9)]))[0]
    return replace(prepared_powers(), lagrange=replace(prepared, **{name: points}))


def by_secret(secret: int) -> PowersOfTau:
    """Another person contributes; all three secrets are chosen."""
    drawn = Secret.draw
    try:
        Secret.draw = classmethod(lambda cls, _: cls.from_int(secret))  # type: ignore[method-assign, assignment]
        return powers_of_tau.contributed(chain_of_powers(), rng(9), author("tampered"), fastest())
    finally:
        Secret.draw = drawn  # type: ignore[method-assign]


def dropped() -> PowersOfTau:
    ptau = chain_of_powers()
    return replace(ptau, contributions=ptau.contributions[1:])


def reordered() -> PowersOfTau:
    ptau = chain_of_powers()
    first, second, last = ptau.contributions
    return replace(ptau, contributions=(second, first, last))


def consistent_but_not_multiplied() -> PowersOfTau:
    """The last contributor proves a secret and hands on the points before it, with hashes that fit."""
    ptau = chain_of_powers()
    challenge = ptau.contributions[-1].next_challenge
    secrets, keys = phase1_contribution.draw(fastest(), challenge, rng(9))
    secrets.wipe()
    points = Accumulator(ptau.tau_g1, ptau.tau_g2, ptau.alpha_tau_g1, ptau.beta_tau_g1, ptau.beta_g2)
    record = phase1_contribution.record(fastest(), challenge, points, keys, author("lazy"))
    return replace(ptau, contributions=(*ptau.contributions, record))


def false_beacon() -> PowersOfTau:
    return powers_of_tau.contributed(chain_of_powers(), rng(9), author("beacon", BEACON), fastest())


@dataclass(frozen=True)
class Case:
    damage: Damage
    found_by: str
    check: str
    blind: object


def nothing(*_: object) -> list[str]:
    return []


def believe(*_: object) -> None:
    return None


HALF = g1_multiple(77)
CASES = {
    "dropped": Case(dropped, "proof of knowledge", "what_is_wrong", believe),
    "reordered": Case(reordered, "proof of knowledge", "what_is_wrong", believe),
    "tau key changed": Case(
        lambda: with_contribution(1, tau_key=replace(chain_of_powers().contributions[1].tau_key, g1_s=HALF)),
        "tau: its proof of knowledge",
        "what_is_wrong",
        believe,
    ),
    "beta key changed": Case(
        lambda: with_contribution(1, beta_key=replace(chain_of_powers().contributions[1].beta_key, g1_sx=HALF)),
        "beta: its proof of knowledge",
        "what_is_wrong",
        believe,
    ),
    "secret 1": Case(lambda: by_secret(1), "nothing was contributed", "what_is_wrong", believe),
    "secret -1": Case(lambda: by_secret(FR - 1), "nothing was contributed", "what_is_wrong", believe),
    "not multiplied": Case(consistent_but_not_multiplied, "times its secret", "_faults_of_contribution", None),
    "tau after changed": Case(
        lambda: with_contribution(1, tau_g1=HALF), "tau in G1 after it", "_faults_of_contribution", None
    ),
    "alpha after changed": Case(
        lambda: with_contribution(1, alpha_g1=HALF), "alpha in G1 after it", "_faults_of_contribution", None
    ),
    "beta after changed": Case(
        lambda: with_contribution(1, beta_g2=g2_multiple(5)), "beta in G2 after it", "_faults_of_contribution", None
    ),
    "false beacon": Case(false_beacon, "not those that the beacon gives", "beacon_of", believe),
    "challenge changed": Case(
        lambda: with_contribution(2, next_challenge=bytes(64)), "do not have the hash", "_wrong_challenge", nothing
    ),
    "last point changed": Case(
        lambda: with_point("tau_g1", -1, g1_array([g1_multiple(9)])[0]), "no series", "_wrong_series", nothing
    ),
    "tau G2 changed": Case(
        lambda: with_point("tau_g2", 3, g2_array([g2_multiple(9)])[0]), "no series", "_wrong_series", nothing
    ),
    "alpha tau changed": Case(
        lambda: with_point("alpha_tau_g1", 5, g1_array([None])[0]), "no series", "_wrong_series", nothing
    ),
    "beta tau changed": Case(
        lambda: with_point("beta_tau_g1", 5, g1_array([g1_multiple(9)])[0]), "no series", "_wrong_series", nothing
    ),
    "first point changed": Case(
        lambda: with_point("tau_g1", 0, g1_array([g1_multiple(9)])[0]),
        "not the generator",
        "_wrong_first_points",
        nothing,
    ),
    "alpha is another": Case(
        lambda: with_point("alpha_tau_g1", 0, g1_array([g1_multiple(9)])[0]),
        "alpha is not that of the last",
        "_wrong_first_points",
        nothing,
    ),
    "off the curve": Case(
        lambda: with_point("beta_tau_g1", 2, flip_bit(prepared_powers().beta_tau_g1[2], 5)),
        "section 5 (beta tau in G1) holds a point that is none",
        "_points_that_are_none",
        nothing,
    ),
    "outside the subgroup": Case(
        lambda: with_point("tau_g2", 2, bn254.g2_from_ints(G2_OUTSIDE_SUBGROUP)),
        "section 3 (tau in G2) holds a point that is none",
        "_points_that_are_none",
        nothing,
    ),
    "lagrange tau G1": Case(
        lambda: with_lagrange_point("tau_g1", POWER + 1), "lagrange tau in G1 is not", "wrong_lagrange_vectors", nothing
    ),
    "lagrange tau G2": Case(
        lambda: with_lagrange_point("tau_g2", 1), "lagrange tau in G2 is not", "wrong_lagrange_vectors", nothing
    ),
    "lagrange alpha": Case(
        lambda: with_lagrange_point("alpha_tau_g1", 0),
        "lagrange alpha tau in G1 is not",
        "wrong_lagrange_vectors",
        nothing,
    ),
    "lagrange beta": Case(
        lambda: with_lagrange_point("beta_tau_g1", POWER),
        "lagrange beta tau in G1 is not",
        "wrong_lagrange_vectors",
        nothing,
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_c44_damage_to_powers_of_tau_is_found(name: str) -> None:
    assert CASES[name].found_by in refused_because(CASES[name].damage())


@pytest.mark.parametrize("name", CASES)
def test_c44_damage_to_powers_of_tau_is_found_twin(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    case = CASES[name]
    damaged = case.damage()
    monkeypatch.setattr(MODULE + case.check, case.blind or (lambda *_: iter(())))
    assert case.found_by not in refused_because(damaged)


def test_honest_powers_pass() -> None:
    assert refused_because(chain_of_powers(), require_beacon=True) == ""
    assert refused_because(prepared_powers(), require_beacon=True) == ""


def test_c44_somebody_must_contribute_to_powers_of_tau() -> None:
    nobody = powers_of_tau.without_contributions(POWER)
    assert "nobody has contributed" in refused_because(nobody)
    beacon_alone = powers_of_tau.contributed(nobody, BEACON.rng(), author("beacon", BEACON), fastest())
    assert "no person has contributed" in refused_because(beacon_alone)
    person_alone = powers_of_tau.contributed(nobody, rng(1), author("first"), fastest())
    assert refused_because(person_alone) == ""
    assert "no beacon comes last" in refused_because(person_alone, require_beacon=True)


def test_c44_somebody_must_contribute_to_powers_of_tau_twin(monkeypatch: pytest.MonkeyPatch) -> None:
    """snarkjs calls powers with nothing but a beacon good."""
    nobody = powers_of_tau.without_contributions(POWER)
    beacon_alone = powers_of_tau.contributed(nobody, BEACON.rng(), author("beacon", BEACON), fastest())
    monkeypatch.setattr(MODULE + "_refuse_unfinished", lambda ptau, require_beacon: None)
    assert refused_because(beacon_alone) == ""


def test_a_record_that_cannot_be_is_refused() -> None:
    assert "2^10" in refused_because(with_contribution(2, author=Author("beacon", b"\x01", 9)))
    state = chain_of_powers().contributions[1].partial_hash
    assert "hash" in refused_because(with_contribution(1, partial_hash=state[:-1] + b"\x01"))
