"""Steps that are skipped while nothing that they read has changed."""

from __future__ import annotations

import contextlib
import hashlib
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from bootstrap.processes import say


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that setup makes: remade when a file it reads, its `salt` or an output of it is not as it was."""

    name: str
    what: str
    inputs: tuple[Path, ...]
    salt: tuple[str, ...]
    outputs: tuple[Path, ...]
    make: Callable[[], None]

    def digest(self) -> str:
        """SHA-256 over the salt and the inputs' names and contents, each with its length."""
        digest = hashlib.sha256()
        parts = [text.encode() for text in self.salt]
        for path in self.inputs:
            parts += [path.name.encode(), path.read_bytes() if path.is_file() else b"absent"]
        for part in parts:
            digest.update(len(part).to_bytes(8, "little") + part)
        return digest.hexdigest()

    def is_fresh(self, state: Path) -> bool:
        """Whether the stamp of the last success matches and every output is still there."""
        stamp = state / "stamps" / self.name
        return stamp.is_file() and stamp.read_text() == self.digest() and all(path.exists() for path in self.outputs)

    def ensure(self, state: Path) -> bool:
        """Make it if it is not fresh; True when something was done. The stamp is written last."""
        if self.is_fresh(state):
            return False
        stamp = state / "stamps" / self.name
        stamp.parent.mkdir(parents=True, exist_ok=True)
        stamp.unlink(missing_ok=True)
        digest = self.digest()
        say(f"[{self.name}] {self.what} …")
        begun = time.monotonic()
        self.make()
        scratch = stamp.with_name(f"{self.name}.{os.getpid()}")
        scratch.write_text(digest)
        os.replace(scratch, stamp)
        say(f"[{self.name}] done in {time.monotonic() - begun:.1f} s")
        return True


@contextlib.contextmanager
def only_one(state: Path) -> Iterator[None]:
    """Two setups at once would tread on each other: the second waits for the first."""
    state.mkdir(exist_ok=True)
    if os.name == "nt":
        yield
        return
    import fcntl

    with (state / "lock").open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("another `do.py` is setting up; waiting for it")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
