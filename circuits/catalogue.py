"""Every circuit that has a name: what `zkclear circuit` lists, what CI counts, audits and tests."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Final

from circuits.frontend import compile_circuit
from circuits.frontend.costs import table_row
from circuits.gadgets.example import Example

GADGETS: Final[tuple[str, ...]] = (
    "bits",
    "compare",
    "select",
    "fixed_point",
    "fractions",
    "matrix_product",
    "poseidon",
    "transcript",
    "merkle",
    "babyjubjub",
    "eddsa",
)
"""The modules of `circuits.gadgets` that have examples, in the order of the table."""

COUNTED_BATCHES: Final = ("settlement_tiny", "settlement_demo", "settlement_large", "exit_tiny", "exit_large")
"""Whose costs CI holds: XL is LARGE with other numbers, and takes long to compile."""


def examples() -> dict[str, Example]:
    """All examples by name, in the order of the catalogue. Loads the gadgets' modules."""
    found: dict[str, Example] = {}
    for module in GADGETS:
        for example in import_module(f"circuits.gadgets.{module}").EXAMPLES:
            found[example.name] = example
    return found


def batches() -> dict[str, Example]:
    """The settlement and exit circuits by name, one of each for each preset."""
    from circuits.exit.example import exit_example
    from circuits.settlement.example import settlement_example
    from rollup.presets import PRESETS

    found = [make(preset) for make in (settlement_example, exit_example) for preset in PRESETS.values()]
    return {example.name: example for example in found}


def named(name: str) -> Example | None:
    """The example of a name, of whatever kind."""
    return examples().get(name) or batches().get(name)


@cache
def constraint_table() -> str:
    """The costs of all examples as CSV, a line each, in the order of the catalogue; and of batches up to LARGE."""
    counted = examples() | {name: batches()[name] for name in COUNTED_BATCHES}
    rows = {name: table_row(compile_circuit(example.circuit)) for name, example in counted.items()}
    header = ["circuit", *next(iter(rows.values()))]
    lines = [header, *([name, *map(str, row.values())] for name, row in rows.items())]
    return "".join(",".join(line) + "\n" for line in lines)
