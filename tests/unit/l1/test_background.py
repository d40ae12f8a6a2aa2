"""Who a background program is: its lock, its process, its children."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from sequencer.l1 import background

SLEEPER = [sys.executable, "-c", "import time; time.sleep(60)"]
PARENT_PROGRAM = """
import subprocess, sys, time
print(subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]).pid, flush=True)
time.sleep(60)
"""
PARENT = [sys.executable, "-c", PARENT_PROGRAM]
linux = pytest.mark.skipif(not background.PROCESSES.is_dir(), reason="only Linux tells when processes started")


@linux
def test_a_process_is_its_number_and_its_start() -> None:
    with subprocess.Popen(SLEEPER) as program:
        found = background.process_of(program.pid)
        assert found.is_alive
        other = replace(found, started=found.started + 1)
        assert not other.is_alive
        assert not other.signal(signal.SIGKILL)
        assert program.poll() is None, "a process with the same number was signalled"
        assert found.signal(signal.SIGKILL)
        assert background.wait_until_gone([found], 10) == ()
        assert not found.is_alive, "one that nobody has waited for counts as gone"


def test_a_process_twin() -> None:
    """By its number alone the other one would have been taken for it."""
    with subprocess.Popen(SLEEPER) as program:
        by_number = background.Process(program.pid, background.UNKNOWN)
        assert by_number.signal(signal.SIGKILL)
        assert program.wait() == -signal.SIGKILL


@linux
def test_children_and_their_children() -> None:
    with subprocess.Popen(PARENT, stdout=subprocess.PIPE) as program:
        assert program.stdout is not None
        child = int(program.stdout.readline())
        family = background.descendants_of(os.getpid())
        assert {program.pid, child} <= {one.pid for one in family}
        assert [one.pid for one in background.descendants_of(program.pid)] == [child]
        left = background.descendants_of(program.pid)
        program.kill()
        program.wait()
        assert background.wait_until_gone(left, 0.1) == left, "it outlives its parent"
        assert all(one.signal(signal.SIGKILL) for one in left)
        assert background.wait_until_gone(left, 10) == ()


def test_a_lock_lives_as_long_as_the_program(tmp_path: Path) -> None:
    assert not background.is_locked(tmp_path / "nowhere")
    descriptor = background.lock(tmp_path)
    assert descriptor is not None
    program = background.spawn(SLEEPER, tmp_path / "log", descriptor, {"ONE": "1"})
    os.close(descriptor)
    assert background.is_locked(tmp_path)
    assert background.lock(tmp_path) is None
    program.kill()
    program.wait()
    assert not background.is_locked(tmp_path)
