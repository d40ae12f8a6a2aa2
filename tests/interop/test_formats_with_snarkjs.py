"""snarkjs reads what we write, and its command line writes what we write."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from prover.bn254 import scalars_from_ints
from prover.formats import zkey as zkey_format
from prover.formats.json_files import (
    proof_to_json,
    public_to_json,
    read_proof,
    read_public,
    read_verification_key,
    write_verification_key,
)
from prover.formats.ptau import read_ptau, write_ptau
from prover.formats.r1cs import SNARKJS_ORDER, write_r1cs
from prover.formats.wtns import write_wtns
from prover.formats.zkey import read_zkey, write_zkey
from prover.r1cs import R1CS
from tests.support.kernels import fastest
from tests.support.snarkjs_files import snarkjs, snarkjs_files
from tests.unit.test_r1cs import GOOD, product_relation


@pytest.mark.parametrize("order", [(2, 1, 3), SNARKJS_ORDER], ids=["circom's order", "snarkjs's order"])
def test_snarkjs_checks_our_witness_against_our_relation(tmp_path: Path, order: tuple[int, ...]) -> None:
    relation, r1cs, wtns = product_relation(), tmp_path / "a.r1cs", tmp_path / "a.wtns"
    write_r1cs(r1cs, relation, order)
    write_wtns(wtns, scalars_from_ints(GOOD))
    assert "WITNESS IS CORRECT" in snarkjs("wtns", "check", r1cs, wtns)
    write_wtns(wtns, scalars_from_ints([*GOOD[:-1], GOOD[-1] + 1]))
    with pytest.raises(AssertionError, match="WITNESS CHECKING FINISHED UNSUCCESSFULLY"):
        snarkjs("wtns", "check", r1cs, wtns)


def test_snarkjs_counts_what_we_count(tmp_path: Path) -> None:
    relation: R1CS = product_relation()
    write_r1cs(tmp_path / "a.r1cs", relation)
    snarkjs("r1cs", "export", "json", tmp_path / "a.r1cs", tmp_path / "a.json")
    exported = json.loads((tmp_path / "a.json").read_text())
    assert exported["nVars"] == relation.n_wires
    assert exported["nConstraints"] == relation.n_constraints
    assert (exported["nOutputs"], exported["nPubInputs"], exported["nPrvInputs"]) == (1, 1, 1)
    for row, constraint in enumerate(exported["constraints"]):
        for (_, matrix), combination in zip(relation.matrices(), constraint, strict=True):
            assert dict(matrix.row(row)) == {int(wire): int(value) for wire, value in combination.items()}


def test_snarkjs_verifies_a_key_whose_sections_we_moved(tmp_path: Path) -> None:
    """The chain of contributions is parsed and written by us; every section is somewhere else than snarkjs puts it."""
    files, key = snarkjs_files(), tmp_path / "moved.zkey"
    write_zkey(key, read_zkey(files / "small.zkey"), zkey_format.CONTRIBUTED_ORDER[::-1])
    assert "ZKey Ok!" in snarkjs("zkey", "verify", files / "small.r1cs", files / "prepared.ptau", key)
    snarkjs("groth16", "prove", key, files / "small.wtns", tmp_path / "proof.json", tmp_path / "public.json")
    accepted = snarkjs(
        "groth16", "verify", files / "small.verification_key.json", tmp_path / "public.json", tmp_path / "proof.json"
    )
    assert "OK!" in accepted


def test_snarkjs_verifies_powers_of_tau_that_we_wrote(tmp_path: Path) -> None:
    powers = read_ptau(snarkjs_files() / "prepared.ptau")
    write_ptau(tmp_path / "a.ptau", powers, powers.section_order[::-1])
    assert "Powers of Tau Ok!" in snarkjs("powersoftau", "verify", tmp_path / "a.ptau")


@pytest.mark.parametrize("circuit", ["small", "private"])
def test_the_command_line_of_snarkjs_writes_our_json(tmp_path: Path, circuit: str) -> None:
    files = snarkjs_files()
    paths = [tmp_path / name for name in ("key.json", "proof.json", "public.json", "ours.json")]
    key, proof, public, ours = paths
    snarkjs("zkey", "export", "verificationkey", files / f"{circuit}.zkey", key)
    write_verification_key(ours, read_zkey(files / f"{circuit}.zkey").verification_key(), fastest())
    assert ours.read_bytes() == key.read_bytes()
    assert read_verification_key(ours) == read_verification_key(key)
    snarkjs("groth16", "prove", files / f"{circuit}.zkey", files / f"{circuit}.wtns", proof, public)
    assert proof_to_json(read_proof(proof)).encode() == proof.read_bytes()
    assert read_public(public) == read_public(files / f"{circuit}.public.json")
    assert json.loads(public_to_json(read_public(public))) == json.loads(public.read_text())


def test_labels_survive(tmp_path: Path) -> None:
    relation = product_relation()
    labelled = R1CS(5, 1, 1, 1, relation.a, relation.b, relation.c, np.array([0, 7, 3, 4, 9], dtype=np.uint64), 12)
    write_r1cs(tmp_path / "a.r1cs", labelled)
    snarkjs("r1cs", "export", "json", tmp_path / "a.r1cs", tmp_path / "a.json")
    exported = json.loads((tmp_path / "a.json").read_text())
    assert exported["map"] == [0, 7, 3, 4, 9]
    assert exported["nLabels"] == 12
