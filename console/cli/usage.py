"""A wrong command line, told to programs as everything else is: by JSON, where they asked for it."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from typing import Any, Final

import typer
from typer.core import TyperGroup

from console.cli.failures import INTERRUPTED, INTERRUPTED_TEXT

JSON_FLAG: Final = "--json"


class JsonUsage(TyperGroup):
    """The group of all commands. Only usage errors come here: all others are told by `reporting`."""

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        windows_expand_args: bool = True,
        **extra: Any,
    ) -> Any:
        """Runs a command and ends the program with its exit code."""
        given = (args, prog_name, complete_var)
        if not standalone_mode or JSON_FLAG not in (sys.argv[1:] if args is None else args):
            return super().main(*given, standalone_mode, windows_expand_args, **extra)
        try:
            code = super().main(*given, standalone_mode=False, windows_expand_args=windows_expand_args, **extra)
        except typer.Abort:
            code = _told("Interrupted", INTERRUPTED_TEXT, INTERRUPTED)
        except Exception as error:
            message, code = getattr(error, "format_message", None), getattr(error, "exit_code", None)
            if message is None or code is None:
                raise
            code = _told(type(error).__name__, message(), code)
        sys.exit(code if isinstance(code, int) else 0)


def _told(kind: str, message: str, code: int) -> int:
    print(json.dumps({"error": {"type": kind, "message": message}}, indent=1))
    return code
