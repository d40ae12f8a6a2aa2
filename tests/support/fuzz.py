"""What every reader promises about bytes that it did not expect, as one check."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from prover.errors import FormatError
from prover.formats.json_files import (
    read_proof,
    read_public,
    read_verification_key,
    write_proof,
    write_public,
    write_verification_key,
)
from prover.formats.ptau import read_ptau, write_ptau
from prover.formats.r1cs import read_r1cs, write_r1cs
from prover.formats.wtns import read_wtns, write_wtns
from prover.formats.zkey import read_zkey, write_zkey
from tests.support.kernels import fastest


@dataclass(frozen=True, slots=True)
class Reader:
    """A kind of file: how it is read and written."""

    name: str
    read: Callable[[Path], Any]
    write: Callable[[Path, Any], None]


BINARY_READERS = {
    "r1cs": Reader("r1cs", read_r1cs, write_r1cs),
    "wtns": Reader("wtns", read_wtns, write_wtns),
    "zkey": Reader("zkey", read_zkey, write_zkey),
    "ptau": Reader("ptau", read_ptau, write_ptau),
}
JSON_READERS = {
    "proof": Reader("proof", read_proof, write_proof),
    "public": Reader("public", read_public, write_public),
    "verification_key": Reader(
        "verification_key", read_verification_key, lambda path, key: write_verification_key(path, key, fastest())
    ),
}
MAX_ALLOCATION = 1 << 20
"""The files under test have a few kilobytes; whoever needs a megabyte for one believed a forged count."""


def outcome(reader: Reader, path: Path, data: bytes) -> FormatError | None:
    """Read `data`; answer the refusal, or `None` when it was accepted.

    Raises `AssertionError` unless a refusal names the file. Whatever is no `FormatError` comes through as it is, and
    fails the test.
    """
    path.write_bytes(data)
    refusal = None
    try:
        reader.read(path)
    except FormatError as error:
        refusal = error
    if refusal is not None:
        assert refusal.file == str(path)
        assert refusal.reason
        assert str(path) in str(refusal)
        assert refusal.section in str(refusal)
    return refusal


def check_binary(reader: Reader, path: Path, data: bytes) -> FormatError | None:
    """`outcome`, and what was accepted is written back to the same bytes: nothing was skipped, reduced or guessed."""
    refusal = outcome(reader, path, data)
    if refusal is None:
        back = path.with_suffix(".back")
        reader.write(back, reader.read(path))
        assert back.read_bytes() == data, "accepted, but not what was read"
    return refusal


def peak_allocation(read: Callable[[], object]) -> int:
    """The most bytes that Python and numpy held at once during a call."""
    tracemalloc.start()
    try:
        read()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
