"""What lies in the working directory: development keys, caches, a chain and a node that may be up, ports."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from console.cli.doctor_machine import GOOD, NOTE, Finding
from console.cli.doctor_programs import size_of
from console.cli.output import mebibytes

API_PORT: Final = 8700
KEY_NAME: Final = re.compile(r"(?P<circuit>.+)-[0-9a-f]{24}\.development\.zkey")


def work() -> Iterator[Finding]:
    """All of it."""
    from circuits.frontend.cache import cache_folder
    from sequencer.development_keys import key_folder

    yield from _keys(key_folder())
    yield _cache("circuits", cache_folder(), "compiled circuits")
    yield _chain()
    yield _node()


def _keys(folder: Path) -> Iterator[Finding]:
    """By preset: which there are. Others are made when they are first needed."""
    from rollup.presets import PRESETS

    found: dict[str, list[Path]] = {}
    for path in sorted(folder.glob("*.development.zkey")) if folder.is_dir() else ():
        if (known := KEY_NAME.fullmatch(path.name)) is not None:
            found.setdefault(known["circuit"], []).append(path)
    for name in PRESETS:
        of_preset = [path for circuit, paths in found.items() if circuit == f"settlement_{name}" for path in paths]
        if not of_preset:
            yield Finding(
                f"key {name}", NOTE, "made when it is first needed: seconds for demo, half a minute for large"
            )
            continue
        size = mebibytes(sum(path.stat().st_size for path in of_preset))
        old = f", {len(of_preset)} of them: circuits have changed, old ones may go" if len(of_preset) > 1 else ""
        yield Finding(f"key {name}", GOOD, f"{size} in {folder}{old}; for development, it proves nothing to others")


def _cache(name: str, folder: Path, what: str) -> Finding:
    if not folder.is_dir():
        return Finding(name, NOTE, f"no {what} yet: they are made when they are first needed")
    return Finding(name, GOOD, f"{mebibytes(size_of(folder))} of {what} in {folder}")


def _chain() -> Finding:
    from sequencer.l1 import local_chain
    from sequencer.l1.errors import L1Error

    try:
        chain = local_chain.running(local_chain.default_folder())
    except (L1Error, OSError):
        return Finding("chain", NOTE, f"none is up; {_port(local_chain.DEFAULT_PORT)}")
    return Finding("chain", GOOD, f"chain {chain.chain_id} is up at {chain.url}")


def _node() -> Finding:
    from console.cli.node_up_state import default_folder, running
    from sequencer.node.errors import NodeError

    try:
        state = running(default_folder())
    except (NodeError, OSError):
        return Finding("own node", NOTE, f"none is up; {_port(API_PORT)}")
    return Finding("own node", GOOD, f"{state.phase} at {state.url or 'no address yet'}")


def _port(port: int) -> str:
    from sequencer.l1.anvil_program import refuse_taken_port
    from sequencer.l1.errors import PortTaken

    try:
        refuse_taken_port(port)
    except PortTaken:
        return f"port {port} is taken by another program: choose one by --port"
    return f"port {port} is free"
