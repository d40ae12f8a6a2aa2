"""What `zkclear node status` shows: the node's own word, its log, and its record where there is one."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from console.cli.node_health import Health, ask_health
from console.cli.node_up_record import recorded
from console.cli.node_up_state import READY, NodeState, running
from sequencer.node.errors import NodeError

if TYPE_CHECKING:
    from console.cli.output import Output

STORE_NAME: Final = "node.db"
NAME_WIDTH: Final = 9


def show_status(output: Output, url: str | None, state_folder: Path) -> bool:
    """Prints it all; whether the node is ready. Raises `NodeDown`, `NodeSilent`, `StateDamaged`."""
    state = running(state_folder) if url is None else _own(state_folder, url)
    if state is not None and state.phase != READY:
        output.result({"phase": state.phase, "is_ready": False}, [f"the node is not up yet: {state.phase}"])
        return False
    address = url or (state.url if state is not None else "")
    health = ask_health(address)
    data: dict[str, Any] = {"url": address, "is_ready": health.is_ready, "conditions": _conditions(health)}
    lines = [("node", f"{'ready' if health.is_ready else 'NOT ready'} at {address}")]
    lines += [(name, f"not as it should be: {why}") for name, holds, why in health.conditions if not holds]
    if state is not None:
        folder = Path(state.folder)
        data["folder"] = state.folder
        lines.append(("folder", state.folder))
        if (head := _log_head(folder)) is not None:
            data["log"] = {"sequence": head[0], "digest": head[1]}
            lines.append(("log", f"{head[0]:,} entries, the last {head[1][:16]}…"))
        lines += recorded(folder, data)
    output.result(data, [f"{name:<{NAME_WIDTH}} {text}" for name, text in lines])
    return health.is_ready


def _own(state_folder: Path, url: str) -> NodeState | None:
    """The node that was started here, if that is where the URL leads: only then its files are known."""
    with suppress(NodeError):
        state = running(state_folder)
        if state.url == url.rstrip("/"):
            return state
    return None


def _conditions(health: Health) -> list[dict[str, Any]]:
    return [{"name": name, "holds": holds, "why": why} for name, holds, why in health.conditions]


def _log_head(folder: Path) -> tuple[int, str] | None:
    """Number and digest of the last entry that is durable; None where it cannot be read."""
    from sequencer.store.errors import StoreError
    from sequencer.store.log_reader import read_head
    from sequencer.store.reading import open_reader

    with suppress(StoreError), open_reader(folder / STORE_NAME) as reader:
        head = read_head(reader.execute, reader.path)
        return head.sequence, head.digest.hex()
    return None
