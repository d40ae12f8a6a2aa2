"""Examples: each gadget as a circuit of its own, for the table of costs, the audit and the tests."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from random import Random

from circuits.frontend import Circuit, InputValues


def no_edges(_: Random) -> Iterable[InputValues]:
    """For gadgets whose honest inputs have every edge often enough."""
    return ()


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
class Determined:
    """Hints that an argument determines but for a small chance, and why: a pattern for a wire's name."""

    wires: str
    reason: str


@dataclass(frozen=True, slots=True)
class Vanishing:
    """Wires that rows of a rule leave no value but 0, and why: the rule, and a pattern for a wire's name."""

    rule: str
    wires: str
    reason: str


@dataclass(frozen=True, slots=True)
class Example:
    """A gadget, wrapped so that its inputs are the circuit's inputs and its results the circuit's outputs.

    `inputs(random)` makes honest inputs, each time others, edge cases among them. `refused(random)` makes inputs that
    break a rule, with the rule's name: for every rule that inputs alone can break, one at least breaks it only just.
    `edges(random)` makes honest inputs that chance would seldom make. `crowds(random)` makes many more, each with other
    places in use: alterations alone are tried on them.
    `redundant` are rows that stand though the others imply them, `determined` hints that algebra alone does not fix,
    `vanishing` wires that are always 0, so that their coefficients say nothing; tests check the reasons.
    """

    name: str
    circuit: Circuit
    inputs: Callable[[Random], InputValues]
    refused: Callable[[Random], Iterable[tuple[str, InputValues]]] = nothing_refused
    redundant: tuple[Redundant, ...] = ()
    determined: tuple[Determined, ...] = ()
    edges: Callable[[Random], Iterable[InputValues]] = no_edges
    crowds: Callable[[Random], Iterable[InputValues]] = no_edges
    vanishing: tuple[Vanishing, ...] = ()

    def determines(self, wire: str) -> bool:
        """Whether an argument determines a hint of this name."""
        return any(re.fullmatch(one.wires, wire) for one in self.determined)

    def vanishes_by(self, wire: str) -> str | None:
        """The rule by which a wire of this name is always 0, if it is."""
        return next((one.rule for one in self.vanishing if re.fullmatch(one.wires, wire)), None)
