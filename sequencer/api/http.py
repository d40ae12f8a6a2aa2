"""The HTTP side: JSON-RPC at /api/v2, each method at /api/v2/ and its name, and what operators look at."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable
from typing import Any, Final
from urllib.parse import parse_qsl

import msgspec
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from sequencer.api.dispatcher import Dispatcher, error_body
from sequencer.api.envelope import Reply
from sequencer.api.errors import (
    ApiError,
    BodyTooLarge,
    HeadersTooLarge,
    InvalidParameters,
    MethodNotAllowed,
    MethodNotFound,
    NotAuthenticated,
    RequestTimeout,
)
from sequencer.api.measures import Measures
from sequencer.api.methods.method import Method
from sequencer.api.methods.node import health_of
from sequencer.api.services import Call, Services
from sequencer.api.strict_json import NotStrictJson, parse

PATH: Final = "/api/v2"
MOST_QUERY_FIELDS: Final = 64
MILLISECONDS: Final = 1_000
NOT_FOUND: Final = 404
NOT_ALLOWED: Final = 405
UNAUTHORIZED: Final = 401
UNREADY: Final = 503
CLOSING: Final = frozenset({408, 413, 431})
JSON: Final = "application/json"
_FLAGS: Final = {"true": True, "false": False}

Handler = Callable[[Request], Awaitable[Response]]


class HttpSide:
    """Handlers of one server."""

    def __init__(self, services: Services, dispatcher: Dispatcher, measures: Measures, description: bytes) -> None:
        self._services, self._dispatcher, self._measures = services, dispatcher, measures
        self._description = description

    def routes(self) -> list[BaseRoute]:
        """In the order in which they are tried."""
        return [
            Route(PATH, self.rpc, methods=["POST"]),
            Route(PATH + "/{scope}/{name}", self.by_name, methods=["GET", "POST"]),
            Route("/openapi.json", self.openapi, methods=["GET"]),
            Route("/metrics", self.metrics, methods=["GET"]),
            Route("/healthz", self.healthz, methods=["GET"]),
            Route("/readyz", self.readyz, methods=["GET"]),
        ]

    async def rpc(self, request: Request) -> Response:
        """JSON-RPC, one request or a batch."""
        try:
            call, body = self._call(request), await self._body(request)
        except ApiError as error:
            return response_of(error_body(error))
        return response_of(await self._dispatcher.answer(call, body))

    async def by_name(self, request: Request) -> Response:
        """One method: parameters in the query, or as an object in the body."""
        name = f"{request.path_params['scope']}/{request.path_params['name']}"
        try:
            call, method = self._call(request), self._dispatcher.method(name)
            if request.method == "POST":
                given = _object(await self._body(request))
            else:
                given = query_parameters(method, request.scope["query_string"])
        except (ApiError, NotStrictJson) as error:
            return response_of(error_body(error))
        return response_of(await self._dispatcher.call(call, name, given))

    async def openapi(self, _: Request) -> Response:
        """The description of all this."""
        return Response(self._description, media_type=JSON)

    async def metrics(self, _: Request) -> Response:
        """For Prometheus."""
        return Response(self._measures.text(), media_type="text/plain; version=0.0.4; charset=utf-8")

    async def healthz(self, _: Request) -> Response:
        """Whether the process answers at all."""
        return Response(b'{"is_live":true}', media_type=JSON)

    async def readyz(self, _: Request) -> Response:
        """Whether the node takes messages, and if not, why."""
        health = health_of(self._services)
        shown = [{"name": one.name, "holds": one.holds, "why": one.why} for one in health.conditions]
        body = msgspec.json.encode({"is_ready": health.is_ready, "conditions": shown})
        return Response(body, 200 if health.is_ready else UNREADY, media_type=JSON)

    def _call(self, request: Request) -> Call:
        limits = self._services.limits
        if sum(len(name) + len(value) for name, value in request.scope["headers"]) > limits.header_bytes:
            raise HeadersTooLarge(most_bytes=limits.header_bytes)
        call = Call(self._services, request.client.host if request.client else "")
        given = request.headers.getlist("authorization")
        if given:
            kind, _, token = given[0].partition(" ")
            if len(given) > 1 or kind.lower() != "bearer" or not token:
                raise NotAuthenticated("write Authorization: Bearer and the token, once")
            call.login = self._services.authentication.login_of(token)
        return call

    async def _body(self, request: Request) -> bytes:
        """Raises `BodyTooLarge`, `RequestTimeout` without waiting for the rest."""
        limits = self._services.limits
        announced = request.headers.get("content-length", "0")
        if announced.isascii() and announced.isdigit() and int(announced[:20]) > limits.body_bytes:
            raise BodyTooLarge(most_bytes=limits.body_bytes)
        parts, size = [], 0
        try:
            async with asyncio.timeout(limits.body_s):
                async for part in request.stream():
                    size += len(part)
                    if size > limits.body_bytes:
                        raise BodyTooLarge(most_bytes=limits.body_bytes)
                    parts.append(part)
        except (TimeoutError, ClientDisconnect):
            raise RequestTimeout from None
        return b"".join(parts)


def query_parameters(method: Method, query: bytes) -> dict[str, Any]:
    """As an object: true and false where the method has flags, texts everywhere else. Raises `InvalidParameters`."""
    if not method.has_query:
        raise InvalidParameters("this method has lists as parameters: use POST")
    try:
        pairs = parse_qsl(
            query.decode(),
            keep_blank_values=True,
            strict_parsing=bool(query),
            errors="strict",
            max_num_fields=MOST_QUERY_FIELDS,
        )
    except ValueError as error:
        raise InvalidParameters("the query is not well formed") from error
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise InvalidParameters("the query has one name twice", parameter=name[:64])
        found[name] = _FLAGS.get(value, value) if name in method.flags else value
    return found


def response_of(reply: Reply) -> Response:
    """With the headers that belong to its status."""
    headers = {"cache-control": "no-store", "x-content-type-options": "nosniff"}
    if reply.retry_after_ms is not None:
        headers["retry-after"] = str(math.ceil(reply.retry_after_ms / MILLISECONDS))
    if reply.status == UNAUTHORIZED:
        headers["www-authenticate"] = "Bearer"
    if reply.status in CLOSING:
        headers["connection"] = "close"
    return Response(reply.body, reply.status, headers, JSON)


def application(side: HttpSide, routes: list[BaseRoute]) -> Starlette:
    """All routes, and typed answers where there is none."""

    async def refused(_: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else NOT_FOUND
        known: ApiError = MethodNotAllowed() if status == NOT_ALLOWED else MethodNotFound("there is nothing here")
        response = response_of(error_body(known))
        if isinstance(error, HTTPException) and error.headers:
            response.headers.update(error.headers)
        return response

    return Starlette(routes=[*side.routes(), *routes], exception_handlers={HTTPException: refused})


def _object(body: bytes) -> dict[str, Any]:
    """An empty body is no parameters."""
    given = parse(body) if body else {}
    if not isinstance(given, dict):
        raise InvalidParameters("the body is an object with the method's parameters")
    return given
