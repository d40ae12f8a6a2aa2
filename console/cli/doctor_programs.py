"""Programs and packages that zkclear calls, and what each is needed for."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

from console.cli.doctor_machine import GOOD, MISSING, NOTE, Finding

PATIENCE_S: Final = 10.0
EXTRAS: Final = {
    "web3": "L1, and everything that runs a node",
    "eth-account": "Ethereum keys and signatures",
    "uvicorn": "the node's API",
    "textual": "the screens (`zkclear tui`)",
    "matplotlib": "plots of reports",
    "distributed": "proving on several machines",
}
"""Packages that are optional in an installation, and what is missing without them."""


def programs() -> Iterator[Finding]:
    """All of them."""
    yield _anvil()
    yield _node()
    yield _solc()
    for name, use in EXTRAS.items():
        yield _package(name, use)


def _anvil() -> Finding:
    from sequencer.l1.anvil_program import find_anvil
    from sequencer.l1.errors import AnvilMissing

    try:
        program = find_anvil()
    except AnvilMissing:
        return Finding("anvil", MISSING, "not there: no local chain, so no `node up`, `replay` or `l1 up`")
    said = _says([str(program), "--version"])
    if said is None:
        return Finding("anvil", MISSING, f"{program} does not run")
    return Finding("anvil", GOOD, f"{_version_in(said)} ({program.name}): local chains")


def _node() -> Finding:
    from prover.solidity.errors import NodeUnavailable
    from prover.solidity.node import node_program

    try:
        said = _says([node_program(), "--version"])
    except NodeUnavailable:
        said = None
    if said is None:
        return Finding("node", NOTE, "not there: contracts that were not compiled before cannot be deployed")
    return Finding("node", GOOD, f"{said}: compiles contracts, runs circom's world")


def _solc() -> Finding:
    from prover.solidity.errors import NodeUnavailable
    from prover.solidity.node import package_folder

    try:
        manifest = json.loads((package_folder("solc") / "package.json").read_text())
        return Finding("solc", GOOD, f"{manifest['version']}: compiles contracts")
    except (NodeUnavailable, OSError, ValueError, KeyError):
        return Finding("solc", NOTE, "not in contracts/node_modules: contracts cannot be compiled anew")


def _package(name: str, use: str) -> Finding:
    try:
        return Finding(name, GOOD, f"{version(name)}: {use}")
    except PackageNotFoundError:
        return Finding(name, NOTE, f"not installed, so not there: {use}")


def _says(command: list[str]) -> str | None:
    """The first line that a program prints."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_S, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    lines = done.stdout.strip().splitlines()
    return lines[0] if done.returncode == 0 and lines else None


def _version_in(text: str) -> str:
    found = re.search(r"\d+\.\d+\.\d+\S*", text)
    return found[0] if found else text


def size_of(folder: Path) -> int:
    """Bytes of all files under a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
