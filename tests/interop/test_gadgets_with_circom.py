"""Our gadgets beside circomlib's circuits: the same verdicts, the same hashes, fewer constraints."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from random import Random

import pytest

from circuits.catalogue import examples
from circuits.frontend import (
    Builder,
    Circuit,
    InputRefused,
    RuleViolated,
    Wire,
    compile_circuit,
    private,
    run_on_integers,
)
from circuits.frontend.symbols import symbol_lines
from circuits.gadgets.eddsa import circuit_inputs, eddsa_verify
from circuits.gadgets.poseidon import poseidon, poseidon_cost
from circuits.gadgets.signature_inputs import signature_inputs
from console.peers.circom import CompiledCircuit, calculate_witness
from console.peers.circom import compile_circuit as compile_circom
from console.peers.process import PeerFailed
from primitives import babyjubjub
from primitives.babyjubjub import SUBGROUP_ORDER, Point, multiply
from primitives.eddsa import Signature, challenge, expand_private_key, public_key, sign
from prover.bn254 import FR, ints_from_scalars
from prover.formats.r1cs import read_r1cs, write_r1cs
from prover.formats.wtns import read_wtns, write_wtns
from tests.support.kernels import fastest
from tests.support.snarkjs_files import snarkjs

EDDSA = """pragma circom 2.0.0;
include "circomlib/eddsaposeidon.circom";
template Enabled() {
    signal input Ax; signal input Ay; signal input S; signal input R8x; signal input R8y; signal input M;
    component v = EdDSAPoseidonVerifier();
    v.enabled <== 1; v.Ax <== Ax; v.Ay <== Ay; v.S <== S; v.R8x <== R8x; v.R8y <== R8y; v.M <== M;
}
component main = Enabled();
"""
MOST_OF_CIRCOMLIBS = 0.60


@cache
def circom_poseidon(arity: int) -> CompiledCircuit:
    return compile_circom(
        'pragma circom 2.0.0;\ninclude "circomlib/poseidon.circom";\n'
        f"template Hash() {{ signal input x[{arity}]; signal output out; component h = Poseidon({arity});"
        f" for (var i = 0; i < {arity}; i++) {{ h.inputs[i] <== x[i]; }} out <== h.out; }}\ncomponent main = Hash();\n"
    )


def define_hash(c: Builder, x: Sequence[Wire]) -> Wire:
    return poseidon(c, x)


@cache
def circom_eddsa() -> CompiledCircuit:
    return compile_circom(EDDSA)


@pytest.mark.parametrize("arity", [1, 2, 4, pytest.param(16, marks=pytest.mark.deep)])
def test_a9_poseidon_is_circomlibs_and_costs_no_more(arity: int) -> None:
    peer = circom_poseidon(arity)
    assert poseidon_cost(arity) <= read_r1cs(peer.r1cs).n_constraints
    circuit = Circuit(f"hash {arity}", define_hash, {"x": private(arity)})
    rng = Random(arity)
    for inputs in ([0] * arity, [FR - 1] * arity, [rng.randrange(FR) for _ in range(arity)]):
        theirs = ints_from_scalars(read_wtns(calculate_witness(peer, {"x": [str(value) for value in inputs]}))[1:2])
        assert list(run_on_integers(circuit, {"x": inputs}).outputs.values()) == theirs


def test_signatures_cost_at_most_sixty_hundredths_of_circomlibs() -> None:
    ours, theirs = compile_circuit(eddsa_verify).n_constraints, read_r1cs(circom_eddsa().r1cs).n_constraints
    assert ours <= MOST_OF_CIRCOMLIBS * theirs, (ours, theirs)


def circom_accepts(key: Point, signature: Signature, message: int) -> bool:
    names = ("Ax", "Ay", "R8x", "R8y", "S", "M")
    values = (*key, *signature.r, signature.s, message)
    try:
        calculate_witness(circom_eddsa(), {name: str(value) for name, value in zip(names, values, strict=True)})
    except PeerFailed:
        return False
    return True


def accepts(key: Point, signature: Signature, message: int) -> bool:
    try:
        run_on_integers(eddsa_verify, circuit_inputs(signature_inputs(key, signature, message)))
    except (InputRefused, RuleViolated):
        return False
    return True


def cases() -> dict[str, tuple[Point, Signature, int, bool]]:
    """Signatures and damage, with circomlib's verdict where it is not ours: what only ours refuses."""
    rng = Random(1)
    secret, message = rng.randbytes(32), rng.randrange(FR)
    key, signature = public_key(secret), sign(secret, message)
    small = multiply(SUBGROUP_ORDER, babyjubjub.GENERATOR)
    found = {f"honest {m % 1000}": (key, sign(secret, m), m, True) for m in (0, FR - 1, rng.randrange(FR))}
    damaged = {
        "S + l": (key, replace(signature, s=signature.s + SUBGROUP_ORDER), message),
        "S + 1": (key, replace(signature, s=signature.s + 1), message),
        "other message": (key, signature, (message + 1) % FR),
        "-R": (key, replace(signature, r=babyjubjub.negate(signature.r)), message),
        "R off the curve": (key, replace(signature, r=(signature.r[0], signature.r[1] + 1)), message),
        "-A": (babyjubjub.negate(key), signature, message),
        "A of small order": (small, signature, message),
        "A off the curve": ((key[0], key[1] + 1), signature, message),
    }
    return found | {name: (*case, False) for name, case in damaged.items()}


@pytest.mark.parametrize("name", cases())
def test_j126_circomlib_gives_the_same_verdict(name: str) -> None:
    key, signature, message, valid = cases()[name]
    assert circom_accepts(key, signature, message) == accepts(key, signature, message) == valid


def test_j126_what_only_ours_refuses() -> None:
    """A key outside the subgroup of prime order: circomlib multiplies by 8 and takes it."""
    secret, message = Random(2).randbytes(32), 5
    key = babyjubjub.add(public_key(secret), multiply(SUBGROUP_ORDER, babyjubjub.GENERATOR))
    s, _ = expand_private_key(secret)
    nonce = 1234567
    r = multiply(nonce, babyjubjub.BASE8)
    signature = Signature(r, (nonce + challenge(r, key, message) * s) % SUBGROUP_ORDER)
    assert circom_accepts(key, signature, message)
    assert not accepts(key, signature, message)


@pytest.mark.parametrize("name", ["division", "merkle_root_2"])
def test_snarkjs_takes_our_files(name: str, tmp_path: Path) -> None:
    example = examples()[name]
    compiled = compile_circuit(example.circuit)
    r1cs, wtns = tmp_path / "a.r1cs", tmp_path / "a.wtns"
    write_r1cs(r1cs, compiled.relation)
    write_wtns(wtns, compiled.witness(example.inputs(Random(1)), fastest()))
    assert f"# of Constraints: {compiled.n_constraints}" in snarkjs("r1cs", "info", r1cs)
    assert "WITNESS IS CORRECT" in snarkjs("wtns", "check", r1cs, wtns)
    lines = list(symbol_lines(compiled))
    assert [line.split(",")[1] for line in lines] == [str(wire) for wire in range(1, compiled.relation.n_wires)]
    assert all(line.split(",", 3)[3].startswith("main.") and line.count(",") == 3 for line in lines)
