"""`zkclear l1`, `recover`, `exit`, `verify-deployment` and `rosette` as a person meets them."""

from __future__ import annotations

import json
import os
import re
import shlex
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from circuits.frontend import cache as circuit_cache
from console.cli.main import app
from rollup.types.orders import Withdrawal
from sequencer.l1 import contract_cache
from sequencer.l1.accounts import development_account
from sequencer.l1.signing_keys import KEY_VARIABLE
from sequencer.rehearsal.venue import DEPOSIT_E6, RehearsalVenue
from tests.support.chain import needs_anvil
from tests.support.rehearsals import rehearsal
from tests.support.source_tree import ROOT

pytestmark = needs_anvil
RUNNER = CliRunner()
LATE_DEPOSIT_E6 = 5_000_000


def zkclear(*arguments: object) -> Result:
    result = RUNNER.invoke(app, [str(argument) for argument in arguments])
    assert "Traceback" not in result.output
    return result


def succeed(*arguments: object) -> str:
    """What a command says to people."""
    result = zkclear(*arguments)
    assert result.exit_code == 0, result.output
    return str(result.stdout)


def said(*arguments: object, exit_code: int = 0) -> dict[str, Any]:
    """What a command says to programs."""
    result = zkclear(*arguments, "--json")
    assert result.exit_code == exit_code, result.output
    answer: dict[str, Any] = json.loads(result.stdout)
    return answer


def refused(*arguments: object, exit_code: int = 1) -> str:
    """The name of the refusal; people read it too."""
    for_people = zkclear(*arguments)
    assert for_people.exit_code == exit_code, for_people.output
    name = str(said(*arguments, exit_code=exit_code)["error"]["type"])
    if exit_code == 1:
        assert name in for_people.stderr or "refused" in for_people.stderr
    return name


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Development keys and the local chain's files, for all of this module."""
    folder = tmp_path_factory.mktemp("l1")
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("ZKCLEAR_KEYS", str(folder / "keys"))
        environment.setenv("ZKCLEAR_L1", str(folder / "chain"))
        environment.setenv("ZKCLEAR_CIRCUITS", str(circuit_cache.cache_folder()))
        environment.setenv("ZKCLEAR_CONTRACTS", str(contract_cache.cache_folder()))
        environment.delenv(KEY_VARIABLE, raising=False)
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


def test_development_keys_are_refused_elsewhere(local: dict[str, Any], folder: Path, venue: RehearsalVenue) -> None:
    elsewhere = ("l1", "deploy", "--preset", "tiny", "--rpc", venue.running.url, "--to", folder / "never.json")
    assert refused(*elsewhere, exit_code=2) == "NoSenderKey"
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv(KEY_VARIABLE, development_account(3).key.hex())
        signers = ("--signers", development_account(1).address, "--threshold", 1)
        assert refused(*elsewhere, *signers) == "KeyRefused"
        (batch_key,) = (folder / "keys").glob("settlement*.zkey")
        (exit_key,) = (folder / "keys").glob("exit*.zkey")
        keys = ("--batch-key", batch_key, "--exit-key", exit_key, "--dollar", venue.deployment.dollar)
        assert refused(*elsewhere, *signers, *keys) == "KeyRefused"
        environment.setenv(KEY_VARIABLE, "zz")
        assert refused(*elsewhere, *signers, exit_code=2) == "BadSenderKey"
        environment.delenv(KEY_VARIABLE)
        swapped = ("--batch-key", exit_key, "--exit-key", batch_key)
        assert refused("l1", "deploy", "--preset", "tiny", *swapped, "--to", folder / "never.json") == "KeyRefused"
    assert not (folder / "never.json").exists()


def test_a_wrong_command_line_is_exit_code_2(local: dict[str, Any]) -> None:
    for wrong in (
        ("--preset", "huge"),
        ("--term", "queue_deadline_s=soon"),
        ("--term", "nothing=1"),
        ("--signers", "0x12", "--threshold", "1"),
        ("--operator", "0x" + "Ab" * 20),
    ):
        assert zkclear("l1", "deploy", *wrong).exit_code == 2


# -- a rollup with traders, and its end --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def venue() -> Iterator[RehearsalVenue]:
    """Two traders with open options, and a deposit that nobody serves."""
    with rehearsal() as venue:
        alice, bob = venue.new_trader(), venue.new_trader()
        venue.settle_queue()
        venue.report()
        withdrawal = venue.operation(bob, Withdrawal(bob.account, 1, 1, 1_000_000))
        venue.commit(trades=(venue.trade(alice, bob, 0, 500),), operations=(withdrawal,))
        venue.operator.prove()
        venue.sender(bob.ethereum).send(venue.dollar.mint(bob.ethereum.address, LATE_DEPOSIT_E6))
        venue.sender(bob.ethereum).send(venue.house.deposit(bob.account, LATE_DEPOSIT_E6))
        yield venue


def test_logs_that_are_not_whole_are_red_twin(venue: RehearsalVenue, folder: Path) -> None:
    cut = folder / "cut.json"
    replace(venue.deployment, first_block=venue.chain.block_number()).save(cut)
    place = ("--rpc", venue.running.url, "--deployment", cut)
    rosette = said("rosette", *place)
    colours = {one["name"]: one["colour"] for one in rosette["slices"]}
    assert colours["data availability"] == "red"
    assert not rosette["facts"]["code_matches"], "the creations are not found in later blocks"
    assert refused("recover", *place, exit_code=2) == "InconsistentHistory"


@pytest.mark.usefixtures("local")
def test_recover_and_leave(venue: RehearsalVenue, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    deployment = folder / "venue.json"
    venue.deployment.save(deployment)
    place = ("--rpc", venue.running.url, "--deployment", deployment)
    recovered = said("recover", *place, "--to", folder / "state.json")
    assert recovered["matches_l1"]
    assert recovered["root"] == str(venue.operator.state.root)
    state = json.loads((folder / "state.json").read_text())
    assert len(state["accounts"]) == recovered["accounts"] == 4
    assert sum(len(account["positions"]) for account in state["accounts"]) == recovered["positions"] == 2

    monkeypatch.setenv(KEY_VARIABLE, development_account(5).key.hex())
    accounts = [trader.account for trader in venue.traders]
    chosen = [option for account in accounts for option in ("--account", account)]
    assert refused("exit", *place) == "NotFrozen"
    assert refused("exit", *place, "--pay") == "NotFrozen"
    assert refused("exit", *place, "--freeze") == "NothingOverdue"
    venue.wait(venue.house.queue_deadline_s() + 1)
    claimed = said("exit", *place, *chosen, "--freeze", "--chunk", 1)
    assert set(claimed["claimed_e6"]) == set(map(str, accounts))
    assert len(claimed["transactions"]) == 2
    assert said("l1", "status", *place)["is_frozen"]
    assert refused("exit", *place, *chosen) == "AlreadyClaimed"
    (batch_key,) = (folder / "keys").glob("settlement*.zkey")
    assert refused("exit", *place, *chosen, "--exit-key", batch_key) == "WrongKey"
    assert refused("exit", *place, "--pay") == "ClaimPeriodOpen"
    refunded = said("exit", *place, "--refund")
    bob = venue.traders[1].ethereum.address
    assert refunded["collected_e6"] == {bob: LATE_DEPOSIT_E6}

    venue.wait(venue.house.claim_period_s() + 1)
    paid = said("exit", *place, "--pay")
    assert (paid["executed"], paid["paid"]) == (1, 2)
    assert paid["total_e6"] == claimed["total_e6"] + 1_000_000 <= 2 * DEPOSIT_E6
    assert refused("exit", *place, "--pay", "--account", accounts[0]) == "NothingClaimed"


def test_rehearse() -> None:
    scene = said("l1", "rehearse", "--preset", "tiny")
    assert scene["batches"] == 3
    assert scene["received_e6"] == scene["withdrawn_e6"]
    assert all(step["gas"] > 0 for step in scene["steps"][:-1])
