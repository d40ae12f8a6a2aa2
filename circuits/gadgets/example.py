"""Examples: each gadget as a circuit of its own, for the table of costs, the audit and the tests."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from random import Random

from circuits.frontend import Circuit, InputValues


def nothing_refused(_: Random) -> Iterable[tuple[str, InputValues]]:
    """For gadgets that take every input."""
    return ()


@dataclass(frozen=True, slots=True)
class Redundant:
    """A row that the others imply, and why: its rule, and a pattern for the names of its wires, joined by spaces."""

    rule: str
    wires: str
    reason: str

    def is_about(self, rule: str, wires: str) -> bool:
        """Whether a row is this one."""
        return rule == self.rule and re.fullmatch(self.wires, wires) is not None


@dataclass(frozen=True, slots=True)
class Example:
    """A gadget, wrapped so that its inputs are the circuit's inputs and its results the circuit's outputs.

    `inputs(random)` makes honest inputs, each time others, edge cases among them. `refused(random)` makes inputs that
    break a rule, with the rule's name: for every rule that inputs alone can break, one at least breaks it only just.
    `redundant` are rows that stand though the others imply them; tests check the reasons.
    """

    name: str
    circuit: Circuit
    inputs: Callable[[Random], InputValues]
    refused: Callable[[Random], Iterable[tuple[str, InputValues]]] = nothing_refused
    redundant: tuple[Redundant, ...] = ()
