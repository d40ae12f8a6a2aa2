"""Lies: a wire gets another value, everything downstream is computed from it, and a row must break.

Runs on the engine of integers, so that hints downstream are computed from the lie too, and judges by the rows of the
compiled relation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from enum import Enum
from random import Random

from circuits.audit.target import AuditTarget
from circuits.frontend import Circuit, InputValues, run_on_integers


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


def tell_lies(
    target: AuditTarget,
    circuit: Circuit,
    inputs: Callable[[Random], InputValues],
    random: Random,
    *,
    wires: Iterable[int] | None = None,
    values_per_wire: int = 5,
    rounds: int = 3,
    progress: Callable[[int, int], None] | None = None,
) -> LieReport:
    """Lies about `wires`, by default all hinted wires and products, `values_per_wire` times each.

    A lie that nothing catches is tried again with up to `rounds` other honest inputs: a wire that no other depends on
    where its factor is zero, such as the inverse of zero, is harmless if other inputs catch lies about it. Costs one
    run of the circuit on integers per lie.
    """
    runs = [(chosen, run_on_integers(circuit, chosen)) for chosen in (inputs(random) for _ in range(1 + rounds))]
    first = runs[0][1].first_block_wire
    hinted = set(runs[0][1].hinted)
    chosen_wires = list(range(first, target.structure.system.n_wires) if wires is None else wires)
    report = LieReport(wires=len(chosen_wires), hinted=sum(wire in hinted for wire in chosen_wires))
    for number, wire in enumerate(chosen_wires):
        open_lies: list[Lie] = []
        caught_once = False
        for turn, (values, honest) in enumerate(runs):
            if turn and not open_lies:
                break
            for value in _other_values(honest.witness, wire, target.structure.system.prime, values_per_wire, random):
                lied = run_on_integers(circuit, values, lies={wire - first: value}, collect=True).witness
                changed = [other for other, (x, y) in enumerate(zip(honest.witness, lied, strict=True)) if x != y]
                report.lies += 1
                if target.structure.system.broken_rows(lied, target.structure.system.rows_of(changed)):
                    report.caught += 1
                    caught_once = True
                else:
                    name = target.wire_name(wire)
                    changes_others = changed != [wire]
                    open_lies.append(Lie(wire, name, honest.witness[wire], value, wire in hinted, changes_others))
        for lie in open_lies:
            if caught_once and not lie.changed_others:
                report.harmless += 1
            else:
                report.accepted.append(lie)
        if progress is not None:
            progress(number + 1, len(chosen_wires))
    return report


def _other_values(witness: list[int], wire: int, prime: int, most: int, random: Random) -> Iterator[int]:
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
    chosen = [value for value in dict.fromkeys(value % prime for value in candidates) if value != honest]
    yield from chosen[:most]
