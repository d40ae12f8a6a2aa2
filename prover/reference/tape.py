"""The witness tape on Python integers: the readable twin of `native/src/algorithms/tape.inc.h`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from prover.bn254 import FR, ints_from_field
from prover.kernels.errors import IndexOutOfRange
from prover.tape import CALLS, ONE, OPERATIONS, TEMPORARY, Operation, Tape

EXTRACTED_BITS = 253
INTEGER_BITS = 256


def execute(tape: Tape, witness: list[int]) -> None:
    """Fills in `witness`, integers in [0, r). Raises `IndexOutOfRange` for a malformed tape, before anything else."""
    reader = _Reader(tape, ints_from_field(tape.constants))
    root = tape.n_templates - 1
    reader.check(len(witness))
    temporaries = [0] * int(tape.n_temporaries[root])
    _Machine(reader, witness, temporaries).run(root, 0, 0)


@dataclass(frozen=True, slots=True)
class _Step:
    """One operation, taken apart: words for `to` and operands, the rest as integers."""

    operation: Operation
    to: Sequence[int]
    operands: Sequence[int]
    parameters: Sequence[int]


@dataclass(frozen=True, slots=True)
class _Reader:
    tape: Tape
    constants: list[int]

    def entries(self, template: int) -> Iterator[tuple[int, int, int]]:
        first, end = int(self.tape.entry_start[template]), int(self.tape.entry_start[template + 1])
        yield from map(tuple, self.tape.entries[first:end].tolist())

    def steps(self, start: int, end: int) -> Iterator[_Step]:
        words = self.tape.program[start:end].tolist()
        at = 0
        while at < len(words):
            step, length = _read(words, at)
            yield step
            at += length

    def check(self, n_wires: int) -> None:
        """Everything that the native door checks."""
        tape = self.tape
        starts = tape.entry_start.tolist()
        if starts[0] != 0 or starts[-1] != len(tape.entries) or starts != sorted(starts):
            raise IndexOutOfRange("entry_start does not rise from 0 to the number of entries", 0)
        for template in range(tape.n_templates):
            if int(tape.n_wires[template]) > n_wires or int(tape.n_temporaries[template]) >= TEMPORARY // 2:
                raise IndexOutOfRange("a template's block is larger than the witness", template)
        for template in range(tape.n_templates):
            for number, (kind, start, end) in enumerate(self.entries(template)):
                try:
                    self._check_entry(template, kind, start, end)
                except (IndexError, ValueError) as error:
                    raise IndexOutOfRange("an entry of a tape is malformed", starts[template] + number) from error

    def _check_entry(self, template: int, kind: int, start: int, end: int) -> None:
        tape = self.tape
        if start > end or kind not in (OPERATIONS, CALLS) or end > len(tape.calls if kind == CALLS else tape.program):
            raise IndexError(start)
        if kind == CALLS:
            for callee, wire, temporary in tape.calls[start:end].tolist():
                if callee >= template or callee != tape.calls[start, 0]:
                    raise IndexError(callee)
                if wire + int(tape.n_wires[callee]) > int(tape.n_wires[template]):
                    raise IndexError(wire)
                if temporary + int(tape.n_temporaries[callee]) > int(tape.n_temporaries[template]):
                    raise IndexError(temporary)
            return
        for step in self.steps(start, end):
            for word in (*step.to, *step.operands):
                inside = tape.n_temporaries if word & TEMPORARY else tape.n_wires
                if word != ONE and word & (TEMPORARY - 1) >= int(inside[template]):
                    raise IndexError(word)
            if ONE in step.to:
                raise IndexError(ONE)
            self._check_parameters(step)

    def _check_parameters(self, step: _Step) -> None:
        if step.operation is Operation.LINEAR and any(index >= len(self.constants) for index in step.parameters):
            raise IndexError(step.operation)
        if step.operation is Operation.LOOKUP and sum(step.parameters) > len(self.constants):
            raise IndexError(step.operation)
        if step.operation in (Operation.BITS, Operation.EXTRACT):
            most = EXTRACTED_BITS if step.operation is Operation.EXTRACT else INTEGER_BITS
            if step.parameters[1] > most or sum(step.parameters) > INTEGER_BITS:
                raise IndexError(step.operation)


_SHAPES = {  # results, operands, parameters
    Operation.MULTIPLY: (1, 2, 0),
    Operation.INVERSE: (1, 1, 0),
    Operation.DIVIDE: (1, 2, 0),
    Operation.EXTRACT: (1, 1, 2),
    Operation.DIVIDE_INTEGERS: (2, 2, 0),
    Operation.IS_ZERO: (1, 1, 0),
    Operation.LESS_THAN: (1, 2, 0),
    Operation.LOOKUP: (1, 1, 2),
    Operation.SELECT: (1, 3, 0),
}


def _read(words: list[int], at: int) -> tuple[_Step, int]:
    """The operation at `at`, and how many words it takes. Raises `ValueError` and `IndexError` for what is none."""
    operation = Operation(words[at])
    if operation is Operation.LINEAR:
        length = 3 + 2 * words[at + 2]
        pairs = words[at + 3 : at + length]
        step = _Step(operation, words[at + 1 : at + 2], pairs[1::2], pairs[0::2])
    elif operation is Operation.BITS:
        length = 4 + words[at + 3]
        step = _Step(operation, words[at + 4 : at + length], words[at + 1 : at + 2], words[at + 2 : at + 4])
    else:
        results, operands, parameters = _SHAPES[operation]
        length = 1 + results + operands + parameters
        first = at + 1 + results
        step = _Step(
            operation,
            words[at + 1 : first],
            words[first : first + operands],
            words[first + operands : at + length],
        )
    if at + length > len(words):
        raise IndexError(at)
    return step, length


@dataclass(frozen=True, slots=True)
class _Machine:
    reader: _Reader
    wires: list[int]
    temporaries: list[int]

    def run(self, template: int, wire: int, temporary: int) -> None:
        for kind, start, end in self.reader.entries(template):
            if kind == CALLS:
                for callee, first_wire, first_temporary in self.reader.tape.calls[start:end].tolist():
                    self.run(callee, wire + first_wire, temporary + first_temporary)
                continue
            for step in self.reader.steps(start, end):
                values = [self._load(word, wire, temporary) for word in step.operands]
                for word, result in zip(step.to, self._results(step, values), strict=True):
                    self._store(word, wire, temporary, result)

    def _load(self, word: int, wire: int, temporary: int) -> int:
        if word == ONE:
            return 1
        return self.temporaries[temporary + word - TEMPORARY] if word & TEMPORARY else self.wires[wire + word]

    def _store(self, word: int, wire: int, temporary: int, value: int) -> None:
        if word & TEMPORARY:
            self.temporaries[temporary + word - TEMPORARY] = value
        else:
            self.wires[wire + word] = value

    def _results(self, step: _Step, x: list[int]) -> list[int]:
        parameters = step.parameters
        match step.operation:
            case Operation.LINEAR:
                terms = zip(parameters, x, strict=True)
                return [sum(self.reader.constants[index] * value for index, value in terms) % FR]
            case Operation.MULTIPLY:
                return [x[0] * x[1] % FR]
            case Operation.INVERSE:
                return [pow(x[0], -1, FR) if x[0] else 0]
            case Operation.DIVIDE:
                return [x[0] * pow(x[1], -1, FR) % FR if x[1] else 0]
            case Operation.BITS:
                return [x[0] >> (parameters[0] + i) & 1 for i in range(parameters[1])]
            case Operation.EXTRACT:
                return [(x[0] >> parameters[0]) % (1 << parameters[1])]
            case Operation.DIVIDE_INTEGERS:
                return list(divmod(x[0], x[1])) if x[1] else [0, x[0]]
            case Operation.IS_ZERO:
                return [int(x[0] == 0)]
            case Operation.LESS_THAN:
                return [int(x[0] < x[1])]
            case Operation.LOOKUP:
                return [self.reader.constants[parameters[0] + x[0]] if x[0] < parameters[1] else 0]
            case Operation.SELECT:
                return [x[1] if x[0] else x[2]]
