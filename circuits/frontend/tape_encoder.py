"""Encodes the records of templates as one `Tape`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from circuits.frontend.coefficients import montgomery_constants
from circuits.frontend.tape_writer import CallStep, Place, Step, operand_word
from prover.tape import CALLS, OPERATIONS, Operation, Tape

if TYPE_CHECKING:
    from circuits.frontend.template import Template


class TapeEncoder:
    """Encodes a root template and all that it calls. `wire_of_root` says where in the witness the root's wires are."""

    def __init__(self) -> None:
        self._constants: dict[int, int] = {1: 0}
        self._tables: dict[tuple[int, ...], int] = {}
        self._constant_list: list[int] = [1]
        self._program: list[int] = []
        self._entries: list[tuple[int, int, int]] = []
        self._entry_start: list[int] = [0]
        self._calls: list[tuple[int, int, int]] = []
        self._numbers: dict[int, int] = {}
        self._n_wires: list[int] = []
        self._n_temporaries: list[int] = []

    def encode(self, root: Template, n_wires: int, wire_of_root: Callable[[Place], int]) -> Tape:
        """The tape of a root whose witness has `n_wires` wires."""
        for call in root.tape.calls:
            self._add(call.template)
        first_wire = n_wires - root.n_wires
        self._add_entries(root, wire_of_root, first_wire)
        self._n_wires.append(n_wires)
        return Tape(
            entry_start=np.array(self._entry_start, np.uint32),
            entries=np.array(self._entries, np.uint32).reshape(-1, 3),
            calls=np.array(self._calls, np.uint32).reshape(-1, 3),
            program=np.array(self._program, np.uint32),
            n_wires=np.array(self._n_wires, np.uint32),
            n_temporaries=np.array(self._n_temporaries, np.uint32),
            constants=montgomery_constants(self._constant_list),
        )

    def _add(self, template: Template) -> None:
        if id(template) in self._numbers:
            return
        for call in template.tape.calls:
            self._add(call.template)
        self._add_entries(template, operand_word, 0)
        self._numbers[id(template)] = len(self._n_wires)
        self._n_wires.append(template.n_wires)

    def _add_entries(self, template: Template, word: Callable[[Place], int], first_wire: int) -> None:
        record = template.tape
        temporaries = record.n_temporaries
        for call in record.calls:
            call.first_temporary = temporaries
            temporaries += self._n_temporaries[self._numbers[id(call.template)]]
        self._n_temporaries.append(temporaries)
        steps: dict[int, list[Step]] = {}
        for step in record.steps:
            steps.setdefault(step.level, []).append(step)
        calls: dict[int, dict[int, list[CallStep]]] = {}
        for call in record.calls:
            calls.setdefault(call.level, {}).setdefault(self._numbers[id(call.template)], []).append(call)
        for level in sorted(steps.keys() | calls.keys()):
            if level in steps:
                start = len(self._program)
                for step in steps[level]:
                    self._encode(step, word)
                self._entries.append((OPERATIONS, start, len(self._program)))
            for number, group in calls.get(level, {}).items():
                start = len(self._calls)
                self._calls.extend((number, first_wire + call.first_wire, call.first_temporary) for call in group)
                self._entries.append((CALLS, start, len(self._calls)))
        self._entry_start.append(len(self._entries))

    def _encode(self, step: Step, word: Callable[[Place], int]) -> None:
        results = [word(place) for place in step.results]
        operands = [word(place) for place in step.operands]
        words: list[int]
        match step.operation:
            case Operation.LINEAR:
                pairs = [
                    part
                    for value, operand in zip(step.parameters, operands, strict=True)
                    for part in (self._constant(value), operand)
                ]
                words = [*results, len(operands), *pairs]
            case Operation.BITS:
                words = [*operands, *step.parameters, *results]
            case Operation.LOOKUP:
                words = [*results, *operands, self._table(step.table), len(step.table)]
            case _:
                words = [*results, *operands, *step.parameters]
        self._program.append(int(step.operation))
        self._program.extend(words)

    def _constant(self, value: int) -> int:
        known = self._constants.get(value)
        if known is None:
            known = self._constants[value] = len(self._constant_list)
            self._constant_list.append(value)
        return known

    def _table(self, table: tuple[int, ...]) -> int:
        known = self._tables.get(table)
        if known is None:
            known = self._tables[table] = len(self._constant_list)
            self._constant_list.extend(table)
        return known


def root_word(n_outputs: int, n_inputs: int) -> Callable[[Place], int]:
    """Where a root's values are in the witness: 1, outputs, inputs, its block of wires."""
    first = {Place.OUTPUT: 1, Place.INPUT: 1 + n_outputs, Place.WIRE: 1 + n_outputs + n_inputs}

    def word(place: Place) -> int:
        return place.number + first[place.kind] if place.kind in first else operand_word(place)

    return word
