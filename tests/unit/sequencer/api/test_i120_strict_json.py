"""One text, one meaning: what another parser could read differently is refused."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from time import process_time
from typing import Any
from unittest.mock import ANY

import pytest

from prover.formats import nesting
from rollup.errors import FieldOutOfRange
from sequencer.api import strict_json
from sequencer.api.numbers import NotAnInteger, bounded, integer
from sequencer.api.strict_json import NotStrictJson, parse
from tests.support.api_json import (
    NO_NUMBERS,
    NO_STRINGS,
    NO_TEXTS,
    NUMBERS,
    REFUSED,
    STRINGS,
    TEXTS,
    corpus,
    javascript_verdicts,
)

needs_node = pytest.mark.skipif(shutil.which("node") is None, reason="there is no Node here to compare with")


def python_verdict(text: bytes, read: Callable[[bytes], Any] = parse) -> Any:
    try:
        return read(text)
    except NotStrictJson:
        return REFUSED


def differences(read: Callable[[bytes], Any], texts: list[bytes]) -> list[bytes]:
    verdicts = javascript_verdicts(texts)
    return [
        text
        for text, verdict in zip(texts, verdicts, strict=True)
        if (python_verdict(text, read) is REFUSED) != (verdict is REFUSED)
        or (verdict is not REFUSED and python_verdict(text, read) != verdict)
    ]


@pytest.mark.parametrize(
    "text", [*(text.encode("utf-8", "surrogatepass") for text in (*NO_NUMBERS, *NO_STRINGS)), *NO_TEXTS]
)
def test_i120_what_has_two_meanings_is_refused(text: bytes) -> None:
    assert python_verdict(text) is REFUSED


def seconds_for(unit: bytes, size: int) -> float:
    """To refuse texts made of one piece again and again; the least of some runs."""
    spent_s = []
    for _ in range(5):
        began_s = process_time()
        for start in (b"[" * 33, b'"' + b"[" * 40):
            assert python_verdict(start + unit * (size // len(unit))) is REFUSED
        spent_s.append(process_time() - began_s)
    return min(spent_s)


def growth(unit: bytes, size: int) -> float:
    """How many times as long as one of an eighth a text takes: 8 where the time is linear, 64 where it is the square.

    A ratio of one process, since seconds depend on the machine; calls do not show what a regular expression does.
    """
    return seconds_for(unit, size) / seconds_for(unit, size // 8)


@pytest.mark.parametrize("unit", [b'\\"', b'"', b'"a', b"\\", b'["', b'{"a":', b'"\\u0041",'])
def test_i123_texts_are_read_in_linear_time(unit: bytes) -> None:
    assert growth(unit, 200_000) < 20


def test_i123_texts_are_read_in_linear_time_twin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nesting, "_STRINGS", re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL))
    assert growth(b'\\"', 4_000) > 20, "the time grows with the square"


@pytest.mark.parametrize("text", [*NUMBERS, *STRINGS])
def test_i120_what_has_one_is_read(text: str) -> None:
    assert parse(text.encode()) == json.loads(text)


def test_i120_whole_texts() -> None:
    assert [parse(text) for text in TEXTS] == [json.loads(text) for text in TEXTS]


@needs_node
def test_i120_the_same_verdict_as_in_javascript() -> None:
    texts = corpus(3_000)
    assert differences(parse, texts) == []
    accepted = sum(python_verdict(text) is not REFUSED for text in texts)
    assert accepted > 100, "a corpus that is refused whole compares nothing"


def lenient(text: bytes) -> Any:
    """What a node would do with the library's defaults."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise NotStrictJson("grammar", str(error)) from error


@needs_node
def test_i120_the_same_verdict_as_in_javascript_twin() -> None:
    found = differences(lenient, corpus(0))
    assert b'{"a":1,"a":1}' in found
    assert b"1e3" in found
    assert b'"\\ud800"' in found
    assert b"9007199254740992" in found


def exactly(text: bytes) -> Any:
    """Without the short way."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(strict_json, "_read_canonical", lambda _: strict_json._UNSURE)
        return parse(text)


def disagreements(texts: list[bytes]) -> list[bytes]:
    """Texts of which the short way says something else than the exact one."""
    return [text for text in texts if repr(python_verdict(text)) != repr(python_verdict(text, exactly))]


CANONICAL = (
    b'{"id":1,"params":{"size_e4":"12","id":-7}}',
    b"[[],{},null,true]",
    b'"\xc3\xa9:"',
    b"9007199254740991",
    b'[{"params":{"legs":[{"maker":{"slot":0}}]}}]',
)
UNSURE = (
    b'{"a":1,"a":{"b":2}}',
    b'"\\u0041"',
    b'"\\u0000"',
    b"9007199254740992",
    b"-0",
    b"1.5",
    b"[1e5]",
    b"1e300",
    b"[",
    b"[1, 2]",
    b'"\xed\xa0\x80"',
    b'"\xff"',
    b'"\x00"',
    b"[[[[[[[]]]]]]]",
)


def test_i120_the_short_way_says_the_same_or_nothing() -> None:
    assert [strict_json._read_canonical(text) for text in CANONICAL] == [json.loads(text) for text in CANONICAL]
    assert all(strict_json._read_canonical(text) is strict_json._UNSURE for text in UNSURE)
    assert disagreements([*corpus(3_000, seed=8), *CANONICAL, *UNSURE]) == []


def test_i120_the_short_way_says_the_same_or_nothing_twin(monkeypatch: pytest.MonkeyPatch) -> None:
    class Believing:
        """As the encoder, but it finds everything written as it writes it."""

        def encode(self, _: Any) -> Any:
            return ANY

    monkeypatch.setattr(strict_json, "_ENCODER", Believing())
    assert set(disagreements(list(UNSURE))) == {b'{"a":1,"a":{"b":2}}', b"-0"}


@pytest.mark.parametrize(
    "text",
    [
        "",
        " 1",
        "1 ",
        "+1",
        "-0",
        "01",
        "1.0",
        "1e3",
        "٣",
        "1_0",
        "0x1",
        "NaN",
        "1\n",
        "\x001",
        "--1",
        "-",
        "９",
        "9" * 79,
        "1" * 10**5,
    ],
)
def test_i120_decimal_strings_have_one_writing(text: str) -> None:
    with pytest.raises(NotAnInteger):
        integer("size_e4", text)


def test_i120_decimal_strings_that_are_numbers() -> None:
    for value in (0, 1, -1, 2**53, 2**256 - 1, -(2**200)):
        assert integer("size_e4", str(value)) == value
    assert bounded("slot", "7", 3) == 7
    with pytest.raises(FieldOutOfRange):
        bounded("slot", "8", 3)


def test_i120_decimal_strings_have_one_writing_twin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sequencer.api.numbers._DECIMAL", re.compile(r"\s*[+-]?\d+\s*"))
    with pytest.raises(pytest.fail.Exception):
        test_i120_decimal_strings_have_one_writing("٣")
