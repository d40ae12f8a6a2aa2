"""Files that are either whole or not there."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO, Final, Self, TypeAlias

import numpy as np
from numpy.typing import NDArray

Bytes: TypeAlias = bytes | bytearray | memoryview | NDArray[Any]
"""What a writer takes: raw bytes, or an array whose items are little-endian already."""

WRITE_CHUNK: Final = 1 << 22


class AtomicFile:
    """A file that appears under its name when the `with` block ends well, and leaves no trace otherwise.

    It is written under a temporary name in the same directory, synced and renamed; a file already there under the
    name stays what it was until then, and so do maps of it.
    """

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)
        self._temporary = self.path.with_name(f".{self.path.name}.{os.urandom(6).hex()}.tmp")
        self._file: BinaryIO | None = None

    def __enter__(self) -> Self:
        with self._named():
            self._file = self._temporary.open("xb")
        return self

    def write(self, data: Bytes) -> int:
        """Append; answers the number of bytes."""
        handle = self._handle()
        view = as_bytes(data)
        for start in range(0, len(view), WRITE_CHUNK):
            handle.write(view[start : start + WRITE_CHUNK])
        return len(view)

    def write_at(self, position: int, data: bytes) -> None:
        """Overwrite bytes written before; later writes still append."""
        handle = self._handle()
        handle.seek(position)
        handle.write(data)
        handle.seek(0, os.SEEK_END)

    def __exit__(self, kind: type[BaseException] | None, value: object, traceback: object) -> None:
        handle = self._handle()
        try:
            if kind is None:
                handle.flush()
                os.fsync(handle.fileno())
            handle.close()
            if kind is None:
                with self._named():
                    os.replace(self._temporary, self.path)
        finally:
            handle.close()
            self._file = None
            with suppress(FileNotFoundError):
                self._temporary.unlink()

    @contextmanager
    def _named(self) -> Iterator[None]:
        """Errors are of the file that was asked for: nobody knows the temporary one."""
        try:
            yield
        except OSError as error:
            raise OSError(error.errno, error.strerror, str(self.path)) from error

    def _handle(self) -> BinaryIO:
        if self._file is None:
            raise ValueError(f"{self.path} is written to outside its `with` block")
        return self._file


def as_bytes(data: Bytes) -> memoryview:
    """A flat view of the bytes; an array that is not contiguous is copied first."""
    if isinstance(data, np.ndarray):
        return np.ascontiguousarray(data).reshape(-1).view(np.uint8).data
    return memoryview(data).cast("B")


def byte_length(data: Bytes) -> int:
    """How many bytes `write` will append."""
    return data.nbytes if isinstance(data, np.ndarray | memoryview) else len(data)
