"""What a circuit was made from, as a hash: two circuits of one hash compile to the same.

It takes in the circuit's name and inputs; the sources of the frontend, the gadgets and the published constants; the
source of the file that the circuit is written in and of every file that this one imports, installed packages apart;
and the bytecode of `define` with the values that it closes over, so that a factory's parameters need not be told.

What it cannot see is what a module reads when it is loaded (files, the environment) and names that are made to mean
something else later. A circuit that closes over anything but constants, functions and classes has no identity.
"""

from __future__ import annotations

import hashlib
import sys
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import partial
from pathlib import Path
from types import BuiltinFunctionType, CodeType, FunctionType, MethodType, ModuleType
from typing import Any, Final

from circuits.frontend.circuit import Circuit
from circuits.frontend.source_files import add_with_imports, house_sources

_CONSTANTS: Final = (bool, int, float, complex, str, bytes, range, type(None), type(Ellipsis))


def content_hash(circuit: Circuit, version: int) -> str | None:
    """SHA-256 in hexadecimal; `None` when the circuit depends on what has no identity. `version` is the reader's."""
    closure = _Closure()
    try:
        described = closure.describe(circuit.define)
        sources = {path: path.read_bytes() for path in {*house_sources(), *closure.files()}}
    except (_NoIdentity, OSError):
        return None
    head = repr((version, circuit.name, circuit.ordered_inputs(), described, sys.version_info[:2]))
    hasher = hashlib.sha256(hashlib.sha256(head.encode()).digest())
    for path in sorted(sources):
        hasher.update(hashlib.sha256(str(path).encode()).digest() + hashlib.sha256(sources[path]).digest())
    return hasher.hexdigest()


class _NoIdentity(Exception):
    """A value that cannot be told from another by its text."""


class _Closure:
    """Values in a form whose `repr` tells them apart, and the modules that their code is in."""

    def __init__(self) -> None:
        self._modules: set[str] = set()
        self._met: dict[int, tuple[int, Any]] = {}  # holds the value, so that its id is not given to another

    def files(self) -> set[Path]:
        """The sources of all code met. Raises `_NoIdentity` for code without a file."""
        found: set[Path] = set()
        for name in self._modules:
            module = sys.modules.get(name)
            file = getattr(module, "__file__", None)
            if file is None or not file.endswith(".py"):
                raise _NoIdentity(name)
            add_with_imports(Path(file).resolve(), getattr(module, "__package__", None) or "", found)
        return found

    def describe(self, value: Any) -> Any:
        """See the class. Raises `_NoIdentity`."""
        if isinstance(value, Enum):
            return ("enum", self._class(type(value)), value.name)
        if type(value) in _CONSTANTS:
            return (type(value).__name__, value)
        if isinstance(value, list | tuple | set | frozenset | dict):
            return self._container(value)
        if isinstance(value, CodeType):
            return self._code(value)
        if isinstance(value, type):
            return self._class(value)
        if isinstance(value, ModuleType | BuiltinFunctionType):
            return ("named", value.__name__)
        if id(value) in self._met:
            return ("met", self._met[id(value)][0])
        self._met[id(value)] = len(self._met), value
        if isinstance(value, FunctionType):
            return self._function(value)
        if isinstance(value, MethodType):
            return ("method", self.describe(value.__self__), self.describe(value.__func__))
        if isinstance(value, partial):
            return ("partial", *(self.describe(part) for part in (value.func, value.args, value.keywords)))
        if is_dataclass(value):
            parts = ((field.name, self.describe(getattr(value, field.name))) for field in fields(value))
            return ("dataclass", self._class(type(value)), *parts)
        raise _NoIdentity(type(value).__name__)

    def _container(self, value: Any) -> Any:
        if isinstance(value, dict):
            items = [(self.describe(key), self.describe(item)) for key, item in value.items()]
        else:
            items = [self.describe(item) for item in value]
        if isinstance(value, set | frozenset):
            items.sort(key=repr)
        return (self._class(type(value)), items)

    def _function(self, value: FunctionType) -> Any:
        self._modules.add(value.__module__)
        cells = []
        for cell in value.__closure__ or ():
            try:
                cells.append(self.describe(cell.cell_contents))
            except ValueError:  # nothing is in it yet
                cells.append("empty")
        defaults = self.describe(value.__defaults__), self.describe(value.__kwdefaults__)
        return ("function", value.__module__, value.__qualname__, self._code(value.__code__), cells, defaults)

    def _code(self, code: CodeType) -> Any:
        constants = [self.describe(constant) for constant in code.co_consts]
        return ("code", code.co_code, code.co_names, code.co_varnames, code.co_freevars, constants)

    def _class(self, value: type) -> Any:
        if value.__module__ != "builtins":
            self._modules.add(value.__module__)
        return ("class", value.__module__, value.__qualname__)
