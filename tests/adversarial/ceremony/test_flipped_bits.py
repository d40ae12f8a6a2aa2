"""No bit of a file that ends a ceremony can be flipped unseen, but in what no hash covers: names, and unused buffer."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from prover.ceremony import phase1_verification
from prover.ceremony.phase2_verification import verify_from_relation
from prover.errors import FormatError, ProverError
from prover.formats.contributions import Author
from prover.formats.ptau import CONTRIBUTIONS, PowersOfTau, read_ptau, write_ptau
from prover.formats.zkey import read_zkey, write_zkey
from tests.support.binary import take_apart
from tests.support.ceremonies import circuit_ceremony, prepared_powers
from tests.support.kernels import fastest

FLIPS = 120


def flipped(data: bytes, rng: random.Random) -> bytes:
    """One bit, in a section chosen first: most bytes belong to the long ones."""
    starts = []
    position = 12
    for _, content in take_apart(data)[2]:
        starts.append((position, position + 12 + len(content)))
        position = starts[-1][1]
    start, end = rng.choice(starts)
    at = rng.randrange(start, end)
    return data[:at] + bytes([data[at] ^ 1 << rng.randrange(8)]) + data[at + 1 :]


def survivors(path: Path, good: bytes, is_excused: Callable[[Path], bool], seed: str) -> int:
    """How many flips pass verification and are not excused; anything but a typed error ends the test."""
    rng = random.Random(seed)
    passed = 0
    for _ in range(FLIPS):
        path.write_bytes(flipped(good, rng))
        try:
            excused = is_excused(path)
        except ProverError:
            continue
        passed += not excused
    return passed


def covered_part_of_key(path: Path) -> bytes:
    """Everything but names."""
    key = read_zkey(path)
    contributions = tuple(replace(found, author=Author()) for found in key.contributions)
    write_zkey(path.with_suffix(".covered"), replace(key, contributions=contributions))
    return path.with_suffix(".covered").read_bytes()


def covered_part_of_powers(path: Path) -> bytes:
    """Everything but names, earlier responses, and what lies unused in the buffer of the last response's hash.

    An earlier response could be checked only with the points before the next contribution, which no file holds.
    """
    ptau = read_ptau(path)
    contributions = [replace(found, partial_hash=bytes(216), author=Author()) for found in ptau.contributions]
    state = ptau.contributions[-1].partial_hash
    waiting = int.from_bytes(state[200:208], "little")
    contributions[-1] = replace(contributions[-1], partial_hash=state[:waiting] + bytes(128 - waiting) + state[128:])
    write_ptau(path.with_suffix(".covered"), replace(ptau, contributions=tuple(contributions)))
    return path.with_suffix(".covered").read_bytes()


def key_survivors(tmp_path: Path) -> int:
    write_zkey(tmp_path / "good", circuit_ceremony().final)
    expected = covered_part_of_key(tmp_path / "good")

    def is_excused(path: Path) -> bool:
        verify_from_relation(read_zkey(path), circuit_ceremony().relation, prepared_powers(), fastest())
        return covered_part_of_key(path) == expected

    return survivors(tmp_path / "bad", (tmp_path / "good").read_bytes(), is_excused, "key")


def powers_survivors(tmp_path: Path) -> int:
    write_ptau(tmp_path / "good", prepared_powers())
    expected = covered_part_of_powers(tmp_path / "good")

    def is_excused(path: Path) -> bool:
        phase1_verification.verify(read_ptau(path), fastest())
        return covered_part_of_powers(path) == expected

    return survivors(tmp_path / "bad", (tmp_path / "good").read_bytes(), is_excused, "powers")


def test_no_flipped_bit_of_a_key_survives(tmp_path: Path) -> None:
    assert key_survivors(tmp_path) == 0


def test_no_flipped_bit_of_a_key_survives_twin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("prover.ceremony.phase2_verification._differences", lambda *_: [])
    assert key_survivors(tmp_path) > 0


def test_no_flipped_bit_of_powers_of_tau_survives(tmp_path: Path) -> None:
    assert powers_survivors(tmp_path) == 0


def test_no_flipped_bit_of_powers_of_tau_survives_twin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def of_powers_only(ptau: PowersOfTau, *others: Any) -> Iterator[str]:
        return points_that_are_none(replace(ptau, lagrange=None), *others)

    points_that_are_none = phase1_verification._points_that_are_none
    monkeypatch.setattr(phase1_verification, "_points_that_are_none", of_powers_only)
    monkeypatch.setattr(phase1_verification, "wrong_lagrange_vectors", lambda *_: [])
    assert powers_survivors(tmp_path) > 0


def test_contributions_cut_short_name_their_section(tmp_path: Path) -> None:
    write_ptau(tmp_path / "good", prepared_powers())
    good = (tmp_path / "good").read_bytes()
    position = 12
    for section_id, content in take_apart(good)[2]:
        if section_id == CONTRIBUTIONS:
            shorter = len(content) - 7
            header = section_id.to_bytes(4, "little") + shorter.to_bytes(8, "little")
            damaged = good[:position] + header + content[:-7] + good[position + 12 + len(content) :]
        position += 12 + len(content)
    (tmp_path / "bad").write_bytes(damaged)
    with pytest.raises(FormatError) as caught:
        read_ptau(tmp_path / "bad")
    assert caught.value.section == "7 (contributions)"
    assert str(tmp_path / "bad") in str(caught.value)
