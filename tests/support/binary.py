"""The readable twin of `prover.formats.binfile`: containers taken apart and put together again, unchecked."""

from __future__ import annotations

import struct
from pathlib import Path

Container = tuple[bytes, int, list[tuple[int, bytes]]]


def take_apart(data: bytes) -> Container:
    """(magic, version, [(section id, contents)])."""
    version, count = struct.unpack_from("<II", data, 4)
    sections = []
    position = 12
    for _ in range(count):
        section_id, length = struct.unpack_from("<IQ", data, position)
        sections.append((section_id, data[position + 12 : position + 12 + length]))
        position += 12 + length
    return data[:4], version, sections


def put_together(magic: bytes, version: int, sections: list[tuple[int, bytes]]) -> bytes:
    body = b"".join(struct.pack("<IQ", section_id, len(content)) + content for section_id, content in sections)
    return magic + struct.pack("<II", version, len(sections)) + body


def structural_offsets(data: bytes) -> list[int]:
    """Where one part of a container ends and the next begins: every place at which a truncation is special."""
    _, _, sections = take_apart(data)
    offsets = [0, 4, 8, 12]
    for _, content in sections:
        offsets += [offsets[-1] + 4, offsets[-1] + 12, offsets[-1] + 12 + len(content)]
    return offsets


def with_section(path: Path, section_id: int, content: bytes) -> bytes:
    """The file with one section's contents replaced, its length adjusted."""
    magic, version, sections = take_apart(path.read_bytes())
    return put_together(
        magic, version, [(number, content if number == section_id else old) for number, old in sections]
    )


def section_of(path: Path, section_id: int) -> bytes:
    return dict(take_apart(path.read_bytes())[2])[section_id]


def patched(content: bytes, offset: int, replacement: bytes) -> bytes:
    """`content` with the bytes at `offset` replaced; a negative offset counts from the end."""
    start = offset if offset >= 0 else len(content) + offset
    return content[:start] + replacement + content[start + len(replacement) :]


def naive_r1cs_rows(constraints: bytes, n_constraints: int) -> list[list[list[tuple[int, int]]]]:
    """The readable twin of the vectorised reader: per constraint A, B, C as (wire, coefficient)."""
    rows = []
    position = 0
    for _ in range(n_constraints):
        combinations = []
        for _ in range(3):
            (count,) = struct.unpack_from("<I", constraints, position)
            position += 4
            entries = []
            for _ in range(count):
                (wire,) = struct.unpack_from("<I", constraints, position)
                entries.append((wire, int.from_bytes(constraints[position + 4 : position + 36], "little")))
                position += 36
            combinations.append(entries)
        rows.append(combinations)
    if position != len(constraints):
        raise ValueError("constraints do not fill their section")
    return rows
