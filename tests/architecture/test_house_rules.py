"""Rules of the house that no linter knows: small files, a README in every room, exact arithmetic in the prover."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.support.source_tree import ROOMS, ROOT, name_of, source_files

LONGEST = 500
PATH_WORDS = re.compile(r"(?i)(path|folder|directory|root|cache|scratch|modules)\b|\bPath\(")
CODE = (".py", ".c", ".h", ".sol", ".template", ".sh", ".js", ".mjs", ".cjs")


def inexact(source: str) -> list[str]:
    """Floats, true divisions and asserts in a module, as `line: what`."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Assert):
            found.append(f"{node.lineno}: assert is no check: python -O drops it")
        elif isinstance(node, ast.Constant) and isinstance(node.value, float):
            found.append(f"{node.lineno}: float {node.value}")
        elif isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.Div) and not _joins_a_path(node):
            found.append(f"{node.lineno}: true division")
        elif isinstance(node, ast.Attribute) and node.attr in ("float32", "float64"):
            found.append(f"{node.lineno}: {node.attr}")
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "float":
            found.append(f"{node.lineno}: float()")
    return found


def _joins_a_path(node: ast.BinOp | ast.AugAssign) -> bool:
    """`folder / "name"`: one side is text, or the left side is called like a path."""
    left, right = (node.left, node.right) if isinstance(node, ast.BinOp) else (node.target, node.value)
    if any(
        isinstance(side, ast.JoinedStr) or (isinstance(side, ast.Constant) and isinstance(side.value, str))
        for side in (left, right)
    ):
        return True
    return PATH_WORDS.search(ast.unparse(left)) is not None


def is_short(path: Path) -> bool:
    return len(path.read_text().splitlines()) <= LONGEST


@pytest.mark.parametrize("room", ROOMS)
def test_every_room_has_a_readme(room: str) -> None:
    assert (ROOT / room / "README.md").read_text().startswith("# ")


def test_prover_readme_names_its_decisions() -> None:
    assert "\n## Decisions\n" in (ROOT / "prover/README.md").read_text()


def test_no_file_is_too_long() -> None:
    assert [name_of(path) for path in source_files(*CODE) if not is_short(path)] == []


def test_no_file_is_too_long_twin(tmp_path: Path) -> None:
    long = tmp_path / "long.py"
    long.write_text("pass\n" * (LONGEST + 1))
    assert not is_short(long)


def test_every_python_folder_is_a_package() -> None:
    folders = {
        path.parent
        for room in ("circuits", "primitives", "prover", "rollup", "sequencer", "console", "bootstrap")
        for path in source_files(".py", under=room)
    }
    assert [name_of(folder) for folder in sorted(folders) if not (folder / "__init__.py").is_file()] == []


@pytest.mark.parametrize("path", source_files(".py", under="prover"), ids=name_of)
def test_the_prover_is_exact(path: Path) -> None:
    assert inexact(path.read_text()) == []


def test_the_prover_is_exact_twin() -> None:
    assert len(inexact("assert x\ny = a / b\nz = 0.5\nx /= 2\nv = float(3)\nw = np.float64\n")) == 6
    assert inexact("p = folder / 'a' / name\nn = a // b\n") == []
