"""From the bytes of a request to the bytes of an answer: JSON-RPC 2.0, single requests and batches."""

from __future__ import annotations

from collections.abc import Awaitable, Iterator
from itertools import groupby, repeat
from types import TracebackType
from typing import Any, Final, Self

import msgspec
from msgspec import UNSET, Struct, UnsetType, ValidationError

from sequencer.api import errors
from sequencer.api.envelope import ErrorObject, Reply, RequestId, Response, encoded, id_of, named, now_us
from sequencer.api.error_table import Answer, answer_of
from sequencer.api.errors import InvalidParameters, InvalidRequest, MethodNotFound
from sequencer.api.incidents import report_incident
from sequencer.api.measures import Measures
from sequencer.api.methods.method import Access, Method, Placing
from sequencer.api.port import Acknowledgement
from sequencer.api.services import Call
from sequencer.api.started import Started
from sequencer.api.strict_json import NotStrictJson, parse
from sequencer.matching.requests import OrderRequest
from sequencer.messages import PlaceOrder

LONGEST_METHOD: Final = 64
LONGEST_SHOWN: Final = 200
MESSAGE_COST: Final = 1
"""Of every message, whatever is in it: what is not understood has to be read, too."""


class Caught:
    """Keeps any error of its block, since whatever it is, an answer is due; not what ends a task or the program."""

    def __init__(self) -> None:
        self.error: Exception | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _: type[BaseException] | None, error: BaseException | None, __: TracebackType | None) -> bool:
        self.error = error if isinstance(error, Exception) else None
        return self.error is not None


class _Asked(Struct):
    """One order of several: the request that it came in, and what was wrong with that."""

    started_us: int
    id: RequestId = None
    name: str = ""
    placing: Placing | None = None
    order: OrderRequest | None = None
    error: Exception | None = None


class Dispatcher:
    """Knows the methods; looks at every request in the order in which it came before it first waits."""

    def __init__(self, methods: dict[str, Method], measures: Measures) -> None:
        self._methods, self._measures = methods, measures

    def method(self, name: str) -> Method:
        """Raises `MethodNotFound`."""
        found = self._methods.get(name)
        if found is None:
            raise MethodNotFound(method=name[:LONGEST_METHOD])
        return found

    async def answer(self, call: Call, body: bytes) -> Reply:
        """A request or a batch of them. Never raises."""
        started_us = now_us()
        try:
            call.services.addresses.take(call.address, MESSAGE_COST)
            if len(body) > call.services.limits.body_bytes:
                raise errors.BodyTooLarge(most_bytes=call.services.limits.body_bytes)
            request = parse(body)
            if isinstance(request, list):
                return await self._batch(call, request)
        except (NotStrictJson, errors.ApiError) as error:
            return self._refusal(error, None, started_us, "")
        return await self._one(call, request)

    async def call(self, call: Call, name: str, given: dict[str, Any]) -> Reply:
        """One method by its name, without JSON-RPC's envelope around the request. Never raises."""
        started_us = now_us()
        result: Any = None
        with Caught() as caught:
            call.services.addresses.take(call.address, MESSAGE_COST)
            result = await self.begun(call, self.method(name), given)
        if caught.error is not None:
            return self._refusal(caught.error, UNSET, started_us, name)
        self._measures.answered(name, "", now_us() - started_us)
        return Reply(encoded(Response(result=result, us_in=started_us, us_out=now_us())))

    def begun(self, call: Call, method: Method, given: dict[str, Any]) -> Awaitable[Any]:
        """Checks who asks and how much is left, then the parameters; returns what is left to wait for.

        Raises what `answer_of` knows, and so does what it returns.
        """
        return method.run(call, _admitted(call, method, given))

    async def _batch(self, call: Call, requests: list[Any]) -> Reply:
        most = call.services.limits.requests_in_batch
        if not 1 <= len(requests) <= most:
            raise InvalidRequest(f"a batch has 1 to {most} requests", most=most)
        started = [
            Started(self._orders(call, [*some]) if are_orders else self._in_turn(call, [*some]))
            for are_orders, some in groupby(requests, self._places_an_order)
        ]
        return Reply(b"[" + b",".join([body for one in started for body in await one]) + b"]")

    def _places_an_order(self, request: Any) -> bool:
        name = request.get("method") if isinstance(request, dict) else None
        method = self._methods.get(name) if isinstance(name, str) else None
        return method is not None and method.placing is not None

    async def _in_turn(self, call: Call, requests: list[Any]) -> list[bytes]:
        """They begin in their order, and are all under way before the first is waited for."""
        started = [Started(self._one(call, request)) for request in requests]
        return [(await one).body for one in started]

    async def _orders(self, call: Call, requests: list[Any]) -> list[bytes]:
        """As `_in_turn`, for orders: all go to the node together, and are waited for once."""
        asked = [self._asked(call, request) for request in requests]
        good = [one.order for one in asked if one.order is not None]
        results: Iterator[Any] = iter(())
        with Caught() as caught:
            results = iter(await call.services.submit_many([PlaceOrder(order) for order in good], call.account()))
        if caught.error is not None:
            results = repeat(caught.error)
        return [self._answered(call, one, one.error if one.order is None else next(results)).body for one in asked]

    def _asked(self, call: Call, request: Any) -> _Asked:
        asked = _Asked(now_us())
        with Caught() as caught:
            asked.id = id_of(request)
            asked.name, given = named(request)
            method = self.method(asked.name)
            asked.placing = method.placing
            if method.placing is not None:
                asked.order = method.placing.order(call, _admitted(call, method, given))
        asked.error = caught.error
        return asked

    def _answered(self, call: Call, asked: _Asked, result: Acknowledgement | Exception | None) -> Reply:
        body, refused = b"", result if isinstance(result, Exception) else None
        with Caught() as caught:
            if asked.order is None or asked.placing is None:
                raise refused or InvalidRequest
            shown = asked.placing.answer(call, asked.order, refused)
            body = encoded(Response(id=asked.id, result=shown, us_in=asked.started_us, us_out=now_us()))
        if caught.error is not None:
            return self._refusal(caught.error, asked.id, asked.started_us, asked.name)
        self._measures.answered(asked.name, "", now_us() - asked.started_us)
        return Reply(body)

    async def _one(self, call: Call, request: Any) -> Reply:
        started_us = now_us()
        request_id: RequestId = None
        name = ""
        body = b""
        with Caught() as caught:
            request_id = id_of(request)
            name, given = named(request)
            result = await self.begun(call, self.method(name), given)
            body = encoded(Response(id=request_id, result=result, us_in=started_us, us_out=now_us()))
        if caught.error is not None:
            return self._refusal(caught.error, request_id, started_us, name)
        self._measures.answered(name, "", now_us() - started_us)
        return Reply(body)

    def _refusal(self, error: Exception, request_id: RequestId | UnsetType, started_us: int, name: str) -> Reply:
        found = answer_of(error)
        if found is None:
            found = _incident(error, name)
        known = name if name in self._methods else ""
        self._measures.answered(known, found.rule, now_us() - started_us)
        # Its frames hold the request, which holds it: thousands of such rings a second would wait for the collector.
        error.__traceback__ = None
        shown = ErrorObject(found.code, found.message, found.data)
        body = encoded(Response(id=request_id, error=shown, us_in=started_us, us_out=now_us()))
        return Reply(body, found.status, found.retry_after_ms)


def _admitted(call: Call, method: Method, given: dict[str, Any]) -> Any:
    """The parameters, when whoever calls may, and has enough left. Raises what `answer_of` knows."""
    services = call.services
    services.addresses.take(call.address, method.cost)
    if method.access is not Access.PUBLIC:
        services.accounts.take(call.caller().account, method.cost)
        if method.access is Access.ACCOUNT_KEY:
            call.require_account_key()
    return parameters_of(method, given)


def parameters_of(method: Method, given: dict[str, Any]) -> Any:
    """Raises `InvalidParameters`, saying where and what was expected."""
    try:
        return msgspec.convert(given, method.parameters)
    except ValidationError as error:
        raise InvalidParameters(str(error)[:LONGEST_SHOWN]) from None


def error_body(error: Exception) -> Reply:
    """For errors that come before any method is known."""
    at_us = now_us()
    found = answer_of(error) or _incident(error, "")
    shown = ErrorObject(found.code, found.message, found.data)
    body = encoded(Response(error=shown, us_in=at_us, us_out=at_us))
    return Reply(body, found.status, found.retry_after_ms)


def _incident(error: Exception, name: str) -> Answer:
    own = errors.InternalError(incident=report_incident(error, name))
    return Answer(own.code, own.status, own.rule(), own.message, {"rule": own.rule(), **own.data})
