"""Gadgets under test: one comparison with Python in every way of running them, and provers that lie."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from circuits.audit.system import system_of_relation
from circuits.audit.uniqueness import find_undetermined
from circuits.checking import CircuitChecker, Depth
from circuits.frontend import Circuit, CompiledCircuit, InputValues, compile_circuit, private, run_on_integers
from circuits.frontend.compile import assumptions_of
from prover.bn254 import FR
from tests.support.kernels import fastest


class Gadget:
    """A circuit with private inputs: `extents` gives each one's, 0 for a single wire."""

    def __init__(self, name: str, define: Callable[..., Any], **extents: int) -> None:
        shapes = {key: private(extent) if extent else private() for key, extent in extents.items()}
        self.circuit = Circuit(name, define, shapes)
        self._checker = CircuitChecker(self.circuit, fastest())

    @property
    def compiled(self) -> CompiledCircuit:
        return self._checker.compiled

    def gives(self, inputs: InputValues, outputs: Mapping[str, int]) -> None:
        """Engine, relation and tape agree, and give these outputs, which may be negative."""
        self._checker.check(inputs, Depth.CONSTRAINTS)
        found = run_on_integers(self.circuit, inputs).outputs
        assert found == {name: value % FR for name, value in outputs.items()}, (inputs, found)

    def refuses(self, inputs: InputValues, rule: str) -> None:
        """Engine and relation both break this rule first."""
        self._checker.check_refused(inputs, rule, Depth.CONSTRAINTS)

    def accepts_lies(self, inputs: InputValues, lies: Mapping[str, int]) -> bool:
        """Whether every row holds for a prover who puts these values into wires of these names."""
        named = _places(self)
        placed = {named[name]: value % FR for name, value in lies.items()}
        return not run_on_integers(self.circuit, inputs, lies=placed, collect=True).violations

    def is_unique(self) -> bool:
        """Whether the inputs determine every wire."""
        assumed = [tuple(sorted(form.items())) for form, _ in assumptions_of(self.circuit)]
        return find_undetermined(system_of_relation(self.compiled.relation), assumed).is_unique


@cache
def _places(gadget: Gadget) -> dict[str, int]:
    """Name of a hinted wire -> its place in the circuit's block."""
    compiled = compile_circuit(gadget.circuit)
    first = compiled.first_block_wire
    return {compiled.name_of_wire(wire): wire - first for wire in compiled.hinted_wires()}
