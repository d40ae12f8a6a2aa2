"""Numbers, hashes and times as people read them. Units stand in the heads of tables, so none are here but times."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

DASH: Final = "–"
"""Where there is nothing."""

_MINUTE_MS: Final = 60_000
_HOUR_MS: Final = 60 * _MINUTE_MS
_DAY_MS: Final = 24 * _HOUR_MS
_MAGNITUDES: Final = ((10**12, "T"), (10**9, "B"), (10**6, "M"), (10**3, "k"))


def count(number: int | None) -> str:
    """`12,345`; a dash for nothing."""
    return DASH if number is None else f"{number:,}"


def dollars(cash_e6: int | None, *, signed: bool = False) -> str:
    """Cash to the cent, half up and away from zero: `-1,234.56`; with `signed`, a plus sign too."""
    if cash_e6 is None:
        return DASH
    cents = (abs(cash_e6) + 5_000) // 10_000
    sign = "-" if cash_e6 < 0 and cents else "+" if signed and cents else ""
    return f"{sign}{cents // 100:,}.{cents % 100:02d}"


def exact_dollars(cash_e6: int, *, signed: bool = False) -> str:
    """Cash to its last digit, 0.000001 USDC, without zeros that say nothing: `0.000003`, `12.50`."""
    whole, part = divmod(abs(cash_e6), 1_000_000)
    digits = f"{part:06d}".rstrip("0").ljust(2, "0")
    sign = "-" if cash_e6 < 0 else "+" if signed and cash_e6 else ""
    return f"{sign}{whole:,}.{digits}"


def short_dollars(cash_e6: int) -> str:
    """Cash in at most six places: `-1.23M`, `45.6k`, `789`."""
    sign, dollars_whole = ("-" if cash_e6 < 0 else ""), abs(cash_e6) / 1e6
    for magnitude, letter in _MAGNITUDES:
        if dollars_whole >= magnitude:
            scaled = dollars_whole / magnitude
            places = 2 if scaled < 10 else 1 if scaled < 100 else 0
            return f"{sign}{scaled:.{places}f}{letter}"
    text = f"{dollars_whole:.0f}"
    return text if text == "0" else sign + text


def price(price_e2: int | None) -> str:
    """`1,234.56`; a dash for none."""
    return DASH if price_e2 is None else f"{price_e2 // 100:,}.{price_e2 % 100:02d}"


def contracts(size_e4: int | None, *, signed: bool = False) -> str:
    """Two decimals, or four where they are needed."""
    if size_e4 is None:
        return DASH
    whole, part = divmod(abs(size_e4), 10_000)
    digits = f"{part // 100:02d}" if part % 100 == 0 else f"{part:04d}"
    sign = "-" if size_e4 < 0 else "+" if signed and size_e4 else ""
    return f"{sign}{whole:,}.{digits}"


def percent(share: float, places: int = 1, *, signed: bool = False) -> str:
    """A share as `12.3 %`."""
    return f"{100 * share:{'+' if signed else ''}.{places}f} %"


def shortened(text: str, keep: int = 6) -> str:
    """A long hash with its middle left out: `0x1a2b3c…7d8e9f`; what is short stays."""
    head = keep + 2 if text.startswith("0x") else keep
    return text if len(text) <= head + keep + 1 else f"{text[:head]}…{text[-keep:]}"


def hexadecimal(number: int) -> str:
    """All 64 digits of a word."""
    return f"0x{number:064x}"


def hash_text(value: bytes | int | str | None, keep: int = 6) -> str:
    """A hash, a root or an address, shortened; a dash for none."""
    if value is None or value in (b"", ""):
        return DASH
    return shortened(whole_hash(value), keep)


def whole_hash(value: bytes | int | str) -> str:
    """The same, all of it."""
    if isinstance(value, bytes):
        return "0x" + value.hex()
    return hexadecimal(value) if isinstance(value, int) else value


def duration(time_ms: float | None) -> str:
    """`0.4 ms`, `950 ms`, `1.23 s`, `2 m 05 s`, `3 h 20 m`, `4 d 02 h`; a dash for none."""
    if time_ms is None:
        return DASH
    if time_ms < 10:
        return f"{max(time_ms, 0):.1f} ms"
    if time_ms < 1_000:
        return f"{time_ms:.0f} ms"
    if time_ms < _MINUTE_MS:
        return f"{time_ms / 1_000:.2f} s"
    for unit, name, part, part_name in (
        (_MINUTE_MS, "m", 1_000, "s"),
        (_HOUR_MS, "h", _MINUTE_MS, "m"),
        (_DAY_MS, "d", _HOUR_MS, "h"),
    ):
        if time_ms < unit * (24 if name == "h" else 60) or name == "d":
            return f"{int(time_ms // unit)} {name} {int(time_ms % unit // part):02d} {part_name}"
    return DASH


def clock(time_ms: int | None, *, milliseconds: bool = False) -> str:
    """`14:03:59` UTC, or `14:03:59.123`; a dash for none."""
    if time_ms is None:
        return DASH
    text = _moment(time_ms).strftime("%H:%M:%S")
    return f"{text}.{time_ms % 1_000:03d}" if milliseconds else text


def date_and_clock(time_ms: int | None) -> str:
    """`2026-11-21 14:03:59`, in UTC; a dash for none."""
    return DASH if time_ms is None else _moment(time_ms).strftime("%Y-%m-%d %H:%M:%S")


def age(time_ms: float) -> str:
    """A duration without what nobody looks at: `5 s`, `3 m`, `2 h`, `40 d`."""
    for unit, name in ((_DAY_MS, "d"), (_HOUR_MS, "h"), (_MINUTE_MS, "m")):
        if time_ms >= 2 * unit:
            return f"{int(time_ms // unit)} {name}"
    return f"{int(max(time_ms, 0) // 1_000)} s"


def bar(share: float, width: int) -> str:
    """A bar that fills this share of so many cells, in eighths of one."""
    eighths = round(min(max(share, 0.0), 1.0) * width * 8)
    whole, part = divmod(eighths, 8)
    return ("█" * whole + ("▏▎▍▌▋▊▉"[part - 1] if part else "")).ljust(width)


def _moment(time_ms: int) -> datetime:
    return datetime.fromtimestamp(time_ms // 1_000, UTC)
