"""Why a demo ends before its end."""

from __future__ import annotations

from pathlib import Path


class DemoError(Exception):
    """Any failure of a demo."""


class TookTooLong(DemoError):
    """Something that should happen does not."""

    def __init__(self, what: str, patience_s: float) -> None:
        super().__init__(f"{what} did not happen within {patience_s:.0f} s: is this machine busy with something else?")
        self.what, self.patience_s = what, patience_s


class NodeEnded(DemoError):
    """The node stopped meanwhile."""

    def __init__(self, why: str) -> None:
        super().__init__(f"the node stopped: {why}")
        self.why = why


class FolderTaken(DemoError):
    """There are files in the folder that no demo has written."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} holds other files than those of a demo: name another folder with --out")
        self.path = path
