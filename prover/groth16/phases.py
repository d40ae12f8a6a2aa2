"""Progress of work that comes in named phases: what a set-up or a ceremony reports while it runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from prover.kernels.errors import Cancelled
from prover.kernels.interface import Progress

PhaseProgress: TypeAlias = Callable[[str, int, int], bool | None]
"""Called as `progress(phase, done, total)`; answering `False` cancels the work with `Cancelled`."""


def of_phase(progress: PhaseProgress | None, phase: str) -> Progress | None:
    """What a kernel takes, for one phase of `progress`."""
    if progress is None:
        return None
    return lambda done, total: progress(phase, done, total)


def report(progress: PhaseProgress | None, phase: str, done: int, total: int) -> None:
    """Report from Python. Raises `Cancelled` when the answer is `False`."""
    if progress is not None and progress(phase, done, total) is False:
        raise Cancelled(f"cancelled during: {phase}")
