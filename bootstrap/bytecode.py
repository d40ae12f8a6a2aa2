"""Bytecode of what commands and screens load before they do anything.

uv writes none. Python writes it when a module is loaded for the first time, but not where it is told to write none, as
in many containers: each start would compile all of this again there, which is half of the time until a screen stands.
"""

from __future__ import annotations

import os
from pathlib import Path

from bootstrap.layout import PYTHON, VENV
from bootstrap.processes import Command, run, say

LOADED_FIRST = ("annotated_doc", "platformdirs", "rich", "shellingham", "textual", "typer")
SITES = ("lib/python*/site-packages", "Lib/site-packages")


def package_folders(venv: Path) -> list[Path]:
    """Those that are installed in a virtual environment."""
    return [path for site in SITES for name in LOADED_FIRST for path in sorted(venv.glob(f"{site}/{name}"))]


def compile_packages() -> None:
    """Two seconds. Everything works without: who cannot compile starts more slowly."""
    command: Command = [PYTHON, "-m", "compileall", "-q", *package_folders(VENV)]
    if run(command, environment=os.environ) != 0:
        say("[bytecode] not all of it could be compiled: commands start more slowly")
