"""How commands name a circuit: by its name in the catalogue, or as `path/to/file.py:name`."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias

import typer

if TYPE_CHECKING:
    from circuits.frontend import Circuit
    from circuits.gadgets.example import Example
    from prover.formats.strict_json import Node

CircuitName: TypeAlias = Annotated[
    str, typer.Argument(help="A name that `circuit list` prints, or FILE.py:NAME of your own.", show_default=False)
]


class UnknownCircuit(ValueError):
    """There is no such circuit; the message says where to look."""


def find_circuit(name: str) -> Circuit:
    """The circuit of a name. Raises `UnknownCircuit`. A file is run, as Python runs any program."""
    example = find_example(name)
    if example is not None:
        return example.circuit
    from circuits.frontend import Circuit

    file, _, attribute = name.rpartition(":")
    if not file.endswith(".py"):
        raise UnknownCircuit(
            f"no circuit is called {name}: `zkclear circuit list` prints them, FILE.py:NAME is your own"
        )
    found = getattr(_load(Path(file)), attribute, None)
    if not isinstance(found, Circuit):
        raise UnknownCircuit(f"{file} has no circuit called {attribute}")
    return found


def find_example(name: str) -> Example | None:
    """The example of a name in the catalogue."""
    from circuits.catalogue import examples

    return examples().get(name)


def read_inputs(path: Path) -> dict[str, Any]:
    """Inputs from JSON: strings of canonical decimals below r, or short integers, in nested arrays.

    Raises `FormatError` with the place in the file.
    """
    from prover.formats.strict_json import read_json

    document = read_json(path)
    names = frozenset(document.value) if isinstance(document.value, dict) else frozenset[str]()
    return {name: _integers(node) for name, node in document.fields(frozenset(), names).items()}


def _integers(node: Node) -> Any:
    from prover.bn254 import FR

    if isinstance(node.value, list):
        return [_integers(item) for item in node.items()]
    return node.integer_below(FR) if isinstance(node.value, str) else node.count()


def _load(path: Path) -> Any:
    if not path.is_file():
        raise UnknownCircuit(f"there is no file {path}")
    specification = importlib.util.spec_from_file_location(path.stem, path.resolve())
    if specification is None or specification.loader is None:
        raise UnknownCircuit(f"{path} is not a Python file")
    module = importlib.util.module_from_spec(specification)
    sys.modules[path.stem] = module
    specification.loader.exec_module(module)
    return module
