"""A follower in a process of its own, seen from the node: nothing that it computes holds up an order."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from concurrent.futures import Future
from contextlib import suppress
from itertools import count
from multiprocessing import Pipe
from pathlib import Path
from typing import Final

from sequencer.follower.door import Fed, FollowerStatus, Listener, Noted
from sequencer.follower.errors import FollowerClosed, FollowerFailed
from sequencer.follower.outgoing import Outgoing
from sequencer.follower.plan import FollowerPlan
from sequencer.follower.talk import (
    Close,
    Done,
    Failed,
    FromFollower,
    GiveReport,
    GiveSettlement,
    Open,
    Opened,
    Start,
)
from sequencer.l1.reports import Report
from sequencer.messages import ReceiveQueue
from sequencer.submitter.work import Settlements

PROGRAM: Final = "sequencer.follower.program"
END_S: Final = 30.0

_ROOT: Final = Path(__file__).resolve().parents[2]


class FollowerProcess:
    """`FollowerDoor` to another process. What is handed in waits in memory, never for the socket."""

    def __init__(self, plan: FollowerPlan, listener: Listener) -> None:
        """Starts it: it loads provers at once. Raises `OSError` where no process can be started."""
        self._listener = listener
        self._connection, theirs = Pipe()
        path = os.pathsep.join(part for part in (str(_ROOT), os.environ.get("PYTHONPATH")) if part)
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", PROGRAM, str(theirs.fileno())],
                pass_fds=(theirs.fileno(),),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                env={**os.environ, "PYTHONPATH": path},
            )
        self._outgoing = Outgoing()
        self._outgoing.put(plan)
        self._lock = threading.Lock()
        self._numbers = count(1)
        self._waiting: dict[int, Future[bool]] = {}
        self._opened: Future[Settlements] = Future()
        self.settlements_before: Settlements = {}
        self._closed: str | None = None
        self._threads = [
            threading.Thread(target=run, name=f"follower: {name}", daemon=True)
            for name, run in (("writer", self._write), ("reader", self._read))
        ]
        for thread in self._threads:
            thread.start()

    @property
    def process_id(self) -> int:
        """Of the operating system."""
        return self._process.pid

    def feed(self, entries: Sequence[Fed]) -> None:
        """See `FollowerDoor`. Some microseconds."""
        self._outgoing.feed(entries)

    def open(self) -> None:
        """See `FollowerDoor`. Raises `FollowerFailed`."""
        self._outgoing.put(Open())
        self.settlements_before = self._opened.result()

    def start(self) -> None:
        """See `FollowerDoor`."""
        self._outgoing.put(Start())

    def report(self, report: Report, signatures: Sequence[bytes]) -> Future[bool]:
        """See `FollowerDoor`."""
        number, future = self._expected()
        self._outgoing.put(GiveReport(number, report, tuple(signatures)))
        return future

    def settle(self, underlying: int, expiry_s: int, observations: Sequence[tuple[int, bytes]]) -> Future[bool]:
        """See `FollowerDoor`."""
        number, future = self._expected()
        self._outgoing.put(GiveSettlement(number, underlying, expiry_s, tuple(observations)))
        return future

    def note(self, noted: Noted) -> None:
        """See `FollowerDoor`."""
        self._outgoing.put(noted)

    def close(self, why: str) -> None:
        """See `FollowerDoor`. Waits for its end, and kills it when that does not come."""
        self._stop_taking(why)
        if threading.current_thread() in self._threads:
            return  # told by the process itself that it ends; whoever stops the node waits for it
        self._outgoing.put(Close(why))
        self._outgoing.close()
        try:
            self._process.wait(END_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(END_S)
        for thread in self._threads:
            thread.join(END_S)
        self._connection.close()

    # -- inside ------------------------------------------------------------------------------------------------------

    def _expected(self) -> tuple[int, Future[bool]]:
        future: Future[bool] = Future()
        with self._lock:
            if self._closed is not None:
                raise FollowerClosed(self._closed)
            number = next(self._numbers)
            self._waiting[number] = future
        return number, future

    def _stop_taking(self, why: str) -> bool:
        """Whether this was the first time."""
        with self._lock:
            is_first = self._closed is None
            self._closed = self._closed or why
            left, self._waiting = list(self._waiting.values()), {}
        for future in left:
            future.set_exception(FollowerClosed(why))
        return is_first

    def _write(self) -> None:
        with suppress(OSError):  # the reader says why it is gone
            for word in self._outgoing.words():
                self._connection.send(word)

    def _read(self) -> None:
        while True:
            try:
                word: FromFollower = self._connection.recv()
            except (EOFError, OSError):
                self._ended(FollowerFailed("FollowerDied", "its process has ended; start the node again"))
                return
            self._take(word)

    def _take(self, word: FromFollower) -> None:
        match word:
            case Opened(settlements):
                self._opened.set_result(settlements)
            case Failed(kind, why):
                self._ended(FollowerFailed(kind, why))
            case FollowerStatus():
                self._listener.status(word)
            case ReceiveQueue():
                self._listener.received(word)
            case Done(number, result, failure):
                self._answer(number, result, failure)
            case tuple():
                self._listener.moved(word)
            case _:
                self._listener.told(word)

    def _answer(self, number: int, result: bool, failure: str | None) -> None:
        with self._lock:
            future = self._waiting.pop(number, None)
        if future is None:
            return
        if failure is None:
            future.set_result(result)
        else:
            future.set_exception(FollowerClosed(failure))

    def _ended(self, error: FollowerFailed) -> None:
        if not self._opened.done():
            self._opened.set_exception(error)
        if self._stop_taking(str(error)):
            self._listener.failed(error)
