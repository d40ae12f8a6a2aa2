"""A local chain that lives as long as a `with` block: for tests, demos and drills.

It cannot outlive this process, however that ends: see `anvil_watcher`.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from sequencer.l1 import anvil_watcher, rpc
from sequencer.l1.anvil_program import HOST, AnvilOptions, find_anvil, free_port, refuse_taken_port
from sequencer.l1.errors import AnvilDied, ChainDown, PortTaken

START_TIMEOUT_S: Final = 30.0
STOP_TIMEOUT_S: Final = anvil_watcher.PATIENCE_S + 5
POLL_S: Final = 0.02
LAST_LINES: Final = 12
PORT_ATTEMPTS: Final = 3
_TAKEN: Final = "Address already in use"


@dataclass(frozen=True, slots=True)
class RunningChain:
    """A local chain that answers."""

    url: str
    chain_id: int

    def rpc(self, method: str, *parameters: object) -> Any:
        """The result of one JSON-RPC call, `evm_mine` or `anvil_reorg` among them. Raises as `rpc.call`."""
        return rpc.call(self.url, method, *parameters)


@contextmanager
def running_anvil(options: AnvilOptions | None = None) -> Iterator[RunningChain]:
    """A local chain on a free port, or on the one of the options.

    About 0.2 s. Raises `AnvilMissing`, `PortTaken`, `AnvilDied` when it does not start, and when it has ended by
    itself before the block did.
    """
    chosen = options or AnvilOptions()
    program = find_anvil()
    with TemporaryDirectory(prefix="zkclear-anvil-") as folder:
        log = Path(folder) / "anvil.log"
        process, url = _start(program, chosen, log)
        try:
            yield RunningChain(url, chosen.chain_id)
            if process.poll() is not None:
                raise AnvilDied(f"ended by itself (exit code {process.returncode})", last_lines(log))
        finally:
            _stop(process)


def wait_until_it_answers(url: str, chain_id: int, has_ended: Callable[[], int | None], log: Path) -> None:
    """Returns when the chain answers. Raises `AnvilDied` when it ends, does not answer in time, or is another one."""
    deadline = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline:
        if (code := has_ended()) is not None:
            raise AnvilDied(f"did not start (exit code {code})", last_lines(log))
        try:
            answered = int(rpc.call(url, "eth_chainId", timeout_s=1), 16)
        except ChainDown:
            time.sleep(POLL_S)
            continue
        if has_ended() is None and answered == chain_id:
            return
        time.sleep(POLL_S)
    raise AnvilDied(f"did not answer within {START_TIMEOUT_S:.0f} s", last_lines(log))


def last_lines(log: Path) -> tuple[str, ...]:
    """The end of what a chain has printed."""
    try:
        text = log.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ()
    return tuple(line for line in text.splitlines() if line.strip())[-LAST_LINES:]


def _start(program: Path, options: AnvilOptions, log: Path) -> tuple[subprocess.Popen[bytes], str]:
    """A chain that answers. A free port that somebody else takes in the meantime is replaced by another."""
    if options.port:
        refuse_taken_port(options.port)
    for attempt in range(PORT_ATTEMPTS):
        port = options.port or free_port()
        url = f"http://{HOST}:{port}"
        process = _spawn(options.command(program, port), log)
        try:
            wait_until_it_answers(url, options.chain_id, process.poll, log)
        except AnvilDied as error:
            _stop(process)
            if not any(_TAKEN in line for line in error.last_lines):
                raise
            if options.port or attempt == PORT_ATTEMPTS - 1:
                raise PortTaken(port) from error
        except BaseException:
            _stop(process)
            raise
        else:
            return process, url
    raise PortTaken(options.port)


def _spawn(command: list[str], log: Path) -> subprocess.Popen[bytes]:
    """In a session of its own, so that Ctrl-C reaches us first and the chain is stopped in order."""
    watched = [sys.executable, "-I", "-S", anvil_watcher.__file__, *command]
    with log.open("wb") as output:
        return subprocess.Popen(
            watched, stdin=subprocess.PIPE, stdout=output, stderr=subprocess.STDOUT, start_new_session=True
        )


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Lets go of the watcher's input and waits for the end; the chain writes its state."""
    if process.stdin is not None:
        process.stdin.close()
    try:
        process.wait(timeout=STOP_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
