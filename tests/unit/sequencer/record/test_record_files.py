"""Files that are no record, are another's, are damaged, or are being written."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sequencer.record.connection import record_path
from sequencer.record.errors import NoRecord, NotARecord, RecordDamaged, RecordError, RecordTooNew
from sequencer.record.reader import RecordReader
from sequencer.record.recorder import Recorder
from sequencer.record.schema import RECORD_NAME, VERSION
from tests.support.recorded_run import RecordedRun


def written(path: Path, line: str = "a line") -> Path:
    with Recorder(path, group_s=0.0) as recorder:
        recorder.log("info", line)
    return path


def change(path: Path, *statements: str) -> None:
    connection = sqlite3.connect(path, isolation_level=None)
    for statement in statements:
        connection.execute(statement)
    connection.close()


def test_nothing_there(tmp_path: Path) -> None:
    with pytest.raises(NoRecord, match="name a node's folder"):
        RecordReader.of(tmp_path)


def test_by_folder_or_by_file(tmp_path: Path) -> None:
    path = written(tmp_path / RECORD_NAME)
    assert record_path(tmp_path) == record_path(path) == path
    with RecordReader.of(tmp_path) as one, RecordReader.of(path) as other:
        assert one.log() == other.log()


def test_a_file_that_is_something_else_is_not_touched(path: Path) -> None:
    content = b"not a database at all " * 100
    path.write_bytes(content)
    for opened in (Recorder, RecordReader):
        with pytest.raises(NotARecord):
            opened(path)
    assert path.read_bytes() == content


def test_one_whose_writer_has_not_begun_is_not_there_yet(path: Path) -> None:
    path.touch()
    with pytest.raises(NoRecord):
        RecordReader(path)
    written(path)
    RecordReader(path).close()


def test_somebody_elses_database_is_not_touched(path: Path) -> None:
    change(path, "CREATE TABLE theirs (x)", "INSERT INTO theirs VALUES (7)")
    before = path.read_bytes()
    for opened in (Recorder, RecordReader):
        with pytest.raises(NotARecord):
            opened(path)
    assert path.read_bytes() == before


def test_a_newer_one_is_refused_by_both(path: Path) -> None:
    change(written(path), f"PRAGMA user_version = {VERSION + 1}")
    for opened in (Recorder, RecordReader):
        with pytest.raises(RecordTooNew) as caught:
            opened(path)
        assert (caught.value.found, caught.value.known) == (VERSION + 1, VERSION)
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT text FROM log").fetchall() == [("a line",)]


def test_an_older_one_is_made_anew(path: Path) -> None:
    change(written(path), "PRAGMA user_version = 0", "ALTER TABLE log ADD COLUMN old", "CREATE TABLE older (x)")
    with pytest.raises(RecordDamaged, match="older version"):
        RecordReader(path)
    written(path, "another")
    with RecordReader(path) as reader:
        assert [row.text for row in reader.log()] == ["another"]


def test_one_that_rots_is_damaged_and_says_what_to_do(path: Path, run_without_proofs: RecordedRun) -> None:
    data = bytearray(run_without_proofs.path.read_bytes())
    data[len(data) // 4 :] = os.urandom(len(data) - len(data) // 4)
    path.write_bytes(data)
    with RecordReader(path) as reader, pytest.raises(RecordError, match="make it again"):
        list(map(reader.detail, range(1, 14)))


@pytest.mark.parametrize(
    ("change_to", "ask"),
    [
        ("UPDATE details SET body = X'0011'", lambda reader: reader.detail(1)),
        ("UPDATE tables SET body = X'0011'", lambda reader: reader.accounts()),
        ("UPDATE tables SET body = X'0011'", lambda reader: reader.table()),
        ("UPDATE accounts SET positions = '[[1'", lambda reader: reader.accounts()),
        ("UPDATE facts SET value = '{'", lambda reader: reader.state()),
    ],
)
def test_a_column_that_rots_is_damaged_too(
    path: Path, run_without_proofs: RecordedRun, change_to: str, ask: Callable[[RecordReader], object]
) -> None:
    """SQLite sees nothing wrong with it."""
    path.write_bytes(run_without_proofs.path.read_bytes())
    with RecordReader(path) as reader:
        ask(reader)
    change(path, change_to)
    with RecordReader(path) as reader, pytest.raises(RecordDamaged, match="make it again"):
        ask(reader)


def test_facts_of_somebody_elses_program(path: Path) -> None:
    written(path)
    change(path, """INSERT INTO facts VALUES ('run', '{"names": {}, "colour": "red"}')""")
    with RecordReader(path) as reader, pytest.raises(RecordDamaged, match="its facts"):
        reader.facts()


def test_a_new_record_is_empty_and_can_be_read(path: Path) -> None:
    Recorder(path).close()
    with RecordReader(path) as reader:
        assert reader.facts().preset == ""
        assert reader.state().sealed == reader.state().executed == 0
        assert (reader.batches(), reader.table(), reader.accounts(), reader.books(), reader.workers()) == ((),) * 5
        assert reader.counts().trades == 0


def test_a_finished_record_is_one_plain_file(path: Path) -> None:
    written(path)
    assert [one.name for one in path.parent.iterdir()] == [RECORD_NAME]


def test_a_finished_record_is_whole_in_its_file_though_somebody_reads_it(path: Path, tmp_path: Path) -> None:
    """Whoever copies it, copies one file."""
    recorder = Recorder(path, group_s=0.0)
    recorder.flush()
    with RecordReader(path) as reader:
        recorder.log("info", "the last line")
        recorder.close()
        copy = tmp_path / "copy.db"
        copy.write_bytes(path.read_bytes())
        with RecordReader(copy) as copied:
            assert copied.log() == reader.log() != ()


def test_a_finished_record_is_read_where_nothing_can_be_written(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(path)
    monkeypatch.setattr(os, "access", lambda *_: False)
    with RecordReader(path) as reader:
        assert [row.text for row in reader.log()] == ["a line"]
    assert [one.name for one in path.parent.iterdir()] == [RECORD_NAME]


def test_a_reader_cannot_write(path: Path) -> None:
    written(path)
    with RecordReader(path) as reader, pytest.raises(RecordError):
        reader._rows("DELETE FROM log")


@pytest.fixture
def writing(path: Path) -> Iterator[Recorder]:
    with Recorder(path, group_s=0.0) as recorder:
        recorder.flush()
        yield recorder


def test_what_changed_is_noticed(path: Path, writing: Recorder) -> None:
    with RecordReader(path) as reader:
        assert reader.changed(), "the first time it is asked"
        assert not reader.changed()
        writing.log("info", "more")
        writing.flush()
        assert reader.changed()
        assert not reader.changed()


def test_readers_do_not_hold_up_the_writer(path: Path, writing: Recorder) -> None:
    """Three readers ask without end; every line gets in."""
    ended, troubles = threading.Event(), []

    def read() -> None:
        with RecordReader(path) as reader:
            while not ended.is_set():
                try:
                    reader.log(limit=50)
                    reader.state()
                except RecordError as error:
                    troubles.append(error)

    threads = [threading.Thread(target=read) for _ in range(3)]
    for thread in threads:
        thread.start()
    for number in range(300):
        writing.log("info", str(number))
        if number % 20 == 0:
            assert writing.flush(10)
    assert writing.flush(10)
    ended.set()
    for thread in threads:
        thread.join()
    assert troubles == []
    assert writing.lost == 0
    with RecordReader(path) as reader:
        assert len(reader.log(limit=1_000)) == 300


def test_one_reader_for_many_threads(run_without_proofs: RecordedRun) -> None:
    found = []
    with RecordReader(run_without_proofs.path) as reader:
        threads = [threading.Thread(target=lambda: found.append(reader.batches())) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert found == [reader.batches()] * 8


def test_what_a_process_wrote_before_it_was_killed_is_there(path: Path) -> None:
    program = """
import os, sys
from pathlib import Path
from sequencer.record.recorder import Recorder
recorder = Recorder(Path(sys.argv[1]), group_s=0.0)
recorder.log("info", "written")
recorder.flush()
os._exit(9)
"""
    assert subprocess.run([sys.executable, "-c", program, str(path)], check=False).returncode == 9
    with RecordReader(path) as reader:
        assert [row.text for row in reader.log()] == ["written"]
    written(path, "after")
    with RecordReader(path) as reader:
        assert [row.text for row in reader.log()] == ["after", "written"]


def test_reading_imports_nothing_heavy() -> None:
    """`zkclear batch list` has 0.6 s for all of it."""
    program = "import sys, sequencer.record.reader; print(*sorted({name.split('.')[0] for name in sys.modules}))"
    loaded = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout.split()
    assert not {"numpy", "msgspec", "structlog", "web3", "prover", "circuits", "primitives"} & set(loaded)
