"""Lies: a wire gets another value, everything downstream is computed from it, and a row must break.

The engine of integers or a lying tape computes hints downstream from the lie too; rows of the compiled relation judge.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum
from random import Random
from typing import Protocol

from circuits.audit.target import AuditTarget
from circuits.frontend import Circuit, InputValues, run_on_integers
from circuits.frontend.integer_engine import Execution


class LieFate(Enum):
    """What became of a lie."""

    CAUGHT = "a row breaks"
    HARMLESS = "no other wire depends on it here, and other inputs catch it"
    ACCEPTED = "no row breaks"


@dataclass(frozen=True, slots=True)
class Lie:
    """A value put into a wire, where an honest prover puts another."""

    wire: int
    name: str
    honest: int
    value: int
    hinted: bool
    changed_others: bool


@dataclass(slots=True)
class LieReport:
    """`wires` that were lied about, `lies` told; `accepted` ones broke nothing: a constraint is missing for each."""

    wires: int = 0
    hinted: int = 0
    lies: int = 0
    caught: int = 0
    harmless: int = 0
    accepted: list[Lie] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Told:
    """What came of a lie: whether a row broke, and whether any other wire changed."""

    is_caught: bool
    changed_others: bool


class Liar(Protocol):
    """Tells lies, beginning from several honest witnesses."""

    def honest(self, turn: int) -> Sequence[int]:
        """An honest witness."""

    def told(self, turn: int, wire: int, value: int) -> Told:
        """Puts a value into a wire, and computes what follows."""


class EngineLiar:
    """Lies on the engine of integers: one run of the circuit for each."""

    def __init__(
        self, target: AuditTarget, circuit: Circuit, inputs: Callable[[Random], InputValues], random: Random
    ) -> None:
        self._target, self._circuit, self._inputs, self._random = target, circuit, inputs, random
        self._runs: list[tuple[InputValues, Execution]] = []

    def honest(self, turn: int) -> Sequence[int]:
        """See `Liar`."""
        return self._run(turn)[1].witness

    def told(self, turn: int, wire: int, value: int) -> Told:
        """See `Liar`."""
        inputs, honest = self._run(turn)
        lies = {wire - honest.first_block_wire: value}
        lied = run_on_integers(self._circuit, inputs, lies=lies, collect=True).witness
        changed = [other for other, (x, y) in enumerate(zip(honest.witness, lied, strict=True)) if x != y]
        system = self._target.structure.system
        return Told(bool(system.broken_rows(lied, system.rows_of(changed))), changed != [wire])

    def _run(self, turn: int) -> tuple[InputValues, Execution]:
        while len(self._runs) <= turn:
            inputs = self._inputs(self._random)
            self._runs.append((inputs, run_on_integers(self._circuit, inputs)))
        return self._runs[turn]


def tell_lies(
    target: AuditTarget,
    liar: Liar,
    random: Random,
    *,
    hinted: Iterable[int],
    wires: Iterable[int],
    values_per_wire: int = 5,
    rounds: int = 3,
    progress: Callable[[int, int], None] | None = None,
) -> LieReport:
    """Lies about `wires`, hinted wires and products, `values_per_wire` times each.

    A lie that nothing catches is tried again with up to `rounds` other honest inputs: a wire that no other depends on
    where its factor is zero, such as the inverse of zero, is harmless if other inputs catch lies about it.
    """
    hints, chosen = set(hinted), list(wires)
    report = LieReport(wires=len(chosen), hinted=sum(wire in hints for wire in chosen))
    for number, wire in enumerate(chosen):
        open_lies: list[Lie] = []
        caught_once = False
        for turn in range(1 + rounds):
            if turn and not open_lies:
                break
            honest = liar.honest(turn)
            for value in _other_values(honest, wire, target.structure.system.prime, values_per_wire, random):
                told = liar.told(turn, wire, value)
                report.lies += 1
                if told.is_caught:
                    report.caught += 1
                    caught_once = True
                else:
                    name = target.wire_name(wire)
                    open_lies.append(Lie(wire, name, honest[wire], value, wire in hints, told.changed_others))
        for lie in open_lies:
            if caught_once and not lie.changed_others:
                report.harmless += 1
            else:
                report.accepted.append(lie)
        if progress is not None:
            progress(number + 1, len(chosen))
    return report


def _other_values(witness: Sequence[int], wire: int, prime: int, most: int, random: Random) -> Iterator[int]:
    """Values that are not the honest one: its neighbours, 0, 1, -1, a power of two away, another wire's, random."""
    honest = witness[wire]
    candidates = [
        honest + 1,
        honest - 1,
        0,
        1,
        prime - 1,
        honest + (1 << random.randrange(prime.bit_length() - 1)),
        random.choice(witness),
        -honest,
        2,
        random.randrange(prime),
    ]
    random.shuffle(candidates)
    candidates += [random.randrange(prime) for _ in range(most)]  # where others coincide
    chosen = [value for value in dict.fromkeys(value % prime for value in candidates) if value != honest]
    yield from chosen[:most]
