"""The follower's own process: `python -m sequencer.follower.program DESCRIPTOR`, started by the node alone.

It gets its `FollowerPlan` and then what `talk` has through the socket that it inherits as DESCRIPTOR. It ends at once
when the node's side of the socket is closed, which the system does for a node that was killed; its provers then end by
the same rule.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from concurrent.futures import Future
from functools import partial
from multiprocessing.connection import Connection
from threading import Event, Lock, Thread
from typing import Final

from prover.kernels import load_kernels
from sequencer.api.incidents import configure_logging
from sequencer.api.port import BatchMoved
from sequencer.follower.door import FollowerStatus, LogLine, RefusedMessage
from sequencer.follower.errors import FAILURES, FollowerClosed
from sequencer.follower.follower import Follower
from sequencer.follower.noting import write_note
from sequencer.follower.plan import FollowerPlan, follower_of, recorder_in
from sequencer.follower.talk import (
    Close,
    Done,
    Failed,
    Feed,
    FromFollower,
    GiveReport,
    GiveSettlement,
    Open,
    Opened,
    Start,
    ToFollower,
    fed_of,
)
from sequencer.messages import ReceiveQueue
from sequencer.record.node_types import RunFacts
from sequencer.record.recorder import Recorder
from sequencer.submitter.events import Event as L1Event

NICENESS: Final = 19
"""Orders come first; provers come last (`sequencer.prover_pool.giving_way`)."""


class _Node:
    """The node, as the follower sees it: a `Listener`."""

    def __init__(self, connection: Connection) -> None:
        self._connection, self._sending = connection, Lock()

    def send(self, word: FromFollower) -> None:
        with self._sending:
            self._connection.send(word)

    def moved(self, events: Sequence[BatchMoved]) -> None:
        self.send(tuple(events))

    def received(self, message: ReceiveQueue) -> None:
        self.send(message)

    def told(self, event: L1Event) -> None:
        self.send(event)

    def status(self, status: FollowerStatus) -> None:
        self.send(status)

    def failed(self, error: BaseException) -> None:
        self.send(Failed(type(error).__name__, str(error)))

    def done(self, number: int, future: Future[bool]) -> None:
        error = future.exception()
        self.send(Done(number, False, str(error)) if error is not None else Done(number, future.result()))


class _Orders:
    """What the node wants, taken from the socket by a thread of its own, so that the node never waits."""

    def __init__(self, connection: Connection, node: _Node, follower: Follower, recorder: Recorder | None) -> None:
        self._connection, self._node, self._follower, self._recorder = connection, node, follower, recorder
        self.opened, self.started = Event(), Event()

    def run(self) -> None:
        """Until the node is gone: then the process ends, whatever it is doing."""
        while True:
            try:
                self._take(self._connection.recv())
            except (EOFError, OSError):
                os._exit(0)

    def _take(self, word: ToFollower) -> None:
        follower = self._follower
        match word:
            case Feed(entries):
                follower.feed([fed_of(entry) for entry in entries])
            case Open():
                self.opened.set()
            case Start():
                self.started.set()
            case Close(why):
                follower.close(why)
                self.opened.set()
                self.started.set()
            case GiveReport(number, report, signatures):
                self._give(number, partial(follower.report, report, signatures))
            case GiveSettlement(number, underlying, expiry_s, observations):
                self._give(number, partial(follower.settle, underlying, expiry_s, observations))

            case LogLine() | RefusedMessage() | RunFacts():
                if self._recorder is not None:
                    write_note(self._recorder, word)

    def _give(self, number: int, hand_in: partial[Future[bool]]) -> None:
        try:
            hand_in().add_done_callback(partial(self._node.done, number))
        except FollowerClosed as error:
            self._node.send(Done(number, False, str(error)))


def serve(connection: Connection) -> int:
    """Follows until it is closed. The exit code of the process."""
    plan: FollowerPlan = connection.recv()
    node = _Node(connection)
    configure_logging()
    try:
        with (
            recorder_in(plan.folder, plan.clock) as recorder,
            follower_of(plan, node, load_kernels(threads=1), recorder) as follower,
        ):
            orders = _Orders(connection, node, follower, recorder)
            Thread(target=orders.run, name="orders", daemon=True).start()
            orders.opened.wait()
            follower.open()
            node.send(Opened(follower.settlements_before))
            orders.started.wait()
            follower.run()
    except FAILURES as error:
        node.failed(error)
        return 1
    except BaseException as error:
        node.failed(error)
        raise
    return 0


def main() -> int:
    """Ctrl-C in a terminal reaches every process in it: it is the node's to end this one."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.nice(NICENESS)
    try:
        return serve(Connection(int(sys.argv[1])))
    except (EOFError, BrokenPipeError):
        return 0


if __name__ == "__main__":
    sys.exit(main())
