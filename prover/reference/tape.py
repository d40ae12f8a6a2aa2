"""The witness tape on Python integers: the readable twin of `prover/native/src/tape_check.c` and the native executors.

`check` refuses what they refuse, at the same place; `execute` runs one call after the other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from prover import bn254
from prover.bn254 import FR, MONTGOMERY_R
from prover.kernels.errors import MalformedTape
from prover.tape import CALLS, ONE, TEMPORARY, Operation, Tape

MOST_ROWS: Final = 1 << 30
MOST_DEPTH: Final = 128

_FORM: Final = {  # the words after the code: d a destination, s a source, n a number
    Operation.LINEAR: "dn",
    Operation.MULTIPLY: "dss",
    Operation.INVERSE: "ds",
    Operation.DIVIDE: "dss",
    Operation.BITS: "snn",
    Operation.EXTRACT: "dsnn",
    Operation.DIVIDE_INTEGERS: "ddss",
    Operation.IS_ZERO: "ds",
    Operation.LESS_THAN: "dss",
    Operation.LOOKUP: "dsnn",
    Operation.SELECT: "dsss",
}


@dataclass(frozen=True, slots=True)
class Instruction:
    """One operation, taken apart. The numbers of a LINEAR are the indices of its constants."""

    operation: Operation
    destinations: list[int]
    sources: list[int]
    numbers: list[int]
    n_words: int


def decode(program: Sequence[int], at: int, end: int) -> Instruction | None:
    """The operation at `program[at]`; None where its code is unknown, or goes on at `end` or behind it."""
    if program[at] not in _FORM:
        return None
    operation = Operation(program[at])
    form = _FORM[operation]
    rest = at + 1 + len(form)
    if rest > end:
        return None
    head = list(zip(form, program[at + 1 : rest], strict=True))
    destinations, sources, numbers = ([word for kind, word in head if kind == wanted] for wanted in "dsn")
    n_more = 0
    if operation is Operation.LINEAR:
        n_more = 2 * numbers.pop()
        numbers, sources = list(program[rest : rest + n_more : 2]), list(program[rest + 1 : rest + n_more : 2])
    if operation is Operation.BITS:
        n_more = numbers[1]
        destinations = list(program[rest : rest + n_more])
    if rest + n_more > end:
        return None
    return Instruction(operation, destinations, sources, numbers, 1 + len(form) + n_more)


def evaluate(instruction: Instruction, values: Sequence[int], constants: Sequence[int]) -> list[int]:
    """The results, one for each destination, of the values of the sources. See `prover.tape.Operation`."""
    numbers = instruction.numbers
    match instruction.operation:
        case Operation.LINEAR:
            return [sum(constants[i] * value for i, value in zip(numbers, values, strict=True)) % FR]
        case Operation.MULTIPLY:
            return [values[0] * values[1] % FR]
        case Operation.INVERSE:
            return [_inverse(values[0])]
        case Operation.DIVIDE:
            return [values[0] * _inverse(values[1]) % FR]
        case Operation.BITS:
            return [values[0] >> (numbers[0] + i) & 1 for i in range(numbers[1])]
        case Operation.EXTRACT:
            return [(values[0] >> numbers[0]) % (1 << numbers[1])]
        case Operation.DIVIDE_INTEGERS:
            return [0, values[0]] if values[1] == 0 else list(divmod(values[0], values[1]))
        case Operation.IS_ZERO:
            return [int(values[0] == 0)]
        case Operation.LESS_THAN:
            return [int(values[0] < values[1])]
        case Operation.LOOKUP:
            return [constants[numbers[0] + values[0]] if values[0] < numbers[1] else 0]
        case Operation.SELECT:
            return [values[1] if values[0] != 0 else values[2]]


def execute(tape: Tape, witness: Sequence[int]) -> list[int]:
    """A witness with what a tape that passes `check` writes to it. Temporaries that nothing wrote are 0."""
    wires = list(witness)
    temporaries = [0] * int(tape.n_temporaries[-1])
    constants = [value * _R_INVERSE % FR for value in bn254.ints_from_scalars(tape.constants)]
    program, calls = tape.program.tolist(), tape.calls.tolist()

    def run(template: int, first_wire: int, first_temporary: int) -> None:
        if tape.n_wires[template] == 0 and tape.n_temporaries[template] == 0:
            return  # it has nothing to write to

        def place(operand: int) -> tuple[list[int], int]:
            if operand < TEMPORARY:
                return wires, first_wire + operand
            return temporaries, first_temporary + operand - TEMPORARY

        def read(operand: int) -> int:
            block, row = ([1], 0) if operand == ONE else place(operand)
            return block[row]

        for kind, start, end in _entries(tape, template):
            if kind == CALLS:
                for callee, wire, temporary in calls[start:end]:
                    run(callee, first_wire + wire, first_temporary + temporary)
                continue
            for instruction in _instructions(program, start, end):
                results = evaluate(instruction, [read(operand) for operand in instruction.sources], constants)
                for operand, result in zip(instruction.destinations, results, strict=True):
                    block, row = place(operand)
                    block[row] = result

    run(tape.n_templates - 1, 0, 0)
    return wires


def check(tape: Tape) -> None:
    """Raises `MalformedTape` for a tape that breaks a rule of `prover.tape`; shapes have been checked before."""
    _check_tables(tape)
    program, calls = tape.program.tolist(), tape.calls.tolist()
    word = call = 0
    depth: list[int] = []
    for template in range(tape.n_templates):
        depth.append(1)
        first_entry = int(tape.entry_start[template])
        for number, (kind, start, end) in enumerate(_entries(tape, template), start=first_entry):
            follows = start == (call if kind == CALLS else word)
            if kind > CALLS or not follows or not start <= end <= len(calls if kind == CALLS else program):
                raise MalformedTape("tape", "entries", number)
            if kind == CALLS:
                _check_calls(tape, template, calls[start:end], start, depth)
                call = end
                continue
            while word < end:
                instruction = decode(program, word, end)
                if instruction is None or not _is_sound(tape, template, instruction):
                    raise MalformedTape("tape", "program", word)
                word += instruction.n_words
    if word != len(program):
        raise MalformedTape("tape", "program", word)
    if call != len(calls):
        raise MalformedTape("tape", "calls", call)


def _check_tables(tape: Tape) -> None:
    starts = [0, *tape.entry_start.tolist()]
    for i, start in enumerate(starts[1:]):
        if start < starts[i] or (i == 0 and start != 0):
            raise MalformedTape("tape", "entry_start", i)
    if starts[-1] != len(tape.entries):
        raise MalformedTape("tape", "entry_start", tape.n_templates)
    for part in ("n_wires", "n_temporaries"):
        for i, size in enumerate(getattr(tape, part).tolist()):
            if size > MOST_ROWS:
                raise MalformedTape("tape", part, i)
    for i, value in enumerate(bn254.ints_from_scalars(tape.constants)):
        if value >= FR:
            raise MalformedTape("tape", "constants", i)


def _check_calls(tape: Tape, template: int, calls: list[list[int]], first: int, depth: list[int]) -> None:
    """All of one earlier template, their blocks one after the other in the caller's; wire 0 of the root is nobody's."""
    used = [int(template == tape.n_templates - 1), 0]
    for i, (callee, *offsets) in enumerate(calls, start=first):
        if callee >= template or callee != calls[0][0] or depth[callee] >= MOST_DEPTH:
            raise MalformedTape("tape", "calls", i)
        for block, sizes in enumerate((tape.n_wires, tape.n_temporaries)):
            offset, size = offsets[block], int(sizes[callee])
            if offset + size > int(sizes[template]) or (size > 0 and offset < used[block]):
                raise MalformedTape("tape", "calls", i)
            if size > 0:
                used[block] = offset + size
        depth[template] = max(depth[template], depth[callee] + 1)


def _is_sound(tape: Tape, template: int, instruction: Instruction) -> bool:
    """Whether operands lie in the template's blocks and numbers in their ranges."""
    n_wires, n_temporaries = int(tape.n_wires[template]), int(tape.n_temporaries[template])
    n_constants = len(tape.constants)
    readable = [range(n_wires), range(ONE, ONE + 1), range(TEMPORARY, TEMPORARY + n_temporaries)]
    writable = [range(int(template == tape.n_templates - 1), n_wires), readable[2]]
    for operands, ranges in ((instruction.sources, readable), (instruction.destinations, writable)):
        if not all(any(operand in allowed for allowed in ranges) for operand in operands):
            return False
    numbers = instruction.numbers
    match instruction.operation:
        case Operation.LINEAR:
            return all(number < n_constants for number in numbers)
        case Operation.LOOKUP:
            return sum(numbers) <= n_constants
        case Operation.BITS:
            return sum(numbers) <= 256
        case Operation.EXTRACT:
            return sum(numbers) <= 256 and numbers[1] <= 253
        case _:
            return True


def _entries(tape: Tape, template: int) -> list[list[int]]:
    first, end = tape.entry_start[template : template + 2].tolist()
    entries: list[list[int]] = tape.entries[first:end].tolist()
    return entries


def _instructions(program: Sequence[int], at: int, end: int) -> Iterator[Instruction]:
    while at < end and (instruction := decode(program, at, end)):
        yield instruction
        at += instruction.n_words


def _inverse(value: int) -> int:
    return pow(value, -1, FR) if value else 0


_R_INVERSE: Final = pow(MONTGOMERY_R, -1, FR)
