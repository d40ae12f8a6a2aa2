"""`Circuit`: a function over wires with its inputs declared, ready to be compiled or run on integers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import product
from typing import Any, TypeAlias

from circuits.frontend.builder import Builder
from circuits.frontend.errors import CircuitDefinitionError, InputRefused
from circuits.frontend.wire import Wire
from prover.bn254 import FR

InputValues: TypeAlias = Mapping[str, Any]
"""Name -> an integer in [0, r), or nested sequences of them in the declared shape."""

OutputValues: TypeAlias = dict[str, int]


class Visibility(Enum):
    """Whether the verifier sees an input."""

    PUBLIC = "public"
    PRIVATE = "private"


@dataclass(frozen=True, slots=True)
class InputShape:
    """One input: () is a single wire, (3, 2) three sequences of two."""

    visibility: Visibility
    shape: tuple[int, ...]

    def __post_init__(self) -> None:
        if any(type(extent) is not int or extent < 0 for extent in self.shape):
            raise CircuitDefinitionError(f"the extents of an input are integers from 0 on, not {self.shape}")

    @property
    def size(self) -> int:
        """How many wires it has."""
        total = 1
        for extent in self.shape:
            total *= extent
        return total


def public(*shape: int) -> InputShape:
    """A public input, of the given extents."""
    return InputShape(Visibility.PUBLIC, shape)


def private(*shape: int) -> InputShape:
    """A private input, of the given extents."""
    return InputShape(Visibility.PRIVATE, shape)


@dataclass(frozen=True, slots=True)
class Circuit:
    """A circuit. `define(builder, **inputs)` makes the constraints and gives the public outputs.

    Outputs are a wire (then called `out`), a mapping of names to wires or sequences of wires, or `None`.
    """

    name: str
    define: Callable[..., Any]
    inputs: Mapping[str, InputShape]

    def ordered_inputs(self) -> list[tuple[str, InputShape]]:
        """As they stand in the witness: the public ones first."""
        return sorted(self.inputs.items(), key=lambda item: item[1].visibility is Visibility.PRIVATE)

    @property
    def n_inputs(self) -> int:
        """Wires of all inputs."""
        return sum(shape.size for shape in self.inputs.values())

    @property
    def n_public_inputs(self) -> int:
        """Wires of the public ones."""
        return sum(shape.size for shape in self.inputs.values() if shape.visibility is Visibility.PUBLIC)

    def input_names(self) -> list[str]:
        """A name per input wire, in the order of the witness: `path[2][0]`."""
        return [
            name + "".join(f"[{index}]" for index in indices)
            for name, shape in self.ordered_inputs()
            for indices in product(*(range(extent) for extent in shape.shape))
        ]

    def input_integers(self, values: InputValues) -> list[int]:
        """The inputs in the order of the witness. Raises `InputRefused` unless they are integers in [0, r) in shape."""
        unknown = sorted(str(name) for name in set(values) - set(self.inputs))
        if unknown:
            raise InputRefused(
                unknown[0], f"the circuit {self.name} has no such input; it has {', '.join(self.inputs)}"
            )
        integers: list[int] = []
        for name, shape in self.ordered_inputs():
            if name not in values:
                raise InputRefused(name, "it is missing")
            integers.extend(_integers(name, values[name], shape.shape))
        return integers

    def arguments(self, wires: Sequence[Wire]) -> dict[str, Any]:
        """The inputs' wires, in the order of the witness, as `define` takes them."""
        remaining = iter(wires)
        return {name: _shaped(remaining, shape.shape) for name, shape in self.ordered_inputs()}


def circuit(**inputs: InputShape) -> Callable[[Callable[..., Any]], Circuit]:
    """Makes a function a `Circuit` of the function's name: `@circuit(limit=public(), values=private(4))`."""

    def decorate(define: Callable[..., Any]) -> Circuit:
        return Circuit(define.__name__, define, inputs)

    return decorate


def named_outputs(builder: Builder, result: Any) -> list[tuple[str, Wire]]:
    """What a circuit gave back, as (name, wire); raises `CircuitDefinitionError` for what is no output."""
    if result is None:
        return []
    if isinstance(result, Wire | int):
        return [("out", builder.wire(result))]
    if isinstance(result, Mapping):
        pairs = [pair for name, value in result.items() for pair in _named(builder, str(name), value)]
        if len({name for name, _ in pairs}) < len(pairs):
            raise CircuitDefinitionError("two public outputs have the same name")
        return pairs
    raise CircuitDefinitionError("a circuit gives back a wire, a mapping of names to wires, or None")


def _named(builder: Builder, name: str, value: Any) -> Iterator[tuple[str, Wire]]:
    if isinstance(value, Wire | int):
        yield name, builder.wire(value)
    elif isinstance(value, Sequence) and not isinstance(value, str | bytes):
        for index, item in enumerate(value):
            yield from _named(builder, f"{name}[{index}]", item)
    else:
        raise CircuitDefinitionError(f"output {name} is neither a wire nor a sequence of wires")


def _integers(name: str, value: Any, shape: tuple[int, ...]) -> Iterator[int]:
    if not shape:
        if not isinstance(value, int) or isinstance(value, bool):
            raise InputRefused(name, f"an integer is needed, not {type(value).__name__}")
        if not 0 <= value < FR:
            raise InputRefused(name, "it is not in [0, r): refused, never reduced")
        yield value
        return
    if not isinstance(value, Sequence) or isinstance(value, str | bytes | bytearray | memoryview):
        raise InputRefused(name, f"a sequence of {shape[0]} is needed, not {type(value).__name__}")
    if len(value) != shape[0]:
        raise InputRefused(name, f"a sequence of {shape[0]} is needed, this one has {len(value)}")
    for index, item in enumerate(value):
        yield from _integers(f"{name}[{index}]", item, shape[1:])


def _shaped(wires: Iterator[Wire], shape: tuple[int, ...]) -> Any:
    if not shape:
        return next(wires)
    return tuple(_shaped(wires, shape[1:]) for _ in range(shape[0]))
