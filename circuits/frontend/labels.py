"""Where a constraint was written."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, Final

FRONTEND: Final = str(Path(__file__).parent)
HOUSE: Final = Path(__file__).parents[2]


def source_of_caller() -> str:
    """`file:line` of the innermost frame outside the frontend, the file as seen from the project's folder."""
    frame = inspect.currentframe()
    if frame is None:
        return ""
    while frame.f_back is not None and frame.f_code.co_filename.startswith(FRONTEND):
        frame = frame.f_back
    return f"{_file_name(frame.f_code.co_filename)}:{frame.f_lineno}"


def source_of_function(function: Callable[..., Any]) -> str:
    """`file:line` where a function begins, "" for what has no code of its own."""
    code = getattr(inspect.unwrap(function), "__code__", None)
    return "" if code is None else f"{_file_name(code.co_filename)}:{code.co_firstlineno}"


@cache
def _file_name(path: str) -> str:
    try:
        return Path(path).resolve().relative_to(HOUSE).as_posix()
    except ValueError:
        return Path(path).name
