"""The whole audit of a circuit: rows dropped and altered, lies told, and every wire shown to be determined.

Rows are judged where they stand: of a sub-circuit that is called many times the first instances stand for all, in the
smallest sub-circuit around the row first. Numbers of rows and of alterations looked at are in the report.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from random import Random
from typing import Final

from circuits.audit.lies import EngineLiar, LieReport, tell_lies
from circuits.audit.mutation import Fate, MutationSearch
from circuits.audit.recomputation import Executor, Recomputation, judged_natively
from circuits.audit.recomputation_search import RecomputationSearch
from circuits.audit.removal import RemovalSearch
from circuits.audit.scopes import representative_hints, representative_rows, without_arguments
from circuits.audit.system import Form, system_of_relation
from circuits.audit.target import AuditTarget, Witness, target_of_circuit, target_of_relation
from circuits.audit.uniqueness import UniquenessReport, find_undetermined
from circuits.frontend import CompiledCircuit
from circuits.frontend.compile import assumptions_of
from circuits.gadgets.example import Example
from prover.r1cs import R1CS

RETRIES: Final = 5
"""The search is random: a row is called redundant only when so many searches found nothing."""

HONEST: Final = 16
"""Honest inputs that witnesses are recomputed from."""

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Finding:
    """A row or wire that an attack got past, and where it is written."""

    attack: str
    what: str
    rule: str = ""
    source: str = ""
    path: str = ""
    row: int = -1


@dataclass(slots=True)
class AuditReport:
    """What was tried and what got through. An audit is clean if nothing did.

    Of `rows_dropped` a search through recomputed witnesses judged `rows_recomputed`; `redundant` can be left out, and
    the circuit says so.
    """

    circuit: str
    constraints: int
    rows_dropped: int = 0
    rows_altered: int = 0
    alterations: int = 0
    alterations_equivalent: int = 0
    lies: LieReport | None = None
    uniqueness: UniquenessReport | None = None
    findings: list[Finding] = field(default_factory=list)
    rows_recomputed: int = 0
    redundant: list[Finding] = field(default_factory=list)

    @property
    def is_clean(self) -> bool:
        """Whether no attack got through."""
        return not self.findings


@dataclass(frozen=True, slots=True)
class AuditSize:
    """How much is tried. `None` is all of it: rows to drop, of those to alter, hinted wires to lie about.

    With `rules` these are out of the rows of such rules, and out of the hinted wires in them.
    """

    rows: int | None = None
    altered_rows: int | None = None
    lied_wires: int | None = None
    values_per_wire: int = 5
    rules: frozenset[str] = frozenset()


def audit_circuit(
    compiled: CompiledCircuit,
    example: Example,
    random: Random,
    size: AuditSize | None = None,
    progress: Progress | None = None,
    kernels: Executor | None = None,
) -> AuditReport:
    """Audits a circuit of ours with its example's inputs. Raises what `target_of_circuit` raises.

    With `kernels`, what the search for false witnesses cannot break is attacked by recomputation, and lies are told
    natively, which takes a large circuit a twentieth of the time.
    """
    chosen, example = size or AuditSize(), _drawn(example, random)
    judged = None if kernels is None else partial(judged_natively, compiled, kernels)
    target = target_of_circuit(compiled, example, random, with_crowds=chosen.altered_rows != 0, judged=judged)
    outermost_first = target.scopes
    assumed: list[Form] = [tuple(sorted(form.items())) for form, _ in assumptions_of(compiled.circuit)]
    target = replace(target, scopes=lambda row: tuple(reversed(outermost_first(row))), not_zero=tuple(assumed))
    report = AuditReport(example.name, compiled.n_constraints)
    rows = _of_rules(compiled, representative_rows(compiled.outline, compiled.n_constraints), chosen.rules)
    made = None if kernels is None else _recomputation(compiled, kernels, example, random)
    determined = [wire for wire in compiled.hinted_wires() if example.determines(target.wire_name(wire))]
    search = None if made is None else RecomputationSearch(target.structure, outermost_first, made, random, determined)
    chosen_rows = _sample(rows, chosen.rows, random)
    _attack_rows(report, target, chosen_rows, chosen.altered_rows, random, progress, search)
    _excuse(report, target, example)
    hints = [compiled.first_block_wire + wire for wire in representative_hints(compiled.outline)]
    if chosen.rules:
        near = {wire for row in rows for wire in target.structure.system.constraints[row].wires()}
        hints = [wire for wire in hints if wire in near]
    report.lies = tell_lies(
        target,
        made or EngineLiar(target, compiled.circuit, example.inputs, random),
        random,
        hinted=compiled.hinted_wires(),
        wires=_sample(hints, chosen.lied_wires, random),
        values_per_wire=chosen.values_per_wire,
        progress=_of_phase(progress, "lies"),
    )
    for lie in report.lies.accepted:
        report.findings.append(Finding("lie", f"{without_arguments(lie.name)} = {lie.value} instead of {lie.honest}"))
    _show_unique(report, target, compiled.relation, assumed, determined)
    return report


def audit_relation(
    relation: R1CS,
    witnesses: Sequence[Witness],
    random: Random,
    size: AuditSize | None = None,
    progress: Progress | None = None,
) -> AuditReport:
    """Audits any relation, such as circom's, beginning from witnesses: no lies, for nothing computes from them."""
    chosen = size or AuditSize()
    target = target_of_relation(relation, witnesses)
    report = AuditReport(target.name, relation.n_constraints)
    rows = _sample(list(range(relation.n_constraints)), chosen.rows, random)
    _attack_rows(report, target, rows, chosen.altered_rows, random, progress)
    _show_unique(report, target, relation, [])
    return report


def _attack_rows(
    report: AuditReport,
    target: AuditTarget,
    rows: list[int],
    altered_rows: int | None,
    random: Random,
    progress: Progress | None,
    search: RecomputationSearch | None = None,
) -> None:
    removals = RemovalSearch(target, random)
    mutations = MutationSearch(target, removals, random, search)
    altered, left = set(_sample(rows, altered_rows, random)), list[int]()
    for number, row in enumerate(rows):
        removal = removals.find(row)
        if removal is None and not _is_broken_alone(report, search, row):
            left.append(row)
        report.rows_dropped += 1
        if row in altered:
            report.rows_altered += 1
            for judgement in mutations.judge_row(row, removal):
                report.alterations += 1
                report.alterations_equivalent += judgement.fate is Fate.EQUIVALENT
                if judgement.fate is Fate.SURVIVED:
                    report.findings.append(_finding(target, row, "alter", f"row {row}: {judgement.alteration.what}"))
        if progress is not None:
            progress("rows", number + 1, len(rows))
    for row in left:
        if _is_broken_alone(report, search, row) or any(removals.find(row) for _ in range(RETRIES - 1)):
            continue
        report.findings.append(_finding(target, row, "drop", f"row {row} can be left out"))


def _is_broken_alone(report: AuditReport, search: RecomputationSearch | None, row: int) -> bool:
    """Whether recomputation breaks a row alone; what was learnt from other rows helps, so that it is asked twice."""
    found = search is not None and search.find(row) is not None
    report.rows_recomputed += found
    return found


def _show_unique(
    report: AuditReport,
    target: AuditTarget,
    relation: R1CS,
    assumed: list[Form],
    determined: Iterable[int] = (),
) -> None:
    report.uniqueness = find_undetermined(system_of_relation(relation), assumed, determined)
    for wire in report.uniqueness.open_wires:
        report.findings.append(
            Finding("uniqueness", f"{without_arguments(target.wire_name(wire))} is not shown to be determined")
        )


def _finding(target: AuditTarget, row: int, attack: str, what: str) -> Finding:
    name = target.row_name(row)
    return Finding(attack, what, name.rule, name.source, without_arguments(name.path), row)


def _excuse(report: AuditReport, target: AuditTarget, example: Example) -> None:
    """Rows that the circuit knows to be redundant are no findings: dropped, or altered and hence weaker."""
    for finding in list(report.findings):
        wires = " ".join(map(target.wire_name, target.structure.system.constraints[finding.row].wires()))
        reason = next((one.reason for one in example.redundant if one.is_about(finding.rule, wires)), None)
        if reason is not None:
            report.findings.remove(finding)
            if finding.attack == "drop":
                report.redundant.append(replace(finding, what=f"{finding.what}: {reason}"))


def _of_rules(compiled: CompiledCircuit, rows: list[int], rules: frozenset[str]) -> list[int]:
    return [row for row in rows if not rules or compiled.rule(row) in rules]


def _drawn(example: Example, random: Random) -> Example:
    """The same example with its edges and refused inputs made once."""
    edges, refused = list(example.edges(random)), list(example.refused(random))
    return replace(example, edges=lambda _: edges, refused=lambda _: refused)


def _recomputation(compiled: CompiledCircuit, kernels: Executor, example: Example, random: Random) -> Recomputation:
    honest = [*example.edges(random), *(example.inputs(random) for _ in range(HONEST))]
    return Recomputation(compiled, kernels, honest, [inputs for _, inputs in example.refused(random)])


def _sample(items: list[int], most: int | None, random: Random) -> list[int]:
    return items if most is None or most >= len(items) else sorted(random.sample(items, most))


def _of_phase(progress: Progress | None, phase: str) -> Callable[[int, int], None] | None:
    if progress is None:
        return None
    return lambda done, total: progress(phase, done, total)
