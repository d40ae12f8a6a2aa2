"""The specification is integers and nothing else: no float, clock, chance, file or log can get in."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.support.source_tree import ROOT, name_of, source_files

ALLOWED = {
    "__future__",
    "collections",
    "dataclasses",
    "enum",
    "functools",
    "itertools",
    "operator",
    "primitives",
    "rollup",
    "typing",
}
FORBIDDEN_NAMES = {
    "__import__",
    "breakpoint",
    "compile",
    "divmod",
    "eval",
    "exec",
    "float",
    "globals",
    "hash",
    "input",
    "open",
    "print",
    "round",
    "vars",
}
DIVIDES = {
    ("rollup/transition/orders.py", "fee_of"),
    ("rollup/exits.py", "root_above"),
}
RISK = ROOT / "rollup" / "risk"
SPEC = [path for path in source_files(".py", under="rollup") if not path.is_relative_to(RISK)]
SINS = """
import time
from random import random
import rollup.risk.table
x = 0.5
y = a / b
y /= 2
z = a // b
w = a % b
print(1)
float(3)
divmod(1, 2)
"""


def sins(source: str, name: str = "planted") -> list[str]:
    """What a module may not have, as `line: what`."""
    found = []
    for function, node in _nodes(ast.parse(source)):
        what = _sin(node, (name, function) in DIVIDES)
        if what:
            found.append(f"{getattr(node, 'lineno', 0)}: {what}")
    return found


def _nodes(tree: ast.AST, function: str = "") -> list[tuple[str, ast.AST]]:
    inside = tree.name if isinstance(tree, ast.FunctionDef) else function
    return [(inside, tree), *(pair for child in ast.iter_child_nodes(tree) for pair in _nodes(child, inside))]


def _sin(node: ast.AST, may_divide: bool) -> str | None:
    if isinstance(node, ast.Import | ast.ImportFrom):
        modules = [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""]
        for module in modules:
            if module.split(".")[0] not in ALLOWED or module.startswith("rollup.risk."):
                return f"imports {module}"
    if isinstance(node, ast.Constant) and isinstance(node.value, float | complex):
        return f"{node.value}"
    if isinstance(node, ast.BinOp | ast.AugAssign):
        if isinstance(node.op, ast.Div):
            return "true division"
        if isinstance(node.op, ast.FloorDiv | ast.Mod) and not may_divide:
            return "division"
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in FORBIDDEN_NAMES:
        return f"{node.func.id}()"
    return None


@pytest.mark.parametrize("path", SPEC, ids=name_of)
def test_the_specification_is_pure(path: Path) -> None:
    assert sins(path.read_text(), name_of(path)) == []


def test_the_specification_is_pure_twin() -> None:
    assert len(sins(SINS)) == len(SINS.strip().splitlines())
    assert sins("z = -(-a // b)\n") != []


def test_divisions_are_where_they_are_said_to_be() -> None:
    """Fees, which round up; and places of a tree."""
    found = {
        (name_of(path), function)
        for path in SPEC
        for function, node in _nodes(ast.parse(path.read_text()))
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.FloorDiv)
    }
    assert found == DIVIDES


def test_there_is_something_to_look_at() -> None:
    assert len(SPEC) > 25
