"""What a method is: a name, types of what goes in and comes out, who may call it, and what it costs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any

from msgspec.structs import fields

from sequencer.api.services import Call
from sequencer.api.types.parameters import Parameters


class Access(Enum):
    """Who may call a method."""

    PUBLIC = "public"
    LOGIN = "login"
    ACCOUNT_KEY = "account_key"


@dataclass(frozen=True, slots=True)
class Method:
    """One method. `cost` is in credits; `errors` are HTTP statuses beyond those that every method may answer with.

    `run` raises `ApiError` and what `error_table` knows.
    """

    name: str
    parameters: type[Parameters]
    answer: Any
    run: Callable[[Call, Any], Awaitable[Any]]
    says: str
    access: Access = Access.PUBLIC
    cost: int = 1
    flags: frozenset[str] = frozenset()
    """Names of parameters that are true or false."""

    has_query: bool = True
    """Whether GET can carry the parameters: none of them is a list."""


def method(
    name: str,
    parameters: type[Parameters],
    answer: Any,
    run: Callable[[Call, Any], Awaitable[Any]],
    *,
    access: Access | None = None,
    cost: int = 1,
    has_query: bool = True,
) -> Method:
    """A method whose description is its function's docstring; private ones need a login unless they need more."""
    wanted = access or (Access.LOGIN if name.startswith("private/") else Access.PUBLIC)
    flags = frozenset(one.name for one in fields(parameters) if one.type is bool)
    return Method(name, parameters, answer, run, (run.__doc__ or "").strip(), wanted, cost, flags, has_query)
