"""After the booking: whether every touched account can carry what it holds."""

from __future__ import annotations

from rollup.errors import BelowInitialMargin, ShortfallGrew
from rollup.margin import Values, fits_cash_field, meets_initial, shortfall_grew
from rollup.transition.bench import Bench


def check_health(bench: Bench, account_id: int, before: Values, after: Values) -> None:
    """Initial margin for every account; one that is examined may keep its shortfalls, but not let them grow.

    Examined are accounts that a liquidation or a forced request is about, those that were distressed before and still
    are, and those with equity beyond its field. Broken rules: `BelowInitialMargin`, `ShortfallGrew`.
    """
    where = f"account {account_id}"
    if not fits_cash_field(after) and (meets_initial(after) or not meets_initial(before)):
        bench.examined.add(account_id)
    if account_id in bench.examined:
        bench.referee.require(not shortfall_grew(before, after), ShortfallGrew, where, worst_e6=min(after))
    else:
        bench.referee.require(meets_initial(after), BelowInitialMargin, where, worst_e6=min(after))
