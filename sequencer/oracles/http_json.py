"""One question to one server: JSON over HTTPS, within a time and a size, and not one step further."""

from __future__ import annotations

import socket
import ssl
from contextlib import suppress
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from functools import cache
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection, IncompleteRead
from threading import Event, Timer
from typing import Final
from urllib.parse import SplitResult, urlsplit

from sequencer.oracles.errors import SourceDown
from sequencer.oracles.exact_json import Exact, NotExactJson, excerpt, parse_exact

MOST_BYTES: Final = 4 << 20
"""All of Deribit's options on BTC are half a MiB."""

LIMIT_S: Final = 3.0
OK: Final = 200
REDIRECTS: Final = range(300, 400)
LOOPBACK: Final = ("127.0.0.1", "::1", "localhost")
HEADERS: Final = {"Accept": "application/json", "Accept-Encoding": "identity", "User-Agent": "zkclear-oracle"}


class BadUrl(ValueError):
    """An address that no price is asked of."""

    def __init__(self, url: str, why: str) -> None:
        super().__init__(f"{url!r} {why}")
        self.url, self.why = url, why


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said, and when by its own clock (unix seconds), if it says so: the header `Date`."""

    content: Exact
    time_s: int | None


@dataclass(frozen=True, slots=True)
class JsonFetcher:
    """Asks by GET. Certificates are checked; redirects are not followed; nothing is tried twice: the next look is near.

    `limit_s` is for connecting, and once more for everything from the request to the last byte.
    """

    limit_s: float = LIMIT_S
    most_bytes: int = MOST_BYTES

    def fetch(self, source: str, url: str) -> Answer:
        """The answer. `source` is whose it is, for errors. Raises `SourceDown` with what went wrong."""
        parts = checked_url(url)
        connection = _connection(parts, self.limit_s)
        is_late = Event()
        try:
            connection.connect()
            # The socket itself: a connection lets go of it as soon as the answer's head is there.
            alarm = Timer(self.limit_s, _hang_up, (connection.sock, is_late))
            alarm.daemon = True
            alarm.start()
            try:
                return self._answer(source, connection, parts)
            finally:
                alarm.cancel()
        except (OSError, HTTPException, ValueError, SourceDown) as error:
            if is_late.is_set() or isinstance(error, TimeoutError):
                raise SourceDown(source, f"it has not answered within {self.limit_s:g} s") from error
            if isinstance(error, SourceDown):
                raise
            raise SourceDown(source, _failure(parts, error)) from error
        finally:
            connection.close()

    def _answer(self, source: str, connection: HTTPConnection, parts: SplitResult) -> Answer:
        connection.request("GET", _target(parts), headers=HEADERS)
        response = connection.getresponse()
        data = self._body(source, response)
        try:
            return Answer(parse_exact(data), _date_of(response))
        except NotExactJson as error:
            kind = response.headers.get_content_type()
            raise SourceDown(source, f"it answers with {error}" + _unless_json(kind)) from error

    def _body(self, source: str, response: HTTPResponse) -> bytes:
        if response.status in REDIRECTS:
            where = excerpt(response.headers.get("Location", "nowhere"))
            raise SourceDown(source, f"it sends us elsewhere, to {where}: name that address if you trust it")
        if response.status != OK:
            raise SourceDown(source, f"it answers {response.status} {excerpt(response.reason, 40)}")
        if response.headers.get("Content-Encoding", "identity") != "identity":
            raise SourceDown(source, "it answers packed, and was asked not to")
        data = response.read(self.most_bytes + 1)
        if len(data) > self.most_bytes:
            raise SourceDown(source, f"it answers with more than {self.most_bytes} bytes")
        if response.length:
            raise SourceDown(source, f"its answer ends too early: {response.length} bytes are missing")
        return data


def checked_url(url: str) -> SplitResult:
    """Its parts. Raises `BadUrl` for all but https, and http on this machine."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise BadUrl(url, f"is no address: {error}") from error
    if not parts.hostname or port == 0 or not url.isascii() or not url.isprintable() or " " in url:
        raise BadUrl(url, "is no address")
    if parts.username is not None or parts.password is not None:
        raise BadUrl(url, "holds a name or a password: nothing of that kind is sent")
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK):
        raise BadUrl(url, "is not https: anybody on the way could say another price")
    return parts


@cache
def checking_context() -> ssl.SSLContext:
    """Certificates by the system's authorities, of the host that was asked."""
    return ssl.create_default_context()


def _connection(parts: SplitResult, limit_s: float) -> HTTPConnection:
    host = parts.hostname or ""
    if parts.scheme == "https":
        return HTTPSConnection(host, parts.port, timeout=limit_s, context=checking_context())
    return HTTPConnection(host, parts.port, timeout=limit_s)


def _target(parts: SplitResult) -> str:
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _hang_up(line: socket.socket, is_late: Event) -> None:
    """What sends a byte now and then never runs into a socket's own time limit."""
    is_late.set()
    with suppress(OSError):
        line.shutdown(socket.SHUT_RDWR)


def _failure(parts: SplitResult, error: Exception) -> str:
    if isinstance(error, IncompleteRead):
        return "its answer ends too early"
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not good: {error.verify_message}"
    return f"{parts.hostname} does not answer: {_said(error)}"


def _date_of(response: HTTPResponse) -> int | None:
    said = response.headers.get("Date")
    try:
        return None if said is None else int(parsedate_to_datetime(said).timestamp())
    except (ValueError, OverflowError):
        return None


def _unless_json(kind: str) -> str:
    return "" if "json" in kind else f" ({excerpt(kind, 40)})"


def _said(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return excerpt(error) or type(error).__name__
