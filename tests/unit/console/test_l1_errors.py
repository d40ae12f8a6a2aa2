"""What a contract refuses, a command says by the contract's own name for it."""

from __future__ import annotations

import json

import pytest
import typer

from console.cli.output import INVALID, MALFORMED, reporting
from sequencer.l1.bindings.clearing_house import WrongKey, WrongPayouts
from sequencer.l1.errors import ChainDown

EXPECTED, GIVEN = b"\x01" * 32, b"\x02" * 32


def report(error: Exception, *, as_json: bool) -> int:
    with pytest.raises(typer.Exit) as ended, reporting(as_json=as_json):
        raise error
    return ended.value.exit_code


def test_people_read_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert report(WrongKey(EXPECTED, GIVEN), as_json=False) == INVALID
    said = capsys.readouterr().err
    assert said.startswith("error: WrongKey: ")
    assert f"given 0x{GIVEN.hex()}" in said
    assert "Traceback" not in said


def test_programs_read_name_and_arguments(capsys: pytest.CaptureFixture[str]) -> None:
    assert report(WrongPayouts(2**200), as_json=True) == INVALID
    error = json.loads(capsys.readouterr().out)["error"]
    assert (error["type"], error["arguments"]) == ("WrongPayouts", {"number": str(2**200)})
    assert report(WrongKey(EXPECTED, GIVEN), as_json=True) == INVALID
    arguments = json.loads(capsys.readouterr().out)["error"]["arguments"]
    assert arguments == {"expected": "0x" + EXPECTED.hex(), "given": "0x" + GIVEN.hex()}


def test_a_chain_that_is_down_is_no_refusal(capsys: pytest.CaptureFixture[str]) -> None:
    assert report(ChainDown("http://127.0.0.1:1"), as_json=False) == MALFORMED
    assert "zkclear l1 up" in capsys.readouterr().err
