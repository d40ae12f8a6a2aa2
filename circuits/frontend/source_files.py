"""Which source files a file depends on: what it imports, and what those import."""

from __future__ import annotations

import ast
import importlib.util
import sys
import sysconfig
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

from circuits.frontend.labels import HOUSE

_HOUSE_SOURCES: Final = ("circuits/**/*.py", "primitives/*.py", "prover/*.py")
_INSTALLED: Final = tuple(Path(sysconfig.get_path(name)).resolve() for name in ("stdlib", "purelib", "platlib"))


@cache
def house_sources() -> frozenset[Path]:
    """All that decides how any circuit compiles: frontend, gadgets, published constants."""
    return frozenset(path.resolve() for pattern in _HOUSE_SOURCES for path in HOUSE.glob(pattern))


def add_with_imports(path: Path, package: str, found: set[Path]) -> None:
    """Adds a file of `package` and what it imports, wherever in it; installed packages and the house's are left out."""
    if path in found or path in house_sources():
        return
    found.add(path)
    for name in _imported_names(path, package):
        located = _located(name)
        if located is not None:
            add_with_imports(*located, found)


def _imported_names(path: Path, package: str) -> Iterator[str]:
    """The modules that a file names in imports, packages before what is in them, and names that may be modules."""
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = _base(node, package)
            names = [base, *(f"{base}.{alias.name}" for alias in node.names)]
        else:
            continue
        for name in names:
            steps = name.split(".")
            if not _is_installed(steps[0]):
                yield from (".".join(steps[: length + 1]) for length in range(len(steps)))


def _base(node: ast.ImportFrom, package: str) -> str:
    """What `from … import` names, absolute."""
    steps = package.split(".")
    parents = steps[: len(steps) - node.level + 1] if node.level else []
    return ".".join([*parents, *([node.module] if node.module else [])])


@cache
def _is_installed(package: str) -> bool:
    if package in sys.stdlib_module_names or not package:
        return True
    located = _located(package)
    return located is not None and any(folder in located[0].parents for folder in _INSTALLED)


@cache
def _located(name: str) -> tuple[Path, str] | None:
    """The source of a module and the package that its own imports are relative to."""
    try:
        specification = importlib.util.find_spec(name)
    except (ImportError, ValueError, AttributeError):
        return None
    if specification is None or specification.origin is None or not specification.origin.endswith(".py"):
        return None
    return Path(specification.origin).resolve(), specification.parent or ""
