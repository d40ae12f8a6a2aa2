"""A tape that lies: it puts given values into some wires, and computes all that follows from them natively.

The templates around a lied wire are copied and a step is written after the one that makes the wire: the lie. All other
templates stay, so that a tape with a lie costs little more than its arrays.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from prover.bn254 import FR, MONTGOMERY_R, limbs_from_int
from prover.tape import CALLS, ONE, OPERATIONS, Operation, Tape

Words = NDArray[np.uint32]


class LyingTapes:
    """Makes lying tapes from an honest one. Lies are about wires that the tape makes: no inputs."""

    def __init__(self, tape: Tape) -> None:
        self._tape = tape
        self._makers: dict[int, dict[int, tuple[int, int]]] = {}

    def with_lies(self, lies: Mapping[int, int]) -> Tape:
        """The tape in which each wire of `lies`, numbered as in the witness, has its value. Raises `KeyError`.

        About a millisecond.
        """
        if not lies:
            return self._tape
        tape, root = self._tape, self._tape.n_templates - 1
        first = int(tape.entry_start[root])
        made = _Copies(
            n_templates=root,
            n_entries=first,
            n_words=_end(tape.entries[:first], OPERATIONS),
            n_calls=_end(tape.entries[:first], CALLS),
            n_constants=len(tape.constants),
        )
        self._copy(made, root, lies)
        return Tape(
            entry_start=np.concatenate([tape.entry_start[: root + 1], np.array(made.entry_ends, np.uint32)]),
            entries=np.concatenate([tape.entries[:first], np.array(made.entries, np.uint32).reshape(-1, 3)]),
            calls=np.concatenate([tape.calls[: made.first_call], *made.calls]),
            program=np.concatenate([tape.program[: made.first_word], *made.program]),
            n_wires=np.concatenate([tape.n_wires[:root], tape.n_wires[made.originals]]),
            n_temporaries=np.concatenate([tape.n_temporaries[:root], tape.n_temporaries[made.originals]]),
            constants=np.concatenate([tape.constants, np.array(made.constants, np.uint64).reshape(-1, 4)]),
        )

    def _copy(self, made: _Copies, template: int, lies: Mapping[int, int]) -> int:
        """Copies a template, and those in it that the lies are about; `lies` by the template's own wires."""
        tape = self._tape
        entries = range(int(tape.entry_start[template]), int(tape.entry_start[template + 1]))
        inner: dict[int, dict[int, int]] = {}
        own: dict[int, list[tuple[int, int]]] = {}
        calls = self._calls_of(entries)
        for wire, value in lies.items():
            call = next((i for i in calls if self._holds(i, wire)), None)
            if call is None:
                entry, end = self._made_by(template)[wire]
                own.setdefault(entry, []).append((end, wire))
            else:
                inner.setdefault(call, {})[wire - int(tape.calls[call, 1])] = value
        copies = {call: self._copy(made, int(tape.calls[call, 0]), inside) for call, inside in inner.items()}
        for entry in entries:
            kind, start, end = tape.entries[entry].tolist()
            if kind == OPERATIONS:
                for position, wire in sorted(own.get(entry, ())):
                    made.add_words(tape.program[start:position])
                    made.add_lie(wire, lies[wire])
                    start = position
                made.add_words(tape.program[start:end])
                made.end_entry(OPERATIONS)
            else:
                for call in sorted(call for call in copies if start <= call < end):
                    made.add_calls(tape.calls[start:call])
                    _, wires, temporaries = tape.calls[call].tolist()
                    made.add_calls(np.array([[copies[call], wires, temporaries]], np.uint32))
                    start = call + 1
                made.add_calls(tape.calls[start:end])
        return made.end_template(template)

    def _calls_of(self, entries: range) -> list[int]:
        chosen = self._tape.entries[entries.start : entries.stop].tolist()
        return [call for kind, start, end in chosen if kind == CALLS for call in range(start, end)]

    def _holds(self, call: int, wire: int) -> bool:
        template, first, _ = self._tape.calls[call].tolist()
        return bool(first <= wire < first + int(self._tape.n_wires[template]))

    def _made_by(self, template: int) -> dict[int, tuple[int, int]]:
        """Each own wire of a template -> the entry that makes it, and where in the program its step ends."""
        if template not in self._makers:
            tape, found = self._tape, dict[int, tuple[int, int]]()
            for entry in range(int(tape.entry_start[template]), int(tape.entry_start[template + 1])):
                kind, start, end = tape.entries[entry].tolist()
                words = tape.program[start:end].tolist() if kind == OPERATIONS else []
                at = 0
                while at < len(words):
                    size, results = _step(words, at)
                    at += size
                    found.update((wire, (entry, start + at)) for wire in results if wire < ONE)
            self._makers[template] = found
        return self._makers[template]


@dataclass(slots=True)
class _Copies:
    """What is appended to a tape, and how much stood there before."""

    n_templates: int
    n_entries: int
    n_words: int
    n_calls: int
    n_constants: int
    first_word: int = 0
    first_call: int = 0
    program: list[Words] = field(default_factory=list)
    calls: list[Words] = field(default_factory=list)
    entries: list[tuple[int, int, int]] = field(default_factory=list)
    entry_ends: list[int] = field(default_factory=list)
    originals: list[int] = field(default_factory=list)
    constants: list[NDArray[np.uint64]] = field(default_factory=list)
    entry_start: int = 0

    def __post_init__(self) -> None:
        self.first_word, self.first_call, self.entry_start = self.n_words, self.n_calls, self.n_words

    def add_words(self, words: Words) -> None:
        """More of an entry of operations."""
        self.program.append(words)
        self.n_words += len(words)

    def add_lie(self, wire: int, value: int) -> None:
        """The step that gives a wire its value."""
        words = [int(Operation.LINEAR), wire, 1, self.n_constants + len(self.constants), ONE]
        self.add_words(np.array(words, np.uint32))
        self.constants.append(limbs_from_int(value * MONTGOMERY_R % FR))

    def end_entry(self, kind: int) -> None:
        """All words since the last entry are one."""
        self.entries.append((kind, self.entry_start, self.n_words))
        self.entry_start = self.n_words

    def add_calls(self, calls: Words) -> None:
        """An entry of calls; none for no call."""
        if len(calls):
            self.calls.append(calls)
            self.entries.append((CALLS, self.n_calls, self.n_calls + len(calls)))
            self.n_calls += len(calls)

    def end_template(self, original: int) -> int:
        """All entries since the last template are one; gives its number."""
        self.entry_ends.append(self.n_entries + len(self.entries))
        self.originals.append(original)
        return self.n_templates + len(self.originals) - 1


def _end(entries: Words, kind: int) -> int:
    """Where the entries of a kind end."""
    ends = entries[entries[:, 0] == kind, 2]
    return int(ends[-1]) if len(ends) else 0


def _step(words: list[int], at: int) -> tuple[int, list[int]]:
    """How many words a step has, and the operands that it writes."""
    match Operation(words[at]):
        case Operation.LINEAR:
            return 3 + 2 * words[at + 2], [words[at + 1]]
        case Operation.BITS:
            n = words[at + 3]
            return 4 + n, words[at + 4 : at + 4 + n]
        case Operation.DIVIDE_INTEGERS:
            return 5, words[at + 1 : at + 3]
        case Operation.INVERSE | Operation.IS_ZERO:
            return 3, [words[at + 1]]
        case Operation.EXTRACT | Operation.LOOKUP | Operation.SELECT:
            return 5, [words[at + 1]]
        case Operation.MULTIPLY | Operation.DIVIDE | Operation.LESS_THAN:
            return 4, [words[at + 1]]
