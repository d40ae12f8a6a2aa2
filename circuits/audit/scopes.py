"""Ranges of rows: the whole relation, and the sub-circuits around a row; and which instance stands for which.

A row that sits in a sub-circuit can be judged there: a witness of the sub-circuit's rows that breaks this one alone
is a false statement that it would let pass without the row, whatever the rest of the circuit makes of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from circuits.frontend.outline import Outline, OutlineCall, OutlineTemplate


@dataclass(frozen=True, slots=True)
class Scope:
    """Consecutive rows; `path` names the sub-circuit, "" for the whole relation."""

    rows: range
    path: str


def scopes_of_row(outline: Outline, n_rows: int, row: int) -> list[Scope]:
    """The whole relation, then the sub-circuits around `row` from the outermost to the innermost."""
    scopes = [Scope(range(n_rows), "")]
    template, first, steps = outline.root, 0, []
    while (found := _call_around(outline, template, row - first)) is not None:
        number, inner, inner_first = found
        first += inner_first
        steps.append(f"{inner.name}[{number}]")
        template = inner
        scopes.append(Scope(range(first, first + inner.n_rows), "/".join(steps)))
    return scopes


def representative_rows(outline: Outline, n_rows: int, instances: int = 1) -> list[int]:
    """Rows that stand for all: those of the circuit itself, and of each template's first `instances` instances.

    An instance is counted where it is called: a template called twice by one that is called a hundred times has two
    kinds of instances, and of each kind the first `instances` are taken.
    """
    chosen: set[int] = set()
    _collect(outline, outline.root, 0, instances, {}, chosen)
    chosen.update(range(outline.root.n_rows, n_rows))
    return sorted(chosen)


def representative_hints(outline: Outline) -> list[int]:
    """Hinted wires of the root's block that stand for all: those of the same instances."""
    return sorted(_hints(outline, outline.root, 0, set()))


def without_arguments(path: str) -> str:
    """`trade[6]/below[2]` for `trade(row=…, batch=…)[6]/below(bits=40)[2]`: what people can read."""
    depth, kept = 0, []
    for character in path:
        depth += character == "("
        if depth == 0:
            kept.append(character)
        depth -= character == ")"
    return "".join(kept)


def _hints(outline: Outline, template: OutlineTemplate, first: int, seen: set[int]) -> Iterator[int]:
    for wire in template.hinted:
        yield first + wire
    for call in template.calls:
        if call.template not in seen:
            seen.add(call.template)
            yield from _hints(outline, outline.templates[call.template], first + call.first_wire, seen)


def _collect(
    outline: Outline, template: OutlineTemplate, first: int, instances: int, seen: dict[int, int], chosen: set[int]
) -> None:
    chosen.update(first + row for row in template.own_rows)
    for call in template.calls:
        if seen.get(call.template, 0) < instances:
            seen[call.template] = seen.get(call.template, 0) + 1
            _collect(outline, outline.templates[call.template], first + call.first_row, instances, seen, chosen)


def _call_around(outline: Outline, template: OutlineTemplate, row: int) -> tuple[int, OutlineTemplate, int] | None:
    for number, call in _calls_from(template, row):
        inner = outline.templates[call.template]
        if row < call.first_row + inner.n_rows:
            return number, inner, call.first_row
    return None


def _calls_from(template: OutlineTemplate, row: int) -> Iterator[tuple[int, OutlineCall]]:
    """The calls that begin at or before `row`, the last first."""
    for number in range(len(template.calls) - 1, -1, -1):
        if template.calls[number].first_row <= row:
            yield number, template.calls[number]
