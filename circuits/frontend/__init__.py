"""The frontend: circuits as Python functions over wires."""

from __future__ import annotations

from circuits.frontend.builder import Builder
from circuits.frontend.circuit import Circuit, InputShape, InputValues, circuit, private, public
from circuits.frontend.compile import compile_circuit
from circuits.frontend.compiled import CompiledCircuit
from circuits.frontend.errors import CircuitDefinitionError, CircuitError, InputRefused, RuleViolated
from circuits.frontend.integer_engine import Execution, run_on_integers
from circuits.frontend.subcircuit import subcircuit
from circuits.frontend.wire import Advice, Wire

__all__ = [
    "Advice",
    "Builder",
    "Circuit",
    "CircuitDefinitionError",
    "CircuitError",
    "CompiledCircuit",
    "Execution",
    "InputRefused",
    "InputShape",
    "InputValues",
    "RuleViolated",
    "Wire",
    "circuit",
    "compile_circuit",
    "private",
    "public",
    "run_on_integers",
    "subcircuit",
]
