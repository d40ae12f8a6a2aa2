"""Two slots that take turns, so that a torn write leaves the one before."""

from __future__ import annotations

from pathlib import Path

import pytest

from sequencer.store import DiskFailed, DiskFull
from sequencer.store.disk import LocalDisk
from sequencer.store.witness import SLOT_BYTES, SLOT_DISTANCE, Witness, last_recorded, slot_bytes

OWN, OTHER = bytes(16), bytes([1] * 16)


def test_the_last_number_is_found(tmp_path: Path) -> None:
    witness = Witness(tmp_path / "node.db", LocalDisk().witness_file(tmp_path / "node.db"), OWN)
    assert witness.last() is None
    for number in (0, 1, 2, 3):
        witness.record(number)
        assert witness.last() == witness.last(of_any=True) == number
    witness.close()
    data = (tmp_path / "node.db.witness").read_bytes()
    assert data[SLOT_DISTANCE:] == slot_bytes(OWN, 3)
    assert data[:SLOT_BYTES] == slot_bytes(OWN, 2)


def test_a_torn_or_rotten_slot_leaves_the_one_before() -> None:
    slots = slot_bytes(OWN, 6).ljust(SLOT_DISTANCE, b"\0") + slot_bytes(OWN, 7)
    assert last_recorded(slots, OWN) == 7
    for length in range(SLOT_DISTANCE, len(slots)):
        assert last_recorded(slots[:length], OWN) == 6
    for place in range(SLOT_DISTANCE, len(slots)):
        rotten = slots[:place] + bytes([slots[place] ^ 4]) + slots[place + 1 :]
        assert last_recorded(rotten, OWN) == last_recorded(rotten, None) == 6


def test_slots_of_another_store_do_not_count() -> None:
    assert last_recorded(slot_bytes(OTHER, 6), OWN) is None
    assert last_recorded(slot_bytes(OTHER, 6), None) == 6
    assert last_recorded(b"", None) is None


def test_failures_have_types() -> None:
    class Failing:
        def read(self) -> bytes:
            raise OSError(5, "input/output error")

        def write(self, offset: int, data: bytes) -> None:
            raise OSError(28, "no space left on device")

        def close(self) -> None: ...

    witness = Witness(Path("node.db"), Failing(), OWN)
    with pytest.raises(DiskFailed, match="input/output"):
        witness.last()
    with pytest.raises(DiskFull, match="make room"):
        witness.record(1)
