"""How much work something is, counted: the same on every machine, however slow it is and whatever else it does."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any


def calls_of(what: Callable[[], object]) -> int:
    """How many functions are called, of Python and of C, in this thread."""
    count = 0

    def see(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    before = sys.getprofile()
    sys.setprofile(see)
    try:
        what()
    finally:
        sys.setprofile(before)
    return count


def calls_of_program(program: str, *arguments: str) -> int:
    """The same of a program in a process of its own, from its first line to its end."""
    done = subprocess.run(
        [sys.executable, "-c", COUNTED + program, *arguments], capture_output=True, text=True, check=False
    )
    return int(done.stderr.split()[-1])


COUNTED = """
import atexit, sys
count = 0
def see(frame, event, argument):
    global count
    count += event in {"call", "c_call"}
atexit.register(lambda: (sys.setprofile(None), print(count, file=sys.__stderr__)))
sys.setprofile(see)
"""


def steps_of(connection: sqlite3.Connection, what: Callable[[], Any]) -> int:
    """How many instructions SQLite's machine takes for what is asked over a connection."""
    count = 0

    def see() -> int:
        nonlocal count
        count += 1
        return 0

    connection.set_progress_handler(see, 1)
    try:
        what()
    finally:
        connection.set_progress_handler(None, 0)
    return count
