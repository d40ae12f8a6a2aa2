"""The lint of keys: every kind of unsound key is found, and sound ones pass."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from prover.bn254 import FQ, G1_GENERATOR, G2_GENERATOR, G2Point
from prover.errors import KeyRefused
from prover.formats.groth16_types import Proof, VerificationKey
from prover.groth16 import development, keys, lint_verification_key, refuse_unsound_key, verify
from prover.groth16.development import development_secret, is_development_key, origin_digest
from prover.groth16.keys import Finding, refuse_unsound_proving_key
from prover.groth16.prove import prove
from prover.kernels.interface import Kernels
from prover.reference.groth16 import ToxicWaste
from prover.reference.groth16 import prove as reference_prove
from tests.support.groth16 import CONSTRAINTS, N_PUBLIC, N_WIRES, TOXIC, make_setup, toy_setup, toy_values, toy_witness
from tests.support.kernels import fastest
from tests.support.points import G2_OUTSIDE_SUBGROUP
from tests.support.trapdoor import g1, g2

Lint = Callable[[VerificationKey], list[Finding]]


def minus_g2(point: G2Point) -> G2Point:
    return None if point is None else (point[0], (-point[1][0] % FQ, -point[1][1] % FQ))


def minus_g1_generator() -> tuple[int, int]:
    return 1, FQ - 2


def unsound_keys() -> list[tuple[str, VerificationKey]]:
    """(the code that the lint must give, a key sound but for that)."""
    sound = toy_setup().verification_key
    ic = sound.ic
    return [
        ("gamma-equals-delta", replace(sound, gamma_g2=sound.delta_g2)),
        ("gamma-equals-delta", replace(sound, gamma_g2=G2_GENERATOR, delta_g2=G2_GENERATOR)),
        ("gamma-equals-minus-delta", replace(sound, gamma_g2=minus_g2(sound.delta_g2))),
        ("delta-is-generator", replace(sound, delta_g2=G2_GENERATOR)),
        ("delta-is-generator", replace(sound, delta_g2=minus_g2(G2_GENERATOR))),
        ("alpha-is-generator", replace(sound, alpha_g1=G1_GENERATOR)),
        ("alpha-is-generator", replace(sound, alpha_g1=minus_g1_generator())),
        ("beta-is-generator", replace(sound, beta_g2=G2_GENERATOR)),
        ("beta-repeated", replace(sound, beta_g2=sound.gamma_g2)),
        ("infinity", replace(sound, alpha_g1=None)),
        ("infinity", replace(sound, beta_g2=None)),
        ("infinity", replace(sound, gamma_g2=None)),
        ("infinity", replace(sound, delta_g2=None)),
        ("ic-infinity", replace(sound, ic=(ic[0], None, ic[2]))),
        ("ic-repeated", replace(sound, ic=(ic[0], ic[1], ic[1]))),
        ("ic-repeated", replace(sound, ic=(ic[0], ic[1], (ic[1][0], FQ - ic[1][1]) if ic[1] else None))),
        ("ic-repeated", replace(sound, ic=(ic[1], ic[1], ic[2]))),
        ("ic-length", replace(sound, ic=())),
        ("ic-length", replace(sound, ic=ic[:2])),
        ("ic-length", replace(sound, ic=(*ic, g1(987654321)))),
        ("not-on-curve", replace(sound, alpha_g1=(1, 3))),
        ("not-on-curve", replace(sound, ic=(ic[0], (5, 5), ic[2]))),
        ("not-on-curve", replace(sound, gamma_g2=((1, 2), (3, 4)))),
        ("not-in-subgroup", replace(sound, beta_g2=G2_OUTSIDE_SUBGROUP)),
        ("not-in-subgroup", replace(sound, delta_g2=G2_OUTSIDE_SUBGROUP)),
    ]


def missed(lint: Lint) -> list[str]:
    """The unsound keys in which `lint` does not find what is wrong."""
    return [code for code, key in unsound_keys() if code not in {finding.code for finding in lint(key)}]


@pytest.mark.parametrize("kernels", [None, fastest()], ids=["integers", "kernels"])
def test_c41_every_unsound_key_is_found(kernels: Kernels | None) -> None:
    assert lint_verification_key(toy_setup().verification_key, kernels, n_public=N_PUBLIC) == []
    assert missed(lambda key: lint_verification_key(key, kernels, n_public=N_PUBLIC)) == []


@pytest.mark.parametrize("check", ["_membership", "_known_relations", "_inputs"])
def test_c41_twin(check: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys, check, lambda *_: iter(()))
    assert missed(lambda key: lint_verification_key(key, n_public=N_PUBLIC))


def test_gamma_may_be_the_generator() -> None:
    """snarkjs never multiplies gamma; it is delta that contributions move away from it."""
    assert lint_verification_key(replace(toy_setup().verification_key, gamma_g2=G2_GENERATOR)) == []


def entrances_that_open() -> list[str]:
    """Which ways into the prover a key with gamma = delta gets through."""
    setup = toy_setup(ToxicWaste(alpha=1111, beta=2222, gamma=4444, delta=4444, tau=5555))
    key, proving_key = setup.verification_key, setup.proving_key
    proof, public = Proof(g1(5), g2(6), g1(7)), [1] * key.n_public
    entrances: dict[str, Callable[[], object]] = {
        "refuse_unsound_key": lambda: refuse_unsound_key(key),
        "verify": lambda: verify(key, public, proof, fastest()),
        "prove": lambda: prove(proving_key, toy_witness(3), kernels=fastest()),
    }
    opened = []
    for name, enter in entrances.items():
        try:
            enter()
        except KeyRefused as refused:
            assert refused.reasons  # noqa: PT017
        else:
            opened.append(name)
    return opened


def test_c41_unsound_keys_are_refused_everywhere() -> None:
    assert entrances_that_open() == []


def test_c41_refused_everywhere_twin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys, "_known_relations", lambda _key: iter(()))
    monkeypatch.setattr(keys, "_found_sound", set())
    assert entrances_that_open() == ["refuse_unsound_key", "verify", "prove"]


def test_a_proving_key_whose_halves_disagree_is_refused() -> None:
    key, kernels = toy_setup().proving_key, fastest()
    refuse_unsound_proving_key(key, kernels)
    for broken in (replace(key, delta_g1=key.beta_g1), replace(key, beta_g1=key.alpha_g1)):
        with pytest.raises(KeyRefused, match="not the same number"):
            refuse_unsound_proving_key(broken, kernels)
    off_curve = key.delta_g1.copy()
    off_curve[0] ^= 1
    with pytest.raises(KeyRefused, match="not a point"):
        refuse_unsound_proving_key(replace(key, delta_g1=off_curve), kernels)


# -- C43: every public input is bound ----------------------------------------------------------------------------------


def changed_notes_accepted(*, bind_inputs: bool) -> list[int]:
    """Values of the unused public input that a proof of note = 77 is accepted for, the key's lint left aside."""
    setup = make_setup(CONSTRAINTS, N_WIRES, N_PUBLIC, TOXIC, bind_inputs=bind_inputs)
    proof = Proof(*reference_prove(setup.key, setup.qap, toy_values(3), 8, 9))
    assert verify(setup.verification_key, [35, 77], proof, fastest())
    return [note for note in (0, 78) if verify(setup.verification_key, [35, note], proof, fastest())]


def test_c43_an_unused_public_input_cannot_be_changed() -> None:
    assert changed_notes_accepted(bind_inputs=True) == []


def test_c43_twin(monkeypatch: pytest.MonkeyPatch) -> None:
    unbound = make_setup(CONSTRAINTS, N_WIRES, N_PUBLIC, TOXIC, bind_inputs=False).verification_key
    assert unbound.ic[2] is None
    assert "ic-infinity" in {finding.code for finding in lint_verification_key(unbound)}
    monkeypatch.setattr(keys, "_inputs", lambda _key, _n_public: iter(()))
    monkeypatch.setattr(keys, "_found_sound", set())
    assert changed_notes_accepted(bind_inputs=False) == [0, 78]


# -- C45: development keys ---------------------------------------------------------------------------------------------


def development_key(delta: int) -> VerificationKey:
    toxic = ToxicWaste(
        alpha=development_secret("alpha"),
        beta=development_secret("beta"),
        gamma=1,
        delta=delta,
        tau=development_secret("tau"),
    )
    return make_setup(CONSTRAINTS, N_WIRES, N_PUBLIC, toxic).verification_key


def development_keys_let_through() -> list[int]:
    """The contributions after which a key of the development set-up passes for production."""
    return [delta for delta in (2, 987654321) if not lint_verification_key(development_key(delta), production=True)]


def test_c45_development_keys_are_refused_for_production_whatever_was_contributed() -> None:
    assert development_keys_let_through() == []
    key = development_key(3)
    assert is_development_key(key)
    assert origin_digest(key) in development.DEVELOPMENT_ORIGINS
    assert lint_verification_key(key) == []  # for demonstrations it may be used
    assert not is_development_key(toy_setup().verification_key)
    assert lint_verification_key(toy_setup().verification_key, production=True) == []
    with pytest.raises(KeyRefused, match="published"):
        refuse_unsound_key(key, production=True)


def test_c45_single_keys_can_be_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    key = toy_setup().verification_key
    monkeypatch.setattr(development, "DEVELOPMENT_KEYS", frozenset({key.digest().hex()}))
    assert [finding.code for finding in lint_verification_key(key, production=True)] == ["development-key"]


def test_c45_twin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(development, "DEVELOPMENT_ORIGINS", frozenset[str]())
    assert development_keys_let_through()
