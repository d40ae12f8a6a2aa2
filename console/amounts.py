"""Prices, sizes and dollars between what people write and the integers that are signed. Nothing is rounded."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Final

from console.errors import CommandError

PRICE_DIGITS, SIZE_DIGITS, CASH_DIGITS = 2, 4, 6
MOST_PRICE_E2: Final = (1 << 40) - 1
MOST_SIZE_E4: Final = (1 << 40) - 2
MOST_CASH_E6: Final = (1 << 63) - 1
_NUMBER: Final = re.compile(r"([0-9]{1,20})(?:\.([0-9]{1,30}))?")


class BadAmount(CommandError):
    """A number that cannot be signed."""

    def __init__(self, name: str, text: str, why: str) -> None:
        super().__init__(f"{name} {text!r}: {why}", name=name, text=text)
        self.name, self.text, self.why = name, text, why


def price_e2(text: str) -> int:
    """`1234.50` in 0.01 USD. Raises `BadAmount`, also for what is finer than that."""
    return _exact("price", text, PRICE_DIGITS, 0, MOST_PRICE_E2)


def size_e4(text: str) -> int:
    """`1.5` in 0.0001 contracts. Raises `BadAmount`, also for 0."""
    return _exact("size", text, SIZE_DIGITS, 1, MOST_SIZE_E4)


def cash_e6(text: str) -> int:
    """`1000` in 0.000001 USDC. Raises `BadAmount`, also for 0."""
    return _exact("amount", text, CASH_DIGITS, 1, MOST_CASH_E6)


def price(value_e2: int | None) -> str:
    """For people: `1,234.50`, and a dash for none."""
    return "-" if value_e2 is None else _shown(value_e2, PRICE_DIGITS, at_least=2)


def size(value_e4: int | None) -> str:
    """For people: `1.5`, and a dash for none."""
    return "-" if value_e4 is None else _shown(value_e4, SIZE_DIGITS, at_least=0)


def cash(value_e6: int | str | None) -> str:
    """For people: `1,234.50`, and a dash for none. The API writes money as text."""
    return "-" if value_e6 is None else _shown(int(value_e6), CASH_DIGITS, at_least=2)


def moment(time_s: int) -> str:
    """For people: `2026-11-21 08:00:00`, UTC."""
    return datetime.fromtimestamp(time_s, UTC).strftime("%Y-%m-%d %H:%M:%S")


def _exact(name: str, text: str, digits: int, least: int, most: int) -> int:
    found = _NUMBER.fullmatch(text.strip())
    if found is None:
        raise BadAmount(name, text, "write digits, with a point before the decimals: 1234.50")
    whole, decimals = found[1], (found[2] or "").rstrip("0")
    if len(decimals) > digits:
        raise BadAmount(name, text, f"it is finer than {_shown(1, digits, at_least=0)}, and nothing is rounded")
    value = int(whole + decimals.ljust(digits, "0"))
    if not least <= value <= most:
        low, high = _shown(least, digits, at_least=0), _shown(most, digits, at_least=0)
        raise BadAmount(name, text, f"it must be from {low} to {high}")
    return value


def _shown(value: int, digits: int, *, at_least: int) -> str:
    whole, rest = divmod(abs(value), 10**digits)
    decimals = f"{rest:0{digits}d}".rstrip("0").ljust(at_least, "0")
    return f"{'-' if value < 0 else ''}{whole:,}{'.' if decimals else ''}{decimals}"
