"""`zkclear node record` makes a record that was deleted again, and says what is wrong where it cannot."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from console.cli.main import app
from sequencer.record.origin import LOG_NAME
from sequencer.record.reader import RecordReader
from sequencer.record.recorder import Recorder
from sequencer.record.run_file import RUN_NAME, write_run_file
from sequencer.record.schema import RECORD_NAME
from sequencer.store import EventLog
from tests.support.recorded_run import FACTS, RecordedRun, recorded_run


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> RecordedRun:
    return recorded_run(tmp_path_factory.mktemp("run"), proofs=0)


@pytest.fixture
def folder(run: RecordedRun, tmp_path: Path) -> Path:
    with EventLog(tmp_path / LOG_NAME) as log:
        log.append(run.payloads)
    write_run_file(tmp_path, FACTS)
    return tmp_path


def asked(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, ["node", "record", *map(str, arguments)])


def test_a_deleted_record_is_there_again(folder: Path, run: RecordedRun) -> None:
    result = asked(folder, "--json")
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert told["path"] == str(folder / RECORD_NAME)
    assert (told["batches"], told["trades"], told["preset"]) == (len(run.batches), 5, "tiny")
    with RecordReader.of(folder) as reader:
        assert reader.batch(13).root_after == run.batches[-1].root
    assert f"{len(run.batches)} batches" in asked(folder).stdout


def test_an_older_run_by_the_record_that_is_there(folder: Path) -> None:
    (folder / RUN_NAME).unlink()
    assert asked(folder).exit_code == 2
    with Recorder(folder / RECORD_NAME, keeps_facts=False) as recorder:
        recorder.facts(FACTS)
    assert asked(folder).exit_code == 0


def test_what_is_wrong_is_said_without_a_traceback(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    empty = tmp_path_factory.mktemp("empty")
    result = asked(empty)
    assert result.exit_code == 2
    assert RUN_NAME in result.output
    with EventLog(folder / LOG_NAME):
        result = asked(folder, "--json")
    assert result.exit_code == 2
    assert json.loads(result.stdout or result.stderr)["error"]["type"] == "LockHeld"
    (folder / RUN_NAME).write_text("{")
    result = asked(folder)
    assert result.exit_code == 2
    assert "Traceback" not in result.output
