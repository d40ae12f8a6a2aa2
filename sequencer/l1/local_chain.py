"""A local chain that stays up after the command that started it: `zkclear l1 up` and `down`.

Its folder (`.zkclear/l1` under the current directory, or what `ZKCLEAR_L1` names) holds

* `state.json`: the chain itself, written when it is stopped and every few seconds, read when it is started;
* `chain.json`: where the chain answers, for every other command, and its process;
* `lock`: locked by the chain's process for as long as it lives, so that a process id that has been given to somebody
  else is never mistaken for it;
* `anvil.log`: what it printed, which is nothing unless something is wrong.
"""

from __future__ import annotations

import json
import os
import signal
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Final

from prover.formats.atomic import AtomicFile
from sequencer.l1 import background
from sequencer.l1.anvil import POLL_S, STOP_TIMEOUT_S, last_lines, wait_until_it_answers
from sequencer.l1.anvil_program import HOST, AnvilOptions, find_anvil, free_port, refuse_taken_port
from sequencer.l1.errors import AnvilDied, ChainDown, ChainRunning, OtherChainId, StateFolderDamaged

FOLDER_VARIABLE: Final = "ZKCLEAR_L1"
DEFAULT_PORT: Final = 8545
STATE_EVERY_S: Final = 10
"""How often the chain writes its state: what a crash of the machine can lose."""


STARTING: Final = 0
"""Instead of a process id."""


@dataclass(frozen=True, slots=True)
class LocalChain:
    """What `chain.json` says: where the chain is, or was when it was last up."""

    url: str
    port: int
    chain_id: int
    block_time_s: int | None
    pid: int


def default_folder() -> Path:
    """Where the local chain keeps its files."""
    return Path(os.environ.get(FOLDER_VARIABLE) or Path.cwd() / ".zkclear" / "l1")


def start(folder: Path, *, port: int, chain_id: int | None, block_time_s: int | None) -> LocalChain:
    """Starts the chain of a folder, from the state that it kept, and returns when it answers.

    `port` 0 is a free one; without `chain_id` it is that of the kept state, or 31337. Raises `ChainRunning`,
    `AnvilMissing`, `PortTaken`, `AnvilDied`, `OtherChainId` and `StateFolderDamaged`.
    """
    program = find_anvil()
    folder.mkdir(parents=True, exist_ok=True)
    options = replace(AnvilOptions(), block_time_s=block_time_s, state=folder / "state.json")
    lock = background.lock(folder)
    if lock is None:
        known = _read(folder)
        raise ChainRunning(folder, known.url if known else None)
    try:
        options = replace(options, chain_id=_chain_id(folder, chain_id, options.chain_id))
        if port:
            refuse_taken_port(port)
        chain = _spawn(folder, options, program, port or free_port(), lock)
    finally:
        os.close(lock)
    return chain


def running(folder: Path) -> LocalChain:
    """The chain of a folder. Raises `ChainDown` when it is not up, and `StateFolderDamaged`."""
    if not background.is_locked(folder):
        raise ChainDown(str(folder))
    chain = _read(folder)
    if chain is None:
        raise StateFolderDamaged(folder / "chain.json", "it is missing, and the chain is up")
    if chain.pid == STARTING:
        raise ChainDown(str(folder), "it is just being started")
    return chain


def stop(folder: Path) -> LocalChain:
    """Stops the chain of a folder; returns when its state is written.

    Raises `ChainDown`, `StateFolderDamaged`, and `AnvilDied` when it does not end.
    """
    chain = running(folder)
    os.kill(chain.pid, signal.SIGTERM)
    deadline = time.monotonic() + STOP_TIMEOUT_S
    while time.monotonic() < deadline:
        if not background.is_locked(folder):
            return chain
        time.sleep(POLL_S)
    raise AnvilDied(f"does not stop (process {chain.pid})", last_lines(folder / "anvil.log"))


def _spawn(folder: Path, options: AnvilOptions, program: Path, port: int, lock: int) -> LocalChain:
    """The chain that answers. It inherits the lock, and is written down before and after."""
    log = folder / "anvil.log"
    chain = LocalChain(f"http://{HOST}:{port}", port, options.chain_id, options.block_time_s, STARTING)
    _write(folder, chain)
    command = [*options.command(program, port), "--state-interval", str(STATE_EVERY_S)]
    process = background.spawn(command, log, lock)
    try:
        wait_until_it_answers(chain.url, options.chain_id, process.poll, log)
        chain = replace(chain, pid=process.pid)
        _write(folder, chain)
    except BaseException:
        process.kill()
        process.wait()
        raise
    background.leave_alone(process)
    return chain


def _chain_id(folder: Path, wanted: int | None, otherwise: int) -> int:
    """That of the kept state, if there is one."""
    state = folder / "state.json"
    known = _read(folder)
    if not state.exists():
        return otherwise if wanted is None else wanted
    try:
        json.loads(state.read_bytes())
    except ValueError as error:
        raise StateFolderDamaged(state, str(error)) from error
    kept = known.chain_id if known else otherwise
    if wanted not in (None, kept):
        raise OtherChainId(folder, kept, wanted)
    return kept


def _read(folder: Path) -> LocalChain | None:
    path = folder / "chain.json"
    try:
        return LocalChain(**json.loads(path.read_bytes()))
    except FileNotFoundError:
        return None
    except (ValueError, TypeError) as error:
        raise StateFolderDamaged(path, str(error)) from error


def _write(folder: Path, chain: LocalChain) -> None:
    with AtomicFile(folder / "chain.json") as file:
        file.write(json.dumps(asdict(chain), indent=1).encode())
