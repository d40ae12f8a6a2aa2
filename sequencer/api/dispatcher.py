"""From the bytes of a request to the bytes of an answer: JSON-RPC 2.0, single requests and batches."""

from __future__ import annotations

import time
from collections.abc import Awaitable
from types import TracebackType
from typing import Any, Final, Self

import msgspec
from msgspec import UNSET, Struct, UnsetType, ValidationError

from sequencer.api import errors
from sequencer.api.error_table import Answer, answer_of
from sequencer.api.errors import Data, InvalidParameters, InvalidRequest, MethodNotFound
from sequencer.api.incidents import report_incident
from sequencer.api.measures import Measures
from sequencer.api.methods.method import Access, Method
from sequencer.api.services import Call
from sequencer.api.started import Started
from sequencer.api.strict_json import NotStrictJson, parse

MICROSECONDS: Final = 1_000
LONGEST_METHOD: Final = 64
LONGEST_ID: Final = 64
LONGEST_SHOWN: Final = 200
OK: Final = 200
MESSAGE_COST: Final = 1
"""Of every message, whatever is in it: what is not understood has to be read, too."""

RequestId = int | str | None


class ErrorObject(Struct, frozen=True):
    """JSON-RPC's error. `data` has the rule's name, and what it is about."""

    code: int
    message: str
    data: Data


class Response(Struct, frozen=True, kw_only=True, rename={"us_in": "usIn", "us_out": "usOut"}):
    """JSON-RPC's answer. Times are microseconds of the node's clock."""

    id: RequestId | UnsetType = UNSET
    result: Any = UNSET
    error: ErrorObject | UnsetType = UNSET
    us_in: int
    us_out: int
    jsonrpc: str = "2.0"


_ENCODER: Final = msgspec.json.Encoder()


class Caught:
    """Keeps any error of its block, since whatever it is, an answer is due; not what ends a task or the program."""

    def __init__(self) -> None:
        self.error: Exception | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _: type[BaseException] | None, error: BaseException | None, __: TracebackType | None) -> bool:
        self.error = error if isinstance(error, Exception) else None
        return self.error is not None


class Reply(Struct, frozen=True):
    """Bytes, the HTTP status that goes with them, and how long to wait before the next try."""

    body: bytes
    status: int = OK
    retry_after_ms: int | None = None


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
        started_us = _now_us()
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
        started_us = _now_us()
        result: Any = None
        with Caught() as caught:
            call.services.addresses.take(call.address, MESSAGE_COST)
            result = await self.begun(call, self.method(name), given)
        if caught.error is not None:
            return self._refusal(caught.error, UNSET, started_us, name)
        self._measures.answered(name, "", _now_us() - started_us)
        return Reply(_ENCODER.encode(Response(result=result, us_in=started_us, us_out=_now_us())))

    def begun(self, call: Call, method: Method, given: dict[str, Any]) -> Awaitable[Any]:
        """Checks who asks and how much is left, then the parameters; returns what is left to wait for.

        Raises what `answer_of` knows, and so does what it returns.
        """
        services = call.services
        services.addresses.take(call.address, method.cost)
        if method.access is not Access.PUBLIC:
            services.accounts.take(call.caller().account, method.cost)
            if method.access is Access.ACCOUNT_KEY:
                call.require_account_key()
        return method.run(call, parameters_of(method, given))

    async def _batch(self, call: Call, requests: list[Any]) -> Reply:
        most = call.services.limits.requests_in_batch
        if not 1 <= len(requests) <= most:
            raise InvalidRequest(f"a batch has 1 to {most} requests", most=most)
        started = [Started(self._one(call, request)) for request in requests]
        return Reply(b"[" + b",".join([(await one).body for one in started]) + b"]")

    async def _one(self, call: Call, request: Any) -> Reply:
        started_us = _now_us()
        request_id: RequestId = None
        name = ""
        body = b""
        with Caught() as caught:
            request_id = _id_of(request)
            name, given = _named(request)
            result = await self.begun(call, self.method(name), given)
            body = _ENCODER.encode(Response(id=request_id, result=result, us_in=started_us, us_out=_now_us()))
        if caught.error is not None:
            return self._refusal(caught.error, request_id, started_us, name)
        self._measures.answered(name, "", _now_us() - started_us)
        return Reply(body)

    def _refusal(self, error: Exception, request_id: RequestId | UnsetType, started_us: int, name: str) -> Reply:
        found = answer_of(error)
        if found is None:
            found = _incident(error, name)
        known = name if name in self._methods else ""
        self._measures.answered(known, found.rule, _now_us() - started_us)
        # Its frames hold the request, which holds it: thousands of such rings a second would wait for the collector.
        error.__traceback__ = None
        shown = ErrorObject(found.code, found.message, found.data)
        body = _ENCODER.encode(Response(id=request_id, error=shown, us_in=started_us, us_out=_now_us()))
        return Reply(body, found.status, found.retry_after_ms)


def parameters_of(method: Method, given: dict[str, Any]) -> Any:
    """Raises `InvalidParameters`, saying where and what was expected."""
    try:
        return msgspec.convert(given, method.parameters)
    except ValidationError as error:
        raise InvalidParameters(str(error)[:LONGEST_SHOWN]) from None


def error_body(error: Exception) -> Reply:
    """For errors that come before any method is known."""
    now_us = _now_us()
    found = answer_of(error) or _incident(error, "")
    shown = ErrorObject(found.code, found.message, found.data)
    body = _ENCODER.encode(Response(error=shown, us_in=now_us, us_out=now_us))
    return Reply(body, found.status, found.retry_after_ms)


def _incident(error: Exception, name: str) -> Answer:
    own = errors.InternalError(incident=report_incident(error, name))
    return Answer(own.code, own.status, own.rule(), own.message, {"rule": own.rule(), **own.data})


def _id_of(request: Any) -> RequestId:
    if not isinstance(request, dict):
        raise InvalidRequest("a request is an object")
    request_id = request.get("id")
    if not isinstance(request_id, int | str) or isinstance(request_id, bool):
        raise InvalidRequest("a request needs an id: an integer or a string")
    if isinstance(request_id, str) and len(request_id) > LONGEST_ID:
        raise InvalidRequest(f"an id has at most {LONGEST_ID} characters")
    return request_id


def _named(request: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    name, given = request.get("method"), request.get("params", {})
    if request.get("jsonrpc") != "2.0" or not isinstance(name, str):
        raise InvalidRequest('a request has "jsonrpc": "2.0" and the name of a method')
    if not isinstance(given, dict):
        raise InvalidParameters("parameters are named: params is an object")
    return name, given


def _now_us() -> int:
    return time.time_ns() // MICROSECONDS
