"""Node and the npm packages of `contracts/`, run as child processes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from prover.solidity.errors import NodeUnavailable

NODE_MODULES_VARIABLE: Final = "ZKCLEAR_NODE_MODULES"
"""Names another `node_modules` folder than `contracts/node_modules`."""

_DEFAULT_NODE_MODULES: Final = Path(__file__).resolve().parents[2] / "contracts" / "node_modules"


def node_modules() -> Path:
    """The folder of npm packages in use; it may not exist."""
    return Path(os.environ.get(NODE_MODULES_VARIABLE) or _DEFAULT_NODE_MODULES)


def node_program() -> str:
    """The Node executable: that of the PATH, else the one beside this Python. Raises `NodeUnavailable`."""
    node = shutil.which("node") or shutil.which("node", path=Path(sys.executable).parent)
    if node is None:
        raise NodeUnavailable("there is no `node`: `python3 do.py setup` brings one, or install Node 20 or newer")
    return node


def package_folder(name: str) -> Path:
    """The folder of an installed npm package. Raises `NodeUnavailable` when it is not there."""
    folder = node_modules() / name
    if not folder.is_dir():
        raise NodeUnavailable(f"the npm package {name} is not in {node_modules()}: run `npm ci` in contracts/")
    return folder


def node_environment() -> Mapping[str, str]:
    """The environment for a script that requires packages of `node_modules`."""
    return {**os.environ, "NODE_PATH": str(node_modules())}


def run_script(script: str, *, stdin: bytes = b"", arguments: Sequence[str] = (), timeout_s: float = 300) -> bytes:
    """What a script prints, given as text. Raises `NodeUnavailable` when it fails; it has to report its own errors."""
    done = subprocess.run(
        [node_program(), "-e", script, *arguments],
        input=stdin,
        capture_output=True,
        check=False,
        timeout=timeout_s,
        env=node_environment(),
    )
    if done.returncode != 0:
        raise NodeUnavailable(f"node did not run: {done.stderr.decode(errors='replace').strip()[-1000:]}")
    return done.stdout
