"""`zkclear batch submit`, and a node by its settings: what a stopped node owes L1 gets there without it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from time import monotonic, sleep, time
from typing import Any

import pytest
from typer.testing import CliRunner

from console.cli.main import app
from console.cli.node_run import plan_of
from prover.kernels import load_kernels
from rollup.risk.table import Market, UnderlyingMarket, risk_table
from rollup.risk_table import RiskTable
from rollup.types.series import OptionKind, Series
from sequencer.l1.accounts import development_account
from sequencer.l1.anvil_program import free_port
from sequencer.l1.bindings import test_dollar as dollar_binding
from sequencer.l1.bindings.clearing_house import ClearingHouse
from sequencer.l1.client import Chain
from sequencer.l1.deployment import RollupDeployment
from sequencer.l1.reports import OracleDomain, report_of, sign_report
from sequencer.l1.sending import Sender
from sequencer.markets.history import COIN_SCAN
from sequencer.messages import NewTable
from sequencer.native_crypto import NativeCrypto
from sequencer.node.assembly import running_node
from sequencer.node.node import Node
from sequencer.node.settings import TEMPLATE, read_settings
from tests.support.chain import needs_anvil
from tests.support.source_tree import ROOT

pytestmark = needs_anvil
TRADER = 3


def run(*arguments: object, code: int = 0) -> Any:
    found = CliRunner().invoke(app, [*map(str, arguments), "--json"])
    assert found.exit_code == code, found.output
    return json.loads(found.stdout)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A chain with a rollup of the smallest batches, and a settings file for its node."""
    folder = tmp_path_factory.mktemp("operator")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ZKCLEAR_KEYS", str(ROOT / ".zkclear" / "keys"))
        patch.setenv("ZKCLEAR_L1", str(folder / "l1"))
        patch.setenv("ZKCLEAR_NODE", str(folder / "state"))
        patch.setenv("ZKCLEAR_SENDER_KEY", "0x" + bytes(development_account(0).key).hex())
        url = run("l1", "up", "--port", 0)["url"]
        try:
            run("l1", "deploy", "--preset", "tiny", "--to", folder / "rollup.json")
            text = TEMPLATE.replace('"http://127.0.0.1:8545"', f'"{url}"').replace(
                "confirmations = 12", "confirmations = 0"
            )
            (folder / "node.toml").write_text(text.replace("poll_s = 1.0", "poll_s = 0.2").replace("8700", "0"))
            yield folder
        finally:
            run("l1", "down")


def chain_of(place: Path) -> tuple[Chain, RollupDeployment]:
    deployment = RollupDeployment.load(place / "rollup.json")
    return Chain(read_settings(place / "node.toml").chain.urls[0]), deployment


def register(place: Path, number: int) -> None:
    """An account, by an entry of L1's queue."""
    chain, deployment = chain_of(place)
    house, dollar = ClearingHouse(chain, deployment.clearing_house), dollar_binding.TestDollar(chain, deployment.dollar)
    sender = Sender(chain, development_account(number))
    sender.send(dollar.mint(sender.account.address, 10**9))
    sender.send(dollar.approve(house.address, 10**9))
    crypto = NativeCrypto(load_kernels(threads=1))
    sender.send(house.register(10**9, *crypto.public_key(number.to_bytes(32, "little"))))


def take_table(place: Path, node: Node) -> None:
    """Two of the three oracles sign a table of one series."""
    _, deployment = chain_of(place)
    now_s = int(time())
    series = [Series(1, 1, now_s + 86_400, 10_000_000, OptionKind.CALL)]
    rows = risk_table(series, Market({1: UnderlyingMarket(100_000.0, {1: 0.5}, COIN_SCAN)}), now_s)
    table = RiskTable(rows, deployment.preset.series_depth, NativeCrypto(load_kernels(threads=1)))
    report = report_of(table, now_s, {1: 10_000_000})
    oracles = [development_account(index) for index in (7, 8)]
    signatures = sign_report(oracles, OracleDomain(deployment.chain_id, deployment.oracle), report)
    node.take_table(report, NewTable(now_s, rows, tuple(report.spot_pairs)), signatures)


def cut_a_batch(place: Path) -> int:
    """A node that takes a registration, cuts a batch of it, and is stopped there. How many batches its log has."""
    plan = replace(plan_of(place / "node.toml", read_settings(place / "node.toml")), port=None)
    with running_node(plan, load_kernels(threads=1)) as node:
        take_table(place, node)
        register(place, TRADER)
        deadline_s = monotonic() + 60
        while (last := node.sequencer.ask(lambda venue: venue.next_batch).result() - 1) < 1:
            assert monotonic() < deadline_s
            sleep(0.02)
    return int(last)


def test_what_a_stopped_node_owes_gets_to_l1(place: Path) -> None:
    chain, deployment = chain_of(place)
    house = ClearingHouse(chain, deployment.clearing_house)
    last = cut_a_batch(place)
    assert house.progress().executed < last, "the node was stopped too late for this test"
    found = run("batch", "submit", place / "node.toml")
    assert found["batches"] == found["executed"] == house.progress().executed >= last
    assert found["executed_now"] >= 1
    again = run("batch", "submit", place / "node.toml")
    assert again["executed_now"] <= again["batches"] - found["batches"], "what is done is not done again"
    statuses = {one["status"] for one in run("batch", "list", place / "node")["batches"]}
    assert statuses == {"executed"}


@pytest.mark.deep
def test_a_chain_that_is_down(place: Path, tmp_path: Path) -> None:
    text = (place / "node.toml").read_text()
    url = read_settings(place / "node.toml").chain.urls[0]
    (tmp_path / "rollup.json").write_bytes((place / "rollup.json").read_bytes())
    (tmp_path / "node.toml").write_text(text.replace(url, "http://127.0.0.1:9"))
    assert run("batch", "submit", tmp_path / "node.toml", "--patience", 2, code=2)["error"]["message"]
    (tmp_path / "node.toml").write_text(
        text.replace(url, "http://127.0.0.1:9").replace("port = 0", f"port = {free_port()}")
    )
    found = run("node", "up", tmp_path / "node.toml", "--state-dir", tmp_path / "state", code=2)["error"]
    assert "127.0.0.1:9" in found["message"]


@pytest.mark.deep
def test_a_node_by_its_settings(place: Path, tmp_path: Path) -> None:
    """Up, looked at, down: it goes on from the log that is there."""
    settings, port = place / "other.toml", free_port()
    settings.write_text((place / "node.toml").read_text().replace("port = 0", f"port = {port}"))
    found = run("node", "up", settings, "--state-dir", tmp_path)
    try:
        assert (found["url"], found["settings"]) == (f"http://127.0.0.1:{port}", str(settings))
        status = run("node", "status", "--state-dir", tmp_path)
        assert status["log"]["sequence"] >= 3
        assert status["batches"]["executed"] >= 1
        taken = run("node", "up", settings, "--state-dir", tmp_path / "other", code=2)["error"]
        assert f"port {port} is taken" in taken["message"]
    finally:
        assert run("node", "down", "--state-dir", tmp_path)["killed"] == []
