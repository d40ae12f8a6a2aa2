"""Words on a socket between two processes of one node: a length, then the word as `multiprocessing` has it.

Both ends are the same program of the same user, on a socket that nobody else has, and nothing of it is kept. Errors
travel with their data: `multiprocessing` alone would call their classes with the sentence that they have made of it.
"""

from __future__ import annotations

from io import BytesIO
from multiprocessing.reduction import ForkingPickler
from struct import Struct
from typing import Any, Final

LENGTH: Final = Struct("!I")
CHUNK_BYTES: Final = 1 << 18


class Frames:
    """Bytes as they come, to words. O(bytes)."""

    def __init__(self) -> None:
        self._data = bytearray()

    def feed(self, data: bytes) -> list[Any]:
        """All words that are whole by now."""
        self._data += data
        words: list[Any] = []
        at, known = 0, self._data
        while len(known) - at >= LENGTH.size:
            end = at + LENGTH.size + LENGTH.unpack_from(known, at)[0]
            if end > len(known):
                break
            words.append(ForkingPickler.loads(memoryview(known)[at + LENGTH.size : end]))
            at = end
        if at:
            del known[:at]
        return words


def frame(word: Any) -> bytes:
    """A word as it travels."""
    out = BytesIO(bytes(LENGTH.size))
    out.seek(LENGTH.size)
    _Pickler(out).dump(word)
    data = out.getbuffer()
    LENGTH.pack_into(data, 0, len(data) - LENGTH.size)
    return bytes(data)


class _Pickler(ForkingPickler):
    def reducer_override(self, value: Any) -> Any:
        """Asked for what is not built in."""
        if isinstance(value, BaseException):
            return _error, (type(value), value.args, vars(value))
        return NotImplemented


def _error(kind: type[BaseException], args: tuple[Any, ...], data: dict[str, Any]) -> BaseException:
    error = kind.__new__(kind, *args)
    vars(error).update(data)
    return error
