"""Arguments of sub-circuits: nested tuples, lists, mappings and dataclasses, taken apart and put together."""

from __future__ import annotations

import dataclasses
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from circuits.frontend.errors import CircuitDefinitionError
from circuits.frontend.wire import Wire

Structure: TypeAlias = Hashable
"""What is left of a value when its wires are taken out; equal for values of the same form and the same constants."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """The place of a wire."""


@dataclass(frozen=True, slots=True)
class Static:
    """A value that is no wire: part of which sub-circuit it is. Its type counts: 1 is not True."""

    kind: type
    value: Hashable


LEAF = Leaf()


def take_apart(value: Any, wires: list[Wire]) -> Structure:
    """Appends the wires of `value` to `wires`, depth first; raises `CircuitDefinitionError` for what has no hash."""
    if isinstance(value, Wire):
        wires.append(value)
        return LEAF
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        parts = tuple(
            (field.name, take_apart(getattr(value, field.name), wires)) for field in dataclasses.fields(value)
        )
        return ("dataclass", type(value), parts)
    if isinstance(value, Mapping):
        return ("mapping", tuple((key, take_apart(item, wires)) for key, item in value.items()))
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return ("named", type(value), tuple(take_apart(item, wires) for item in value))
    if isinstance(value, list | tuple):
        return ("list" if isinstance(value, list) else "tuple", tuple(take_apart(item, wires) for item in value))
    try:
        hash(value)
    except TypeError:
        raise CircuitDefinitionError(
            f"an argument of a sub-circuit must be made of wires and of hashable constants, not {type(value).__name__}"
        ) from None
    return Static(type(value), value)


def put_together(structure: Any, wires: Iterator[Wire]) -> Any:
    """The inverse of `take_apart`."""
    if structure is LEAF:
        return next(wires)
    if isinstance(structure, Static):
        return structure.value
    kind = structure[0]
    if kind == "dataclass":
        _, cls, parts = structure
        return cls(**{name: put_together(part, wires) for name, part in parts})
    if kind == "mapping":
        return {key: put_together(part, wires) for key, part in structure[1]}
    items = [put_together(part, wires) for part in structure[-1]]
    if kind == "named":
        return structure[1](*items)
    return tuple(items) if kind == "tuple" else items


def statics(structure: Any) -> Sequence[str]:
    """The constants in a structure, for people: `n=64`."""
    if structure is LEAF:
        return []
    if isinstance(structure, Static):
        return [] if structure.value is None else [_short(structure.value)]
    if structure[0] in ("dataclass", "mapping"):
        named = structure[-1]
        return [f"{name}={text}" for name, part in named for text in statics(part)]
    return [text for part in structure[-1] for text in statics(part)]


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= 16 else f"{text[:8]}…"
