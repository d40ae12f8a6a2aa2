"""What commands themselves find wrong. Errors of the rooms below have classes there."""

from __future__ import annotations

from typing import Any, ClassVar


class CommandError(Exception):
    """A typed refusal of a command: a sentence that says what to do, and facts for programs.

    Exit code 2 is for what was asked wrongly or cannot be reached, 1 for an answer that is "no".
    """

    exit_code: ClassVar[int] = 2

    def __init__(self, message: str, **details: Any) -> None:
        super().__init__(message)
        self.details = details
        """Nothing secret: it is printed."""
