"""Jobs that wait for a worker: first come, first served, and what has failed goes behind those that wait already."""

from __future__ import annotations

from collections import deque
from concurrent.futures import Future
from dataclasses import dataclass, field

from sequencer.prover_pool.errors import NumberTaken, PoolFull
from sequencer.prover_pool.jobs import BatchProof, ProvingJob


@dataclass(slots=True, eq=False)
class Entry:
    """A job, the statement that it stands for, who waits for it, and why it failed so far: one line for each try."""

    job: ProvingJob
    public_signals: tuple[int, ...]
    future: Future[BatchProof]
    failures: list[str] = field(default_factory=list)


class WaitingJobs:
    """A bounded queue. Not safe for threads by itself: the pool holds its lock.

    A batch that fails again and again is thus never in the way of the others for longer than one try.
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._waiting: deque[Entry] = deque()
        self._entries: dict[int, Entry] = {}

    @property
    def n_waiting(self) -> int:
        """Jobs that no worker has."""
        return len(self._waiting)

    @property
    def n_working(self) -> int:
        """Jobs that a worker has."""
        return len(self._entries) - len(self._waiting)

    def add(self, job: ProvingJob, public_signals: tuple[int, ...]) -> Future[BatchProof]:
        """The future of a job; of the job that is there already when it is the same statement.

        Raises `PoolFull`, and `NumberTaken` for another statement under a number that is in use.
        """
        known = self._entries.get(job.number)
        if known is not None and not known.future.cancelled():
            if known.public_signals != public_signals:
                raise NumberTaken(job.number)
            return known.future
        if known is None and len(self._entries) >= self.limit:
            raise PoolFull(self.n_waiting, self.n_working, self.limit)
        if known is not None:
            self._waiting.remove(known)
        entry = Entry(job, public_signals, Future())
        self._entries[job.number] = entry
        self._waiting.append(entry)
        return entry.future

    def take(self) -> Entry | None:
        """The next job for a worker; those whose future was cancelled are dropped. None where none waits."""
        while self._waiting:
            entry = self._waiting.popleft()
            if entry.future.running() or entry.future.set_running_or_notify_cancel():
                return entry
            del self._entries[entry.job.number]
        return None

    def put_back(self, entry: Entry) -> None:
        """A job whose try failed waits behind all that wait now; one that was never tried is the next again."""
        if entry.failures:
            self._waiting.append(entry)
        else:
            self._waiting.appendleft(entry)

    def remove(self, entry: Entry) -> None:
        """A job that is done, one way or the other."""
        del self._entries[entry.job.number]

    def clear(self) -> list[Entry]:
        """Everything there was, waiting or not; nothing is left."""
        entries = list(self._entries.values())
        self._entries.clear()
        self._waiting.clear()
        return entries
