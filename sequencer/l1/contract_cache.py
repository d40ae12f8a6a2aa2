"""Answers of the compiler on disk, by the hash of the request and the compiler's version.

An entry is a line with the SHA-256 of what follows, and JSON. One that is damaged is made anew, never believed. The
hash guards against accidents, not against whoever may write to the folder.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from prover.formats.atomic import AtomicFile

FORMAT: Final = 1
FOLDER_VARIABLE: Final = "ZKCLEAR_CONTRACTS"
"""Names another folder than `.zkclear/contracts` under the current directory."""

KEPT: Final = 16
"""Entries kept; older ones are removed when another is written."""


def cache_folder() -> Path:
    """Where compiled contracts are kept."""
    return Path(os.environ.get(FOLDER_VARIABLE) or Path.cwd() / ".zkclear" / "contracts")


def load_or_make(
    request: Mapping[str, Any],
    version: str,
    make: Callable[[Mapping[str, Any]], dict[str, Any]],
    folder: Path | None = None,
) -> dict[str, Any]:
    """The compiler's answer, from disk if it is there and whole. Nothing is kept where nothing can be written."""
    path = (folder or cache_folder()) / f"{_key(request, version)[:32]}.json"
    stored = _read(path)
    if stored is not None:
        return stored
    answer = make(request)
    with suppress(OSError):
        _write(path, answer)
        _remove_old(path.parent)
    return answer


def _key(request: Mapping[str, Any], version: str) -> str:
    text = json.dumps([FORMAT, version, request], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _read(path: Path) -> dict[str, Any] | None:
    try:
        data = path.read_bytes()
    except OSError:
        return None
    digest, _, body = data.partition(b"\n")
    if hashlib.sha256(body).hexdigest().encode() != digest:
        return None
    answer: dict[str, Any] = json.loads(body)
    return answer


def _write(path: Path, answer: Mapping[str, Any]) -> None:
    body = json.dumps(answer, sort_keys=True).encode()
    path.parent.mkdir(parents=True, exist_ok=True)
    with AtomicFile(path) as file:
        file.write(hashlib.sha256(body).hexdigest().encode() + b"\n" + body)


def _remove_old(folder: Path) -> None:
    entries = sorted(folder.glob("*.json"), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in entries[KEPT:]:
        path.unlink(missing_ok=True)
