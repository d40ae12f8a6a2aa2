"""A proof is checked as anybody could: what is wrong with it is found, by the check that is about it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from console.tui.checks import KeyFound, check_proof, find_key
from prover.bn254 import FQ, FR
from prover.formats.zkey import read_zkey
from prover.groth16.keys import verification_key_of
from sequencer.record.reader import RecordReader
from sequencer.record.types import BatchDetail, ProofRow
from tests.support.kernels import fastest
from tests.support.prover_pool import key_file
from tests.support.recorded_run import RecordedRun
from tests.support.tui_runs import PROVEN


@pytest.fixture(scope="module")
def proven(told: RecordedRun) -> tuple[BatchDetail, ProofRow]:
    with RecordReader(told.path) as reader:
        return reader.detail(PROVEN), reader.proof(PROVEN)


def found_key() -> KeyFound:
    return KeyFound(verification_key_of(read_zkey(key_file())), key_file(), key_file().name)


def failing(detail: BatchDetail, proof: ProofRow, key: KeyFound | None = None) -> list[str]:
    return [check.name for check in check_proof(detail, proof, key or found_key(), fastest()) if check.holds is False]


def test_a_true_proof_passes_every_check(proven: tuple[BatchDetail, ProofRow]) -> None:
    checks = list(check_proof(*proven, found_key(), fastest()))
    assert [check.holds for check in checks] == [True] * 11
    assert checks[-1].name == "pairing"
    assert key_file().name in checks[-1].says


def test_planted_faults_are_found_by_the_check_that_is_about_them(proven: tuple[BatchDetail, ProofRow]) -> None:
    detail, proof = proven
    digest, evaluation, point = proof.public_signals
    words = list(detail.words)
    words[2] = replace(words[2], word=words[2].word ^ 1)
    a_x, a_y = proof.a
    (b_x0, b_x1), b_y = proof.b
    cases: dict[str, tuple[BatchDetail, ProofRow, list[str]]] = {
        "a word": (replace(detail, words=tuple(words)), proof, ["digest of the words", "point", "evaluation"]),
        "A": (detail, replace(proof, a=(a_x, FQ - a_y)), ["calldata", "pairing"]),
        "A off the curve": (detail, replace(proof, a=(a_x, a_y ^ 1)), ["A on the curve", "calldata", "pairing"]),
        "C": (detail, replace(proof, c=(0, 1)), ["C on the curve", "calldata", "pairing"]),
        "B": (detail, replace(proof, b=((b_x0 ^ 1, b_x1), b_y)), ["B on the twist", "calldata", "pairing"]),
        "calldata": (detail, replace(proof, calldata=(1, *proof.calldata[1:])), ["calldata"]),
        "on L1": (replace(detail, digest=digest + 1), proof, ["digest on L1"]),
        "evaluation": (
            detail,
            replace(proof, public_signals=(digest, (evaluation + 1) % FR, point)),
            ["evaluation", "pairing"],
        ),
        "alias": (
            detail,
            replace(proof, public_signals=(digest, evaluation + FR, point)),
            ["inputs below r", "evaluation", "pairing"],
        ),
        "mock": (detail, replace(proof, is_mock=True), ["pairing"]),
    }
    for name, (its_detail, its_proof, expected) in cases.items():
        assert [one for one in failing(its_detail, its_proof) if one != "B in the subgroup"] == expected, name


def test_another_key_does_not_verify(proven: tuple[BatchDetail, ProofRow]) -> None:
    key = found_key()
    assert key.key is not None
    ic = key.key.ic
    other = KeyFound(replace(key.key, ic=(ic[1], ic[0], *ic[2:])), key.path, key.says)
    assert failing(*proven, other) == ["pairing"]


def test_what_cannot_be_asked_is_neither_right_nor_wrong(proven: tuple[BatchDetail, ProofRow], tmp_path: Path) -> None:
    detail, proof = proven
    checks = list(check_proof(replace(detail, digest=None), proof, find_key("none", tmp_path), fastest()))
    assert [check.name for check in checks if check.holds is None] == ["digest on L1", "pairing"]
    assert "name a none key with --key" in checks[-1].says


def test_keys_are_found_beside_the_run_or_where_they_are_named(tmp_path: Path) -> None:
    keys = tmp_path / "keys"
    keys.mkdir()
    (keys / "settlement_tiny-0123.development.zkey").write_bytes(key_file().read_bytes())
    for folder in (tmp_path, tmp_path / "run"):
        assert find_key("tiny", folder).key == found_key().key
    assert find_key("tiny", tmp_path / "a" / "b", key_file()).key == found_key().key
    broken = tmp_path / "broken.zkey"
    broken.write_bytes(b"zkey, or not")
    assert find_key("tiny", tmp_path, broken).key is None
    assert "cannot be read" in find_key("tiny", tmp_path, broken).says
    assert "cannot be read" in find_key("tiny", tmp_path, tmp_path / "nowhere").says
