"""Integers beyond their modulus, indices outside their tables, points off their curves, and more than belongs there."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from prover.bn254 import FQ, FR, MONTGOMERY_R, g2_from_ints
from prover.errors import (
    FormatError,
    InconsistentFile,
    InvalidPoint,
    MalformedText,
    SectionLength,
    SectionUnknown,
    TrailingData,
    UnsupportedFeature,
    ValueOutOfRange,
    WrongField,
)
from prover.formats import ptau, r1cs, wtns, zkey
from prover.formats.binfile import FileKind
from tests.support.binary import patched, put_together, section_of, take_apart, with_section
from tests.support.fuzz import BINARY_READERS, JSON_READERS, outcome
from tests.support.kernels import fastest
from tests.support.points import G2_OUTSIDE_SUBGROUP
from tests.support.snarkjs_files import snarkjs_files

SMALL_R1CS, SMALL_WTNS, SMALL_ZKEY, PTAU = "small.r1cs", "small.wtns", "small.zkey", "prepared.ptau"
BEYOND_R = (FR, FR + 1, FR + 3, MONTGOMERY_R - 1)
BEYOND_Q = (FQ, FQ + 1, MONTGOMERY_R - 1)


def word(value: int) -> bytes:
    return value.to_bytes(32, "little")


def u32(value: int) -> bytes:
    return struct.pack("<I", value)


def refusal_of(tmp_path: Path, name: str, section_id: int, offset: int, replacement: bytes) -> FormatError | None:
    """What the reader says of a real file with some bytes of one section replaced."""
    original = snarkjs_files() / name
    content = patched(section_of(original, section_id), offset, replacement)
    return outcome(BINARY_READERS[name.rsplit(".", 1)[1]], tmp_path / name, with_section(original, section_id, content))


def json_refusal(tmp_path: Path, kind: str, change: Callable[[Any], Any]) -> FormatError | None:
    """What the reader says of a real JSON file after `change`, which answers the new value or changes it in place."""
    value = json.loads((snarkjs_files() / f"small.{kind}.json").read_text())
    changed = change(value)
    text = json.dumps(value if changed is None else changed)
    return outcome(JSON_READERS[kind], tmp_path / f"{kind}.json", text.encode())


# -- A2: no integer beyond its modulus is taken, or reduced ------------------------------------------------------------


def test_a2_scalars_beyond_r_are_refused_in_binary_files(tmp_path: Path) -> None:
    for value in BEYOND_R:
        for name, section_id, offset in (
            (SMALL_WTNS, wtns.VALUES, 32),  # wire 1
            (SMALL_WTNS, wtns.VALUES, -32),  # the last wire
            (SMALL_R1CS, r1cs.CONSTRAINTS, 8),  # the first coefficient
            (SMALL_R1CS, r1cs.CONSTRAINTS, -32),  # the last
            (SMALL_ZKEY, zkey.COEFFICIENTS, 16),
            (SMALL_ZKEY, zkey.COEFFICIENTS, -32),
        ):
            refusal = refusal_of(tmp_path, name, section_id, offset, word(value))
            assert isinstance(refusal, ValueOutOfRange), f"{name}, section {section_id}: {refusal!r}"


def test_a2_scalars_beyond_r_are_refused_in_binary_files_twin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wtns, "first_not_below", lambda limbs, modulus: None)
    with pytest.raises(AssertionError, match=r"small\.wtns"):
        test_a2_scalars_beyond_r_are_refused_in_binary_files(tmp_path)


def test_a2_alias_of_a_witness_is_refused_not_reduced(tmp_path: Path) -> None:
    values = section_of(snarkjs_files() / SMALL_WTNS, wtns.VALUES)
    for wire in range(len(values) // 32):
        alias = int.from_bytes(values[32 * wire : 32 * wire + 32], "little") + FR
        if alias < MONTGOMERY_R:
            refusal = refusal_of(tmp_path, SMALL_WTNS, wtns.VALUES, 32 * wire, word(alias))
            assert isinstance(refusal, ValueOutOfRange)


def test_a2_coordinates_beyond_q_are_refused(tmp_path: Path) -> None:
    for value in BEYOND_Q:
        for name, section_id, offset in (
            (SMALL_ZKEY, zkey.HEADER, 84),  # alpha.x
            (SMALL_ZKEY, zkey.HEADER, -32),  # the last of delta in G2
            (SMALL_ZKEY, zkey.IC, 32),
            (SMALL_ZKEY, zkey.CONTRIBUTIONS, 68),  # delta after
            (PTAU, ptau.BETA_G2, 0),
            (PTAU, ptau.CONTRIBUTIONS, 4),
        ):
            refusal = refusal_of(tmp_path, name, section_id, offset, word(value))
            assert isinstance(refusal, ValueOutOfRange), f"{name}, section {section_id}: {refusal!r}"


def test_a2_integers_in_json_are_refused(tmp_path: Path) -> None:
    def public(value: int) -> FormatError | None:
        return json_refusal(tmp_path, "public", lambda old: [str(value), *old[1:]])

    def proof(value: int) -> FormatError | None:
        return json_refusal(tmp_path, "proof", lambda old: old["pi_b"][0].__setitem__(1, str(value)))

    assert public(FR - 1) is None
    assert all(isinstance(public(value), ValueOutOfRange) for value in BEYOND_R)
    assert all(isinstance(proof(value), ValueOutOfRange) for value in BEYOND_Q)
    old = json.loads((snarkjs_files() / "small.public.json").read_text())
    assert isinstance(public(int(old[0]) + FR), ValueOutOfRange)


def test_a2_integers_in_json_are_refused_twin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "prover.formats.strict_json.Node.integer_below", lambda node, modulus: int(node.value) % modulus
    )
    with pytest.raises(AssertionError):
        test_a2_integers_in_json_are_refused(tmp_path)


FOREIGN_DIGITS = ["\u0661", "\uff11", "\u00b2"]
NOT_CANONICAL = ["", "00", "01", "+1", "-1", "-0", " 1", "1 ", "1\n", "1_0", "1.0", "1e3", "0x1", "9" * 79, "9" * 5000]


@pytest.mark.parametrize("text", NOT_CANONICAL + FOREIGN_DIGITS, ids=lambda text: ascii(text)[:20])
def test_a2_only_canonical_decimals_are_integers(text: str, tmp_path: Path) -> None:
    refusal = json_refusal(tmp_path, "public", lambda old: [text, *old[1:]])
    assert isinstance(refusal, MalformedText)
    assert refusal.section == "[0]"


# -- C46: a key holds nothing but what it needs ------------------------------------------------------------------------


def extra_elements() -> dict[str, bytes]:
    """Keys with more in them than Groth16 needs: another section, a longer vector, a power more of tau."""
    original = snarkjs_files() / SMALL_ZKEY
    magic, version, sections = take_apart(original.read_bytes())
    point = dict(sections)[zkey.H][:64]
    cases = {"a section 11": put_together(magic, version, [*sections, (11, point)])}
    for section_id in (zkey.IC, zkey.A, zkey.B_G1, zkey.C, zkey.H):
        cases[f"a point more in section {section_id}"] = with_section(
            original, section_id, dict(sections)[section_id] + point
        )
    cases["two sections 9"] = put_together(magic, version, [*sections, (zkey.H, dict(sections)[zkey.H])])
    cases["bytes after the end"] = original.read_bytes() + point
    return cases


def check_c46(tmp_path: Path) -> None:
    for what, data in extra_elements().items():
        refusal = outcome(BINARY_READERS["zkey"], tmp_path / SMALL_ZKEY, data)
        assert refusal is not None, f"accepted: {what}"


def test_c46_key_with_extra_elements_is_refused(tmp_path: Path) -> None:
    check_c46(tmp_path)


def test_c46_key_with_extra_elements_is_refused_twin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader that skips sections it does not know, as snarkjs does."""
    lax = FileKind(zkey.KIND.magic, zkey.KIND.version, {**zkey.NAMES, 11: "extra"}, zkey.KIND.required)
    monkeypatch.setattr(zkey, "KIND", lax)
    with pytest.raises(AssertionError, match="accepted: a section 11"):
        check_c46(tmp_path)


def test_c46_powers_of_tau_with_extra_elements_are_refused(tmp_path: Path) -> None:
    original = snarkjs_files() / PTAU
    magic, version, sections = take_apart(original.read_bytes())
    for section_id in (*range(2, 7), *range(12, 16)):
        longer = with_section(original, section_id, dict(sections)[section_id] + dict(sections)[section_id][:128])
        assert isinstance(outcome(BINARY_READERS["ptau"], tmp_path / PTAU, longer), SectionLength)
    unknown = put_together(magic, version, [*sections, (11, dict(sections)[2][:64])])
    assert isinstance(outcome(BINARY_READERS["ptau"], tmp_path / PTAU, unknown), SectionUnknown)


# -- C50: scalars, points, lengths and entries of a proof --------------------------------------------------------------

PROOF_CHANGES: dict[str, Callable[[Any], Any]] = {
    "x of A is q": lambda proof: proof["pi_a"].__setitem__(0, str(FQ)),
    "x of A plus q": lambda proof: proof["pi_a"].__setitem__(0, str(int(proof["pi_a"][0]) + FQ)),
    "A off the curve": lambda proof: proof["pi_a"].__setitem__(0, str(int(proof["pi_a"][0]) ^ 1)),
    "B off the curve": lambda proof: proof["pi_b"][0].__setitem__(0, str(int(proof["pi_b"][0][0]) ^ 1)),
    "B outside the subgroup": lambda proof: proof.update(
        pi_b=[[str(c) for c in element] for element in (*G2_OUTSIDE_SUBGROUP, (1, 0))]
    ),
    "(0, 0) as a point": lambda proof: proof.update(pi_c=["0", "0", "1"]),
    "z = 0": lambda proof: proof["pi_a"].__setitem__(2, "0"),
    "z = 2": lambda proof: proof["pi_a"].__setitem__(2, "2"),
    "a fourth coordinate": lambda proof: proof["pi_a"].append("0"),
    "two coordinates": lambda proof: proof["pi_a"].pop(),
    "a third limb in B": lambda proof: proof["pi_b"][1].append("0"),
    "no C": lambda proof: proof.pop("pi_c"),
    "more than a proof": lambda proof: proof.update(pi_d=proof["pi_a"]),
    "another protocol": lambda proof: proof.update(protocol="plonk"),
    "another curve": lambda proof: proof.update(curve="bls12381"),
    "a number instead of a string": lambda proof: proof["pi_a"].__setitem__(0, 1),
    "null": lambda proof: proof.update(pi_a=None),
    "an object instead of an array": lambda proof: proof.update(pi_a={"0": "1"}),
    "an array instead of an object": lambda proof: list(proof.values()),
}


@pytest.mark.parametrize("what", PROOF_CHANGES)
def test_c50_malformed_proof_is_refused(what: str, tmp_path: Path) -> None:
    assert json_refusal(tmp_path, "proof", PROOF_CHANGES[what]) is not None


def test_c50_malformed_proof_is_refused_twin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("prover.formats.json_files.g1_is_on_curve", lambda point: True)
    with pytest.raises(AssertionError):
        test_c50_malformed_proof_is_refused("A off the curve", tmp_path)
    monkeypatch.setattr("prover.formats.json_files.g2_is_in_subgroup", lambda point: True)
    with pytest.raises(AssertionError):
        test_c50_malformed_proof_is_refused("B outside the subgroup", tmp_path)


@pytest.mark.parametrize("kind", JSON_READERS)
def test_c50_trailing_bytes_after_json_are_refused(kind: str, tmp_path: Path) -> None:
    data = (snarkjs_files() / f"small.{kind}.json").read_bytes()
    assert outcome(JSON_READERS[kind], tmp_path / "a.json", data + b"\n") is None
    for more in (b"\0", b"{}", b"]", b"x", data):
        assert isinstance(outcome(JSON_READERS[kind], tmp_path / "a.json", data + more), MalformedText)


def test_c50_verification_key_with_more_or_less_is_refused(tmp_path: Path) -> None:
    changes: list[Callable[[Any], Any]] = [
        lambda key: key["IC"].append(key["IC"][0]),
        lambda key: key["IC"].pop(),
        lambda key: key.update(nPublic=key["nPublic"] + 1),
        lambda key: key.update(nPublic=str(key["nPublic"])),
        lambda key: key.update(nPublic=True),
        lambda key: key["vk_alphabeta_12"].pop(),
        lambda key: key["vk_alphabeta_12"][0][0].__setitem__(0, str(FQ)),
        lambda key: key.pop("vk_gamma_2"),
        lambda key: key.pop("curve"),
        lambda key: key.update(vk_alpha_2=key["vk_beta_2"]),
    ]
    for change in changes:
        assert json_refusal(tmp_path, "verification_key", change) is not None
    assert json_refusal(tmp_path, "verification_key", lambda key: key.update(IC=key["IC"][:1], nPublic=0)) is None
    assert (
        json_refusal(tmp_path, "verification_key", lambda key: {k: v for k, v in key.items() if "12" not in k}) is None
    )


# -- indices, fields, points, features ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "section_id", "offset", "replacement", "expected"),
    [
        (SMALL_ZKEY, zkey.COEFFICIENTS, 4, u32(2), ValueOutOfRange),  # a matrix that is neither A nor B
        (SMALL_ZKEY, zkey.COEFFICIENTS, 8, u32(8), ValueOutOfRange),  # a row outside the domain
        (SMALL_ZKEY, zkey.COEFFICIENTS, 12, u32(10), ValueOutOfRange),  # a wire that is not there
        (SMALL_ZKEY, zkey.PROTOCOL, 0, u32(2), UnsupportedFeature),  # PLONK
        (SMALL_ZKEY, zkey.PROTOCOL, 0, u32(77), UnsupportedFeature),
        (SMALL_ZKEY, zkey.HEADER, 4, word(FR), WrongField),
        (SMALL_ZKEY, zkey.HEADER, 0, u32(48), UnsupportedFeature),
        (SMALL_ZKEY, zkey.HEADER, 80, u32(7), ValueOutOfRange),  # a domain that is no power of two
        (SMALL_ZKEY, zkey.HEADER, 80, u32(0), ValueOutOfRange),
        (SMALL_ZKEY, zkey.HEADER, 80, u32(4), InconsistentFile),  # no room for the public inputs
        (SMALL_ZKEY, zkey.HEADER, 76, u32(9), InconsistentFile),  # more public inputs than wires
        (SMALL_ZKEY, zkey.HEADER, 84, word(1), InvalidPoint),
        (SMALL_ZKEY, zkey.IC, 0, word(1), InvalidPoint),
        (SMALL_ZKEY, zkey.CONTRIBUTIONS, 68, word(1), InvalidPoint),
        (SMALL_R1CS, r1cs.HEADER, 4, word(FQ), WrongField),
        (SMALL_R1CS, r1cs.HEADER, 36, u32(4), SectionLength),  # fewer wires than labels
        (SMALL_R1CS, r1cs.HEADER, 40, u32(77), InconsistentFile),  # more outputs than wires
        (SMALL_R1CS, r1cs.CONSTRAINTS, 4, u32(9), ValueOutOfRange),
        (SMALL_R1CS, r1cs.WIRE_LABELS, -8, struct.pack("<Q", 1 << 63), ValueOutOfRange),
        (SMALL_WTNS, wtns.HEADER, 4, word(FQ), WrongField),
        (SMALL_WTNS, wtns.VALUES, 0, word(0), InconsistentFile),  # wire 0 is not 1
        (PTAU, ptau.HEADER, 36, u32(0), ValueOutOfRange),
        (PTAU, ptau.HEADER, 36, u32(29), ValueOutOfRange),
        (PTAU, ptau.HEADER, 40, u32(3), InconsistentFile),  # cut from a smaller ceremony
        (PTAU, ptau.HEADER, 4, word(FR), WrongField),
        (PTAU, ptau.BETA_G2, 0, word(1), InvalidPoint),
        (PTAU, ptau.CONTRIBUTIONS, 4, word(1), InvalidPoint),
    ],
)
def test_value_is_refused(
    name: str, section_id: int, offset: int, replacement: bytes, expected: type[FormatError], tmp_path: Path
) -> None:
    assert isinstance(refusal_of(tmp_path, name, section_id, offset, replacement), expected)


def test_header_point_outside_the_subgroup_is_refused(tmp_path: Path) -> None:
    outside = g2_from_ints(G2_OUTSIDE_SUBGROUP).tobytes()
    for offset in (212, 340, 532):  # beta, gamma, delta in G2
        refusal = refusal_of(tmp_path, SMALL_ZKEY, zkey.HEADER, offset, outside)
        assert isinstance(refusal, InvalidPoint)
        assert "subgroup" in refusal.reason
    assert isinstance(refusal_of(tmp_path, PTAU, ptau.BETA_G2, 0, outside), InvalidPoint)


def test_points_of_long_vectors_are_checked_on_request(tmp_path: Path) -> None:
    outside = g2_from_ints(G2_OUTSIDE_SUBGROUP).tobytes()
    for section_id, replacement, expected in (
        (zkey.A, word(1), InvalidPoint),
        (zkey.H, word(FQ), ValueOutOfRange),
        (zkey.B_G2, outside, InvalidPoint),
    ):
        path = tmp_path / SMALL_ZKEY
        assert refusal_of(tmp_path, SMALL_ZKEY, section_id, 0, replacement) is None
        with pytest.raises(expected) as caught:
            zkey.check_points(path, fastest())
        assert caught.value.section.startswith(f"{section_id} ")
    assert refusal_of(tmp_path, PTAU, ptau.LAGRANGE_TAU_G2, 128, outside) is None
    with pytest.raises(InvalidPoint, match="lagrange tau in G2"):
        ptau.check_points(tmp_path / PTAU, fastest())


def test_a_wire_named_twice_in_one_combination_is_refused(tmp_path: Path) -> None:
    entry = u32(1) + word(5)
    constraints = u32(2) + entry + entry + u32(0) + u32(0)
    original = snarkjs_files() / SMALL_R1CS
    one = patched(section_of(original, r1cs.HEADER), -4, u32(1))
    sections = [(r1cs.HEADER, one), (r1cs.CONSTRAINTS, constraints)]
    magic, version, old = take_apart(original.read_bytes())
    data = put_together(magic, version, [*sections, (3, dict(old)[3])])
    assert isinstance(outcome(BINARY_READERS["r1cs"], tmp_path / SMALL_R1CS, data), InconsistentFile)


def test_custom_gates_are_refused_and_their_absence_is_not(tmp_path: Path) -> None:
    magic, version, sections = take_apart((snarkjs_files() / SMALL_R1CS).read_bytes())
    for content, expected in (
        (u32(0), None),
        (u32(1) + b"gate\0" + u32(0), UnsupportedFeature),
        (b"", UnsupportedFeature),
    ):
        data = put_together(magic, version, [*sections, (4, content), (5, u32(0))])
        refusal = outcome(BINARY_READERS["r1cs"], tmp_path / SMALL_R1CS, data)
        assert refusal is None if expected is None else isinstance(refusal, expected)


def test_authors_have_one_encoding(tmp_path: Path) -> None:
    """The name of the first contribution of a ceremony: its parameters, each way that is not the way."""
    original = snarkjs_files() / "contributed.ptau"
    content = section_of(original, ptau.CONTRIBUTIONS)
    head = content[: 4 + 4 * 64 - 64 + 2 * 128 + 6 * 64 + 3 * 128 + 216 + 64]
    assert content[len(head) : len(head) + 8] == u32(0) + u32(len(content) - len(head) - 8)
    beacon = bytes([2, 10, 3, 2]) + b"hi"
    cases: list[tuple[bytes, type[FormatError] | None]] = [
        (u32(0) + u32(3) + b"\x01\x01a", None),
        (u32(0) + u32(0), None),
        (u32(1) + u32(len(beacon)) + beacon, None),
        (u32(2) + u32(0), UnsupportedFeature),
        (u32(0) + u32(2) + b"\x04\x00", UnsupportedFeature),
        (u32(0) + u32(2) + b"\x01\x00", InconsistentFile),  # an empty name
        (u32(0) + u32(6) + b"\x01\x01a\x01\x01b", InconsistentFile),  # two names
        (u32(0) + u32(len(beacon)) + beacon, InconsistentFile),  # a person with a beacon
        (u32(1) + u32(3) + b"\x01\x01a", InconsistentFile),  # a beacon without one
        (u32(1) + u32(6) + bytes([3, 2]) + b"hi" + bytes([2, 10]), InconsistentFile),  # out of order
        (u32(0) + u32(3) + b"\x01\x01\xff", MalformedText),
        (u32(0) + u32(67) + b"\x01\x41" + b"a" * 65, MalformedText),  # longer than snarkjs would write
        (u32(0) + u32(2) + b"\x01\x01a", SectionLength),
        (u32(0) + u32(9) + b"\x01\x01a", SectionLength),
    ]
    for encoded, expected in cases:
        data = with_section(original, ptau.CONTRIBUTIONS, head + encoded)
        refusal = outcome(BINARY_READERS["ptau"], tmp_path / "a.ptau", data)
        assert refusal is None if expected is None else isinstance(refusal, expected), f"{encoded!r}: {refusal!r}"


def test_bytes_after_the_sections_are_trailing_data(tmp_path: Path) -> None:
    data = (snarkjs_files() / SMALL_ZKEY).read_bytes() + b"\0"
    assert isinstance(outcome(BINARY_READERS["zkey"], tmp_path / SMALL_ZKEY, data), TrailingData)
