"""Files for their owner's eyes: there whole or not at all, and never in place of another."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import Final

from sequencer.wallets.errors import NotWritten, WalletExists

OWNER_ONLY: Final = 0o600
OWNER_FOLDER: Final = 0o700


def write_new(path: Path, content: bytes) -> None:
    """A new file that only its owner may read. Raises `WalletExists` and `NotWritten`.

    It is written and synced under another name and linked to its own, which fails where there is a file: two programs
    at once cannot overwrite each other's.
    """
    temporary = _written(path, content)
    try:
        os.link(temporary, path)
    except FileExistsError:
        raise WalletExists(path) from None
    except OSError as error:
        raise NotWritten(path, error.strerror or str(error)) from error
    finally:
        with suppress(OSError):
            temporary.unlink()


def replace(path: Path, content: bytes) -> None:
    """The same in place of what was there. Raises `NotWritten`."""
    temporary = _written(path, content)
    try:
        os.replace(temporary, path)
    except OSError as error:
        with suppress(OSError):
            temporary.unlink()
        raise NotWritten(path, error.strerror or str(error)) from error


def _written(path: Path, content: bytes) -> Path:
    """A synced file with a name of its own in the same folder, which is made if it is missing."""
    temporary = path.with_name(f".{path.name}.{os.urandom(6).hex()}.tmp")
    try:
        path.parent.mkdir(mode=OWNER_FOLDER, parents=True, exist_ok=True)
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        with suppress(OSError):
            temporary.unlink()
        raise NotWritten(path, error.strerror or str(error)) from error
    return temporary
