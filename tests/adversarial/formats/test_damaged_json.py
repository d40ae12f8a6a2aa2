"""Damaged and hostile JSON: a typed error naming the file and the place, or exactly the value that was written."""

from __future__ import annotations

import json
import random
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prover.errors import FormatError, MalformedText, SectionDuplicated, TruncatedFile
from prover.formats import strict_json
from prover.formats.json_files import (
    proof_from_json,
    proof_to_json,
    public_from_json,
    public_to_json,
    verification_key_from_json,
)
from prover.formats.strict_json import parse_json
from tests.support.fuzz import JSON_READERS, outcome, peak_allocation
from tests.support.snarkjs_files import snarkjs_files

KINDS = sorted(JSON_READERS)


def original(kind: str) -> bytes:
    return (snarkjs_files() / f"small.{kind}.json").read_bytes()


@pytest.mark.parametrize("kind", KINDS)
def test_truncated_json_is_refused(kind: str, tmp_path: Path) -> None:
    data = original(kind)
    for length in {*range(0, len(data), 7), *range(len(data) - 12, len(data))}:
        assert outcome(JSON_READERS[kind], tmp_path / "a.json", data[:length]) is not None, length
    assert isinstance(outcome(JSON_READERS[kind], tmp_path / "a.json", b""), TruncatedFile)
    assert isinstance(outcome(JSON_READERS[kind], tmp_path / "a.json", data[:-1]), TruncatedFile)


def flip_until_wrong(kind: str, path: Path) -> None:
    """Flip bits; what is accepted must have the digits that were written, so only the file's white space may differ."""
    data = original(kind)
    rng = random.Random(f"json flips of {kind}")
    for _ in range(400):
        mutated = bytearray(data)
        mutated[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
        if outcome(JSON_READERS[kind], path, bytes(mutated)) is None:
            back = path.with_suffix(".back")
            JSON_READERS[kind].write(back, JSON_READERS[kind].read(path))
            written, read = json.loads(mutated), json.loads(back.read_bytes())
            for value in (written, read):
                if isinstance(value, dict):
                    value.pop("vk_alphabeta_12", None)  # read, checked for its shape, and computed again
            assert written == read


@pytest.mark.parametrize("kind", KINDS)
def test_flipped_bits_in_json(kind: str, tmp_path: Path) -> None:
    flip_until_wrong(kind, tmp_path / "a.json")


def test_flipped_bits_in_json_twin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader that takes any number that Python's int takes."""
    monkeypatch.setattr(strict_json.Node, "integer_below", lambda node, modulus: int(node.value) % modulus)
    with pytest.raises((AssertionError, ValueError)):
        flip_until_wrong("public", tmp_path / "a.json")


HOSTILE = {
    "repeated key": b'{"a": "1", "a": "2"}',
    "NaN": b"[NaN]",
    "infinity": b"[-Infinity]",
    "a float": b"[1.0]",
    "an exponent": b"[1e5]",
    "minus zero": b"[-0]",
    "a long integer": b"[12345678901]",
    "a very long integer": b"[" + b"1" * 10_000 + b"]",
    "deep arrays": b"[" * 100_000,
    "deep objects": b'{"a":' * 100_000,
    "deep and closed": b"[" * 50_000 + b"]" * 50_000,
    "not UTF-8": b'["\xff"]',
    "UTF-16": '["1"]'.encode("utf-16"),
    "a byte order mark": b'\xef\xbb\xbf["1"]',
    "a raw control character": b'["1\n"]',
    "single quotes": b"['1']",
    "a comment": b'["1"] // one',
    "a trailing comma": b'["1",]',
    "only white space": b"  \n ",
}


@pytest.mark.parametrize("what", HOSTILE)
def test_hostile_json_is_refused(what: str) -> None:
    with pytest.raises(FormatError) as caught:
        parse_json(HOSTILE[what], "hostile.json")
    assert caught.value.file == "hostile.json"
    for read in (proof_from_json, public_from_json, verification_key_from_json):
        with pytest.raises(FormatError):
            read(HOSTILE[what])


@pytest.mark.parametrize("opening", ["[", '{"a":', '[{"a":', '["\\"",[', "[[],"])
def test_deep_nesting_is_refused_whatever_the_recursion_limit(opening: str) -> None:
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(10**9)
    try:
        for text in (opening * 200_000, opening * 17):
            with pytest.raises(MalformedText, match="levels deep"):
                parse_json(text, "hostile.json")
    finally:
        sys.setrecursionlimit(limit)


def test_brackets_in_strings_do_not_nest() -> None:
    text = json.dumps(["[" * 100, '\\"[' * 100, "]" * 100])
    assert parse_json(text, "a.json").value == json.loads(text)


@pytest.mark.parametrize("text", ['"' + '\\"' * 500_000 + "\\", '"' * 1_000_001, "\\" * 1_000_000])
def test_quotes_and_backslashes_take_linear_time(text: str) -> None:
    with pytest.raises(FormatError):
        parse_json(text, "hostile.json")


def test_repeated_key_names_the_key() -> None:
    with pytest.raises(SectionDuplicated) as caught:
        proof_from_json('{"pi_a": [], "pi_a": []}')
    assert caught.value.section == "pi_a"


def test_repeated_key_names_the_key_twin() -> None:
    """Python's own reader takes the last of two values without a word."""
    with pytest.raises(AssertionError):
        assert json.loads('{"a": "1", "a": "2"}') == {"a": "1"}


def test_a_text_beyond_the_limit_is_not_parsed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(strict_json, "MAX_BYTES", 1000)
    path = tmp_path / "a.json"
    path.write_bytes(b"[" + b'"1",' * 10_000_000 + b'"1"]')

    def read() -> None:
        with pytest.raises(MalformedText, match="more than 1000 bytes"):
            strict_json.read_json(path)

    assert peak_allocation(read) < 1 << 20


scalars = st.integers(0, 1 << 260).map(str) | st.text(max_size=5)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 10**12) | st.floats() | scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["pi_a", "IC", "curve"]), inner),
    max_leaves=12,
)


@settings(max_examples=200, deadline=None)
@given(values, st.sampled_from(["pi_a", "pi_b", "pi_c", "protocol", "curve"]))
def test_arbitrary_values_are_refused_with_a_place(value: object, field: str) -> None:
    proof = json.loads(original("proof"))
    if proof[field] == value:
        return
    proof[field] = value
    with pytest.raises(FormatError):
        proof_from_json(json.dumps(proof))


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=60) | st.text(max_size=60))
def test_arbitrary_text_never_crashes(text: bytes | str) -> None:
    for read in (proof_from_json, verification_key_from_json):
        with pytest.raises(FormatError):
            read(text)
    try:
        public = public_from_json(text)
    except FormatError:
        return
    assert public_from_json(public_to_json(public)) == public


def test_a_text_and_a_file_are_read_alike() -> None:
    text = original("proof")
    assert (
        proof_from_json(text)
        == proof_from_json(text.decode())
        == JSON_READERS["proof"].read(snarkjs_files() / "small.proof.json")
    )
    assert proof_to_json(proof_from_json(text)).encode() == text
