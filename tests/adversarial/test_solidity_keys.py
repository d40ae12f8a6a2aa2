"""Keys that are not sound become no contract: refused by the renderer, and again by the constructor (checklist C41)."""

from __future__ import annotations

import random
from dataclasses import replace
from functools import cache

import pytest

from prover.bn254 import FQ, G1_GENERATOR, G2_GENERATOR, G2Affine
from prover.errors import KeyRefused
from prover.formats.groth16_types import VerificationKey
from prover.solidity.calldata import encode_arguments
from prover.solidity.compiler import CompiledContract, compile_many
from prover.solidity.errors import UnrenderableKey
from prover.solidity.render import GasCaps, _render, render_verifier
from tests.support.evm import Machine
from tests.support.points import G2_OUTSIDE_SUBGROUP
from tests.support.trapdoor import TrapdoorKey, g1
from tests.support.verifiers import pack_words, raw_words, trapdoor_key


def minus(point: G2Affine) -> G2Affine:
    return point[0], (-point[1][0] % FQ, -point[1][1] % FQ)


def unsound_keys() -> dict[str, VerificationKey]:
    """Keys with one fault each."""
    key = trapdoor_key().verification_key()
    assert key.gamma_g2 is not None
    return {
        "gamma is delta": replace(key, delta_g2=key.gamma_g2),
        "gamma is minus delta": replace(key, delta_g2=minus(key.gamma_g2)),
        "alpha is a generator": replace(key, alpha_g1=G1_GENERATOR),
        "beta is a generator": replace(key, beta_g2=G2_GENERATOR),
        "delta is a generator": replace(key, delta_g2=G2_GENERATOR),
        "beta is outside the subgroup": replace(key, beta_g2=G2_OUTSIDE_SUBGROUP),
        "delta is off the curve": replace(key, delta_g2=((1, 2), (3, 4))),
        "alpha is off the curve": replace(key, alpha_g1=(1, 3)),
        "ic[2] is off the curve": replace(key, ic=(*key.ic[:2], (5, 5), key.ic[3])),
    }


def keys_with_bad_points_of_ic() -> dict[str, VerificationKey]:
    """Faults that only the renderer sees, or that no constructor can be written of."""
    key = trapdoor_key().verification_key()
    return {
        "ic[1] at infinity": replace(key, ic=(key.ic[0], None, *key.ic[2:])),
        "ic[1] repeated": replace(key, ic=(key.ic[0], key.ic[1], key.ic[1], key.ic[3])),
        "alpha at infinity": replace(key, alpha_g1=None),
        "delta at infinity": replace(key, delta_g2=None),
    }


def refused_by_renderer() -> dict[str, bool]:
    refused = {}
    for name, key in (unsound_keys() | keys_with_bad_points_of_ic()).items():
        try:
            render_verifier(key)
            refused[name] = False
        except KeyRefused:
            refused[name] = True
        except UnrenderableKey:
            refused[name] = False
    return refused


def test_c41_the_renderer_refuses_unsound_keys() -> None:
    assert all(refused_by_renderer().values())


def test_c41_the_renderer_refuses_unsound_keys_twin(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the lint the renderer takes them, so that the test above would fail."""
    monkeypatch.setattr("prover.solidity.render.refuse_unsound_key", lambda *_, **__: None)
    assert not any(refused_by_renderer().values())


def weakened(source: str) -> str:
    return source.replace("revert UnsoundKey();", "{ }")


@cache
def compiled_unsound_keys() -> dict[str, CompiledContract]:
    """Contracts `Unsound<i>` as rendered and `Weakened<i>` with a constructor that checks nothing."""
    sources = {}
    for index, key in enumerate(unsound_keys().values()):
        sources[f"Unsound{index}"] = _render(key, f"Unsound{index}", GasCaps())
        sources[f"Weakened{index}"] = weakened(_render(key, f"Weakened{index}", GasCaps()))
    return compile_many(sources)


def refused_by_constructor(kind: str) -> dict[str, bool]:
    refused = {}
    for index, name in enumerate(unsound_keys()):
        try:
            Machine().deploy(compiled_unsound_keys()[f"{kind}{index}"].creation_code)
            refused[name] = False
        except RuntimeError:
            refused[name] = True
    return refused


def test_c41_the_constructor_refuses_unsound_keys() -> None:
    assert all(refused_by_constructor("Unsound").values())


def test_c41_the_constructor_refuses_unsound_keys_twin() -> None:
    assert not any(refused_by_constructor("Weakened").values())


def test_names_and_sizes_are_checked() -> None:
    key = trapdoor_key().verification_key()
    with pytest.raises(UnrenderableKey, match="identifier"):
        render_verifier(key, contract_name="A { }")
    rng = random.Random(1)
    wide = replace(key, ic=tuple(g1(rng.randrange(2, 10**9)) for _ in range(130)))
    with pytest.raises(UnrenderableKey, match="129 public inputs"):
        render_verifier(wide)


def test_no_and_many_public_inputs() -> None:
    """Zero inputs have no last argument; the widest contract fits under EIP-170's 24,576 bytes."""
    rng = random.Random(2)
    none, many = TrapdoorKey.random(0, rng), TrapdoorKey.random(128, rng)
    contracts = compile_many(
        {
            "NoInputs": render_verifier(none.verification_key(), contract_name="NoInputs"),
            "ManyInputs": render_verifier(many.verification_key(), contract_name="ManyInputs"),
        }
    )
    for name, trapdoor in (("NoInputs", none), ("ManyInputs", many)):
        contract = contracts[name]
        assert not contract.warnings
        machine = Machine()
        address = machine.deploy(contract.creation_code)
        public = [rng.randrange(1, 10**6) for _ in trapdoor.ic[1:]]
        arguments = encode_arguments(trapdoor.prove(public, 3, 4), public)
        assert machine.call(address, contract.selector("verifyProof") + arguments).is_true
        wrong = encode_arguments(trapdoor.prove(public, 3, 4), public[:-1] + [0] if public else [])
        assert machine.call(address, contract.selector("verifyProof") + wrong).is_true is (not public)
        proofs = [trapdoor.prove(public, 3, 4), trapdoor.prove(public, 5, 6)]
        words = pack_words([word for proof in proofs for word in raw_words(proof, [])])
        rows = [] if not public else [2, *public, *public]
        offsets = [64, 96 + len(words)] if public else [32]
        together = pack_words([*offsets, 2]) + words + pack_words(rows)
        assert machine.call(address, contract.selector("verifyMany") + together).is_true
        assert not machine.call(address, contract.selector("verifyMany") + together + bytes(32)).success
        spoiled = together.replace(words[:32], pack_words([1]), 1)
        assert machine.call(address, contract.selector("verifyMany") + spoiled).is_false
