"""What a preset costs, section by section: so that one can size a preset of one's own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from circuits.frontend import CompiledCircuit
from circuits.frontend.costs import Cost, cost_tree
from rollup.presets import Preset

SECTIONS: Final = {
    "trades": "trade",
    "operations": "operation",
    "queue entries": "queue_entry",
    "settlements": "settlement",
    "liquidations": "liquidation",
    "account updates": "account_step",
    "health": "healthy",
    "examinations": "examined",
    "close-out": "close_out",
    "series rows": "series_row",
}
"""Name of a section, and the sub-circuit that is called once for each of its places."""


@dataclass(frozen=True, slots=True)
class SectionCost:
    """Constraints of one place, how many places there are, and all of them."""

    section: str
    per_place: int
    places: int

    @property
    def constraints(self) -> int:
        """Of the whole section."""
        return self.per_place * self.places


def section_costs(compiled: CompiledCircuit, preset: Preset) -> list[SectionCost]:
    """The sections in order, and what is left: words, transcript, arguments, crowns.

    Raises `ValueError` if `compiled` is not the preset's circuit.
    """
    if compiled.name != f"settlement_{preset.name}":
        raise ValueError(f"{compiled.name} is not the circuit of preset {preset.name}")
    tree = cost_tree(compiled)
    found = [_cost(section, name, tree) for section, name in SECTIONS.items()]
    rest = compiled.n_constraints - sum(one.constraints for one in found)
    return [*found, SectionCost("words, transcript, arguments", rest, 1)]


def _cost(section: str, name: str, tree: Cost) -> SectionCost:
    parts = [part for part in tree.parts if part.name.partition("(")[0] == name]
    return SectionCost(section, parts[0].constraints, sum(part.instances for part in parts))
