"""Where in an exchange's answer a price or a time stands, and what it is in the rollup's units."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Any, Final, Literal, TypeAlias, get_args

from sequencer.oracles.errors import BadReading, SourceDown
from sequencer.oracles.exact_json import Exact, decimal_of, excerpt

JsonPath: TypeAlias = tuple[str | int, ...]
TimeUnit: TypeAlias = Literal["s", "ms", "us", "iso"]
TIME_UNITS: Final = get_args(TimeUnit)
PER_SECOND: Final = {"s": 1, "ms": 1_000, "us": 1_000_000}
CENTS: Final = 100
PPM: Final = 1_000_000
_EXACTLY: Final = Context(prec=120)


def value_at(source: str, content: Exact, path: Sequence[str | int]) -> Exact:
    """What stands at a path of names and places. Raises `SourceDown`, which shows the answer's beginning."""
    value: Any = content
    for step in path:
        if not _has(value, step):
            raise SourceDown(source, f"it answers without {path_text(path)}: {excerpt(content)}")
        value = value[step]
    found: Exact = value
    return found


def number_at(source: str, content: Exact, path: Sequence[str | int]) -> Decimal:
    """A number, or a string that is one. Raises `SourceDown`."""
    value = value_at(source, content, path)
    number = decimal_of(value)
    if number is None:
        raise SourceDown(source, f"{path_text(path)} is {excerpt(repr(value), 60)}, and no number")
    return number


def time_at(source: str, content: Exact, path: Sequence[str | int], unit: TimeUnit) -> int:
    """A time in unix seconds, rounded down. Raises `SourceDown`."""
    if unit != "iso":
        return int(_EXACTLY.divide_int(number_at(source, content, path), Decimal(PER_SECOND[unit])))
    value = value_at(source, content, path)
    try:
        moment = datetime.fromisoformat(value if isinstance(value, str) else "")
        return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())
    except (ValueError, OverflowError):
        raise SourceDown(source, f"{path_text(path)} is {excerpt(repr(value), 60)}, and no time") from None


def cents(source: str, what: str, dollars: Decimal) -> int:
    """A price to the nearest cent, ties to even. Raises `BadReading` for one that is not positive."""
    return _positive(source, what, dollars, CENTS)


def millionths(source: str, what: str, share: Decimal) -> int:
    """A volatility to 0.0001 %. Raises `BadReading` for one that is not positive."""
    return _positive(source, what, share, PPM)


def path_text(path: Sequence[str | int]) -> str:
    """For people: `result.XXBTZUSD.c[0]`."""
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return text.removeprefix(".") or "the answer"


def _has(value: object, step: str | int) -> bool:
    if isinstance(step, str):
        return isinstance(value, dict) and step in value
    return isinstance(value, list) and -len(value) <= step < len(value)


def _positive(source: str, what: str, number: Decimal, scale: int) -> int:
    rounded = int(_EXACTLY.multiply(number, Decimal(scale)).to_integral_value(ROUND_HALF_EVEN))
    if rounded <= 0:
        raise BadReading(f"{what} of {source}, {number},", rounded)
    return rounded
