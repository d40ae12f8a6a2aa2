"""Writes a template's part of the witness tape while its constraints are made.

Operations are kept with their level: 0 for what needs inputs alone; what a call of level L gives is of level L + 1. A
template's entries are then level by level: the operations in the order in which they were written, and the calls
grouped by template, so that calls that do not need each other stand in one entry and can run in lanes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from prover.tape import ONE, TEMPORARY, Operation

if TYPE_CHECKING:
    from circuits.frontend.template import Template


class Place:
    """Where a value is. A temporary gets its number when somebody reads it; inputs and outputs are the root's alone."""

    __slots__ = ("kind", "level", "number")

    WIRE, TEMPORARY, ONE, ARGUMENT, INPUT, OUTPUT = range(6)

    def __init__(self, kind: int, number: int, level: int) -> None:
        self.kind = kind
        self.number = number
        self.level = level


ONE_PLACE = Place(Place.ONE, 0, 0)


@dataclass(slots=True)
class Step:
    """One operation: results, operands and parameters in the order that `prover.tape.Operation` says."""

    operation: Operation
    results: list[Place]
    operands: list[Place]
    parameters: list[int]
    table: tuple[int, ...]
    level: int


@dataclass(slots=True)
class CallStep:
    """A call: the template, its first wire in the caller's block, and the level."""

    template: Template
    first_wire: int
    level: int
    first_temporary: int = 0


@dataclass(slots=True)
class TapeRecord:
    """A template's part of the tape, waiting to be encoded: see `circuits.frontend.tape_encoder`."""

    steps: list[Step] = field(default_factory=list)
    calls: list[CallStep] = field(default_factory=list)
    n_arguments: int = 0
    n_temporaries: int = 0
    """Arguments and temporaries of its own; those of calls come after."""


class TapeWriter:
    """Collects steps; `finish` numbers the temporaries. Arguments are the first temporaries."""

    def __init__(self, n_arguments: int) -> None:
        self._record = TapeRecord(n_arguments=n_arguments, n_temporaries=n_arguments)

    def operate(
        self,
        operation: Operation,
        operands: Sequence[Place],
        parameters: Sequence[int],
        *,
        results: Sequence[Place] = (),
        n_results: int = 1,
        table: Sequence[int] = (),
    ) -> list[Place]:
        """Adds an operation; its results are new temporaries unless `results` says where they go."""
        level = max((place.level for place in operands), default=0)
        places = list(results) or [Place(Place.TEMPORARY, -1, level) for _ in range(n_results)]
        for place in places:
            place.level = level
        for place in operands:
            self._number(place)
        self._record.steps.append(Step(operation, places, list(operands), list(parameters), tuple(table), level))
        return places

    def call(self, template: Template, arguments: Sequence[Callable[[Place], Place]], first_wire: int) -> int:
        """Adds a call; each argument is a function that writes itself to a place. Answers the level of its results."""
        step = CallStep(template, first_wire, 0)
        level = 0
        for number, write in enumerate(arguments):
            argument = CallArgument(step, number)
            level = max(level, write(argument).level)
        step.level = level
        self._record.calls.append(step)
        return level + 1

    def finish(self) -> TapeRecord:
        """The record; steps whose results nobody used are left out."""
        record = self._record
        record.steps = [step for step in record.steps if any(_is_used(place) for place in step.results)]
        for step in record.steps:
            for place in step.results:
                self._number(place)
        return record

    def _number(self, place: Place) -> None:
        if place.kind == Place.TEMPORARY and place.number < 0 and not isinstance(place, CallArgument):
            place.number = self._record.n_temporaries
            self._record.n_temporaries += 1


class CallArgument(Place):
    """An argument of a call: a temporary in the callee's frame."""

    __slots__ = ("call",)

    def __init__(self, call: CallStep, number: int) -> None:
        super().__init__(Place.ARGUMENT, number, 0)
        self.call = call


def operand_word(place: Place) -> int:
    """A place as a word of the tape."""
    if place.kind == Place.ONE:
        return ONE
    if place.kind == Place.WIRE:
        return place.number
    if isinstance(place, CallArgument):
        return TEMPORARY + place.call.first_temporary + place.number
    return TEMPORARY + place.number


def _is_used(place: Place) -> bool:
    return place.kind != Place.TEMPORARY or place.number >= 0
