"""Proofs that are kept, and what is damaged is not there."""

from __future__ import annotations

from random import Random

import pytest

from sequencer.store import ProofCache, proof_cache, row_checksum
from tests.support.faulty_disk import FaultyDisk
from tests.support.store_runs import open_log


@pytest.fixture
def proofs() -> ProofCache:
    return ProofCache(open_log(FaultyDisk(Random(1))).database)


def damage(proofs: ProofCache, change: str) -> None:
    with proofs._database.transaction():
        proofs._database.execute(f"UPDATE proofs SET {change}")


def test_a_proof_by_number_and_digest(proofs: ProofCache) -> None:
    proofs.put(1, b"first", b"proof")
    proofs.put(1, b"second", b"another")
    assert proofs.get(1, b"first") == b"proof"
    assert proofs.get(1, b"second") == b"another"
    assert proofs.get(2, b"first") is proofs.get(1, b"third") is None
    proofs.put(1, b"first", b"again")
    assert proofs.get(1, b"first") == b"again"


def test_what_was_executed_is_forgotten(proofs: ProofCache) -> None:
    for number in range(5):
        proofs.put(number, b"signals", b"proof")
    proofs.forget_through(3)
    assert [proofs.get(number, b"signals") is None for number in range(5)] == [True] * 4 + [False]


CHANGES = [
    "proof = zeroblob(5)",
    "proof = 'text'",
    "proof = 7",
    "checksum = zeroblob(32)",
    "number = 2",
    "digest = x'00'",
    "checksum = x''",
]


@pytest.mark.parametrize("change", CHANGES)
def test_g103_a_damaged_proof_is_not_there(proofs: ProofCache, change: str) -> None:
    proofs.put(1, b"signals", b"proof")
    damage(proofs, change)
    assert [proofs.get(number, digest) for number in (1, 2) for digest in (b"signals", b"\0")] == [None] * 4
    proofs.put(1, b"signals", b"proof")
    assert proofs.get(1, b"signals") == b"proof"


def test_g103_no_checksum_twin(proofs: ProofCache, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proof_cache, "row_checksum", lambda table, values: b"constant")
    proofs.put(1, b"signals", b"proof")
    damage(proofs, "proof = zeroblob(5)")
    assert proofs.get(1, b"signals") == bytes(5)


PARTS: list[int | str | bytes | None] = [1, "1", b"1", None, "", b"", 11, -1]


def test_checksums_differ_with_every_part() -> None:
    rows = [(), *[(part,) for part in PARTS], (b"ab", b"c"), (b"a", b"bc"), (1, 1), (b"", b"")]
    assert len({row_checksum(table, values) for table in ("a", "b") for values in rows}) == 2 * len(rows)
