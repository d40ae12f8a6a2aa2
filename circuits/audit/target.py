"""What is audited: a system, witnesses that it accepts, witnesses that it refuses, and what its rows are called."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random

from circuits.audit.scopes import Scope, scopes_of_row
from circuits.audit.structure import Structure, structure_of
from circuits.audit.system import Form, system_of_relation
from circuits.frontend import CompiledCircuit, InputValues, run_on_integers
from circuits.gadgets.example import Example
from prover.errors import InvalidRelation
from prover.r1cs import R1CS

Witness = Sequence[int]
Judged = tuple[Witness, Sequence[int]]
"""A witness, and the rows that it breaks."""


@dataclass(frozen=True, slots=True, eq=False)
class RowName:
    """What people call a row: the rule it enforces, the line that wrote it, the sub-circuits around it."""

    rule: str = ""
    source: str = ""
    path: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class AuditTarget:
    """See the module's docstring. `scopes(row)` are ranges of rows around a row, the whole relation first."""

    name: str
    structure: Structure
    honest: tuple[Witness, ...]
    refused: tuple[Witness, ...]
    scopes: Callable[[int], Sequence[Scope]]
    row_name: Callable[[int], RowName]
    wire_name: Callable[[int], str]
    not_zero: tuple[Form, ...] = ()
    """What the circuit assumes, and says so."""
    refused_rows: tuple[frozenset[int], ...] = ()
    """The rows that each refused witness breaks."""
    crowds: tuple[Witness, ...] = ()
    """More honest ones, for alterations alone: no search begins from them."""
    zero_by: Mapping[int, str] = field(default_factory=dict)
    """Wires that the circuit says are always 0, and the rule whose rows see to it."""

    def vanishing(self, row: int) -> frozenset[int]:
        """Wires that rows of other rules than this row's leave no value but 0."""
        rule = self.row_name(row).rule if self.zero_by else ""
        return frozenset(wire for wire, by in self.zero_by.items() if by != rule)


def target_of_circuit(
    compiled: CompiledCircuit,
    example: Example,
    random: Random,
    *,
    n_honest: int = 24,
    with_crowds: bool = False,
    judged: Callable[[InputValues], Judged] | None = None,
) -> AuditTarget:
    """A compiled circuit with its example. `judged` computes witnesses, right or not, and the rows that they break; by
    default the slow engine and one row after another. Crowds are for alterations.

    Raises `RuleViolated` if the engine refuses the example's honest inputs, `InvalidRelation` if rows do.
    """
    structure = structure_of(system_of_relation(compiled.relation))
    inputs = [*example.edges(random), *(example.inputs(random) for _ in range(n_honest))]
    n_begun = len(inputs)
    inputs += example.crowds(random) if with_crowds else ()
    circuit = compiled.circuit
    if judged is None:
        honest: tuple[Witness, ...] = tuple(run_on_integers(circuit, values).witness for values in inputs)
        refused: tuple[Witness, ...] = tuple(
            run_on_integers(circuit, values, collect=True).witness for _, values in example.refused(random)
        )
        refused_rows = tuple(frozenset(structure.system.broken_rows(witness)) for witness in refused)
        _require_honest(structure, honest)
    else:
        kept, lied = ([judged(values) for values in some] for some in (inputs, [v for _, v in example.refused(random)]))
        honest, refused = (tuple(witness for witness, _ in some) for some in (kept, lied))
        refused_rows = tuple(frozenset(rows) for _, rows in lied)
        _require_satisfied([rows for _, rows in kept])
    return AuditTarget(
        name=example.name,
        structure=structure,
        honest=honest[:n_begun],
        refused=refused,
        scopes=lambda row: scopes_of_row(compiled.outline, compiled.n_constraints, row),
        row_name=lambda row: RowName(compiled.rule(row), compiled.source(row), compiled.outline.path_of_row(row)),
        wire_name=compiled.name_of_wire,
        refused_rows=refused_rows,
        crowds=honest[n_begun:],
        zero_by=_zero_by(compiled, example),
    )


def _zero_by(compiled: CompiledCircuit, example: Example) -> dict[int, str]:
    names = enumerate(compiled.outline.names_of_wires(), compiled.first_block_wire)
    return {wire: rule for wire, name in names if (rule := example.vanishes_by(name)) is not None}


def target_of_relation(relation: R1CS, witnesses: Sequence[Witness], name: str = "relation") -> AuditTarget:
    """Any relation with one or more witnesses in integers, such as circom's. `InvalidRelation` if one is no witness."""
    structure = structure_of(system_of_relation(relation))
    _require_honest(structure, witnesses)
    whole = (Scope(range(relation.n_constraints), ""),)
    return AuditTarget(
        name=name,
        structure=structure,
        honest=tuple(witnesses),
        refused=(),
        scopes=lambda _: whole,
        row_name=lambda _: RowName(),
        wire_name=lambda wire: f"w{wire}",
    )


def _require_honest(structure: Structure, witnesses: Sequence[Witness]) -> None:
    if not witnesses:
        raise InvalidRelation("an audit begins from a witness: give it one at least")
    for number, witness in enumerate(witnesses):
        if len(witness) != structure.system.n_wires:
            raise InvalidRelation(f"witness {number} has {len(witness)} wires, not {structure.system.n_wires}")
    _require_satisfied(map(structure.system.broken_rows, witnesses))


def _require_satisfied(broken: Iterable[Sequence[int]]) -> None:
    for number, rows in enumerate(broken):
        if len(rows):
            raise InvalidRelation(f"witness {number} breaks row {rows[0]}: an audit begins from witnesses that hold")
