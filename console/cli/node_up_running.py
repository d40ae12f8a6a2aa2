"""Starting a node in the background, and stopping it with everything that it started."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from console.cli.failures import INTERNAL
from console.cli.node_up_state import (
    FAILED,
    LOG_NAME,
    READY,
    NodeDown,
    NodeIsUp,
    NodeNotStarted,
    NodeState,
    NodeStuck,
    last_words,
    read_state,
    running,
)
from sequencer.l1 import background
from sequencer.l1.anvil_program import HOST, find_anvil, refuse_taken_port
from sequencer.l1.errors import PortTaken
from sequencer.l1.signing_keys import UNLOCKING_VARIABLE
from sequencer.node.errors import NodeError
from sequencer.node.settings import BadSettings, read_settings

if TYPE_CHECKING:
    from console.cli.node_up_child import UpRequest

CHILD: Final = "console.cli.node_up_child"
STORE_NAME: Final = "node.db"
POLL_S: Final = 0.1
END_PATIENCE_S: Final = 120.0
CHILDREN_PATIENCE_S: Final = 40.0
"""A chain is given 30 s to write its state."""


class FolderTaken(NodeError):
    """A run is there already, which belongs to a chain that is gone."""

    def __init__(self, folder: Path) -> None:
        super().__init__(f"{folder} has a run already, and its chain is gone: name another folder")
        self.path = folder


@dataclass(frozen=True, slots=True)
class Stopped:
    """What was stopped: the node, how many processes it had started, and which of these had to be killed."""

    state: NodeState
    children: int
    killed: tuple[int, ...]


def request_by_settings(path: Path) -> UpRequest:
    """What a settings file asks for. Raises `BadSettings`."""
    from console.cli.node_up_child import UpRequest

    settings = read_settings(path)
    if settings.api.port == 0:
        raise BadSettings(path, "api.port is 0: name a port, so that the node can be found")
    host = HOST if _is_everywhere(settings.api.host) else settings.api.host
    shown = f"[{host}]" if ":" in host else host
    folder = path.absolute().parent / settings.folder
    url = f"http://{shown}:{settings.api.port}"
    return UpRequest(folder=str(folder), settings=str(path.absolute()), url=url, port=settings.api.port)


def needs_password(path: Path) -> bool:
    """Whether the node will need a keystore's password that the environment does not have. Raises `BadSettings`."""
    return read_settings(path).chain.operator_key_file is not None and UNLOCKING_VARIABLE not in os.environ


def start(
    state_folder: Path, request: UpRequest, tell: Callable[[str], None], password: str | None = None
) -> NodeState:
    """Starts a node and returns when it is ready; `tell` is told each phase when it begins.

    Raises `NodeIsUp`, `PortTaken`, `FolderTaken`, `AnvilMissing`, and `NodeNotStarted` with what the node said. When
    this is interrupted, the node is stopped.
    """
    state_folder.mkdir(parents=True, exist_ok=True)
    lock = background.lock(state_folder)
    if lock is None:
        raise NodeIsUp(state_folder, running(state_folder).url)
    log = state_folder / LOG_NAME
    try:
        _refuse_taken_port(request)
        if request.settings is None:
            find_anvil()
            if (Path(request.folder) / STORE_NAME).exists():
                raise FolderTaken(Path(request.folder))
        (state_folder / "node.json").unlink(missing_ok=True)
        command = [sys.executable, "-m", CHILD, str(state_folder), msgspec.json.encode(request).decode()]
        secrets = {} if password is None else {UNLOCKING_VARIABLE: password}
        process = background.spawn(command, log, lock, secrets)
    finally:
        os.close(lock)
    try:
        state = _wait_ready(process, state_folder, log, tell)
    except BaseException:
        _end(process)
        raise
    background.leave_alone(process)
    return state


def stop(state_folder: Path, tell: Callable[[str], None]) -> Stopped:
    """Asks the node to end, waits for it, and sees to it that nothing which it started is left.

    Raises `NodeDown`, `StateDamaged`, `NodeStuck`.
    """
    state = running(state_folder)
    children = background.descendants_of(state.pid)
    tell("stopping the node")
    if not state.process.signal(signal.SIGTERM):
        raise NodeDown(state_folder)
    deadline_s = time.monotonic() + END_PATIENCE_S
    while background.is_locked(state_folder):
        if time.monotonic() > deadline_s:
            raise NodeStuck(state.pid, END_PATIENCE_S, state_folder / LOG_NAME)
        time.sleep(POLL_S)
    if children:
        tell("waiting for what it started")
    left = background.wait_until_gone(children, CHILDREN_PATIENCE_S)
    killed = tuple(one.pid for one in left if one.signal(signal.SIGKILL))
    background.wait_until_gone(left, END_PATIENCE_S)
    return Stopped(state, len(children), killed)


def _refuse_taken_port(request: UpRequest) -> None:
    """Raises `PortTaken`, or `BadSettings` where the port stands in a file."""
    if not request.port:
        return
    try:
        refuse_taken_port(request.port)
    except PortTaken:
        if request.settings is None:
            raise
        why = f"port {request.port} is taken by another program: change api.port, or end that one"
        raise BadSettings(Path(request.settings), why) from None


def _wait_ready(
    process: subprocess.Popen[bytes], state_folder: Path, log: Path, tell: Callable[[str], None]
) -> NodeState:
    phase = ""
    while True:
        code = process.poll()
        state = read_state(state_folder)
        if state is not None and state.phase == FAILED:
            process.wait()
            raise NodeNotStarted(log, state.why, state.code)
        if code is not None:
            raise NodeNotStarted(log, f"the node ended with exit code {code}: {last_words(log)}", INTERNAL)
        if state is not None and state.phase != phase:
            phase = state.phase
            if phase == READY:
                return state
            tell(phase)
        time.sleep(POLL_S)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Of a node that is not wanted any more: in order first, so that its chain and provers end too."""
    process.terminate()
    try:
        process.wait(timeout=END_PATIENCE_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _is_everywhere(host: str) -> bool:
    """Whether a server at this address answers at all of the machine's."""
    try:
        return ip_address(host).is_unspecified
    except ValueError:
        return False
