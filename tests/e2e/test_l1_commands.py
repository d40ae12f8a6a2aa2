"""`zkclear l1`, `recover`, `verify-deployment` and `rosette` as a person meets them: console's README, run."""

from __future__ import annotations

import json
import os
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sequencer.l1.accounts import development_account
from sequencer.l1.anvil import running_anvil
from sequencer.l1.signing_keys import KEY_VARIABLE
from tests.support.chain import needs_anvil
from tests.support.l1_commands import own_folder, refused, said, succeed, zkclear
from tests.support.source_tree import ROOT

pytestmark = needs_anvil


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("l1")
    with own_folder(folder):
        yield folder


@pytest.fixture(scope="module")
def told(folder: Path) -> Iterator[dict[str, str]]:
    """What the commands of console/README.md print, by command; the chain is up until the last one."""
    (story,) = re.findall(r"## L1\n\n```sh\n(.*?)```", (ROOT / "console/README.md").read_text(), re.DOTALL)
    commands = [shlex.split(line)[1:] for line in story.splitlines()]
    assert [" ".join(commands[i][:2]) for i in (0, -1)] == ["l1 up", "l1 down"]
    before = Path.cwd()
    os.chdir(folder)
    try:
        assert refused("l1", "status", exit_code=2) == "ChainDown"
        printed: dict[str, str] = {}
        for command in commands[:-1]:
            if "deploy" in command:
                assert refused("l1", "status", exit_code=2) == "BadDeploymentFile"
            printed[" ".join(command)] = succeed(*command)
        yield printed
    finally:
        os.chdir(before)
        succeed(*commands[-1])


def printed_by(told: dict[str, str], beginning: str) -> str:
    (text,) = (text for command, text in told.items() if command.startswith(beginning))
    return text


@pytest.fixture(scope="module")
def local(told: dict[str, str], folder: Path) -> dict[str, Any]:
    """The file of the rollup that was deployed by commands."""
    fields: dict[str, Any] = json.loads((folder / "chain" / "deployment.json").read_text())
    return fields


def test_deploy_and_status(told: dict[str, str], local: dict[str, Any]) -> None:
    assert local["clearing_house"] in printed_by(told, "l1 deploy")
    text = printed_by(told, "l1 status")
    assert local["clearing_house"] in text
    assert "2 wait" in text
    assert "no report yet" in text
    status = said("l1", "status")
    assert (status["accounts"], status["queue_length"], status["is_frozen"]) == (2, 2, False)
    assert status["terms"]["queue_deadline_s"] == 3600
    assert status["last_report_age_s"] is None
    assert refused("l1", "preflight") == "UnknownReport"


def test_a_fresh_rollup_is_what_its_sources_say(told: dict[str, str]) -> None:
    text = printed_by(told, "verify-deployment")
    assert "all of it is what the sources say" in text
    assert "everybody can forge" in text
    assert "NO" not in text


def test_a_changed_deployment_is_exit_code_1_twin(local: dict[str, Any], folder: Path) -> None:
    other = folder / "other.json"
    other.write_text(json.dumps({**local, "batch_verifier": local["exit_verifier"]}))
    found = said("verify-deployment", "--deployment", other, exit_code=1)
    failed = {check["name"] for check in found["checks"] if not check["holds"]}
    assert not found["holds"]
    assert failed == {
        "code: batch verifier",
        "link: batch verifier",
        "key: of batches, in its verifier",
    }


def test_the_rosette_is_honest(told: dict[str, str]) -> None:
    text = printed_by(told, "rosette")
    colours = {line.split(":")[0].strip() for line in text.splitlines() if line and not line.startswith(" ")}
    assert {"red    state validation", "green  exit window", "green  data availability"} <= colours
    assert "\x1b[" not in text
    assert "development set-up" in text
    assert "2 of 3 signers" in text
    assert "local chain" in text
    rosette = said("rosette")
    assert rosette["worst"] == "red"
    assert [one["colour"] for one in rosette["slices"]] == ["green", "red", "green", "green", "green"]


def test_an_empty_rollup_is_recovered(told: dict[str, str], folder: Path) -> None:
    assert "L1 has the same" in printed_by(told, "recover")
    assert json.loads((folder / "state.json").read_text())["accounts"] == []
    recovered = said("recover")
    assert (recovered["batch"], recovered["accounts"], recovered["matches_l1"]) == (0, 0, True)


@pytest.mark.usefixtures("local")
def test_development_keys_are_refused_elsewhere(folder: Path) -> None:
    with running_anvil() as other, pytest.MonkeyPatch.context() as environment:
        elsewhere = ("l1", "deploy", "--preset", "tiny", "--rpc", other.url, "--to", folder / "never.json")
        signers = ("--signers", development_account(1).address, "--threshold", 1)
        assert refused(*elsewhere, *signers, exit_code=2) == "NoSenderKey"
        environment.setenv(KEY_VARIABLE, development_account(3).key.hex())
        assert refused(*elsewhere, *signers) == "KeyRefused"
        (batch_key,) = (folder / "keys").glob("settlement*.zkey")
        (exit_key,) = (folder / "keys").glob("exit*.zkey")
        keys = ("--batch-key", batch_key, "--exit-key", exit_key)
        assert refused(*elsewhere, *signers, *keys, exit_code=2) == "NoDollar"
        assert refused(*elsewhere, *signers, *keys, "--dollar", "0x" + "12" * 20) == "KeyRefused"
        environment.setenv(KEY_VARIABLE, "zz")
        assert refused(*elsewhere, *signers, exit_code=2) == "BadSenderKey"
        assert other.rpc("eth_blockNumber") == "0x0", "nothing was sent"
        environment.delenv(KEY_VARIABLE)
        swapped = ("--batch-key", exit_key, "--exit-key", batch_key)
        assert refused("l1", "deploy", "--preset", "tiny", *swapped, "--to", folder / "never.json") == "KeyRefused"
        assert not (folder / "never.json").exists()
        made = said(*elsewhere[:-2], "--local", *signers, "--to", folder / "local.json")
        assert (made["file"], made["is_development"]) == (str(folder / "local.json"), True)
        assert said("l1", "status", "--rpc", other.url, "--deployment", folder / "local.json")["accounts"] == 2


def test_a_wrong_command_line_is_exit_code_2(local: dict[str, Any]) -> None:
    for wrong in (
        ("--preset", "huge"),
        ("--term", "queue_deadline_s=soon"),
        ("--term", "nothing=1"),
        ("--signers", "0x12", "--threshold", "1"),
        ("--operator", "0x" + "Ab" * 20),
    ):
        assert zkclear("l1", "deploy", *wrong).exit_code == 2


def test_rehearse() -> None:
    scene = said("l1", "rehearse", "--preset", "tiny")
    assert scene["batches"] == 3
    assert scene["received_e6"] == scene["withdrawn_e6"]
    assert all(step["gas"] > 0 for step in scene["steps"][:-1])
