"""How commands name a circuit: by its name in the catalogue, or as `path/to/file.py:name`."""

from __future__ import annotations

import importlib.util
import sys
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, TypeAlias

import typer

if TYPE_CHECKING:
    from circuits.frontend import Circuit
    from circuits.gadgets.example import Example
    from prover.formats.strict_json import Node

CircuitName: TypeAlias = Annotated[
    str, typer.Argument(help="A name that `circuit list` prints, or FILE.py:NAME of your own.", show_default=False)
]
Inputs: TypeAlias = Annotated[
    Path | None,
    typer.Option("--inputs", "-i", help="Inputs as JSON: decimal strings by name.", show_default="an example's"),
]
Seed: TypeAlias = Annotated[int, typer.Option("--seed", help="Which example inputs, and which attacks.")]

_MODULE_PREFIX: Final = "zkclear_file_"


class UnknownCircuit(ValueError):
    """There is no such circuit; the message says where to look."""


class CircuitFileFailed(Exception):
    """A file of circuits, or a function in it, failed as Python; `source` is the file and line."""

    def __init__(self, source: str, error: BaseException) -> None:
        super().__init__(f"{source}: {type(error).__name__}: {error}")
        self.source = source


@dataclass(frozen=True, slots=True)
class Named:
    """What a name stands for. An `Example` brings inputs of its own."""

    circuit: Circuit
    example: Example | None

    def inputs(self, path: Path | None, seed: int) -> dict[str, Any]:
        """From a file, or the example's. Raises `typer.BadParameter` when there is neither, and `FormatError`."""
        if path is not None:
            return read_inputs(path)
        if self.example is None:
            raise typer.BadParameter("a circuit of your own needs --inputs FILE.json")
        from random import Random

        return dict(self.example.inputs(Random(seed)))


def find(name: str) -> Named:
    """The circuit of a name. A file is run, as Python runs any. Raises `UnknownCircuit` and `CircuitFileFailed`."""
    file, _, attribute = name.rpartition(":")
    if not file.endswith(".py"):
        return _in_catalogue(name)
    from circuits.frontend import Circuit
    from circuits.gadgets.example import Example

    found = getattr(_load(Path(file)), attribute, None)
    if isinstance(found, Example):
        return Named(found.circuit, found)
    if not isinstance(found, Circuit):
        raise UnknownCircuit(f"{file} has no circuit called {attribute}")
    return Named(found, None)


def read_inputs(path: Path) -> dict[str, Any]:
    """Inputs from JSON: strings of canonical decimals below r, or short integers, in nested arrays.

    Raises `FormatError` with the place in the file.
    """
    from prover.formats.strict_json import read_json

    document = read_json(path)
    names = frozenset(document.value) if isinstance(document.value, dict) else frozenset[str]()
    return {name: _integers(node) for name, node in document.fields(frozenset(), names).items()}


def failure_in_a_file(error: BaseException) -> CircuitFileFailed | None:
    """When an unexpected exception came out of a file that `find` ran: whose fault it is, and the line."""
    for frame, line in reversed(list(traceback.walk_tb(error.__traceback__))):
        if str(frame.f_globals.get("__name__", "")).startswith(_MODULE_PREFIX):
            return CircuitFileFailed(f"{Path(frame.f_code.co_filename).name}:{line}", error)
    return None


def _in_catalogue(name: str) -> Named:
    from circuits.catalogue import named

    example = named(name)
    if example is None:
        raise UnknownCircuit(
            f"no circuit is called {name}: `zkclear circuit list` prints them, FILE.py:NAME is your own"
        )
    return Named(example.circuit, example)


def _integers(node: Node) -> Any:
    from prover.bn254 import FR

    if isinstance(node.value, list):
        return [_integers(item) for item in node.items()]
    return node.integer_below(FR) if isinstance(node.value, str) else node.count()


def _load(path: Path) -> Any:
    """Runs a file as a module of a name that hides no other; it may import its neighbours."""
    if not path.is_file():
        raise UnknownCircuit(f"there is no file {path}")
    name = f"{_MODULE_PREFIX}{path.stem}"
    specification = importlib.util.spec_from_file_location(name, path.resolve())
    if specification is None or specification.loader is None:
        raise UnknownCircuit(f"{path} is not a Python file")
    module = importlib.util.module_from_spec(specification)
    sys.modules[name] = module
    folder = str(path.resolve().parent)
    if folder not in sys.path:
        sys.path.append(folder)
    try:
        specification.loader.exec_module(module)
    except Exception as error:
        line = error.lineno if isinstance(error, SyntaxError) else None
        failed = failure_in_a_file(error)
        raise failed or CircuitFileFailed(f"{path.name}:{line}" if line else path.name, error) from error
    return module
