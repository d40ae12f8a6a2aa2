"""JSON of strangers that is nested a hundred thousand times must raise `RecursionError`, and not end the process.

Parsers written in C stop at Python's recursion limit. py_ecc, which eth_account imports, lifts that to 100,000 for the
whole process, and no stack is as large: one answer of one bad node would be the end of everything beside it.
"""

from __future__ import annotations

import sys
from typing import Final

DEEPEST: Final = 10_000
"""Half of what makes the greediest parser run out of a stack of 8 MiB, and ten times what Python begins with."""


def refuse_deep_nesting() -> None:
    """To be called before a parser is: whoever imports eth_account for the first time lifts the limit again."""
    if sys.getrecursionlimit() > DEEPEST:
        sys.setrecursionlimit(DEEPEST)
