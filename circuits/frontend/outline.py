"""The outline of a compiled circuit: which template is called where; it names rows and wires without lists of names."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from circuits.frontend.template import Template


@dataclass(frozen=True, slots=True)
class OutlineCall:
    """A call: number of the template, and where its rows and wires begin in the caller's."""

    template: int
    first_row: int
    first_wire: int


@dataclass(frozen=True, slots=True)
class OutlineTemplate:
    """What is known of a template. `hinted` and the keys of `names` are wires of its block, `own_rows` those
    not in calls; `rules` has a rule for each of them ("" is the caller's).
    """

    name: str
    n_rows: int
    n_wires: int
    calls: tuple[OutlineCall, ...]
    own_rows: tuple[int, ...]
    rules: tuple[str, ...]
    call_rules: tuple[str, ...]
    hinted: tuple[int, ...]
    names: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class Outline:
    """Templates; calls name earlier ones only, the last is the root."""

    templates: tuple[OutlineTemplate, ...]

    @property
    def root(self) -> OutlineTemplate:
        """The circuit itself."""
        return self.templates[-1]

    def path_of_row(self, row: int) -> str:
        """The sub-circuits around a row: `merkle_path[0]/poseidon(2)[3]`; "" for a row of the circuit itself."""
        steps, template = [], self.root
        while (found := _containing(template.calls, [call.first_row for call in template.calls], row)) is not None:
            call, number = found
            inner = self.templates[call.template]
            if row - call.first_row >= inner.n_rows:
                break
            steps.append(f"{inner.name}[{number}]")
            template, row = inner, row - call.first_row
        return "/".join(steps)

    def name_of_wire(self, wire: int) -> str:
        """A name for a wire of the root's block: its path, and its name or number in its own sub-circuit."""
        steps, template = [], self.root
        while (found := _containing(template.calls, [call.first_wire for call in template.calls], wire)) is not None:
            call, number = found
            inner = self.templates[call.template]
            if wire - call.first_wire >= inner.n_wires:
                break
            steps.append(f"{inner.name}[{number}]")
            template, wire = inner, wire - call.first_wire
        return "/".join([*steps, template.names.get(wire, f"w{wire}")])

    def names_of_wires(self) -> Iterator[str]:
        """The names of all wires of the root's block, in order; a microsecond or two each."""
        return self._names(self.root, "")

    def _names(self, template: OutlineTemplate, prefix: str) -> Iterator[str]:
        wire = 0
        for number, call in enumerate(template.calls):
            for own in range(wire, call.first_wire):
                yield prefix + template.names.get(own, f"w{own}")
            inner = self.templates[call.template]
            yield from self._names(inner, f"{prefix}{inner.name}[{number}]/")
            wire = call.first_wire + inner.n_wires
        for own in range(wire, template.n_wires):
            yield prefix + template.names.get(own, f"w{own}")

    def hinted_wires(self) -> list[int]:
        """The wires of the root's block whose values come from advice: what a lying prover may choose freely."""
        return sorted(self._hinted(self.root, 0))

    def _hinted(self, template: OutlineTemplate, first_wire: int) -> Iterator[int]:
        for wire in template.hinted:
            yield first_wire + wire
        for call in template.calls:
            yield from self._hinted(self.templates[call.template], first_wire + call.first_wire)


def outline_of(root: Template) -> Outline:
    """The outline of a template and all that it calls."""
    numbers: dict[int, int] = {}
    templates: list[OutlineTemplate] = []

    def add(template: Template) -> int:
        if id(template) not in numbers:
            calls = tuple(OutlineCall(add(call.template), call.first_row, call.first_wire) for call in template.calls)
            numbers[id(template)] = len(templates)
            templates.append(
                OutlineTemplate(
                    name=template.name,
                    n_rows=template.n_rows,
                    n_wires=template.n_wires,
                    calls=calls,
                    own_rows=tuple(row.index for row in template.rows),
                    rules=tuple(row.rule for row in template.rows),
                    call_rules=tuple(call.rule for call in template.calls),
                    hinted=tuple(template.hinted),
                    names=dict(template.names),
                )
            )
        return numbers[id(template)]

    add(root)
    return Outline(tuple(templates))


def _containing(calls: tuple[OutlineCall, ...], starts: list[int], position: int) -> tuple[OutlineCall, int] | None:
    """The last call that begins at or before `position`, and its number among the calls."""
    number = bisect_right(starts, position) - 1
    return (calls[number], number) if number >= 0 else None
