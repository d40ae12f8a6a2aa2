"""Deribit's names of options, `BTC-26DEC25-100000-C`: expiries are at 08:00 UTC of the day."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Final

from rollup.types.series import OptionKind
from sequencer.markets.errors import BadValue
from sequencer.markets.numbers import decimal, price_e2
from sequencer.markets.records import Instrument

MONTHS: Final = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
EXPIRY_HOUR: Final = 8
_DAY: Final = re.compile(r"([0-9]{1,2})([A-Z]{3})([0-9]{2})", re.ASCII)
_NAME: Final = re.compile(r"([A-Z0-9_]+)-([0-9A-Z]+)-([0-9]+(?:d[0-9]+)?)-([CP])", re.ASCII)
_KINDS: Final = {"C": OptionKind.CALL, "P": OptionKind.PUT}


def instrument_of_name(name: str) -> Instrument:
    """The option of a name; a strike may have a decimal `d`. Raises `BadValue` for what is no option's name."""
    match = _NAME.fullmatch(name)
    if match is None:
        raise BadValue("instrument name", name)
    underlying, day, strike, kind = match.groups()
    strike_e2 = price_e2("strike", decimal("strike", strike.replace("d", ".")))
    return Instrument(underlying, expiry_of_day(day), strike_e2, _KINDS[kind])


def name_of_instrument(instrument: Instrument) -> str:
    """The inverse, for instruments that expire at 08:00 UTC and have strikes in whole dollars or cents."""
    day = datetime.fromtimestamp(instrument.expiry_s, UTC)
    dollars, cents = divmod(instrument.strike_e2, 100)
    strike = f"{dollars}d{cents:02}".rstrip("0") if cents else str(dollars)
    letter = "C" if instrument.kind is OptionKind.CALL else "P"
    return f"{instrument.underlying}-{day.day}{MONTHS[day.month - 1]}{day.year % 100:02}-{strike}-{letter}"


def expiry_of_day(text: str) -> int:
    """`26DEC25` in unix seconds. Raises `BadValue` for what is no day."""
    match = _DAY.fullmatch(text)
    if match is None or match[2] not in MONTHS:
        raise BadValue("expiry", text)
    try:
        day = datetime(2000 + int(match[3]), MONTHS.index(match[2]) + 1, int(match[1]), EXPIRY_HOUR, tzinfo=UTC)
    except ValueError:
        raise BadValue("expiry", text) from None
    return int(day.timestamp())
