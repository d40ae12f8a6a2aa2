"""Names of series and accounts, as the API says them: `BTC-27NOV26-100000-C`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from console.tui.figures import DASH
from rollup.types.series import OptionKind
from rollup.units import FEE_ACCOUNT, INSURANCE_ACCOUNT
from sequencer.markets.errors import BadValue
from sequencer.markets.names import name_of
from sequencer.markets.records import Instrument
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
        """`BTC`, or `U1` for one without a name."""
        return self.underlyings.get(number, f"U{number}")

    def series(self, series_id: int | None) -> str:
        """The name; `SERIES-7` where no table says more."""
        if series_id is None:
            return DASH
        row = self.rows.get(series_id) or self.older.get(series_id)
        return f"SERIES-{series_id}" if row is None else series_name(row, self.underlying(row.underlying))


def series_name(row: TableRow, underlying: str) -> str:
    """As the API names it; by its id where the underlying's name cannot stand in one."""
    kind = OptionKind.CALL if row.is_call else OptionKind.PUT
    try:
        return name_of(Instrument(underlying, row.expiry_s, row.strike_e2, kind))
    except BadValue:
        return f"SERIES-{row.series_id}"


def account_name(account: int | None) -> str:
    """Accounts of the venue itself are said to be so."""
    if account is None:
        return DASH
    return {FEE_ACCOUNT: "0 fees", INSURANCE_ACCOUNT: "1 insurance"}.get(account, str(account))
