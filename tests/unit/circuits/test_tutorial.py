"""The tutorial of circuits/README.md, run as it stands: files written, Python and commands run, output compared."""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.machine import needs_machine

README = Path(__file__).parents[3] / "circuits/README.md"
BLOCK = re.compile(r"^```(\w+)([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks() -> list[tuple[str, str, str]]:
    """(language, arguments, text) of the tutorial's blocks, in order."""
    text = README.read_text()
    tutorial = text[text.index("## Ten minutes") : text.index("## Gadgets")]
    return [(language, arguments.strip(), body) for language, arguments, body in BLOCK.findall(tutorial)]


def run_command(line: str, folder: Path) -> int:
    words = shlex.split(line)
    assert words[0] == "zkclear", line
    command = [sys.executable, "-m", "console.cli.main", *words[1:]]
    environment = {**os.environ, "PYTHONPATH": str(README.parents[1])}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=False).returncode


@needs_machine
def test_the_tutorial_runs_as_it_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    printed, names = "", dict[str, object]()
    commands = 0
    for language, arguments, body in blocks():
        if arguments.startswith("file="):
            (tmp_path / arguments.removeprefix("file=")).write_text(body)
        elif language == "python":
            with contextlib.redirect_stdout(io.StringIO()) as output:
                exec(compile(body, "README.md", "exec"), names)
            printed = output.getvalue()
        elif language == "text":
            assert printed.strip() == body.strip()
        elif language == "sh":
            for line in body.strip().splitlines():
                assert run_command(line, tmp_path) == (1 if arguments == "fails" else 0), line
                commands += 1
    assert commands >= 7


def test_the_tutorial_runs_as_it_stands_twin(tmp_path: Path) -> None:
    """A command that should fail and does not is noticed: the fixed circuit passes where the broken one must not."""
    files = {arguments.removeprefix("file="): body for _, arguments, body in blocks() if arguments.startswith("file=")}
    for name, body in files.items():
        (tmp_path / name).write_text(body)
    (tmp_path / "broken.py").write_text(files["fixed.py"].replace("def fixed", "def broken"))
    assert run_command("zkclear circuit audit broken.py:broken --inputs honest.json", tmp_path) == 0
