"""What a historical bug is here: the circuit with the mistake, the one without, and the attack that was possible."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, TypeAlias

from circuits.frontend import Circuit, InputValues

Specification: TypeAlias = Callable[[Mapping[str, Any]], Mapping[str, int] | None]
"""The integer twin: the outputs that inputs should give, or `None` where they are to be refused."""


class Tool(Enum):
    """What finds a bug without being told where it is."""

    DIFFERENTIAL = "the circuit against its integer twin, near honest inputs and at edge values"
    FORGERY = "inputs that the twin refuses, with one lie among the hints"
    LIES = "honest inputs, with one lie among hints and products (circuits.audit.lies)"
    UNIQUENESS = "wires that the inputs do not determine (circuits.audit.uniqueness)"
    BUILDER = "the same mistake written with our gadgets does not compile"


@dataclass(frozen=True, slots=True)
class Attack:
    """Inputs, and what a lying prover writes into wires (by the name that the compiled circuit gives them)."""

    inputs: InputValues
    lies: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Bug:
    """A mistake of the past in a small circuit of our own.

    `source` is where it is written down, `items` the numbers in the checklist. The attack is accepted by `buggy` though
    `specification` says otherwise, and `honest` refuses it by `rule`; or `buggy` refuses what is right, or gives wrong
    outputs, and `honest` gives the right ones: then `rule` is "".
    `refused` is the attack in the terms of `honest` where those differ, `restated` does that for any inputs.
    `corpus` holds edge inputs of the whole family, `varied` the inputs whose neighbours are tried (all, if empty).
    """

    identifier: str
    items: tuple[str, ...]
    name: str
    source: str
    buggy: Circuit
    honest: Circuit
    specification: Specification
    attack: Attack
    rule: str
    honest_inputs: tuple[InputValues, ...]
    caught_by: tuple[Tool, ...]
    refused: Attack | None = None
    restated: Callable[[InputValues], InputValues] = dict
    corpus: tuple[InputValues, ...] = ()
    varied: tuple[str, ...] = ()
    n_neighbours: int = 150
    written_with_gadgets: Circuit | None = None
