"""What options of commands about L1 stand for, and how durations are shown."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
import typer

from console.cli.l1_deploy import address_of, terms_of
from console.cli.l1_options import Place, duration
from console.cli.verification import _coloured
from sequencer.l1 import local_chain
from sequencer.l1.deployment import STANDARD_TERMS
from sequencer.l1.errors import ChainDown
from sequencer.l1.rosette import Colour
from sequencer.node.settings import TEMPLATE

ADDRESS = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0 s"), (59, "59 s"), (3_600, "1 h"), (90_061, "1 d 1 h"), (3_661, "1 h 1 min"), (-60, "-1 min")],
)
def test_duration(seconds: int, text: str) -> None:
    assert duration(seconds) == text


def test_terms(tmp_path: Path) -> None:
    path = tmp_path / "terms.json"
    path.write_text(json.dumps({"claim_period_s": 5, "report_age_s": 7}))
    assert terms_of(None, []) == STANDARD_TERMS
    found = terms_of(path, ["report_age_s=8"])
    assert (found.claim_period_s, found.report_age_s) == (5, 8)
    assert found.batch_age_s == STANDARD_TERMS.batch_age_s


@pytest.mark.parametrize(
    "text",
    ["[", "[]", '{"claim_period_s": "5"}', '{"claim_period_s": 5.0}', '{"claim_period_s": true}', '{"other": 5}'],
)
def test_terms_that_are_none(tmp_path: Path, text: str) -> None:
    path = tmp_path / "terms.json"
    path.write_text(text)
    with pytest.raises(typer.BadParameter):
        terms_of(path, [])


@pytest.mark.parametrize("one", ["claim_period_s", "claim_period_s=", "claim_period_s=-1", "claim_period_s=1e3", "=4"])
def test_single_terms_that_are_none(one: str) -> None:
    with pytest.raises(typer.BadParameter):
        terms_of(None, [one])


def test_addresses() -> None:
    assert address_of("--operator", ADDRESS) == address_of("--operator", ADDRESS.lower()) == ADDRESS
    for wrong in (ADDRESS[:-1], ADDRESS.replace("C8", "c8"), "me"):
        with pytest.raises(typer.BadParameter):
            address_of("--operator", wrong)


def test_a_chain_of_ones_own(tmp_path: Path) -> None:
    with pytest.raises(ChainDown):
        Place.of(None, tmp_path / "none")
    assert not Place.of("http://127.0.0.1:1", tmp_path / "none").is_local
    assert Place.of("http://127.0.0.1:1", tmp_path / "none", local=True).is_local


def test_what_is_on_another_chain_is_beside_the_nodes_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local_chain, "running", lambda _folder: SimpleNamespace(url="http://127.0.0.1:1"))
    for own in (Place.of(None, tmp_path), Place.of("http://127.0.0.1:1/", tmp_path)):
        assert own.deployment_path(None) == tmp_path / "deployment.json"
    other = Place.of("http://127.0.0.1:2", tmp_path, local=True)
    assert f'deployment = "{other.deployment_path(None)}"' in TEMPLATE
    assert other.deployment_path(tmp_path / "named.json") == tmp_path / "named.json"


def test_colours_are_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert "\x1b[31mred" in _coloured(Colour.RED)
    monkeypatch.setenv("NO_COLOR", "1")
    assert _coloured(Colour.RED).strip() == "red"
