"""iden3's binary container, which `.r1cs`, `.wtns`, `.zkey` and `.ptau` share.

::

    magic 4 bytes | version u32 | number of sections u32 | sections
    section: id u32 | length u64 | length bytes                         everything little-endian, nothing aligned

Sections may come in any order. snarkjs tolerates unknown and repeated sections and trailing bytes; here they are
refused, because two readers could then see two different keys in one file.

Source: @iden3/binfileutils, `binfileutils.js`.
"""

from __future__ import annotations

import mmap
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from prover.bn254 import FIELD_BYTES
from prover.errors import (
    BadMagic,
    SectionDuplicated,
    SectionLength,
    SectionMissing,
    SectionUnknown,
    TrailingData,
    TruncatedFile,
    UnsupportedFeature,
    UnsupportedVersion,
    WrongField,
)
from prover.formats.atomic import AtomicFile, Bytes

HEADER_BYTES: Final = 12
SECTION_HEADER_BYTES: Final = 12


@dataclass(frozen=True, slots=True)
class FileKind:
    """What a kind of file looks like: `sections` maps each id that may appear to the name used in errors."""

    magic: bytes
    version: int
    sections: Mapping[int, str]
    required: frozenset[int]


@dataclass(frozen=True, slots=True)
class Section:
    """One section of a mapped file, to be read from front to back or as one array."""

    file: str
    name: str
    data: memoryview

    @property
    def length(self) -> int:
        """Bytes."""
        return len(self.data)

    def require_length(self, expected: int, why: str) -> None:
        """Raises `SectionLength` unless the section has `expected` bytes."""
        if self.length != expected:
            raise SectionLength(self.file, self.name, f"has {self.length} bytes, but {why} needs {expected}")

    def array(self, dtype: str, offset: int = 0, count: int = -1) -> NDArray[Any]:
        """A read-only view of `count` items from byte `offset` on: no copy, and not necessarily aligned."""
        return np.frombuffer(self.data, dtype=dtype, offset=offset, count=count)

    def limbs(self, n: int, per_row: int, offset: int = 0) -> NDArray[np.uint64]:
        """A read-only view of n rows of `per_row` uint64, shape (n, per_row); the caller has checked the length."""
        if n == 0:
            return np.zeros((0, per_row), dtype=np.uint64)
        return self.array("<u8", offset, n * per_row).reshape(n, per_row)

    def reader(self) -> SectionReader:
        """A cursor at the start."""
        return SectionReader(self)


class SectionReader:
    """Reads a section's small values one after the other. Every method raises `SectionLength` past the end."""

    def __init__(self, section: Section) -> None:
        self.section = section
        self.position = 0

    def bytes(self, n: int) -> bytes:
        """The next n bytes."""
        end = self.position + n
        if end > self.section.length:
            raise SectionLength(
                self.section.file, self.section.name, f"ends at byte {self.section.length}, inside a value up to {end}"
            )
        found = bytes(self.section.data[self.position : end])
        self.position = end
        return found

    def integer(self, n: int) -> int:
        """The next n bytes as a little-endian integer."""
        return int.from_bytes(self.bytes(n), "little")

    def u32(self) -> int:
        """The next four bytes."""
        return self.integer(4)

    def limbs(self, n: int) -> NDArray[np.uint64]:
        """The next n limbs, copied, shape (n,)."""
        return np.frombuffer(self.bytes(8 * n), dtype="<u8").astype(np.uint64)

    def modulus(self, expected: int, curve_part: str) -> None:
        """A length in bytes and a modulus. Raises `UnsupportedFeature` or `WrongField` unless they are BN254's."""
        size = self.u32()
        if size != FIELD_BYTES:
            raise UnsupportedFeature(
                self.section.file, self.section.name, f"field elements of {size} bytes; BN254's have {FIELD_BYTES}"
            )
        found = self.integer(FIELD_BYTES)
        if found != expected:
            raise WrongField(
                self.section.file, self.section.name, f"{curve_part} is {found}, not that of bn128 (BN254), {expected}"
            )

    def end(self) -> None:
        """Raises `SectionLength` unless everything has been read."""
        if self.position != self.section.length:
            raise SectionLength(
                self.section.file,
                self.section.name,
                f"has {self.section.length} bytes, its contents end at {self.position}",
            )


@dataclass(frozen=True, slots=True)
class BinaryFile:
    """A mapped file. Views keep the map alive; a file that somebody shortens while it is mapped kills the process."""

    path: Path
    sections: Mapping[int, Section]
    order: tuple[int, ...]
    """The ids as they come in the file."""

    def __getitem__(self, section_id: int) -> Section:
        return self.sections[section_id]

    def __contains__(self, section_id: int) -> bool:
        return section_id in self.sections


def read_binary_file(path: Path | str, kind: FileKind) -> BinaryFile:
    """Map a file and find its sections. Reads nothing but the headers; raises a `FormatError` for a bad container."""
    path = Path(path)
    data = _map(path)
    name = str(path)
    magic = bytes(data[: len(kind.magic)])
    if magic != kind.magic[: len(magic)]:
        raise BadMagic(name, "", f"begins with {magic!r}, a .{kind.magic.decode()} file with {kind.magic!r}")
    if len(data) < HEADER_BYTES:
        raise TruncatedFile(name, "", f"has {len(data)} bytes, not even a header")
    version, count = _u32(data, 4), _u32(data, 8)
    if version != kind.version:
        raise UnsupportedVersion(name, "", f"version {version} of the format; {kind.version} is known")
    sections: dict[int, Section] = {}
    position = HEADER_BYTES
    for number in range(count):  # ends early: sections are known and distinct, so no more than len(kind.sections) pass
        if position + SECTION_HEADER_BYTES > len(data):
            raise TruncatedFile(name, "", f"ends after {number} of {count} sections")
        section_id = _u32(data, position)
        length = int.from_bytes(data[position + 4 : position + SECTION_HEADER_BYTES], "little")
        position += SECTION_HEADER_BYTES
        label = _label(section_id, kind)
        if section_id not in kind.sections:
            raise SectionUnknown(name, label, f"a .{kind.magic.decode()} file has no such section")
        if section_id in sections:
            raise SectionDuplicated(name, label, "appears twice")
        if length > len(data) - position:
            raise TruncatedFile(name, label, f"says {length} bytes, {len(data) - position} are left")
        sections[section_id] = Section(name, label, data[position : position + length])
        position += length
    if position != len(data):
        raise TrailingData(name, "", f"{len(data) - position} bytes follow the last section")
    for section_id in sorted(kind.required):
        if section_id not in sections:
            raise SectionMissing(name, _label(section_id, kind), "is missing")
    return BinaryFile(path, sections, tuple(sections))


def write_binary_file(path: Path | str, kind: FileKind, sections: Iterable[tuple[int, int, Iterable[Bytes]]]) -> None:
    """Write a container in one pass: (id, length in bytes, chunks) per section, in the order given.

    Chunks may be produced while writing, so a key larger than memory can be streamed. The file appears when it is
    complete and synced. Raises `ValueError` when a section's chunks are not as long as announced.
    """
    with AtomicFile(path) as out:
        out.write(kind.magic + kind.version.to_bytes(4, "little") + bytes(4))
        count = 0
        for section_id, length, chunks in sections:
            out.write(section_id.to_bytes(4, "little") + length.to_bytes(8, "little"))
            written = sum(out.write(chunk) for chunk in chunks)
            if written != length:
                raise ValueError(f"section {section_id} was announced with {length} bytes and has {written}")
            count += 1
        out.write_at(8, count.to_bytes(4, "little"))


def _map(path: Path) -> memoryview:
    with path.open("rb") as file:
        if os.fstat(file.fileno()).st_size == 0:
            raise TruncatedFile(str(path), "", "is empty")
        return memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))


def _u32(data: memoryview, position: int) -> int:
    return int.from_bytes(data[position : position + 4], "little")


def _label(section_id: int, kind: FileKind) -> str:
    name = kind.sections.get(section_id)
    return str(section_id) if name is None else f"{section_id} ({name})"
