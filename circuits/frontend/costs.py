"""What a circuit costs, as a tree of its sub-circuits and by rule."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

from circuits.frontend.compiled import CompiledCircuit
from circuits.frontend.outline import OutlineTemplate


@dataclass(frozen=True, slots=True)
class Cost:
    """A sub-circuit called `instances` times by its parent: rows of one instance, those of its own, and its parts.

    `rules` has the rows of one instance by the rule that they name themselves, "" for the caller's.
    """

    name: str
    instances: int
    constraints: int
    own_constraints: int
    wires: int
    rules: dict[str, int]
    parts: tuple[Cost, ...]

    @property
    def total_constraints(self) -> int:
        """Rows of all instances."""
        return self.instances * self.constraints


def cost_tree(compiled: CompiledCircuit) -> Cost:
    """The tree, parts in the order of their first call.

    Calls of one sub-circuit by one parent are one node, also those that differ in a constant alone and cost the same.
    """
    known: list[Cost] = []
    for template in compiled.outline.templates:
        known.append(_cost_of(template, known))
    return known[-1]


def constraints_by_rule(compiled: CompiledCircuit) -> dict[str, int]:
    """Rows of the whole circuit by rule, most first; "" is those that name none."""
    counts = Counter(compiled.rules[number] for number in compiled.rule_of_row.tolist())
    return dict(counts.most_common())


def _cost_of(template: OutlineTemplate, known: list[Cost]) -> Cost:
    parts: dict[tuple[str, int], Cost] = {}
    rules = Counter(template.rules)
    for call, call_rule in zip(template.calls, template.call_rules, strict=True):
        part = known[call.template]
        for rule, count in part.rules.items():
            rules[rule or call_rule] += count
        base = part.name.partition("(")[0]
        before = parts.get((base, part.constraints))
        instances = 1 + (before.instances if before else 0)
        name = part.name if before is None or before.name == part.name else f"{base}(…)"
        parts[base, part.constraints] = replace(part, name=name, instances=instances)
    return Cost(
        name=template.name,
        instances=1,
        constraints=template.n_rows,
        own_constraints=len(template.own_rows),
        wires=template.n_wires,
        rules=dict(rules),
        parts=tuple(parts.values()),
    )


def table_row(compiled: CompiledCircuit) -> dict[str, int]:
    """One line of the table of circuits: what may only get better."""
    relation = compiled.relation
    return {
        "constraints": relation.n_constraints,
        "wires": relation.n_wires,
        "public": relation.n_public,
        "entries_a": relation.a.n_entries,
        "entries_b": relation.b.n_entries,
        "entries_c": relation.c.n_entries,
    }
