"""Names of series and accounts, as traders say them: `BTC 27-Nov-26 100,000 C`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from console.tui.figures import DASH
from rollup.units import FEE_ACCOUNT, INSURANCE_ACCOUNT
from sequencer.record.types import TableRow


@dataclass(frozen=True, slots=True)
class Names:
    """`rows` are those of the newest table by series id, `older` those of series that are not in it any more;
    `underlyings` are names by number.
    """

    rows: Mapping[int, TableRow] = field(default_factory=dict)
    underlyings: Mapping[int, str] = field(default_factory=dict)
    older: Mapping[int, TableRow] = field(default_factory=dict)

    def underlying(self, number: int) -> str:
        """`BTC`, or `#1` for one without a name."""
        return self.underlyings.get(number, f"#{number}")

    def series(self, series_id: int | None) -> str:
        """The name; `series 7` where no table says more."""
        if series_id is None:
            return DASH
        row = self.rows.get(series_id) or self.older.get(series_id)
        return f"series {series_id}" if row is None else series_name(row, self.underlying(row.underlying))


def series_name(row: TableRow, underlying: str) -> str:
    """Underlying, expiry in UTC (the hour too unless it is midnight or 8 o'clock), strike in USD, C or P."""
    expiry = datetime.fromtimestamp(row.expiry_s, UTC)
    usual = (expiry.hour, expiry.minute) in ((0, 0), (8, 0))
    day = expiry.strftime("%d-%b-%y" if usual else "%d-%b-%y %H:%M")
    whole, cents = divmod(row.strike_e2, 100)
    strike = f"{whole:,}" + (f".{cents:02d}" if cents else "")
    return f"{underlying} {day} {strike} {'C' if row.is_call else 'P'}"


def account_name(account: int | None) -> str:
    """Accounts of the venue itself are said to be so."""
    if account is None:
        return DASH
    return {FEE_ACCOUNT: "0 fees", INSURANCE_ACCOUNT: "1 insurance"}.get(account, str(account))
