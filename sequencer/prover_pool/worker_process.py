"""One worker process, seen from the pool: its start, its jobs one at a time, its end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing import Pipe
from pathlib import Path
from threading import Event, Thread, Timer
from typing import Final

from sequencer.prover_pool.errors import WorkerDied, WorkerGarbage, WorkerRefused, WorkerTimedOut
from sequencer.prover_pool.jobs import ProvingJob
from sequencer.prover_pool.reports import MAX_BYTES, Garbage, Phase, Proven, Ready, Refused, Report, decode_report
from sequencer.prover_pool.setup import MockProverAllowed, ProverSetup

_ROOT: Final = Path(__file__).resolve().parents[2]
_LINES_KEPT: Final = 20
_LINE_BYTES: Final = 1 << 14
_REASON_LENGTH: Final = 300
_END_S: Final = 10.0
_LAST_WORDS_S: Final = 2.0


class WorkerProcess:
    """A process that is started anew rather than repaired: after any failure, `stop` it and make another.

    Started by exec and not forked, so that neither threads nor locks of the node are copied, and that it may also be a
    child of a cluster's worker. Its low priority keeps it out of the way of sequencing.
    """

    def __init__(self, name: str, setup: ProverSetup) -> None:
        """Begins to load; `wait_ready` says when it has. Raises `OSError` where no process can be started."""
        self.name = name
        self._setup = setup
        self._connection, theirs = Pipe()
        path = os.pathsep.join(part for part in (str(_ROOT), os.environ.get("PYTHONPATH")) if part)
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", setup.program, str(theirs.fileno())],
                pass_fds=(theirs.fileno(),),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                env={**os.environ, "PYTHONPATH": path},
            )
        self._lines: deque[bytes] = deque(maxlen=_LINES_KEPT)
        self._listener = Thread(target=self._listen, name=f"{name}: standard error", daemon=True)
        self._listener.start()

    @property
    def process_id(self) -> int:
        """Of the operating system."""
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        """Whether it still runs and, having no job, says nothing."""
        return self._process.poll() is None and not self._connection.poll()

    def wait_ready(self, limit_s: float) -> None:
        """Sends the setup and waits until the keys are loaded. Raises a `WorkerFailure`."""
        with self._failures(limit_s):
            self._connection.send(self._setup)
            report = self._next()
        if isinstance(report, Refused):
            raise WorkerRefused(self.name, report.reason)
        if not isinstance(report, Ready):
            raise WorkerGarbage(self.name, f"{type(report).__name__} before it was ready")
        prover = self._setup.prover
        if not isinstance(prover, MockProverAllowed) and report.key_digest != prover.verification_key.digest():
            raise WorkerRefused(self.name, "its key leads to another verification key than the pool's")

    def send_ahead(self, job: ProvingJob) -> None:
        """Leaves a job with the worker for when it is done with its present one. Only from within `on_phase`."""
        self._connection.send(job)

    def prove(
        self, job: ProvingJob, limit_s: float, on_phase: Callable[[str], None], *, is_there: bool = False
    ) -> Proven:
        """What the worker claims to be a proof, unchecked. `is_there` for a job that was sent ahead.

        Raises a `WorkerFailure`; then the process is useless.
        """
        with self._failures(limit_s):
            if not is_there:
                self._connection.send(job)
            while isinstance(report := self._next(), Phase) and report.number == job.number:
                on_phase(report.name)
        if not isinstance(report, Proven) or report.number != job.number:
            raise WorkerGarbage(self.name, f"{type(report).__name__} instead of a proof of batch {job.number}")
        return report

    def kill(self) -> None:
        """From any thread: whoever waits for the process gets `WorkerDied`."""
        self._process.kill()

    def stop(self) -> None:
        """Kills the process and forgets it. For the thread that uses it; may be called twice."""
        self._process.kill()
        self._process.wait(_END_S)
        self._connection.close()

    def _next(self) -> Report:
        try:
            message = self._connection.recv_bytes(MAX_BYTES)
        except OSError as error:
            if error.errno is None:  # so says `Connection` of a length that is refused
                raise Garbage(f"a message of more than {MAX_BYTES} bytes") from error
            raise
        return decode_report(message)

    @contextmanager
    def _failures(self, limit_s: float) -> Iterator[None]:
        """Kills the process when the limit passes, which ends every wait for it, and names what went wrong."""
        late = Event()

        def kill() -> None:
            late.set()
            self._process.kill()

        timer = Timer(limit_s, kill)
        timer.daemon = True
        timer.start()
        try:
            yield
        except Garbage as error:
            raise WorkerGarbage(self.name, str(error)) from error
        except (EOFError, OSError) as error:
            if late.is_set():
                raise WorkerTimedOut(self.name, f"not done after {limit_s:g} s") from error
            raise WorkerDied(self.name, self._last_words()) from error
        finally:
            timer.cancel()

    def _last_words(self) -> str:
        try:
            code = self._process.wait(_LAST_WORDS_S)
        except subprocess.TimeoutExpired:
            return "closed its socket"
        if code < 0:
            return f"killed by {signal.Signals(-code).name}: out of memory, or somebody's doing"
        self._listener.join(_LAST_WORDS_S)
        lines = (line.decode(errors="replace").strip()[:_REASON_LENGTH] for line in reversed(self._lines))
        return next(filter(None, lines), f"ended with exit code {code}")

    def _listen(self) -> None:
        """Keeps the last lines of standard error, so that the process can never be stuck for saying too much."""
        if self._process.stderr is not None:
            with self._process.stderr as stderr:
                while line := stderr.readline(_LINE_BYTES):
                    self._lines.append(line)
