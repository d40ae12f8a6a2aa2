"""A follower in a thread of this process."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import Future
from typing import Final

from sequencer.follower.door import Fed, Listener, Noted
from sequencer.follower.errors import FAILURES
from sequencer.follower.follower import Follower
from sequencer.follower.noting import write_note
from sequencer.l1.reports import Report
from sequencer.record.recorder import Recorder
from sequencer.submitter.work import Settlements

END_S: Final = 30.0


class FollowerThread:
    """`FollowerDoor` to a follower here. Without `start` its turns are taken by whoever has it."""

    def __init__(self, follower: Follower, listener: Listener, recorder: Recorder | None = None) -> None:
        self.follower = follower
        self._listener, self._recorder = listener, recorder
        self._thread = threading.Thread(target=self._run, name="follower", daemon=True)

    def feed(self, entries: Sequence[Fed]) -> None:
        """See `FollowerDoor`."""
        self.follower.feed(entries)

    def open(self) -> None:
        """See `FollowerDoor`. Raises what `Follower.open` raises."""
        self.follower.open()

    @property
    def settlements_before(self) -> Settlements:
        """See `FollowerDoor`."""
        return self.follower.settlements_before

    def start(self) -> None:
        """See `FollowerDoor`."""
        self._thread.start()

    def report(self, report: Report, signatures: Sequence[bytes]) -> Future[bool]:
        """See `FollowerDoor`."""
        return self.follower.report(report, signatures)

    def settle(self, underlying: int, expiry_s: int, observations: Sequence[tuple[int, bytes]]) -> Future[bool]:
        """See `FollowerDoor`."""
        return self.follower.settle(underlying, expiry_s, observations)

    def note(self, noted: Noted) -> None:
        """See `FollowerDoor`."""
        if self._recorder is not None:
            write_note(self._recorder, noted)

    def close(self, why: str) -> None:
        """See `FollowerDoor`."""
        self.follower.close(why)
        if self._thread.is_alive() and threading.current_thread() is not self._thread:
            self._thread.join(END_S)

    def _run(self) -> None:
        try:
            self.follower.run()
        except FAILURES as error:
            self._fail(error)
        except BaseException as error:
            self._fail(error)
            raise

    def _fail(self, error: BaseException) -> None:
        self.follower.close(f"{type(error).__name__}: {error}")
        self._listener.failed(error)
