"""Why a record cannot be read or written. Each says what to do."""

from __future__ import annotations

from pathlib import Path


class RecordError(Exception):
    """Something is wrong with a record. The run itself is not touched by it."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(f"{path}: {why}")
        self.path, self.why = path, why


class NoRecord(RecordError):
    """There is no file."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            path, "there is no record of a run; name a node's folder, or make it again: zkclear node record FOLDER"
        )


class NotARecord(RecordError):
    """A file that is something else: it is not touched."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, "this is no record of a run; move it away, or name another folder")


class RecordTooNew(RecordError):
    """A later version of the program has written it."""

    def __init__(self, path: Path, found: int, known: int) -> None:
        super().__init__(
            path,
            f"it is of version {found}, and this program knows {known}: take the newer program, or delete the file",
        )
        self.found, self.known = found, known


class RecordDamaged(RecordError):
    """SQLite cannot read it, or finds what was never written."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(path, f"it is damaged ({why}): make it again from the log by `zkclear node record FOLDER`")


class RecordBusy(RecordError):
    """Somebody else writes for longer than anybody waits."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, "somebody else is writing for too long: try again")


class NoSuchRow(RecordError):
    """What was asked for is not in the record; `last` is the highest number that is, if there is any."""

    def __init__(self, path: Path, what: str, number: int, last: int | None = None) -> None:
        known = "there is none at all" if last is None else f"the last is {last}"
        super().__init__(path, f"there is no {what} {number}: {known}")
        self.what, self.number, self.last = what, number, last
