"""What a method is: a name, types of what goes in and comes out, who may call it, and what it costs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any, NamedTuple

from msgspec.structs import fields

from sequencer.api.services import Call
from sequencer.api.types.parameters import Parameters
from sequencer.matching.requests import OrderRequest


class Access(Enum):
    """Who may call a method."""

    PUBLIC = "public"
    LOGIN = "login"
    ACCOUNT_KEY = "account_key"


class Placing(NamedTuple):
    """What a method is that places one order and does nothing else: many of them go to the node together.

    `order` is what it places, `answer` what it says, given what refused it. Both raise as `Method.run` does.
    """

    order: Callable[[Call, Any], OrderRequest]
    answer: Callable[[Call, OrderRequest, Exception | None], Any]


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

    placing: Placing | None = None


def method(
    name: str,
    parameters: type[Parameters],
    answer: Any,
    run: Callable[[Call, Any], Awaitable[Any]],
    *,
    access: Access | None = None,
    cost: int = 1,
    has_query: bool = True,
    placing: Placing | None = None,
) -> Method:
    """A method whose description is its function's docstring; private ones need a login unless they need more."""
    wanted = access or (Access.LOGIN if name.startswith("private/") else Access.PUBLIC)
    flags = frozenset(one.name for one in fields(parameters) if one.type is bool)
    return Method(name, parameters, answer, run, (run.__doc__ or "").strip(), wanted, cost, flags, has_query, placing)
