"""Truncated, bit-flipped and forged binary files: a typed error naming file and section, or the very bytes back.

Show 6 of the prover: never a crash, never a large allocation, never a silent repair.
"""

from __future__ import annotations

import random
import struct
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prover.errors import (
    BadMagic,
    FormatError,
    SectionDuplicated,
    SectionLength,
    SectionMissing,
    SectionUnknown,
    TrailingData,
    TruncatedFile,
    UnsupportedVersion,
)
from prover.formats import binfile
from tests.support.binary import put_together, structural_offsets, take_apart
from tests.support.fuzz import BINARY_READERS, MAX_ALLOCATION, check_binary, outcome, peak_allocation
from tests.support.snarkjs_files import snarkjs_files

FILES = {
    "r1cs": "small.r1cs",
    "wtns": "small.wtns",
    "zkey": "small.zkey",
    "ptau": "beacon.ptau",
}
KINDS = sorted(FILES)
FLIPS = 400


def original(kind: str) -> bytes:
    return (snarkjs_files() / FILES[kind]).read_bytes()


@pytest.mark.parametrize("kind", KINDS)
def test_truncated_anywhere_is_refused(kind: str, tmp_path: Path) -> None:
    data, path = original(kind), tmp_path / FILES[kind]
    around = {offset + delta for offset in structural_offsets(data) for delta in (-1, 0, 1)}
    lengths = around | set(range(0, len(data), 37))
    for length in sorted(length for length in lengths if 0 <= length < len(data)):
        refusal = outcome(BINARY_READERS[kind], path, data[:length])
        assert isinstance(refusal, TruncatedFile), f"{length} bytes of {len(data)}: {refusal!r}"


def flip_bits(kind: str, path: Path, flips: int) -> None:
    data = original(kind)
    rng = random.Random(f"{flips} flips of {kind}")
    refusals = 0
    for _ in range(flips):
        mutated = bytearray(data)
        for _ in range(rng.choice((1, 1, 1, 3))):
            mutated[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
        refusals += check_binary(BINARY_READERS[kind], path, bytes(mutated)) is not None
    assert refusals > flips // 20


@pytest.mark.parametrize("kind", KINDS)
def test_flipped_bits_are_refused_or_read_as_they_are(kind: str, tmp_path: Path) -> None:
    flip_bits(kind, tmp_path / FILES[kind], FLIPS)


@pytest.mark.deep
@pytest.mark.parametrize("kind", KINDS)
def test_many_flipped_bits_are_refused_or_read_as_they_are(kind: str, tmp_path: Path) -> None:
    flip_bits(kind, tmp_path / FILES[kind], 20_000)


def test_flipped_bits_are_refused_or_read_as_they_are_twin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader that takes a header for granted accepts files that it would not write."""
    monkeypatch.setattr(binfile.SectionReader, "modulus", lambda self, expected, part: self.bytes(36))
    with pytest.raises(AssertionError, match="not what was read"):
        flip_bits("wtns", tmp_path / "a.wtns", FLIPS)


def test_counts_and_lengths_that_lie_are_refused_twin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader that does not compare lengths with counts crashes on the first lie."""
    monkeypatch.setattr(binfile.Section, "require_length", lambda self, expected, why: None)
    with pytest.raises((AssertionError, ValueError)):
        test_counts_and_lengths_that_lie_are_refused("zkey", tmp_path)


@pytest.mark.parametrize("kind", KINDS)
def test_every_byte_of_the_structure_counts(kind: str, tmp_path: Path) -> None:
    """Any other value of a byte in the header or a section's header is refused."""
    data, path = original(kind), tmp_path / FILES[kind]
    _, _, sections = take_apart(data)
    places = list(range(12))
    position = 12
    for _, content in sections:
        places += range(position, position + 12)
        position += 12 + len(content)
    for place in places:
        for value in {0, 1, 2, 255, data[place] ^ 1, data[place] ^ 128} - {data[place]}:
            mutated = data[:place] + bytes([value]) + data[place + 1 :]
            assert outcome(BINARY_READERS[kind], path, mutated) is not None, f"byte {place} = {value}"


@pytest.mark.parametrize("kind", KINDS)
def test_counts_and_lengths_that_lie_are_refused(kind: str, tmp_path: Path) -> None:
    """Each word of each small header is set to a huge number: refused, with next to no memory."""
    data, path = original(kind), tmp_path / FILES[kind]
    magic, version, sections = take_apart(data)
    for index, (section_id, content) in enumerate(sections):
        for offset in {0, 4, *range(36, min(len(content) - 3, 92), 4), 64 if section_id == 10 else 0}:
            for value in (0xFFFFFFFF, 1 << 28, 1 << 31, len(content)):
                if offset + 4 > len(content) or content[offset : offset + 4] == struct.pack("<I", value):
                    continue
                forged = content[:offset] + struct.pack("<I", value) + content[offset + 4 :]
                replaced = [*sections[:index], (section_id, forged), *sections[index + 1 :]]
                mutated = put_together(magic, version, replaced)
                peak = peak_allocation(lambda mutated=mutated: check_binary(BINARY_READERS[kind], path, mutated))  # type: ignore[misc]
                assert peak < MAX_ALLOCATION, f"section {section_id}, word at {offset} = {value}: {peak} bytes"


@pytest.mark.parametrize("kind", KINDS)
def test_container_is_strict(kind: str, tmp_path: Path) -> None:
    data, path, reader = original(kind), tmp_path / FILES[kind], BINARY_READERS[kind]
    magic, version, sections = take_apart(data)
    cases: list[tuple[type[FormatError], bytes]] = [
        (TruncatedFile, b""),
        (TruncatedFile, magic[:2]),
        (BadMagic, b"\x7fELF" + data[4:]),
        (BadMagic, data[1:]),
        (UnsupportedVersion, put_together(magic, version + 1, sections)),
        (UnsupportedVersion, put_together(magic, 0, sections)),
        (TrailingData, data + b"\0"),
        (TrailingData, data + data),
        (TruncatedFile, data[:8] + struct.pack("<I", 0xFFFFFFFF) + data[12:]),
        (SectionUnknown, put_together(magic, version, [*sections, (99, b"")])),
        (SectionDuplicated, put_together(magic, version, [*sections, sections[-1]])),
        (SectionMissing, put_together(magic, version, [])),
    ]
    cases += [
        (SectionMissing, put_together(magic, version, [found for found in sections if found[0] != section_id]))
        for section_id, _ in sections
    ]
    cases += [
        (
            SectionLength,
            put_together(magic, version, [(i, c + bytes(n) if i == section_id else c) for i, c in sections]),
        )
        for section_id, _ in sections
        for n in (1, 4, 36, 64)
    ]
    for expected, mutated in cases:
        refusal = outcome(reader, path, mutated)
        assert isinstance(refusal, expected), f"{expected.__name__} expected: {refusal!r}"


@pytest.mark.parametrize("kind", KINDS)
def test_sections_in_any_order_mean_the_same(kind: str, tmp_path: Path) -> None:
    magic, version, sections = take_apart(original(kind))
    mutated = put_together(magic, version, sections[::-1])
    assert outcome(BINARY_READERS[kind], tmp_path / FILES[kind], mutated) is None


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(KINDS),
    st.binary(max_size=200),
    st.lists(st.tuples(st.integers(0, 16), st.binary(max_size=120)), max_size=12),
)
def test_arbitrary_bytes_are_refused(
    tmp_path_factory: pytest.TempPathFactory, kind: str, noise: bytes, sections: list[tuple[int, bytes]]
) -> None:
    directory = tmp_path_factory.mktemp("noise")
    magic, version, _ = take_apart(original(kind))
    for data in (noise, magic + noise, put_together(magic, version, sections)):
        assert outcome(BINARY_READERS[kind], directory / FILES[kind], data) is not None


def test_another_kind_of_file_is_refused(tmp_path: Path) -> None:
    for kind in KINDS:
        for other in KINDS:
            if other != kind:
                refusal = outcome(BINARY_READERS[kind], tmp_path / "file", original(other))
                assert isinstance(refusal, BadMagic)


def test_a_refusal_names_the_section(tmp_path: Path) -> None:
    magic, version, sections = take_apart(original("zkey"))
    names = {1: "protocol", 2: "header", 3: "ic", 4: "coefficients", 5: "a query", 9: "h query", 10: "contributions"}
    for section_id, name in names.items():
        cut = [(number, content[:-1] if number == section_id else content) for number, content in sections]
        refusal = outcome(BINARY_READERS["zkey"], tmp_path / "a.zkey", put_together(magic, version, cut))
        assert refusal is not None
        assert refusal.section == f"{section_id} ({name})"


def test_a_key_of_hundreds_of_megabytes_is_mapped_not_loaded(tmp_path: Path) -> None:
    """2^18 wires and a domain of 2^18 in a sparse file: the reader allocates next to nothing."""
    n = 1 << 18
    magic, version, sections = take_apart(original("zkey"))
    header = dict(sections)[2]
    header = header[:72] + struct.pack("<III", n, 2, n) + header[84:]
    lengths = {3: 3 * 64, 4: 4, 5: n * 64, 6: n * 64, 7: n * 128, 8: (n - 3) * 64, 9: n * 64}
    path = tmp_path / "big.zkey"
    with path.open("wb") as file:
        file.write(magic + struct.pack("<II", version, 10))
        for section_id, content in sections:
            known = header if section_id == 2 else content
            length = lengths.get(section_id, len(known))
            file.write(struct.pack("<IQ", section_id, length))
            if section_id in lengths:
                file.seek(length, 1)
            else:
                file.write(known)
        file.truncate(file.tell())
    assert path.stat().st_size > 100_000_000
    assert peak_allocation(lambda: BINARY_READERS["zkey"].read(path)) < MAX_ALLOCATION
