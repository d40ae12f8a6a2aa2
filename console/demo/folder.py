"""The folder of a run: what the node keeps, the record, the report."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from console.demo.errors import FolderTaken

DEFAULT: Final = Path("zkclear-demo")
MARK: Final = "zkclear-demo.txt"
REPORT: Final = "report.html"
SUMMARY: Final = "summary.json"
LOG: Final = "log.jsonl"
OURS: Final = ("*.db", "*.db-*", "*.db.*", REPORT, SUMMARY, LOG, MARK)
"""What a demo writes, and clears away when it runs again in the same folder."""

SAYS: Final = "Written by `zkclear demo`, which clears this folder when it runs again.\n"


def prepare(folder: Path) -> None:
    """An empty folder, or one that an earlier demo has left, cleared. Raises `FolderTaken`, `OSError`."""
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()) and not (folder / MARK).is_file():
        raise FolderTaken(folder)
    ours = {path for pattern in OURS for path in folder.glob(pattern)}
    for path in ours - {folder / MARK}:
        path.unlink()
    (folder / MARK).write_text(SAYS, encoding="utf-8")
