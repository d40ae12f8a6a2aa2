"""The files of the project, as git sees them: tracked, or new and not ignored."""

from __future__ import annotations

import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROOMS = (
    "bootstrap",
    "circuits",
    "console",
    "contracts",
    "primitives",
    "prover",
    "rollup",
    "scripts",
    "sequencer",
    "tests",
)


@cache
def project_files() -> tuple[Path, ...]:
    """Every file of the project that exists, sorted."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True).stdout
    return tuple(sorted(path for name in listed.split("\0") if name and (path := ROOT / name).is_file()))


def source_files(*suffixes: str, under: str = ".") -> tuple[Path, ...]:
    """Those below a folder whose names end in one of the suffixes."""
    folder = ROOT / under
    return tuple(path for path in project_files() if path.is_relative_to(folder) and path.name.endswith(suffixes))


def name_of(path: Path) -> str:
    """Relative to the root, with forward slashes."""
    return path.relative_to(ROOT).as_posix()
