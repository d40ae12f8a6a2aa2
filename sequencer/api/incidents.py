"""Logs as JSON lines, without secrets; and faults, of which whoever asked sees an id and nothing else."""

from __future__ import annotations

import logging
import re
import secrets
import sys
import traceback
from collections.abc import MutableMapping
from typing import Any, Final, TextIO

import structlog

INCIDENT_BYTES: Final = 8
REDACTED: Final = "[redacted]"
_SECRET_NAMES: Final = re.compile(
    r"(?i)token|secret|password|passwd|authorization|cookie|private|signature|mnemonic|seed"
)
_SECRET_TEXTS: Final = (
    (re.compile(r"(?i)\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]+"), r"\1 " + REDACTED),
    (re.compile(r"\b(?:0x)?[0-9a-fA-F]{64}\b"), REDACTED),
    (
        re.compile(r"(?i)((?:access_)?token|secret|password|private_key)([\"']?\s*[=:]\s*[\"']?)[^\s\"',}]+"),
        r"\1\2" + REDACTED,
    ),
)


def redacted(value: Any, name: str = "") -> Any:
    """The same without what must not be in a log: values under telling names, and texts that look like secrets."""
    if name and _SECRET_NAMES.search(name):
        return REDACTED
    if isinstance(value, dict):
        return {key: redacted(inner, str(key)) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [redacted(inner) for inner in value]
    if isinstance(value, bytes):
        return f"{len(value)} bytes"
    if isinstance(value, str):
        for pattern, replacement in _SECRET_TEXTS:
            value = pattern.sub(replacement, value)
    return value


def redact(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """As a processor of structlog."""
    return {key: redacted(value, key) for key, value in event.items()}


def configure_logging(stream: TextIO | None = None, level: int = logging.INFO) -> None:
    """JSON lines to a stream, by default to what is standard error then: time, level, event, what belongs to it."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            redact,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=lambda *_: structlog.PrintLogger(stream or sys.stderr),
        cache_logger_on_first_use=False,
    )


class _ToLog(logging.Handler):
    """What libraries say goes where everything goes, without secrets."""

    def emit(self, record: logging.LogRecord) -> None:
        stack = "" if record.exc_info is None else "".join(traceback.format_exception(record.exc_info[1]))
        structlog.get_logger("api").error("library", name=record.name, message=record.getMessage(), stack=stack)


def take_library_logs(name: str) -> None:
    """Errors of a library's logger, and nothing below, from now on in the same lines."""
    logger = logging.getLogger(name)
    logger.propagate = False
    logger.setLevel(logging.ERROR)
    logger.handlers = [_ToLog()]


def report_incident(error: BaseException, where: str) -> str:
    """Writes a fault to the log with its stack, and returns the id under which it stands there."""
    incident = secrets.token_hex(INCIDENT_BYTES)
    stack = "".join(traceback.format_exception(error))
    structlog.get_logger("api").error(
        "incident", incident=incident, where=where, kind=type(error).__name__, stack=stack
    )
    return incident
