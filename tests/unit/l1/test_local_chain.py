"""A local chain starts, keeps its state, ends with whoever started it, and says what is wrong."""

from __future__ import annotations

import json
import os
import signal
import socket
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from console.cli.main import app
from sequencer.l1 import anvil, local_chain, rpc
from sequencer.l1.anvil import running_anvil
from sequencer.l1.anvil_program import BLOCK_GAS_LIMIT, PROGRAM_VARIABLE, AnvilOptions, find_anvil, free_port
from sequencer.l1.errors import (
    AnvilDied,
    AnvilMissing,
    BadAnswer,
    BadUrl,
    ChainDown,
    ChainRunning,
    OtherChainId,
    PortTaken,
    RpcRefused,
    StateFolderDamaged,
)
from tests.support.chain import needs_anvil
from tests.support.source_tree import ROOT

pytestmark = needs_anvil
RICH = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"


def blocks(url: str) -> int:
    return int(rpc.call(url, "eth_blockNumber"), 16)


def send(url: str) -> None:
    """Returns when the transaction is in a block: the node answers before that."""
    sent = rpc.call(url, "eth_sendTransaction", {"from": RICH, "data": "0x60ff60005260aa60206000a1"})
    deadline = time.monotonic() + 30
    while rpc.call(url, "eth_getTransactionReceipt", sent) is None and time.monotonic() < deadline:
        time.sleep(0.01)


def wait_until_gone(url: str) -> bool:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            rpc.call(url, "eth_chainId", timeout_s=1)
        except ChainDown:
            return True
        time.sleep(0.05)
    return False


def test_a_chain_answers_and_is_gone_afterwards() -> None:
    with running_anvil(AnvilOptions(chain_id=77)) as chain:
        assert int(chain.rpc("eth_chainId"), 16) == chain.chain_id == 77
        block = chain.rpc("eth_getBlockByNumber", "latest", False)
        assert int(block["gasLimit"], 16) == BLOCK_GAS_LIMIT
        assert blocks(chain.url) == 0
        send(chain.url)
        assert blocks(chain.url) == 1
    with pytest.raises(ChainDown):
        blocks(chain.url)


def test_blocks_come_by_the_clock_when_asked(tmp_path: Path) -> None:
    with running_anvil(AnvilOptions(block_time_s=1)) as chain:
        deadline = time.monotonic() + 10
        while blocks(chain.url) < 1 and time.monotonic() < deadline:
            time.sleep(0.1)
        assert blocks(chain.url) >= 1


def test_state_is_kept_in_a_file(tmp_path: Path) -> None:
    options = AnvilOptions(state=tmp_path / "state.json")
    with running_anvil(options) as chain:
        send(chain.url)
        logs = chain.rpc("eth_getLogs", {"fromBlock": "0x0"})
    with running_anvil(options) as chain:
        assert blocks(chain.url) == 1
        assert chain.rpc("eth_getLogs", {"fromBlock": "0x0"}) == logs != []


def test_a_transaction_over_the_limit_of_eip7825_is_refused() -> None:
    transaction = {"from": RICH, "to": RICH, "gas": hex(2**24 + 1)}
    with running_anvil() as chain, pytest.raises(RpcRefused, match="gas"):
        chain.rpc("eth_sendTransaction", transaction)
    with running_anvil(AnvilOptions(transaction_gas_limit=False)) as chain:
        chain.rpc("eth_sendTransaction", transaction)


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_no_chain_outlives_who_started_it(how: signal.Signals) -> None:
    code = (
        # Whoever runs the tests in the background has interrupts ignored, and what it starts inherits that.
        "import signal, time\nsignal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "from sequencer.l1.anvil import running_anvil\n"
        "with running_anvil() as chain:\n    print(chain.url, flush=True)\n    time.sleep(60)\n"
    )
    starter = subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    with starter:
        assert starter.stdout is not None
        url = starter.stdout.readline().decode().strip()
        assert blocks(url) == 0
        os.kill(starter.pid, how)
        assert wait_until_gone(url)


def test_a_taken_port_is_named() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(PortTaken, match=f"port {port} is taken"), running_anvil(AnvilOptions(port=port)):
            pass


def test_a_port_that_is_taken_in_the_meantime_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        ports = [other.getsockname()[1], free_port()]
        offered = iter(ports)
        monkeypatch.setattr(anvil, "free_port", lambda: next(offered))
        monkeypatch.setattr(anvil, "START_TIMEOUT_S", 5.0)
        with running_anvil() as chain:
            assert chain.url.endswith(f":{ports[1]}")


def test_no_program_no_chain(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(PROGRAM_VARIABLE, str(tmp_path / "anvil"))
    with pytest.raises(AnvilMissing, match="npm ci"), running_anvil():
        pass


def test_a_chain_that_dies_is_quoted(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    broken = tmp_path / "anvil"
    broken.write_text("#!/bin/sh\necho no room here >&2\nexit 7\n")
    broken.chmod(broken.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv(PROGRAM_VARIABLE, str(broken))
    with pytest.raises(AnvilDied, match="exit code 7") as caught, running_anvil():
        pass
    assert caught.value.last_lines == ("no room here",)
    with pytest.raises(AnvilDied, match="no room here"):
        local_chain.start(tmp_path / "l1", port=0, chain_id=None, block_time_s=None)


def test_a_chain_that_is_killed_meanwhile_is_noticed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    noting = tmp_path / "anvil"
    noting.write_text(f'#!/bin/sh\necho $$ > {tmp_path}/pid\nexec {find_anvil()} "$@"\n')
    noting.chmod(noting.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv(PROGRAM_VARIABLE, str(noting))

    def kill_it() -> None:
        with running_anvil() as chain:
            os.kill(int((tmp_path / "pid").read_text()), signal.SIGKILL)
            assert wait_until_gone(chain.url)
            time.sleep(0.3)

    with pytest.raises(AnvilDied, match="ended by itself"):
        kill_it()


def test_up_and_down_keep_a_chain(tmp_path: Path) -> None:
    folder = tmp_path / "l1"
    chain = local_chain.start(folder, port=0, chain_id=4242, block_time_s=None)
    try:
        assert local_chain.running(folder) == chain
        with pytest.raises(ChainRunning, match=chain.url):
            local_chain.start(folder, port=0, chain_id=None, block_time_s=None)
        send(chain.url)
    finally:
        local_chain.stop(folder)
    assert wait_until_gone(chain.url)
    with pytest.raises(ChainDown):
        local_chain.stop(folder)
    with pytest.raises(OtherChainId, match="4242, not 1"):
        local_chain.start(folder, port=0, chain_id=1, block_time_s=None)
    again = local_chain.start(folder, port=0, chain_id=None, block_time_s=None)
    try:
        assert again.chain_id == 4242
        assert blocks(again.url) == 1
    finally:
        local_chain.stop(folder)


def test_damaged_files_are_named(tmp_path: Path) -> None:
    (tmp_path / "state.json").write_text("{")
    with pytest.raises(StateFolderDamaged, match=r"state\.json"):
        local_chain.start(tmp_path, port=0, chain_id=None, block_time_s=None)
    (tmp_path / "chain.json").write_text('{"url": 1}')
    with pytest.raises(StateFolderDamaged, match=r"chain\.json"):
        local_chain.start(tmp_path, port=0, chain_id=None, block_time_s=None)


def test_a_process_id_of_somebody_else_is_never_signalled(tmp_path: Path) -> None:
    """After a crash of the machine `chain.json` may name a process that is another program now."""
    record = local_chain.LocalChain("http://127.0.0.1:1", 1, 31337, None, os.getpid())
    (tmp_path / "chain.json").write_text(json.dumps({name: getattr(record, name) for name in record.__slots__}))
    with pytest.raises(ChainDown):
        local_chain.stop(tmp_path)


def test_what_is_no_node_is_told_apart() -> None:
    for url in ("", "ftp://127.0.0.1", "127.0.0.1:8545", "http://", "http://[", "http://127.0.0.1:99999"):
        with pytest.raises(BadUrl):
            rpc.call(url, "eth_chainId")
    with pytest.raises(ChainDown):
        rpc.call(f"http://127.0.0.1:{free_port()}", "eth_chainId")
    server = subprocess.Popen([sys.executable, "-u", "-m", "http.server", "0"], stdout=subprocess.PIPE, stderr=-3)
    try:
        assert server.stdout is not None
        port = server.stdout.readline().split(b"port ")[1].split()[0].decode()
        with pytest.raises(BadAnswer, match="RPC URL"):
            rpc.call(f"http://127.0.0.1:{port}", "eth_chainId")
    finally:
        server.terminate()
        server.communicate()


def test_the_commands_speak_to_people_and_programs(tmp_path: Path) -> None:
    runner = CliRunner()
    place = ["--state-dir", str(tmp_path)]
    refused = runner.invoke(app, ["l1", "down", *place])
    assert (refused.exit_code, "zkclear l1 up" in refused.stderr) == (2, True)
    started = runner.invoke(app, ["l1", "up", "--port", "0", "--json", *place])
    try:
        assert started.exit_code == 0, started.output
        data = json.loads(started.stdout)
        assert blocks(data["url"]) == 0
        twice = runner.invoke(app, ["l1", "up", "--json", *place])
        assert (twice.exit_code, json.loads(twice.stdout)["error"]["type"]) == (2, "ChainRunning")
        taken = runner.invoke(app, ["l1", "up", "--port", str(data["port"]), "--state-dir", str(tmp_path / "other")])
        assert (taken.exit_code, "is taken by another program" in taken.stderr) == (2, True)
    finally:
        stopped = runner.invoke(app, ["l1", "down", *place])
    assert (stopped.exit_code, "is down" in stopped.stdout) == (0, True)
