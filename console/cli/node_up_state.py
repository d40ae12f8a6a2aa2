"""What `zkclear node up` writes down of the node that it started, for `down` and `status`.

The folder (`.zkclear/node` under the current directory, or what `ZKCLEAR_NODE` names) holds

* `node.json`: this, written by the node itself whenever it has come further;
* `lock`: locked by the node's process for as long as it lives;
* `node.log`: what it printed;
* `runs/`: where nodes on chains of their own write, a folder each.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from sequencer.l1 import background
from sequencer.node.errors import NodeError

FOLDER_VARIABLE: Final = "ZKCLEAR_NODE"
STATE_NAME: Final = "node.json"
LOG_NAME: Final = "node.log"
STARTING, READY, STOPPING, STOPPED, FAILED = "starting", "ready", "stopping", "stopped", "failed"
LAST_LINES: Final = 3


class NodeDown(NodeError):
    """No node that was started here is up."""

    def __init__(self, folder: Path, why: str = "") -> None:
        because = f" ({why})" if why else ""
        super().__init__(f"no node is up here{because}: `zkclear node up` starts one")
        self.path, self.why = folder, why


class NodeIsUp(NodeError):
    """A node is up already."""

    def __init__(self, folder: Path, url: str) -> None:
        super().__init__(f"a node is up at {url}: `zkclear node down` stops it; another one needs its own --state-dir")
        self.path, self.url = folder, url


class NodeNotStarted(NodeError):
    """The node ended before it was ready; `code` is its exit code."""

    def __init__(self, log: Path, why: str, code: int) -> None:
        super().__init__(f"{why}; all that it said is in {log}")
        self.path, self.why, self.code = log, why, code


class NodeStuck(NodeError):
    """The node was asked to end, and has not."""

    def __init__(self, pid: int, patience_s: float, log: Path) -> None:
        super().__init__(
            f"the node (process {pid}) has not ended within {patience_s:.0f} s: look at {log}; its log is durable, so "
            f"`kill -9 {pid}` loses nothing"
        )
        self.pid, self.path = pid, log


class StateDamaged(NodeError):
    """The file is none of these."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(f"{path} says nothing of a node ({why}): if none runs, remove it")
        self.path, self.why = path, why


@dataclass(frozen=True, slots=True)
class NodeState:
    """A node that was started. `settings` is the settings file, None on a chain of its own; `phase` how far it is.

    `folder` is where it writes; `why` and `code` are there when it failed.
    """

    pid: int
    started: int
    folder: str
    settings: str | None
    phase: str = STARTING
    url: str = ""
    chain_url: str = ""
    preset: str = ""
    why: str = ""
    code: int = 0

    @property
    def process(self) -> background.Process:
        """Which process it is: this one, and no other that got its number later."""
        return background.Process(self.pid, self.started)


def default_folder() -> Path:
    """Where nodes of this directory are written down."""
    return Path(os.environ.get(FOLDER_VARIABLE) or Path.cwd() / ".zkclear" / "node")


def write_state(folder: Path, state: NodeState) -> None:
    """In one step."""
    from prover.formats.atomic import AtomicFile

    with AtomicFile(folder / STATE_NAME) as file:
        file.write(json.dumps(asdict(state), indent=1).encode())


def read_state(folder: Path) -> NodeState | None:
    """The last node that was started; None if none was. Raises `StateDamaged`."""
    path = folder / STATE_NAME
    try:
        found = NodeState(**json.loads(path.read_bytes()))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (ValueError, TypeError) as error:
        raise StateDamaged(path, str(error)) from error
    kinds = {"pid": int, "started": int, "code": int}
    for name, value in asdict(found).items():
        if not isinstance(value, kinds.get(name, str)) and not (name == "settings" and value is None):
            raise StateDamaged(path, f"{name} is {value!r}")
    return found


def running(folder: Path) -> NodeState:
    """The node that is up, or is starting. Raises `NodeDown`, `StateDamaged`."""
    if not background.is_locked(folder):
        known = read_state(folder)
        if known is None or known.phase == STOPPED:
            raise NodeDown(folder)
        raise NodeDown(folder, known.why or f"the last one ended without saying so; its output is in {folder}/node.log")
    known = read_state(folder)
    if known is None or not known.process.is_alive:
        raise NodeDown(folder, "one is just being started")
    return known


def last_run(folder: Path | None = None) -> Path:
    """Where the last node that was started here writes, or wrote. Raises `NodeDown`, `StateDamaged`."""
    chosen = folder or default_folder()
    known = read_state(chosen)
    if known is None:
        raise NodeDown(chosen)
    return Path(known.folder)


def last_words(log: Path) -> str:
    """The end of what a node printed, in one line."""
    try:
        lines = [line.strip() for line in log.read_text(errors="replace").splitlines() if line.strip()]
    except OSError:
        return "it said nothing"
    return " / ".join(lines[-LAST_LINES:]) or "it said nothing"


def run_folder(given: Path | None) -> Path:
    """The folder that a command about a run was given, or that of the last node that was started here.

    Raises `NodeDown`, `StateDamaged`.
    """
    return given or last_run()
