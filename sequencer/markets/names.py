"""Names of instruments, as venues write them: BTC-27DEC25-100000-C. One series has one name, and one name one series.

`UNDERLYING-DATE-STRIKE-KIND`: the date has two digits of the year for 2000 to 2099 and else four; an expiry at another
time of day than 08:00 UTC adds T and the time (27DEC25T2100, with seconds if there are any). A strike with cents has a
d in place of the point: 12d5 is 12.50 USD. K is C for a call, P for a put.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Final

from rollup.types.series import OptionKind
from rollup.units import PRICE_BITS, TIME_BITS
from sequencer.markets.errors import BadInstrumentName, BadValue
from sequencer.markets.records import Instrument

MONTHS: Final = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
STANDARD_TIME: Final = (8, 0, 0)
CENTURY: Final = 2000
PATTERN: Final = (
    r"^[A-Z][A-Z0-9_]{0,15}-[1-9][0-9]?[A-Z]{3}(?:[0-9]{2}|[0-9]{4})(?:T[0-9]{4}(?:[0-9]{2})?)?"
    r"-(?:0|[1-9][0-9]{0,10})(?:d[0-9]{1,2})?-[CP](?:-[0-9]{1,8})?$"
)
_NAME: Final = re.compile(
    r"(?P<underlying>[A-Z][A-Z0-9_]{0,15})-(?P<day>[1-9][0-9]?)(?P<month>[A-Z]{3})(?P<year>[0-9]{2}|[0-9]{4})"
    r"(?:T(?P<time>[0-9]{4}(?:[0-9]{2})?))?-(?P<whole>0|[1-9][0-9]{0,10})(?:d(?P<cents>[0-9]{1,2}))?-(?P<kind>[CP])"
)
_UNDERLYING: Final = re.compile(r"[A-Z][A-Z0-9_]{0,15}")


def name_of(instrument: Instrument) -> str:
    """The one name. Raises `BadValue` for an underlying that cannot stand in a name."""
    if not _UNDERLYING.fullmatch(instrument.underlying):
        raise BadValue("underlying", instrument.underlying, "use A-Z, 0-9 and _, a letter first, at most 16")
    kind = "C" if instrument.kind is OptionKind.CALL else "P"
    return f"{instrument.underlying}-{_date(instrument.expiry_s)}-{_strike(instrument.strike_e2)}-{kind}"


def instrument_of(name: str) -> Instrument:
    """The inverse. Raises `BadInstrumentName` for every text that `name_of` does not write."""
    found = _NAME.fullmatch(name)
    if found is None or found["month"] not in MONTHS:
        raise BadInstrumentName(name)
    year = int(found["year"]) + (CENTURY if len(found["year"]) == 2 else 0)
    time = found["time"]
    hour, minute, second = STANDARD_TIME if time is None else _time_of(time)
    try:
        moment = datetime(year, MONTHS.index(found["month"]) + 1, int(found["day"]), hour, minute, second, tzinfo=UTC)
    except ValueError as error:
        raise BadInstrumentName(name) from error
    strike_e2 = 100 * int(found["whole"]) + int((found["cents"] or "0").ljust(2, "0"))
    kind = OptionKind.CALL if found["kind"] == "C" else OptionKind.PUT
    instrument = Instrument(found["underlying"], int(moment.timestamp()), strike_e2, kind)
    if not (0 <= instrument.expiry_s < 1 << TIME_BITS and strike_e2 < 1 << PRICE_BITS) or name_of(instrument) != name:
        raise BadInstrumentName(name)
    return instrument


def _time_of(text: str) -> tuple[int, int, int]:
    return int(text[:2]), int(text[2:4]), int(text[4:] or "0")


def _date(expiry_s: int) -> str:
    moment = datetime.fromtimestamp(expiry_s, UTC)
    is_short = CENTURY <= moment.year < CENTURY + 100
    year = f"{moment.year - CENTURY:02}" if is_short else f"{moment.year}"
    time = moment.hour, moment.minute, moment.second
    written = "" if time == STANDARD_TIME else f"T{moment:%H%M}" + (f"{moment:%S}" if moment.second else "")
    return f"{moment.day}{MONTHS[moment.month - 1]}{year}{written}"


def _strike(strike_e2: int) -> str:
    whole, cents = divmod(strike_e2, 100)
    return f"{whole}d{f'{cents:02}'.rstrip('0')}" if cents else f"{whole}"
