"""What the pool's workers do, for a screen and for a bench."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class WorkerState(StrEnum):
    """What a place for a worker is doing."""

    STARTING = "starting"
    IDLE = "idle"
    HANDOVER = "handover"
    PROVING = "proving"
    CHECKING = "checking"
    BROKEN = "broken"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class WorkerStatus:
    """One place for a worker. `since_s` is by the pool's clock: when this state, or this phase, began.

    `number` and `phase` are those of the job, None and empty without one. `process_id` is None where there is none, or
    where it is another machine's. `proofs` and `failures` count all workers that this place has had.
    """

    name: str
    state: WorkerState
    since_s: float
    number: int | None = None
    phase: str = ""
    process_id: int | None = None
    proofs: int = 0
    failures: int = 0
    last_failure: str = ""


@dataclass(frozen=True, slots=True)
class PoolFigures:
    """Seconds of all places together since the pool began, by the pool's clock.

    `proving_s`: the worker worked. `starved_s`: it did not, although a job waited or was on its way to it; `idle_s`: it
    did not, and there was none. `starting_s`: being started. What is broken or stopped is not counted.
    """

    proving_s: float = 0.0
    starved_s: float = 0.0
    idle_s: float = 0.0
    starting_s: float = 0.0

    @property
    def starvation(self) -> float:
        """The share of the time with work to do in which a worker had none: 0 is best, 1 is worst."""
        wanted_s = self.proving_s + self.starved_s
        return self.starved_s / wanted_s if wanted_s else 0.0


class TimeSpent:
    """Adds up what places do, from one change to the next. Not safe for threads by itself."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._last_s = clock()
        self.figures = PoolFigures()

    def account(self, states: list[WorkerState], n_waiting: int) -> None:
        """Books the time since the last call. To be called before every change with what was true until now."""
        now_s = self._clock()
        passed_s, self._last_s = now_s - self._last_s, now_s
        idle = states.count(WorkerState.IDLE) + states.count(WorkerState.CHECKING)
        starved = min(idle, n_waiting)
        before = self.figures
        self.figures = PoolFigures(
            before.proving_s + passed_s * states.count(WorkerState.PROVING),
            before.starved_s + passed_s * (starved + states.count(WorkerState.HANDOVER)),
            before.idle_s + passed_s * (idle - starved),
            before.starting_s + passed_s * states.count(WorkerState.STARTING),
        )
