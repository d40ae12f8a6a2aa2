"""What a circuit costs, as a tree of its sub-circuits and by rule."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from circuits.frontend.compiled import CompiledCircuit
from circuits.frontend.outline import Outline, OutlineTemplate


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
    """The tree, parts in the order of their first call. Calls of one template by one parent are one node."""
    outline = compiled.outline
    known: dict[int, Cost] = {}
    for number, template in enumerate(outline.templates):
        known[number] = _cost_of(outline, template, known)
    return known[len(outline.templates) - 1]


def constraints_by_rule(compiled: CompiledCircuit) -> dict[str, int]:
    """Rows of the whole circuit by rule, most first; "" is those that name none."""
    counts = Counter(compiled.rules[number] for number in compiled.rule_of_row.tolist())
    return dict(counts.most_common())


def _cost_of(outline: Outline, template: OutlineTemplate, known: dict[int, Cost]) -> Cost:
    calls = Counter(call.template for call in template.calls)
    parts = []
    rules = Counter(template.rules)
    for number, instances in calls.items():
        part = known[number]
        parts.append(
            Cost(part.name, instances, part.constraints, part.own_constraints, part.wires, part.rules, part.parts)
        )
    for call, call_rule in zip(template.calls, template.call_rules, strict=True):
        for rule, count in known[call.template].rules.items():
            rules[rule or call_rule] += count
    return Cost(
        name=template.name,
        instances=1,
        constraints=template.n_rows,
        own_constraints=len(template.own_rows),
        wires=template.n_wires,
        rules=dict(rules),
        parts=tuple(parts),
    )
