"""Passwords and keys from where nobody else reads them: a file, the environment, a prompt without echo."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Final

import typer

from console.errors import CommandError
from sequencer.l1.signing_keys import UNLOCKING_VARIABLE

LONGEST: Final = 4_096


class NoPassword(CommandError):
    """There is nobody to ask. `what` is asked for, and `instead` says how it is given otherwise."""

    def __init__(self, what: str, instead: str) -> None:
        super().__init__(f"there is no terminal to ask for the {what}: {instead}")
        self.what, self.instead = what, instead


class BadSecretFile(CommandError):
    """A file that should hold a secret, and does not."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(f"{path}: {why}", path=str(path))
        self.path, self.why = path, why


def password(file: Path | None, *, is_new: bool = False) -> str:
    """From the file, the environment or a prompt; a new one is asked for twice.

    Raises `BadSecretFile` and `NoPassword`.
    """
    if file is not None:
        return first_line(file)
    if given := os.environ.get(UNLOCKING_VARIABLE):
        return given
    return asked("password", f"use --password-file or {UNLOCKING_VARIABLE}", is_new=is_new)


def secret(file: Path | None, what: str) -> str:
    """A key or words, from a file or a prompt. Raises `BadSecretFile` and `NoPassword`."""
    if file is not None:
        return first_line(file)
    return asked(what, "name a file by --file")


def asked(what: str, instead: str = f"put it into {UNLOCKING_VARIABLE}", *, is_new: bool = False) -> str:
    """By a prompt without echo; without a terminal `instead` says what to do.

    Raises `NoPassword`, and `KeyboardInterrupt` for whoever ends it with Ctrl-C or Ctrl-D.
    """
    if not sys.stdin.isatty():
        raise NoPassword(what, instead)
    try:
        return str(typer.prompt(what, hide_input=True, confirmation_prompt=is_new, err=True))
    except typer.Abort:
        raise KeyboardInterrupt from None


def first_line(path: Path) -> str:
    """Without the end of the line. Raises `BadSecretFile`."""
    try:
        with path.open(encoding="utf-8") as file:
            line = file.readline(LONGEST + 1)
    except OSError as error:
        raise BadSecretFile(path, error.strerror or "it cannot be read") from error
    except UnicodeDecodeError as error:
        raise BadSecretFile(path, "it is no text") from error
    line = line.removesuffix("\n").removesuffix("\r")
    if not line or len(line) > LONGEST:
        raise BadSecretFile(path, f"its first line must have 1 to {LONGEST:,} characters")
    return line
