"""What commands themselves find wrong. Errors of the rooms below have classes there."""

from __future__ import annotations

from typing import Any


class CommandError(Exception):
    """A sentence that says what to do, and facts for programs: asked wrongly, or out of reach (exit code 2)."""

    def __init__(self, message: str, **details: Any) -> None:
        super().__init__(message)
        self.details = details
        """Nothing secret: it is printed."""


class CommandRefused(CommandError):
    """It was asked well, and whoever was asked said no (exit code 1)."""
