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
    """There is nobody to ask."""

    def __init__(self) -> None:
        super().__init__(
            f"the wallet's password is needed, and there is no terminal to ask for it: use --password-file or "
            f"{UNLOCKING_VARIABLE}"
        )


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
    if not sys.stdin.isatty():
        raise NoPassword
    return asked("password", is_new=is_new)


def secret(file: Path | None, what: str) -> str:
    """A key or words, from a file or a prompt. Raises `BadSecretFile` and `NoPassword`."""
    if file is not None:
        return first_line(file)
    if not sys.stdin.isatty():
        raise CommandError(f"{what} must be in a file, named by --file: there is no terminal to ask for it")
    return asked(what)


def asked(what: str, *, is_new: bool = False) -> str:
    """By a prompt without echo. Raises `KeyboardInterrupt` for whoever ends it with Ctrl-C or Ctrl-D."""
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
