"""What snarkjs computes without randomness of its own, we compute equal byte for byte; the rest each side verifies."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from prover.ceremony import phase1_verification, phase2, phase2_verification, powers_of_tau, single_party
from prover.ceremony.author import beacon_of
from prover.ceremony.beacon import Beacon
from prover.formats.proving_key import ProvingKey
from prover.formats.ptau import read_ptau
from prover.formats.r1cs import read_r1cs, write_r1cs
from prover.formats.zkey import read_zkey, write_zkey
from prover.groth16.setup import set_up
from prover.kernels.interface import Kernels
from prover.r1cs import R1CS, sparse_from_rows
from tests.support.kernels import fastest
from tests.support.snarkjs_files import snarkjs, snarkjs_files

POWER = 4
CIRCUITS = ("small", "private")
BEACON = Beacon(b"\xfe\xdc\xba\x98", 11)


# -- equal byte for byte -----------------------------------------------------------------------------------------------


def test_new_powers_of_tau_are_the_same_file(tmp_path: Path) -> None:
    powers_of_tau.new(tmp_path / "ours.ptau", POWER)
    assert (tmp_path / "ours.ptau").read_bytes() == (snarkjs_files() / "new.ptau").read_bytes()


def test_a_beacon_makes_the_same_powers_of_tau(kernels: Kernels, tmp_path: Path) -> None:
    files, ours = snarkjs_files(), tmp_path / "ours.ptau"
    last = read_ptau(files / "beacon.ptau").contributions[-1].author
    beacon = beacon_of(last)
    assert beacon is not None
    powers_of_tau.apply_beacon(files / "contributed.ptau", ours, beacon, kernels, name=last.name)
    assert ours.read_bytes() == (files / "beacon.ptau").read_bytes()


def test_a_beacon_alone_makes_the_same_powers_of_tau(tmp_path: Path) -> None:
    """On a new file ours are multiples of the generators, which snarkjs's are not."""
    new, theirs, ours = snarkjs_files() / "new.ptau", tmp_path / "theirs.ptau", tmp_path / "ours.ptau"
    snarkjs("powersoftau", "beacon", new, theirs, BEACON.value.hex(), str(BEACON.iterations_exponent), "-n=über")
    powers_of_tau.apply_beacon(new, ours, BEACON, fastest(), name="über")
    assert ours.read_bytes() == theirs.read_bytes()


def test_preparation_makes_the_same_file(kernels: Kernels, tmp_path: Path) -> None:
    files = snarkjs_files()
    powers_of_tau.prepare(files / "beacon.ptau", tmp_path / "ours.ptau", kernels)
    assert (tmp_path / "ours.ptau").read_bytes() == (files / "prepared.ptau").read_bytes()


@pytest.mark.parametrize("circuit", CIRCUITS)
def test_c43_set_up_makes_the_same_key(kernels: Kernels, tmp_path: Path, circuit: str) -> None:
    """`small` has a public input that no constraint uses."""
    files = snarkjs_files()
    key = set_up(read_r1cs(files / f"{circuit}.r1cs"), read_ptau(files / "prepared.ptau"), kernels)
    write_zkey(tmp_path / "ours.zkey", key)
    assert (tmp_path / "ours.zkey").read_bytes() == (files / f"{circuit}.new.zkey").read_bytes()


def test_c43_set_up_makes_the_same_key_twin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("prover.groth16.setup.with_public_rows", lambda a, n_public: a)
    files = snarkjs_files()
    key = set_up(read_r1cs(files / "small.r1cs"), read_ptau(files / "prepared.ptau"), fastest())
    write_zkey(tmp_path / "ours.zkey", key)
    assert (tmp_path / "ours.zkey").read_bytes() != (files / "small.new.zkey").read_bytes()


@pytest.mark.parametrize("circuit", CIRCUITS)
def test_a_beacon_makes_the_same_key(kernels: Kernels, tmp_path: Path, circuit: str) -> None:
    files, ours = snarkjs_files(), tmp_path / "ours.zkey"
    last = read_zkey(files / f"{circuit}.zkey").contributions[-1].author
    beacon = beacon_of(last)
    assert beacon is not None
    phase2.apply_beacon(files / f"{circuit}.contributed.zkey", ours, beacon, kernels, name=last.name)
    assert ours.read_bytes() == (files / f"{circuit}.zkey").read_bytes()


@pytest.mark.deep
def test_a_set_up_of_all_powers_there_are_is_the_same(tmp_path: Path) -> None:
    """Above 2^14 snarkjs hashes one point too many, here bytes that are no point. Takes it a minute."""
    power, rows = 15, (1 << 15) - 2
    diagonal = sparse_from_rows([[(i + 1, 1)] for i in range(rows)])
    relation = R1CS(rows + 1, 0, 1, rows - 1, diagonal, diagonal, diagonal)
    r1cs, ptau, ours, theirs = (tmp_path / name for name in ("a.r1cs", "a.ptau", "ours.zkey", "theirs.zkey"))
    write_r1cs(r1cs, relation)
    single_party.make(ptau, power, fastest())
    write_zkey(ours, set_up(relation, read_ptau(ptau), fastest()))
    snarkjs("zkey", "new", r1cs, ptau, theirs)
    assert ours.read_bytes() == theirs.read_bytes()


# -- theirs, verified by us --------------------------------------------------------------------------------------------


def test_we_verify_their_powers_of_tau() -> None:
    for name in ("beacon.ptau", "prepared.ptau"):
        verified = phase1_verification.verify(read_ptau(snarkjs_files() / name), fastest(), require_beacon=True)
        assert [found.author.name for found in verified.contributions] == ["first, with an é", "last"]


@pytest.mark.parametrize("circuit", CIRCUITS)
def test_we_verify_their_keys(circuit: str) -> None:
    files = snarkjs_files()
    ptau = read_ptau(files / "prepared.ptau")
    key, initial = read_zkey(files / f"{circuit}.zkey"), read_zkey(files / f"{circuit}.new.zkey")
    relation = read_r1cs(files / f"{circuit}.r1cs")
    from_relation = phase2_verification.verify_from_relation(key, relation, ptau, fastest())
    assert from_relation == phase2_verification.verify_from_initial(key, initial, ptau, fastest())
    assert from_relation.contributions[-1].author.name == "the end"


# -- ours, verified by them --------------------------------------------------------------------------------------------


def test_they_verify_powers_of_tau_that_both_contributed_to(tmp_path: Path) -> None:
    ours, theirs, last = tmp_path / "ours.ptau", tmp_path / "theirs.ptau", tmp_path / "last.ptau"
    powers_of_tau.contribute(snarkjs_files() / "contributed.ptau", ours, fastest(), name="ours")
    snarkjs("powersoftau", "contribute", ours, theirs, "-n=theirs", "-e=entropy")
    powers_of_tau.apply_beacon(theirs, last, BEACON, fastest())
    powers_of_tau.prepare(last, ours, fastest())
    assert "Powers of Tau Ok!" in snarkjs("powersoftau", "verify", ours)
    assert len(phase1_verification.verify(read_ptau(ours), fastest()).contributions) == 4


def test_they_verify_powers_of_tau_made_in_one_go(tmp_path: Path) -> None:
    single_party.make(tmp_path / "a.ptau", 8, fastest(), beacon=BEACON)
    assert "Powers of Tau Ok!" in snarkjs("powersoftau", "verify", tmp_path / "a.ptau")


def test_they_verify_keys_that_both_contributed_to(tmp_path: Path) -> None:
    files, ptau, r1cs = snarkjs_files(), tmp_path / "a.ptau", snarkjs_files() / "small.r1cs"
    initial, ours, theirs, last = (tmp_path / f"{name}.zkey" for name in ("initial", "ours", "theirs", "last"))
    single_party.make(ptau, POWER, fastest())
    write_zkey(initial, set_up(read_r1cs(r1cs), read_ptau(ptau), fastest()))
    phase2.contribute(initial, ours, fastest(), name="ours")
    snarkjs("zkey", "contribute", ours, theirs, "-n=theirs", "-e=entropy")
    phase2.apply_beacon(theirs, last, BEACON, fastest(), name="beacon")
    assert "ZKey Ok!" in snarkjs("zkey", "verify", r1cs, ptau, last)
    assert "ZKey Ok!" in snarkjs("zkvi", initial, ptau, last)
    phase2_verification.verify_from_relation(read_zkey(last), read_r1cs(r1cs), read_ptau(ptau), fastest())
    proof, public, key = tmp_path / "proof.json", tmp_path / "public.json", tmp_path / "key.json"
    snarkjs("zkey", "export", "verificationkey", last, key)
    snarkjs("groth16", "prove", last, files / "small.wtns", proof, public)
    assert "OK!" in snarkjs("groth16", "verify", key, public, proof)


def test_they_too_refuse_a_chain_that_we_damaged(tmp_path: Path) -> None:
    """Their verdict on a dropped contribution is ours; on a key without any, it is not."""
    files = snarkjs_files()
    key: ProvingKey = read_zkey(files / "small.zkey")
    write_zkey(tmp_path / "dropped.zkey", replace(key, contributions=key.contributions[1:]))
    with pytest.raises(AssertionError):
        snarkjs("zkey", "verify", files / "small.r1cs", files / "prepared.ptau", tmp_path / "dropped.zkey")
    accepted = snarkjs("zkey", "verify", files / "small.r1cs", files / "prepared.ptau", files / "small.new.zkey")
    assert "ZKey Ok!" in accepted
