"""The demo, whole: its promises looked at from outside, by web3 and by the log; and that nothing is left of it."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from eth_typing import HexStr
from hexbytes import HexBytes
from typer.testing import CliRunner
from web3 import HTTPProvider, Web3

import console.demo.made_up
import console.demo.plan
from console.cli.main import app
from console.demo.chronicle import Chronicle
from console.demo.folder import REPORT, SUMMARY
from console.demo.plan import DemoPlan
from console.demo.promises import LIQUIDATION, MADE_UP, REAL_DATA, SETTLEMENT, WITHDRAWAL
from console.demo.stage import Stage
from console.demo.story import play
from rollup.presets import TINY
from sequencer.l1.deployment import RollupDeployment
from sequencer.native_crypto import NativeCrypto
from sequencer.node.local import LocalTrader
from sequencer.node.node import LOG_NAME
from sequencer.node.stack import Stack
from sequencer.record.reader import RecordReader
from sequencer.store import EventLog
from sequencer.venue import Genesis, Venue
from sequencer.venue.sequenced import replay
from tests.support.chain import needs_anvil
from tests.support.kernels import fastest
from tests.support.spx_files import write_spx_files

pytestmark = needs_anvil
SMALL = partial(DemoPlan, makers=2, takers=2, orders_per_second=1.0, strikes=1, sell_after_s=2.0, sell_for_s=4.0)
SHORT = partial(SMALL, shock_after_s=6.0, withdraw_after_s=7.0)
BALANCE_OF = "0x70a08231"
FEES_PPM = (300, 500)


@dataclass
class Seen:
    """What was on the chain while it was there."""

    balances_e6: dict[str, int] = field(default_factory=dict)
    receipts: dict[int, list[Any]] = field(default_factory=dict)
    house: str = ""
    deployment: RollupDeployment | None = None


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("keys")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ZKCLEAR_KEYS", str(folder))
        yield folder


@dataclass
class Played:
    summary: dict[str, Any]
    code: int
    folder: Path
    seen: Seen


def run(folder: Path, plan: Any, *arguments: object) -> Played:
    """`zkclear demo --plain --json` with another plan, and a look at its chain before that ends."""
    seen = Seen()

    async def play_and_look(plan: DemoPlan, stack: Stack, told: Chronicle, traders: tuple[LocalTrader, ...]) -> Stage:
        stage = await play(plan, stack, told, traders)
        look(stack, plan.folder, traders, seen)
        return stage

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(console.demo.made_up, "play", play_and_look)
        patch.setattr(console.demo.plan, "DemoPlan", plan)
        options = ["demo", "--preset", "tiny", "--life", 16, "--out", folder, "--plain", "--json", *arguments]
        found = CliRunner().invoke(app, [str(one) for one in options])
    assert "Traceback" not in found.output
    return Played(json.loads(found.stdout), found.exit_code, folder, seen)


def look(stack: Stack, folder: Path, traders: tuple[LocalTrader, ...], seen: Seen) -> None:
    """By web3 alone: who has how many dollars, and what became of the transactions that the record names."""
    web3, deployment = Web3(HTTPProvider(stack.rollup.chain.url)), stack.rollup.deployment
    seen.house, seen.deployment = deployment.clearing_house, deployment
    for owner in (deployment.clearing_house, *(trader.ethereum.address for trader in traders)):
        data = HexStr(BALANCE_OF + owner[2:].lower().rjust(64, "0"))
        answer = web3.eth.call({"to": Web3.to_checksum_address(deployment.dollar), "data": data})
        seen.balances_e6[owner] = int.from_bytes(answer, "big")
    with RecordReader.of(folder) as record:
        for batch in record.batches(limit=-1):
            hashes = [HexBytes(one.hash) for one in record.transactions_of(batch.number) if one.state == "done"]
            seen.receipts[batch.number] = [web3.eth.get_transaction_receipt(one) for one in hashes]


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory, keys: Path) -> Played:
    assert keys.is_dir()
    return run(tmp_path_factory.mktemp("demo") / "run", SHORT)


def promise(played: Played, name: str) -> dict[str, Any]:
    return next(one for one in played.summary["promises"] if one["name"] == name)


def test_all_promises_are_kept_and_told(played: Played) -> None:
    assert played.code == 0
    assert {one["name"]: one["is_kept"] for one in played.summary["promises"]} == dict.fromkeys(MADE_UP, True)
    assert "SHOCK" in (played.folder / REPORT).read_text(), "what the demo does by itself is announced"
    assert json.loads((played.folder / SUMMARY).read_text()).items() <= played.summary.items()


def test_the_withdrawal_is_on_l1(played: Played) -> None:
    found = promise(played, WITHDRAWAL)
    assert played.seen.balances_e6[found["owner"]] == found["asked_e6"] == 250_000 * 10**6
    others = {owner: held for owner, held in played.seen.balances_e6.items() if owner != found["owner"]}
    house_e6 = others.pop(played.seen.house)
    assert set(others.values()) == {0}
    assert house_e6 == 4 * 2_000_000 * 10**6 + 50_000 * 10**6 - found["asked_e6"]


def test_every_batch_has_receipts_of_the_clearing_house(played: Played) -> None:
    assert len(played.seen.receipts) == played.summary["batches"] > 5
    for number, receipts in played.seen.receipts.items():
        assert receipts, number
        assert {receipt["status"] for receipt in receipts} == {1}
        assert {receipt["to"].lower() for receipt in receipts} == {played.seen.house.lower()}


def test_the_log_has_the_liquidation_and_the_settlements(played: Played) -> None:
    """Replayed from the log's bytes by another venue: nothing of the demo or the record is asked."""
    deployment = played.seen.deployment
    assert deployment is not None
    crypto = NativeCrypto(fastest())
    venue = Venue(Genesis(TINY, deployment.domain, *FEES_PPM), crypto)
    with EventLog(played.folder / LOG_NAME) as log:
        outcomes = [replay(venue, entry).outcome for entry in log.entries()]
    batches = {batch.number: batch.batch for outcome in outcomes for batch in outcome.batches}
    found = promise(played, LIQUIDATION)
    assert found["account"] in {one.account for one in batches[found["batch"]].liquidations}
    settled = promise(played, SETTLEMENT)
    assert sum(len(batches[number].settlements) for number in settled["batches"]) == settled["positions"] > 0
    assert max(batches) == played.summary["batches"]
    held = {one.series_id for _, account in venue.state.accounts() for one in account.positions if one.size_e4}
    expired = {row.series.series_id for row in venue.table.rows() if row.is_settled} if venue.table else set()
    assert not held & expired


def test_the_report_is_there(played: Played) -> None:
    text = (played.folder / REPORT).read_text()
    assert text.count("<svg") == 6
    assert 'class="no"' not in text


@pytest.mark.deep
def test_without_a_crash_there_is_no_liquidation_twin(tmp_path: Path, keys: Path) -> None:
    assert keys.is_dir()
    found = run(tmp_path / "run", partial(SHORT, shock=-0.004, patience_s=15.0))
    assert found.code == 1
    assert next(one["name"] for one in found.summary["promises"] if not one["is_kept"]) == LIQUIDATION
    assert not found.summary["all_kept"]


def test_real_trades(tmp_path: Path, keys: Path) -> None:
    assert keys.is_dir()
    data = write_spx_files(tmp_path / "data", 3)
    options = ["demo", "--preset", "tiny", "--data", data, "--out", tmp_path / "run", "--json"]
    found = CliRunner().invoke(app, [str(one) for one in options])
    assert found.exit_code == 0, found.output
    summary = json.loads(found.stdout)
    assert {one["name"] for one in summary["promises"] if one["is_kept"]} == set(REAL_DATA)
    assert (summary["trades"], summary["settlements"] > 0) == (3, True)
    assert (tmp_path / "run" / REPORT).read_text().count("<svg") == 5


INTERRUPTIBLE = (
    "import signal\nsignal.signal(signal.SIGINT, signal.default_int_handler)\nfrom console.cli.main import app\napp()\n"
)
"""The command line, also where tests run in the background: what is started there ignores interrupts."""


def test_what_cannot_work_is_told_at_once(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        found = CliRunner().invoke(app, ["demo", "--port", str(port), "--out", str(tmp_path / "run"), "--json"])
    assert (found.exit_code, json.loads(found.stdout)["error"]["type"]) == (2, "PortTaken")
    assert not (tmp_path / "run").exists()
    nowhere = CliRunner().invoke(
        app, ["demo", "--data", str(tmp_path / "no"), "--out", str(tmp_path / "run"), "--json"]
    )
    assert (nowhere.exit_code, json.loads(nowhere.stdout)["error"]["type"]) == (2, "DataMissing")


def left_over(mark: str) -> list[str]:
    """Command lines of all processes that were started with this in their environment."""
    found = []
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit() or int(folder.name) == os.getpid():
            continue
        try:
            if mark.encode() in (folder / "environ").read_bytes():
                found.append((folder / "cmdline").read_bytes().replace(b"\0", b" ").decode())
        except OSError:
            continue
    return found


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="processes are found in /proc")
@pytest.mark.parametrize(
    ("moment", "how", "to_group"),
    [
        ("== deploying", signal.SIGINT, False),
        ("sealed", signal.SIGINT, True),
        pytest.param("SHOCK", signal.SIGINT, True, marks=pytest.mark.deep),
        pytest.param("SHOCK", signal.SIGKILL, False, marks=pytest.mark.deep),
        pytest.param("== settling", signal.SIGINT, False, marks=pytest.mark.deep),
    ],
)
def test_nothing_is_left_when_it_is_stopped(
    tmp_path: Path, keys: Path, moment: str, how: signal.Signals, to_group: bool
) -> None:
    mark = f"zkclear-demo-{uuid4().hex}"
    command = [sys.executable, "-c", INTERRUPTIBLE, "demo", "--preset", "tiny", "--plain", "--life", "16"]
    environment = os.environ | {"ZKCLEAR_KEYS": str(keys), "ZKCLEAR_DEMO_TEST": mark}
    with subprocess.Popen(
        [*command, "--out", str(tmp_path / "run")],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        assert process.stderr is not None
        said = next((line for line in process.stderr if moment in line), None)
        assert said is not None, process.wait()
        if moment == "sealed":
            assert len(left_over(mark)) >= 4, "the chain, the follower and a prover should run by now"
        os.killpg(process.pid, how) if to_group else process.send_signal(how)
        rest = process.stderr.read()
        code = process.wait(60)
    assert code == (-how if how is signal.SIGKILL else 130), rest
    assert "Traceback" not in rest
    deadline = time.monotonic() + 20
    while left := left_over(mark):
        assert time.monotonic() < deadline, left
        time.sleep(0.1)
