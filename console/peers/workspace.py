"""Where what the peers make is kept: one folder per content, so that a thing is made once."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

from prover.solidity.node import package_folder

WORKSPACE_VARIABLE: Final = "ZKCLEAR_INTEROP"
"""Names another folder than `.zkclear/interop` under the current directory."""


def workspace() -> Path:
    """The folder of all made things; created when it is not there."""
    folder = Path(os.environ.get(WORKSPACE_VARIABLE) or Path.cwd() / ".zkclear" / "interop")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def content_key(*parts: bytes | str) -> str:
    """A short name of some contents: 24 hexadecimal digits of SHA-256 over the parts and their lengths."""
    hasher = hashlib.sha256()
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        hasher.update(len(data).to_bytes(8, "big") + data)
    return hasher.hexdigest()[:24]


def package_versions(names: Iterable[str]) -> str:
    """Names and versions of installed npm packages, to be part of a content key. Raises `NodeUnavailable`."""
    versions = {name: json.loads((package_folder(name) / "package.json").read_text())["version"] for name in names}
    return json.dumps(versions, sort_keys=True)


def made_once(folder: Path, make: Callable[[Path], None]) -> Path:
    """`folder`, filled by `make(temporary folder)` unless it is there. Two makers at once are harmless."""
    if folder.is_dir():
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    try:
        make(temporary)
        try:
            temporary.rename(folder)
        except OSError:
            if not folder.is_dir():
                raise
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return folder
