"""B16: whatever an argument is about was absorbed before its challenges were drawn; each input changed alone shows it.

An input may be bound by the transcript, and then every challenge changes with it, or be of no concern to any argument.
There is nothing in between: what arguments see and challenges do not, provers choose when they know the challenges.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from circuits.frontend import Builder, Circuit, CompiledCircuit, InputValues, Wire, compile_circuit, run_on_integers
from circuits.frontend.integer_engine import IntegerEngine, integer_of
from circuits.gadgets.bits import Ranged
from circuits.gadgets.transcript import IntegerTranscript, Transcript
from circuits.settlement import connections, statement
from circuits.settlement.inputs import settlement_values
from circuits.settlement.sample import sample
from circuits.settlement.statement import settlement_circuit, settlement_inputs
from prover.bn254 import FR, ints_from_scalars, scalars_from_ints
from rollup.presets import TINY
from rollup.trace import trace_batch
from tests.support.settlement import POINT, one_thread, venue_of

DRAWN = ("digest", "alpha", "beta", "gamma", "x")
GROUPS = (
    "words",
    "leaves",
    "rows",
    "signatures",
    "states found",
    "series claimed",
    "settled",
    "limits",
    "slots",
    "accounts",
    "key counts",
    "row counts",
    "values",
    "values before",
    "close-out",
    "examined counts",
    "sums by series",
)
PINNED = frozenset({"UnknownAccount", "WithdrawableMisstated"})
"""What no account held is 0, and the least of some values is one number: there is nothing to choose."""
Words = NDArray[np.uint64]
Said = list[tuple[str, list[Wire], list[int]]]
"""Labels in order, with wires, and widths of what was ranged."""


@contextmanager
def spied(found: dict[str, Any], without: str = "") -> Iterator[None]:
    """Notes challenges, what was absorbed, and where arguments begin and end; leaves out one group."""
    patch = pytest.MonkeyPatch()
    draw, absorb, absorb_ranged, argue = (
        Transcript.challenge,
        Transcript.absorb,
        Transcript.absorb_ranged,
        connections.argue,
    )
    said: list[tuple[str, list[Wire], list[int]]] = found.setdefault("said", [])

    def here(c: Builder, label: str) -> None:
        if isinstance(c, IntegerEngine):
            found[label] = (len(c.wires), c.n_rows)

    def challenge(self: Transcript, label: str) -> Wire:
        drawn = found[label] = draw(self, label)
        said.append((label, [drawn], []))
        here(self._c, "begin")
        return drawn

    def plain(self: Transcript, label: str, wires: Sequence[Wire]) -> None:
        said.append((label, list(wires), []))
        if label != without:
            absorb(self, label, wires)

    def ranged(self: Transcript, label: str, values: Sequence[Ranged]) -> None:
        said.append((label, [value.wire for value in values], [value.bits for value in values]))
        if label != without:
            absorb_ranged(self, label, values)

    def whole(c: Builder, *arguments: Any) -> None:
        argue(c, *arguments)
        here(c, "end")

    patch.setattr(Transcript, "challenge", challenge)
    patch.setattr(Transcript, "absorb", plain)
    patch.setattr(Transcript, "absorb_ranged", ranged)
    patch.setattr(statement, "argue", whole)
    try:
        yield
    finally:
        patch.undo()


@dataclass(frozen=True)
class Spy:
    """The circuit with its challenges as outputs, and which wires and rows arguments make after the last of them."""

    compiled: CompiledCircuit
    wires: slice
    rows: range

    def witness(self, given: Words) -> Words:
        witness = np.zeros((self.compiled.relation.n_wires, 4), dtype=np.uint64)
        witness[0, 0] = 1
        first = 1 + len(self.compiled.output_names)
        witness[first : first + len(given)] = given
        one_thread().execute_tape(self.compiled.tape, witness)
        return witness

    def drawn(self, witness: Words) -> list[int]:
        outputs = self.compiled.outputs(witness)
        return [outputs[name] for name in DRAWN]

    def fails(self, witness: Words) -> bool:
        """Whether an argument fails, and no rule that leaves the input a single value."""
        rows = self.compiled.relation.unsatisfied_rows(witness, one_thread()).tolist()
        return any(row in self.rows for row in rows) and PINNED.isdisjoint(map(self.compiled.rule, rows))


@cache
def inputs() -> InputValues:
    """Something in every section."""
    found = sample(venue_of(Random(4)))
    return settlement_values(trace_batch(found.state, found.table, found.batch, TINY), POINT)


def spy(without: str = "") -> Spy:
    """Compiled anew: another transcript is another circuit."""
    found: dict[str, Any] = {}
    plain = settlement_circuit(TINY)

    def define(c: Builder, **given: Any) -> Any:
        outputs = plain.define(c, **given)
        return {**outputs, **{label: found[label] for label in DRAWN if label != "digest"}}

    circuit = Circuit("spied", define, settlement_inputs(TINY))
    with spied(found, without):
        compiled = compile_circuit(circuit)
        run_on_integers(circuit, inputs(), collect=True)
    (wire, row), (last_wire, last_row) = found["begin"], found["end"]
    first = compiled.first_block_wire
    return Spy(compiled, slice(first + wire, first + last_wire), range(row, last_row))


def unbound(spied_on: Spy, chosen: Sequence[int]) -> list[str]:
    """Inputs that some challenge does not depend on, and that break an argument or mend it."""
    circuit = spied_on.compiled.circuit
    given, names = scalars_from_ints(circuit.input_integers(inputs())), circuit.input_names()
    honest = spied_on.witness(given)
    drawn = spied_on.drawn(honest)
    found = []
    for wire in chosen:
        changed = given.copy()
        (value,) = ints_from_scalars(given[wire : wire + 1])
        changed[wire] = scalars_from_ints([(value + 1) % FR])[0]
        other = spied_on.witness(changed)
        is_bound = all(x != y for x, y in list(zip(drawn, spied_on.drawn(other), strict=True))[1:])
        is_seen = bool((other[spied_on.wires] != honest[spied_on.wires]).any())
        if is_seen and not is_bound and spied_on.fails(other):
            found.append(names[wire])
    return found


def inputs_of(spied_on: Spy, section: str) -> list[int]:
    return [i for i, name in enumerate(spied_on.compiled.circuit.input_names()) if name.startswith(f"{section}[")]


def test_b16_what_arguments_see_the_challenges_depend_on() -> None:
    whole = spy()
    everything = range(whole.compiled.circuit.n_inputs)
    assert unbound(whole, sorted(Random(1).sample(everything, 400))) == []


@pytest.mark.deep
def test_b16_what_arguments_see_the_challenges_depend_on_all() -> None:
    whole = spy()
    assert unbound(whole, range(whole.compiled.circuit.n_inputs)) == []


FORGOTTEN = [
    ("accounts", "accounts"),
    *(
        pytest.param(*case, marks=pytest.mark.deep)
        for case in [
            ("leaves", "accounts"),
            ("signatures", "trades"),
            ("states found", "trades"),
            ("slots", "accounts"),
            ("series claimed", "trades"),
            ("key counts", "key_counts"),
            ("row counts", "rows"),
            ("limits", "queue"),
            ("examined counts", "examinations"),
            ("values", "values"),
            ("settled", "settlements"),
        ]
    ),
]


@pytest.mark.parametrize(("without", "section"), FORGOTTEN)
def test_b16_what_arguments_see_the_challenges_depend_on_twin(without: str, section: str) -> None:
    """A transcript that forgets a group is found out."""
    holed = spy(without)
    assert unbound(holed, inputs_of(holed, section)) != []


def replayed(said: Said, changed: tuple[str, int] = ("", 0)) -> list[int]:
    """The challenges of the readable twin; 1 is added to the lowest bit of one value."""
    transcript, drawn = IntegerTranscript(f"zkclear settlement {TINY.name}"), []
    for label, wires, widths in said:
        if label in DRAWN:
            drawn.append(transcript.challenge(label))
            continue
        values = [integer_of(wire) ^ (changed == (label, i)) for i, wire in enumerate(wires)]
        if widths:
            transcript.absorb_ranged(label, values, widths)
        else:
            transcript.absorb(label, values)
    return drawn


def test_b16_every_group_changes_every_later_challenge() -> None:
    found: dict[str, Any] = {}
    with spied(found):
        run_on_integers(settlement_circuit(TINY), inputs())
    said: Said = found["said"]
    assert [label for label, _, _ in said if label not in DRAWN] == list(GROUPS)
    honest = [integer_of(found[name]) for name in DRAWN]
    assert replayed(said) == honest
    random = Random(3)
    for group, wires, _ in said:
        if group not in DRAWN:
            first = {"words": 0, "sums by series": 4}.get(group, 1)
            other = replayed(said, (group, random.randrange(len(wires))))
            assert [x != y for x, y in zip(honest, other, strict=True)] == [i >= first for i in range(5)], group
