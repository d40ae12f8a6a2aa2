"""Circom circuits proven here and there: snarkjs's keys here, our keys there, and every verifier on every proof."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import groth16py
import pytest

from console.peers import catalogue, snarkjs
from console.peers.provers import Groth16py, Job
from prover.bn254 import FR
from prover.ceremony import phase2
from prover.ceremony.phase2_verification import verify_from_relation
from prover.errors import KeyRefused
from prover.formats import json_files
from prover.formats.ptau import read_ptau
from prover.formats.r1cs import read_r1cs
from prover.formats.wtns import read_wtns
from prover.formats.zkey import read_zkey, write_zkey
from prover.groth16 import prove, verify
from prover.groth16.keys import verification_key_of
from prover.groth16.setup import set_up
from prover.solidity import encode_proof, format_calldata
from tests.support.interop import (
    BEACON,
    Ceremony,
    ProofFiles,
    ask_contract,
    our_powers_of_tau,
    snarkjs_ceremony,
)
from tests.support.kernels import fastest

QUICK = ["poseidon"]
SLOW = ["eddsa", "merkle", "mixture-14", "mixture-16", "mixture-18"]
CIRCUITS = [*QUICK, *(pytest.param(name, marks=pytest.mark.deep) for name in SLOW)]


@pytest.fixture(params=CIRCUITS, scope="module")
def ceremony(request: pytest.FixtureRequest) -> Ceremony:
    """A circuit with a key by snarkjs. The larger ones take minutes the first time."""
    return snarkjs_ceremony(request.param)


@pytest.fixture(scope="module")
def our_ceremony(ceremony: Ceremony, tmp_path_factory: pytest.TempPathFactory) -> Ceremony:
    """The same circuit with powers of tau, key, contribution and beacon by us."""
    folder = tmp_path_factory.mktemp("ours")
    relation = read_r1cs(ceremony.built.r1cs)
    ptau = our_powers_of_tau(relation.domain_size.bit_length() - 1)
    write_zkey(folder / "0.zkey", set_up(relation, read_ptau(ptau), fastest()))
    phase2.contribute(folder / "0.zkey", folder / "1.zkey", fastest(), name="one")
    phase2.apply_beacon(folder / "1.zkey", folder / "2.zkey", BEACON, fastest(), name="beacon")
    return Ceremony(ceremony.built, ptau, folder / "2.zkey")


def proven_here(ceremony: Ceremony, folder: Path) -> ProofFiles:
    key = read_zkey(ceremony.zkey)
    result = prove(key, read_wtns(ceremony.built.wtns), kernels=fastest())
    files = ProofFiles(folder / "key.json", folder / "public.json", folder / "proof.json")
    json_files.write_verification_key(files.verification_key, verification_key_of(key), fastest())
    json_files.write_public(files.public, result.public_signals)
    json_files.write_proof(files.proof, result.proof)
    return files


def proven_by_snarkjs(ceremony: Ceremony, folder: Path) -> ProofFiles:
    files = ProofFiles(folder / "key.json", folder / "public.json", folder / "proof.json")
    snarkjs.export_verification_key(ceremony.zkey, files.verification_key)
    snarkjs.prove(ceremony.zkey, ceremony.built.wtns, files.proof, files.public)
    return files


def verdicts(files: ProofFiles) -> dict[str, bool]:
    """What every verifier that takes files says of a well-formed proof."""
    key, public, proof = files.read()
    return {
        "here": verify(key, public, proof, fastest()),
        "contract": ask_contract(key, public, proof).is_true,
        "snarkjs": snarkjs.is_proof_valid(files.verification_key, files.public, files.proof),
        "groth16py": by_groth16py(files),
    }


def by_groth16py(files: ProofFiles) -> bool:
    _, public, proof = files.read()
    verifier = groth16py.Verifier(groth16py.VerifyingKey.from_snarkjs_file(str(files.verification_key)))
    return bool(verifier.verify(encode_proof(proof), public))


def falsified(files: ProofFiles, folder: Path) -> Iterator[ProofFiles]:
    """The same key with a public input or the proof changed into something well-formed and wrong."""
    _, public, proof = files.read()
    other_public, other_proof = folder / "other_public.json", folder / "other_proof.json"
    json_files.write_public(other_public, [(public[0] + 1) % FR, *public[1:]])
    json_files.write_proof(other_proof, replace(proof, a=proof.c, c=proof.a))
    yield replace(files, public=other_public)
    yield replace(files, proof=other_proof)


def test_a_snarkjs_key_proves_here(ceremony: Ceremony, tmp_path: Path) -> None:
    files = proven_here(ceremony, tmp_path)
    assert set(verdicts(files).values()) == {True}
    for wrong in falsified(files, tmp_path):
        assert set(verdicts(wrong).values()) == {False}


def test_a_snarkjs_proof_is_accepted_here(ceremony: Ceremony, tmp_path: Path) -> None:
    files = proven_by_snarkjs(ceremony, tmp_path)
    assert set(verdicts(files).values()) == {True}
    for wrong in falsified(files, tmp_path):
        assert set(verdicts(wrong).values()) == {False}


def test_a_snarkjs_key_verifies_here(ceremony: Ceremony) -> None:
    relation, powers = read_r1cs(ceremony.built.r1cs), read_ptau(ceremony.ptau)
    verified = verify_from_relation(read_zkey(ceremony.zkey), relation, powers, fastest())
    assert [each.author.name for each in verified.contributions] == ["one", "beacon"]


def test_our_key_passes_and_proves_in_snarkjs(our_ceremony: Ceremony, tmp_path: Path) -> None:
    assert snarkjs.is_key_valid(our_ceremony.built.r1cs, our_ceremony.ptau, our_ceremony.zkey)
    files = proven_by_snarkjs(our_ceremony, tmp_path)
    assert set(verdicts(files).values()) == {True}


def test_our_key_proves_here(our_ceremony: Ceremony, tmp_path: Path) -> None:
    files = proven_here(our_ceremony, tmp_path)
    assert set(verdicts(files).values()) == {True}


def test_our_key_proves_in_arkworks(our_ceremony: Ceremony, tmp_path: Path) -> None:
    files = proven_here(our_ceremony, tmp_path)
    key, public, _ = files.read()
    run = Groth16py().run(Job(our_ceremony.zkey, our_ceremony.built.wtns, tmp_path))
    assert verify(key, public, run.proof, fastest())
    assert ask_contract(key, public, run.proof).is_true


def test_a_key_without_a_contribution_is_refused_here_and_not_by_snarkjs(tmp_path: Path) -> None:
    """The fact that our lint exists for (snarkjs 0.7.6)."""
    built = catalogue.build("poseidon")
    ptau = our_powers_of_tau(8)
    write_zkey(tmp_path / "0.zkey", set_up(read_r1cs(built.r1cs), read_ptau(ptau), fastest()))
    assert snarkjs.is_key_valid(built.r1cs, ptau, tmp_path / "0.zkey")
    with pytest.raises(KeyRefused):
        prove(read_zkey(tmp_path / "0.zkey"), read_wtns(built.wtns), kernels=fastest())


def test_calldata_is_snarkjss(tmp_path: Path) -> None:
    files = proven_here(snarkjs_ceremony("poseidon"), tmp_path)
    _, public, proof = files.read()
    assert format_calldata(proof, public) == snarkjs.format_calldata(files.public, files.proof)


def test_calldata_is_snarkjss_twin(tmp_path: Path) -> None:
    """Real and imaginary parts in the file's order, as is often got wrong, are told apart."""
    files = proven_here(snarkjs_ceremony("poseidon"), tmp_path)
    _, public, proof = files.read()
    assert proof.b is not None
    (x0, x1), (y0, y1) = proof.b
    unswapped = replace(proof, b=((x1, x0), (y1, y0)))
    assert format_calldata(unswapped, public) != snarkjs.format_calldata(files.public, files.proof)


def test_the_contract_takes_snarkjss_place(tmp_path: Path) -> None:
    """Same signature, same answers as the contract that snarkjs exports, at a similar price."""
    from prover.solidity import compile_solidity, encode_arguments
    from tests.support.evm import Machine
    from tests.support.interop import deployed_verifier

    ceremony = snarkjs_ceremony("poseidon")
    files = proven_here(ceremony, tmp_path)
    key, public, proof = files.read()
    snarkjs.export_solidity_verifier(ceremony.zkey, tmp_path / "theirs.sol")
    theirs = compile_solidity((tmp_path / "theirs.sol").read_text())
    machine = Machine()
    address = machine.deploy(theirs.creation_code)
    _, _, selector = deployed_verifier(key)
    assert theirs.selector("verifyProof") == selector
    for inputs in (public, [(public[0] + 1) % FR]):
        calldata = selector + encode_arguments(proof, inputs)
        ours, reference = ask_contract(key, inputs, proof), machine.call(address, calldata)
        assert ours.output == reference.output
        assert ours.gas_used < 1.02 * reference.gas_used
