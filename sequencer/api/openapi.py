"""The API's description (OpenAPI 3.1), made from the types that parse requests and write answers: no second source."""

from __future__ import annotations

from typing import Any, Final

import msgspec
from msgspec.structs import fields

from sequencer.api.envelope import ErrorObject
from sequencer.api.error_table import documented
from sequencer.api.methods.method import Access, Method
from sequencer.api.methods.node import VERSION
from sequencer.api.methods.table import METHODS
from sequencer.api.types import notifications

REF: Final = "#/components/schemas/{name}"
ID_SCHEMA: Final[dict[str, Any]] = {"oneOf": [{"type": "integer"}, {"type": "string", "maxLength": 64}]}
STATUSES: Final = {
    400: "Not well formed, or not what the method takes",
    401: "Not logged in",
    403: "Not for this login",
    404: "No such method, instrument or record",
    405: "GET and POST alone",
    408: "Too slow",
    409: "It cannot be now: another order, session or batch is in the way",
    413: "Too long",
    422: "A rule would be broken",
    429: "Too many requests: wait",
    431: "The headers are too long",
    500: "A fault of the node",
    503: "The node takes nothing now",
}
ALWAYS: Final = frozenset({400, 404, 405, 408, 413, 429, 431, 500, 503})
ERROR_NAME: Final = "Error"
NOTIFICATIONS: Final = (
    notifications.BookNews,
    notifications.TradesNews,
    notifications.TickerNews,
    notifications.OrdersNews,
    notifications.OwnTradesNews,
    notifications.PortfolioNews,
    notifications.BatchesNews,
)


def description() -> bytes:
    """As JSON."""
    return msgspec.json.encode(document())


def document() -> dict[str, Any]:
    """The whole description."""
    types = [one for method in METHODS.values() for one in (method.parameters, method.answer)]
    schemas, components = msgspec.json.schema_components([*types, ErrorObject, *NOTIFICATIONS], ref_template=REF)
    of_type = dict(zip([str(one) for one in types], schemas, strict=False))
    components |= {ERROR_NAME: _error(), "Request": _request(), "Response": _response()}
    paths: dict[str, Any] = {"/api/v2": {"post": _rpc()}}
    for method in METHODS.values():
        answer, parameters = of_type[str(method.answer)], of_type[str(method.parameters)]
        path = paths.setdefault(f"/api/v2/{method.name}", {})
        path["post"] = _operation(method, answer) | {
            "requestBody": {"required": True, "content": {"application/json": {"schema": parameters}}}
        }
        if method.has_query:
            schema = components[parameters["$ref"].rpartition("/")[2]]
            path["get"] = _operation(method, answer) | {"parameters": _query(method, schema)}
    return {
        "openapi": "3.1.0",
        "info": {"title": "zkclear", "version": VERSION, "description": _text()},
        "paths": paths | _operators(),
        "components": {
            "schemas": components,
            "responses": _responses(),
            "securitySchemes": {"login": {"type": "http", "scheme": "bearer"}},
        },
    }


def _text() -> str:
    lines = [
        "JSON-RPC 2.0 over HTTP, and over WebSocket at /ws/api/v2, where there are subscriptions too.",
        "",
        "Integers are JSON integers within 2^53 - 1, or decimal strings; floats and exponents are refused.",
        "",
        "| code | status | rule | meaning |",
        "|---|---|---|---|",
        *(f"| {code} | {status} | {rule} | {says} |" for code, status, rule, says in documented()),
    ]
    return "\n".join(lines)


def _operation(method: Method, answer: dict[str, Any]) -> dict[str, Any]:
    success = {
        "type": "object",
        "required": ["jsonrpc", "result", "usIn", "usOut"],
        "properties": {
            "jsonrpc": {"const": "2.0"},
            "result": answer,
            "usIn": {"type": "integer"},
            "usOut": {"type": "integer"},
        },
    }
    statuses = set(ALWAYS) | {401, 403, 409, 422}
    found: dict[str, Any] = {
        "summary": method.says.partition("\n")[0],
        "description": method.says,
        "tags": [method.name.partition("/")[0]],
        "x-cost": method.cost,
        "x-access": method.access.value,
        "responses": {"200": _content("The result", success)} | _refusals(statuses),
    }
    if method.access is not Access.PUBLIC:
        found["security"] = [{"login": []}]
    return found


def _rpc() -> dict[str, Any]:
    request = {"$ref": REF.format(name="Request")}
    response = {"$ref": REF.format(name="Response")}
    # One that is no request gets an error of its own, and the others are answered.
    many = {"type": "array", "minItems": 1, "maxItems": 256, "description": "Requests", "items": {}}
    either = {"oneOf": [request, many]}
    answer = {"oneOf": [response, {"type": "array", "items": response}]}
    return {
        "summary": "JSON-RPC 2.0: one request, or a batch of them",
        "requestBody": {"required": True, "content": {"application/json": {"schema": either}}},
        "responses": {"200": _content("One answer for each request", answer)} | _refusals(set(STATUSES)),
    }


def _refusals(statuses: set[int]) -> dict[str, Any]:
    return {str(status): {"$ref": f"#/components/responses/{_response_name(status)}"} for status in sorted(statuses)}


def _response_name(status: int) -> str:
    return f"Refusal{status}"


def _responses() -> dict[str, Any]:
    error = {
        "type": "object",
        "required": ["jsonrpc", "error"],
        "properties": {"jsonrpc": {"const": "2.0"}, "error": {"$ref": REF.format(name=ERROR_NAME)}, "id": _id()},
    }
    return {_response_name(status): _content(says, error) for status, says in STATUSES.items()}


def _content(says: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": says, "content": {"application/json": {"schema": schema}}}


def _id() -> dict[str, Any]:
    return {"oneOf": [*ID_SCHEMA["oneOf"], {"type": "null"}]}


def _error() -> dict[str, Any]:
    return {
        "type": "object",
        "required": ["code", "message", "data"],
        "properties": {
            "code": {"enum": [code for code, *_ in documented()]},
            "message": {"type": "string"},
            "data": {
                "type": "object",
                "required": ["rule"],
                "properties": {"rule": {"type": "string"}, "retry_after_ms": {"type": "integer"}},
            },
        },
    }


def _request() -> dict[str, Any]:
    return {
        "type": "object",
        "required": ["jsonrpc", "id", "method"],
        "properties": {
            "jsonrpc": {"const": "2.0"},
            "id": ID_SCHEMA,
            "method": {"enum": sorted(METHODS)},
            "params": {"type": "object"},
        },
    }


def _response() -> dict[str, Any]:
    return {
        "type": "object",
        "required": ["jsonrpc", "usIn", "usOut"],
        "properties": {"jsonrpc": {"const": "2.0"}, "id": _id(), "error": {"$ref": REF.format(name=ERROR_NAME)}},
    }


def _query(method: Method, schema: dict[str, Any]) -> list[dict[str, Any]]:
    required = set(schema.get("required", ()))
    return [
        {
            "name": one.encode_name,
            "in": "query",
            "required": one.encode_name in required,
            "schema": schema["properties"][one.encode_name],
        }
        for one in fields(method.parameters)
    ]


def _operators() -> dict[str, Any]:
    is_live = {"type": "object", "required": ["is_live"], "properties": {"is_live": {"const": True}}}
    is_ready = {"type": "object", "required": ["is_ready", "conditions"]}
    shown = {"200": {"description": "Text", "content": {"text/plain": {"schema": {"type": "string"}}}}}
    return {
        "/healthz": {"get": {"summary": "Whether it answers", "responses": {"200": _content("Yes", is_live)}}},
        "/readyz": {
            "get": {
                "summary": "Whether the node takes messages, and why not",
                "responses": {"200": _content("Yes", is_ready), "503": _content("No", is_ready)},
            }
        },
        "/metrics": {"get": {"summary": "For Prometheus", "responses": shown}},
    }
