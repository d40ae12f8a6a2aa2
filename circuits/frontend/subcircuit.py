"""Sub-circuits: `@subcircuit` makes a function of wires a part that is compiled once and instantiated."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar

if TYPE_CHECKING:
    from circuits.frontend.builder import Builder

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")


def subcircuit(
    function: Callable[Concatenate[Builder, Parameters], Result],
) -> Callable[Concatenate[Builder, Parameters], Result]:
    """Calls with arguments of the same form, and the same constants in them, share one compiled template.

    Arguments and results are wires and constants in nested tuples, lists, mappings and dataclasses. The function must
    depend on nothing else, and may use no wire but those it is given. Costs no constraint; a call costs some
    microseconds, whatever the sub-circuit's size. Rules: a constraint that names none gets the caller's.
    """

    @wraps(function)
    def instantiate(builder: Builder, /, *arguments: Parameters.args, **named: Parameters.kwargs) -> Result:
        return builder.call(function, arguments, named, function.__name__)

    return instantiate
