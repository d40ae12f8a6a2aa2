"""How deep a JSON text of strangers is nested, before a parser goes down there.

Parsers written in C recurse, and Python's recursion limit is no protection: libraries raise it (py_ecc does), and then
one text overflows the stack and ends the process.
"""

from __future__ import annotations

import re
from typing import Final

_STRINGS: Final = re.compile(rb'"(?>[^"\\]*(?:\\.[^"\\]*)*)"?', re.DOTALL)
"""A string, or what begins like one: it matches wherever it begins, so that looking for it takes linear time."""

_NO_BRACKETS: Final = bytes(set(range(256)) - set(b"[]{}"))


def is_nested_deeper(data: bytes, levels: int) -> bool:
    """Whether arrays and objects open more than `levels` times inside one another. O(len(data))."""
    if data.count(b"[") + data.count(b"{") <= levels:
        return False
    depth = 0
    for bracket in _STRINGS.sub(b"", data).translate(None, _NO_BRACKETS):
        depth += 1 if bracket in b"[{" else -1
        if depth > levels:
            return True
    return False
