"""What the READMEs say that can be run: blocks of code and commands, in order, with the section that they stand in."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from circuits.frontend import cache as circuit_cache
from sequencer.l1 import contract_cache
from tests.support.source_tree import ROOT, name_of, project_files

FENCE = re.compile(r"^```(\w*)([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
COMMENT = re.compile(r"(?:^|\s+)#\s.*$")
SPAN = re.compile(r"`(zkclear(?: [^`]+)?)`")
FAILS = "fails"
PATIENCE_S = 1_800.0


@dataclass(frozen=True)
class Block:
    """A block of code. `section` is the heading above it, `arguments` what stands behind the language."""

    readme: str
    section: str
    language: str
    arguments: str
    text: str


@dataclass(frozen=True)
class Command:
    """A line of a block of `sh`, without its comment; `fails` where its block says that it must."""

    readme: str
    section: str
    line: str
    fails: bool


def readmes() -> list[Path]:
    return [path for path in project_files() if path.name == "README.md"]


def blocks_of(readme: str, text: str) -> Iterator[Block]:
    """All of them, in order."""
    for found in FENCE.finditer(text):
        headings = re.findall(r"^#+ (.+)$", _without_blocks(text[: found.start()]), re.MULTILINE)
        language, arguments, body = found.groups()
        yield Block(readme, headings[-1] if headings else "", language, arguments.strip(), body)


def blocks() -> list[Block]:
    """Of all READMEs."""
    return [block for path in readmes() for block in blocks_of(name_of(path), path.read_text())]


def commands_of(block: Block) -> Iterator[Command]:
    """Its lines, those that end in a backslash put together; none if it is no `sh`."""
    if block.language != "sh":
        return
    for line in block.text.replace("\\\n", " ").splitlines():
        if bare := COMMENT.sub("", line).strip():
            yield Command(block.readme, block.section, re.sub(r"\s+", " ", bare), block.arguments == FAILS)


def commands() -> list[Command]:
    return [command for block in blocks() for command in commands_of(block)]


def spans(text: str) -> list[str]:
    """Commands of zkclear that stand in running text and in tables."""
    return SPAN.findall(_without_blocks(text))


def run_lines(lines: list[Command], folder: Path, adapted: dict[str, str] | None = None) -> str:
    """Runs commands in one shell in a folder, with wallets, keys and chains of its own; what they said.

    Raises `AssertionError` for the first that does not end as its block says.
    """
    script = ["set -o pipefail"]
    for command in lines:
        line = (adapted or {}).get(command.line, command.line)
        script += [f"echo {_quoted('+ ' + line)}", f"{{ {line}; }} {'&&' if command.fails else '||'} exit 99"]
    ran = subprocess.run(
        ["bash", "-c", "\n".join(script)],
        cwd=folder,
        env=environment(folder),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout[-4_000:]
    assert "Traceback" not in ran.stdout
    return ran.stdout


def environment(folder: Path) -> dict[str, str]:
    """As a newcomer's, but that what was compiled is where it always is, and that nothing is asked."""
    home = folder / "home"
    home.mkdir(exist_ok=True)
    given: dict[str, Any] = {
        "HOME": home,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": ROOT,
        "COLUMNS": 120,
        "NO_COLOR": 1,
        "ZKCLEAR_CIRCUITS": circuit_cache.cache_folder(),
        "ZKCLEAR_CONTRACTS": contract_cache.cache_folder(),
        "ZKCLEAR_KEYS": ROOT / ".zkclear" / "keys",
    }
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ZKCLEAR_", "XDG_"))}
    return kept | {name: str(value) for name, value in given.items()}


def _without_blocks(text: str) -> str:
    return FENCE.sub("", text)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"
