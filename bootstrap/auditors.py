"""Programs that only some deep tests use, and that pin other versions of what the project uses: each by itself.

`halmos` (AGPL, so never beside the packages that are shipped) and `slither` come on first use, by hash as all else.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from bootstrap.layout import LOCKS, SCRIPTS, STATE, UV
from bootstrap.machine import pip_settings, uv_environment
from bootstrap.processes import Command, must
from bootstrap.steps import Step, only_one

AUDITORS = {"halmos": "halmos", "slither": "slither-analyzer"}
"""Programs, and the packages that they are in."""


def auditor(name: str) -> Path:
    """The program, installed if it is not there or differs from its lock. Raises `SetupError`."""
    folder = STATE / "auditors" / name
    program = folder / SCRIPTS / name

    def install() -> None:
        environment = uv_environment(pip_settings(), os.environ) | {"VIRTUAL_ENV": str(folder)}
        uv = UV if UV.exists() else Path("uv")
        must(
            f"making {folder}",
            [uv, "venv", "--quiet", "--clear", "--python", sys.executable, folder],
            environment=environment,
        )
        sync: Command = [uv, "pip", "sync", "--quiet", "--require-hashes", "--python", folder / SCRIPTS / "python"]
        must(f"installing {name}", [*sync, LOCKS / f"{name}.txt"], environment=environment)

    with only_one(STATE):
        version = f"{sys.executable} {sys.version}"
        Step(name, f"installing {name}", (LOCKS / f"{name}.txt",), (version,), (program,), install).ensure(STATE)
    return program
