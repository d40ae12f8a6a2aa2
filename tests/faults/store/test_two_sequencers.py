"""Two sequencers by mistake: one of them is told so, and what it does not know counts for nothing."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from sequencer.store import EventLog, Fence, FencedOff, LockHeld, LogBroken, ProofCache
from sequencer.store.connection import Connection


def open_elsewhere(path: Path, answers: multiprocessing.Queue[str]) -> None:
    try:
        EventLog(path)
    except LockHeld as error:
        answers.put(error.holder)
    else:
        answers.put("opened")


def test_g106_a_second_process_is_refused_while_the_first_one_lives(tmp_path: Path) -> None:
    path = tmp_path / "node.db"
    context = multiprocessing.get_context("spawn")
    answers: multiprocessing.Queue[str] = context.Queue()
    with EventLog(path) as log:
        second = context.Process(target=open_elsewhere, args=(path, answers))
        second.start()
        assert answers.get(timeout=60) == str(os.getpid())
        second.join()
        log.append([b"unharmed"])
    with EventLog(path) as log:
        assert log.head.sequence == 1


def taken_over(path: Path) -> tuple[EventLog, EventLog]:
    """Somebody removed the lock's file: now the operating system lets both have one."""
    first = EventLog(path)
    first.append([b"first"])
    path.with_name(path.name + ".lock").unlink()
    return first, EventLog(path)


def test_g106_whoever_was_there_first_is_fenced_off(tmp_path: Path) -> None:
    first, second = taken_over(tmp_path / "node.db")
    second.append([b"second"])
    with pytest.raises(FencedOff, match="another sequencer took over") as found:
        first.append([b"too late"])
    assert (found.value.own_epoch, found.value.epoch) == (1, 2)
    with pytest.raises(LogBroken):
        first.append([b"and again"])
    first.close()
    second.append([b"still well"])
    assert [entry.payload for entry in second.entries()] == [b"first", b"second", b"still well"]
    second.close()


def test_g106_every_room_of_the_first_one_is_fenced_off(tmp_path: Path) -> None:
    """A submitter's intents go through the same fence, so that it cannot submit either."""
    path = tmp_path / "node.db"
    first = EventLog(path)
    proofs = ProofCache(first.database)
    path.with_name(path.name + ".lock").unlink()
    second = EventLog(path)
    with pytest.raises(FencedOff):
        proofs.put(1, b"signals", b"proof")
    assert ProofCache(second.database).get(1, b"signals") is None
    first.close()
    second.close()


def test_g106_no_fence_twin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def enter(fence: Fence, connection: Connection) -> int:
        rows = list(connection.execute("UPDATE store SET generation = generation + 1 RETURNING generation", ()))
        return int(rows[0][0])

    monkeypatch.setattr(Fence, "enter", enter)
    first, second = taken_over(tmp_path / "node.db")
    first.append([b"both write"])
    assert second.head.sequence < first.head.sequence
    first.close()
    second.close()


def test_g106_a_worker_that_outlives_its_node_has_no_lock(tmp_path: Path) -> None:
    path = tmp_path / "node.db"
    program = f"""
import os, time
from pathlib import Path
from sequencer.store import EventLog
log = EventLog(Path({str(path)!r}))
worker = os.fork()
if worker == 0:
    os.closerange(0, 3)
    time.sleep(60)
print(worker, flush=True)
os._exit(0)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    try:
        EventLog(path).close()
    finally:
        os.kill(int(done.stdout), signal.SIGKILL)
