"""The whole command line in this process. Its tree of commands is built once: that takes longer than most of them."""

from __future__ import annotations

from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from typing import Final

from typer.main import get_command

from console.cli.main import app

TREE: Final = get_command(app)


@dataclass(frozen=True)
class Ran:
    """What a command printed, and its exit code."""

    exit_code: int
    stdout: str
    stderr: str

    @property
    def output(self) -> str:
        return self.stdout + self.stderr


def run_command(*arguments: object) -> Ran:
    """Runs one. What it does not catch is raised here, too."""
    stdout, stderr = StringIO(), StringIO()
    code: object = 0
    with redirect_stdout(stdout), redirect_stderr(stderr):
        try:
            TREE.main([str(argument) for argument in arguments], prog_name="zkclear")
        except SystemExit as end:
            code = end.code or 0
    assert isinstance(code, int)
    return Ran(code, stdout.getvalue(), stderr.getvalue())
