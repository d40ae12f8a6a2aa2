"""What the API itself refuses. Each class has a code and an HTTP status that never change their meaning."""

from __future__ import annotations

from typing import ClassVar, TypeAlias

Data: TypeAlias = dict[str, int | str | bool | None]


class ApiError(Exception):
    """A typed refusal. `data` is shown to whoever asked: never put anything secret into it."""

    code: ClassVar[int] = -32603
    status: ClassVar[int] = 500
    says: ClassVar[str] = "something went wrong inside"

    def __init__(self, message: str = "", **data: int | str | bool | None) -> None:
        super().__init__(message or self.says)
        self.message = message or self.says
        self.data: Data = data

    @classmethod
    def rule(cls) -> str:
        """The name that answers carry."""
        return cls.__name__


class MalformedJson(ApiError):
    """The body is no JSON, or JSON that parsers could read differently."""

    code, status, says = -32700, 400, "the body is no JSON with one meaning"


class InvalidRequest(ApiError):
    """JSON, but no JSON-RPC 2.0 request."""

    code, status, says = -32600, 400, "this is no JSON-RPC 2.0 request"


class MethodNotFound(ApiError):
    """There is no such method, or no such path."""

    code, status, says = -32601, 404, "there is no such method"


class InvalidParameters(ApiError):
    """Parameters that the method does not take."""

    code, status, says = -32602, 400, "the method does not take these parameters"


class InternalError(ApiError):
    """A fault of the node. The log knows more, under the incident's id."""

    code, status, says = -32603, 500, "a fault of the node; ask the operator about this incident"


class NotAuthenticated(ApiError):
    """A private method without a login, or one that did not hold."""

    code, status, says = 10000, 401, "log in first: public/get_challenge, then public/auth"


class NotAllowed(ApiError):
    """A login that may not do this: another account's, or a session key where the account's key is needed."""

    code, status, says = 10001, 403, "this login may not do this"


class BodyTooLarge(ApiError):
    """A request that is too long."""

    code, status, says = 10002, 413, "the request is too long"


class RequestTimeout(ApiError):
    """A request that came too slowly."""

    code, status, says = 10003, 408, "the request came too slowly"


class TooManyRequests(ApiError):
    """The credits of the account or the address are used up."""

    code, status, says = 10004, 429, "too many requests: wait"


class Overloaded(ApiError):
    """More waits than the node takes at once."""

    code, status, says = 10005, 429, "the node is busy: wait"


class Unavailable(ApiError):
    """The node takes no messages now."""

    code, status, says = 10006, 503, "the node takes no messages now"


class Undecided(ApiError):
    """Whether the message was taken will be known when the node has started again."""

    code, status, says = 10007, 503, "whether this was taken is not known yet: ask for the order's state later"


class UnknownInstrument(ApiError):
    """No instrument has this name."""

    code, status, says = 10008, 404, "there is no instrument of this name"


class UnknownRecord(ApiError):
    """No order, trade, operation or batch has this id, or it is too old to be kept."""

    code, status, says = 10009, 404, "nothing of this id is kept"


class MethodNotAllowed(ApiError):
    """The path is there, but not for this HTTP method."""

    code, status, says = 10010, 405, "use GET or POST as the documentation says"


class TooManyConnections(ApiError):
    """More connections than the node keeps."""

    code, status, says = 10011, 503, "there are too many connections"


class TooManySubscriptions(ApiError):
    """More channels than one connection may have."""

    code, status, says = 10012, 429, "there are too many subscriptions on this connection"


class UnknownChannel(ApiError):
    """No channel has this name."""

    code, status, says = 10013, 404, "there is no channel of this name"


class SlowConsumer(ApiError):
    """A connection that does not read what it asked for; it is closed."""

    code, status, says = 10014, 429, "notifications were not read in time: subscribe again, and read faster"


class HeadersTooLarge(ApiError):
    """A request whose headers are too long."""

    code, status, says = 10015, 431, "the headers of the request are too long"


class NeedsWebSocket(ApiError):
    """Subscriptions are there on a WebSocket alone."""

    code, status, says = 10016, 400, "subscriptions need a WebSocket: connect to /ws/api/v2"


OWN_ERRORS: tuple[type[ApiError], ...] = (
    MalformedJson,
    InvalidRequest,
    MethodNotFound,
    InvalidParameters,
    InternalError,
    NotAuthenticated,
    NotAllowed,
    BodyTooLarge,
    RequestTimeout,
    TooManyRequests,
    Overloaded,
    Unavailable,
    Undecided,
    UnknownInstrument,
    UnknownRecord,
    MethodNotAllowed,
    TooManyConnections,
    TooManySubscriptions,
    UnknownChannel,
    SlowConsumer,
    HeadersTooLarge,
    NeedsWebSocket,
)
