"""Commands about the batches and proofs of a run, by its record."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from console.cli.main import app
from sequencer.l1.address import with_checksum
from sequencer.record.connection import record_path
from sequencer.store import EventLog
from tests.support.recorded_run import shared_run
from tests.support.recorded_scale import shared_large_record
from tests.support.rollup import DOMAIN

RUN = shared_run


def run(*arguments: object, code: int = 0) -> Any:
    """The JSON of a command that must end with this code; what it prints, without `--json`."""
    found = CliRunner().invoke(app, [*map(str, arguments)])
    assert found.exit_code == code, found.output
    assert "Traceback" not in found.output
    return json.loads(found.stdout) if "--json" in arguments else found.output


def numbers(*arguments: object) -> Sequence[int]:
    return [one["number"] for one in run("batch", "list", RUN().folder, *arguments, "--json")["batches"]]


# -- batch list and show -----------------------------------------------------------------------------------------------


def test_a_list_is_the_newest_in_order() -> None:
    every = [batch.number for batch in RUN().batches]
    assert numbers() == every
    assert numbers("--last", 3) == every[-3:]
    assert numbers("--from", 4) == every[3:]
    assert numbers("--from", 4, "--last", 2) == every[-2:]
    assert numbers("--from", 999) == []
    statuses = {one["number"]: one["status"] for one in run("batch", "list", RUN().folder, "--json")["batches"]}
    for status in set(statuses.values()):
        assert numbers("--status", status) == [number for number, of in statuses.items() if of == status]


def test_a_list_for_people() -> None:
    text = run("batch", "list", RUN().folder)
    assert "executed" in text
    assert "13 of 13 batches" in text


def test_a_rare_status_among_many() -> None:
    path = shared_large_record()
    last = run("batch", "list", path, "--last", 1, "--json")["batches"][0]
    found = run("batch", "list", path, "--status", last["status"], "--last", 1_000, "--json")["batches"]
    assert 1 < len(found) < 1_000
    assert {one["status"] for one in found} == {last["status"]}
    assert found[-1] == last
    assert len(run("batch", "list", path, "--status", "executed", "--last", 1_234, "--json")["batches"]) == 1_234


def test_one_batch() -> None:
    batch = next(one for one in RUN().batches if one.batch.trades)
    found = run("batch", "show", RUN().folder, batch.number, "--json")
    assert int(found["root_after"], 16) == batch.root
    assert len(found["detail"]["trades"]) == len(batch.batch.trades)
    assert {one["account"] for one in found["detail"]["touched"]} >= {
        batch.batch.trades[0].maker.order.account,
        batch.batch.trades[0].taker.order.account,
    }
    text = run("batch", "show", RUN().folder, batch.number, "--words")
    assert f"0x{batch.root:064x}" in text
    assert "maker account" in text
    assert f"contract {with_checksum(DOMAIN.contract.to_bytes(20, 'big'))}, chain_id {DOMAIN.chain_id}" in text


def test_the_folder_of_the_last_node(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from console.cli.node_up_state import NodeState, write_state

    monkeypatch.setenv("ZKCLEAR_NODE", str(tmp_path))
    assert "no node is up" in run("batch", "list", "--json", code=1)["error"]["message"]
    write_state(tmp_path, NodeState(1, 1, str(RUN().folder), None, "stopped"))
    assert len(run("batch", "list", "--json")["batches"]) == len(RUN().batches)
    assert run("batch", "show", 1, "--json")["number"] == 1


@pytest.mark.parametrize("words", [("0",), ("99",), ("-1",), ("one",), ("1" * 40,), ("a", "b", "1"), ("",), ("²",)])
@pytest.mark.parametrize("command", [("batch", "show"), ("proof", "show"), ("proof", "verify")])
def test_numbers_that_are_none(command: tuple[str, str], words: tuple[str, ...]) -> None:
    given = [RUN().folder, *words] if len(words) == 1 else [*words]
    run(*command, *given, code=2)


# -- proofs ------------------------------------------------------------------------------------------------------------


def test_a_proof_is_shown() -> None:
    proof = RUN().proofs[0]
    found = run("proof", "show", RUN().folder, proof.number, "--json")
    assert found["public_signals"] == [str(one) for one in proof.public_signals]
    assert proof.proof.a is not None
    assert found["a"] == [str(one) for one in proof.proof.a]
    assert len(found["calldata"]) == 8
    assert "evaluation" in run("proof", "show", RUN().folder, proof.number)


def test_a_true_proof_and_a_false_one() -> None:
    true, false = RUN().proofs[0], next(one for one in RUN().proofs if one.is_mock)
    found = run("proof", "verify", RUN().folder, true.number, "--json")
    assert found["checks"] == {"batch": True, "here": True}
    found = run("proof", "verify", RUN().folder, false.number, "--json", code=1)
    assert found["checks"] == {"batch": False, "here": False}


def copied(folder: Path) -> Path:
    """The record, to be tampered with."""
    folder.mkdir()
    with sqlite3.connect(RUN().path) as source, sqlite3.connect(record_path(folder)) as target:
        source.backup(target)
    return folder


def test_a_true_proof_of_another_batch(tmp_path: Path) -> None:
    """Twin of `test_a_true_proof_and_a_false_one`: verification alone would have said yes."""
    folder, (first, second) = copied(tmp_path / "run"), RUN().proofs[:2]
    with sqlite3.connect(folder / "record.db") as database:
        database.execute("DELETE FROM proofs WHERE number = ?", (second.number,))
        database.execute("UPDATE proofs SET number = ? WHERE number = ?", (second.number, first.number))
    found = run("proof", "verify", folder, second.number, "--json", code=1)
    assert found["checks"] == {"batch": False, "here": True}


def test_another_key(tmp_path: Path) -> None:
    path = tmp_path / "key.json"
    path.write_text("{}")
    assert run("proof", "verify", RUN().folder, 1, "--key", path, "--json", code=2)["error"]["message"]
    missing = run("proof", "verify", RUN().folder, 1, "--key", tmp_path / "none.zkey", "--json", code=2)
    assert "none.zkey" in missing["error"]["message"]


def test_a_chain_that_is_down() -> None:
    found = run("proof", "verify", RUN().folder, 1, "--rpc", "http://127.0.0.1:9", "--json", code=2)
    assert found["error"]["type"] == "ChainDown"


# -- batch prove -------------------------------------------------------------------------------------------------------


def with_log(folder: Path, entries: int | None = None) -> Path:
    """The record, and the log beside it, up to an entry."""
    copied(folder)
    with EventLog(folder / "node.db") as log:
        log.append(RUN().payloads[:entries])
    return folder


def test_a_batch_is_proven_again(tmp_path: Path) -> None:
    folder = with_log(tmp_path / "run")
    batch = next(one for one in RUN().batches if one.batch.trades)
    found = run("batch", "prove", folder, batch.number, "--to", tmp_path / "files", "--json")
    assert found["as_recorded"] == {"root": True, "words": True, "digest": True}
    assert json.loads((tmp_path / "files" / "public.json").read_text()) == found["public_signals"]
    assert int(found["digest"], 16) == int(found["public_signals"][0])
    assert Path(found["files"][0]).is_file()


def test_a_batch_that_is_not_as_recorded(tmp_path: Path) -> None:
    folder = with_log(tmp_path / "run")
    with sqlite3.connect(folder / "record.db") as database:
        database.execute("UPDATE batches SET root_after = zeroblob(32) WHERE number = 2")
    found = run("batch", "prove", folder, 2, "--json", code=1)
    assert found["as_recorded"] == {"root": False, "words": True, "digest": True}


def test_logs_that_cannot_be_proven_from(tmp_path: Path) -> None:
    last = RUN().batches[-1].number
    short = with_log(tmp_path / "short", entries=len(RUN().payloads) // 2)
    assert run("batch", "prove", short, last, "--json", code=2)["error"]["type"] == "BatchNotInLog"
    none = copied(tmp_path / "none")
    assert "node.db" in run("batch", "prove", none, last, "--json", code=2)["error"]["message"]
    (none / "node.db").write_bytes(bytes(range(256)) * 40)
    run("batch", "prove", none, last, "--json", code=2)
    (none / "node.db").unlink()
    (none / "node.db").mkdir()
    run("batch", "prove", none, last, "--json", code=2)


# -- oracles -----------------------------------------------------------------------------------------------------------


def test_tables_and_prices() -> None:
    found = run("oracle", "show", RUN().folder, "--json")
    times = [one["time_s"] for one in found["tables"]]
    assert times == sorted(times, reverse=True)
    assert found["table"]["time_s"] == times[0]
    assert len(found["table"]["rows"]) == 3
    assert found["settlement_prices"][0]["price_e2"] == 3_800_000
    older = run("oracle", "show", RUN().folder, "--time", times[-1], "--last", 1, "--json")
    assert (older["table"]["time_s"], len(older["tables"])) == (times[-1], 1)
    assert "BTC-" in run("oracle", "show", RUN().folder)
    run("oracle", "show", RUN().folder, "--time", 5, "--json", code=2)


def test_batches_were_judged_by_their_tables(tmp_path: Path) -> None:
    for one in run("oracle", "show", RUN().folder, "--json")["tables"]:
        assert run("oracle", "verify", RUN().folder, "--offline", "--time", one["time_s"], "--json")["valid"]
    folder = copied(tmp_path / "run")
    with sqlite3.connect(folder / "record.db") as database:
        database.execute("UPDATE batches SET risk_root = zeroblob(32) WHERE number = 4")
    times = [one["time_s"] for one in run("oracle", "show", folder, "--json")["tables"]]
    codes = [
        CliRunner().invoke(app, ["oracle", "verify", str(folder), "--offline", "--time", str(one)]).exit_code
        for one in times
    ]
    assert sorted(codes) == [0, 0, 0, 1]


def test_a_table_without_its_chain() -> None:
    found = run("oracle", "verify", RUN().folder, "--rpc", "http://127.0.0.1:9", "--json", code=2)
    assert found["error"]["type"] == "ChainDown"


# -- records that cannot be read ---------------------------------------------------------------------------------------


def damaged(folder: Path, data: bytes) -> Path:
    folder.mkdir()
    (folder / "record.db").write_bytes(data)
    return folder


@pytest.mark.parametrize(
    "command", ["batch list", "batch show", "batch prove", "proof show", "proof verify", "oracle show"]
)
def test_records_that_are_none(tmp_path: Path, command: str) -> None:
    words = command.split()
    number = () if command in ("batch list", "oracle show") else (1,)
    (tmp_path / "empty").mkdir()
    later = copied(tmp_path / "later")
    with sqlite3.connect(later / "record.db") as database:
        (version,) = database.execute("PRAGMA user_version").fetchone()
        database.execute(f"PRAGMA user_version = {version + 1}")
    torn = damaged(tmp_path / "torn", (RUN().path).read_bytes()[:5_000])
    for folder, kind in (
        (tmp_path / "nowhere", "NoRecord"),
        (tmp_path / "empty", "NoRecord"),
        (damaged(tmp_path / "noise", bytes(range(256)) * 40), "NotARecord"),
        (later, "RecordTooNew"),
        (torn, ""),
    ):
        found = run(*words, folder, *number, "--json", code=2)["error"]
        assert found["type"] == kind or not kind
    shutil.rmtree(torn)
