"""Who is below maintenance margin, of all accounts at once.

Floats only choose whom to look at: whoever is nearer to the line than rounding could carry is judged by integers.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from rollup.errors import UnknownSeries
from rollup.margin import account_values, maintenance_room
from rollup.parameters import MAINTENANCE_WEIGHT
from rollup.risk_table import RiskTable
from rollup.state import State
from rollup.types.accounts import Account

ROUNDING: Final = 2.0**-44
"""More than the relative error of a sum of 17 products in floats, each of three roundings."""


def below_maintenance(state: State, table: RiskTable, accounts: Iterable[int]) -> list[tuple[int, int]]:
    """Pairs of how far an account is below maintenance margin in its worst scenario, and its id; the worst first.

    About 10 ms for 1,000 accounts of 16 positions. Raises `UnknownSeries` for a position without a row.
    """
    found = [(account_id, account) for account_id in accounts if (account := state.account(account_id)) is not None]
    short = []
    for i in _suspects([account for _, account in found], table):
        account_id, account = found[i]
        missing_e6 = missing_maintenance_e6(account, table)
        if missing_e6 > 0:
            short.append((missing_e6, account_id))
    return sorted(short, key=lambda one: (-one[0], one[1]))


def missing_maintenance_e6(account: Account, table: RiskTable) -> int:
    """How far V[0] + 3 V[s] is below zero in the worst scenario; 0 or less for who may keep what it holds."""
    return -maintenance_room(account_values(account, table.row))


def _suspects(accounts: list[Account], table: RiskTable) -> list[int]:
    """The places of accounts that may be below maintenance margin."""
    owners: list[int] = []
    sizes: list[int] = []
    rows: list[int] = []
    place_of: dict[int, int] = {}
    for i, account in enumerate(accounts):
        for position in account.positions:
            if position.size_e4:
                owners.append(i)
                sizes.append(position.size_e4)
                rows.append(place_of.setdefault(position.series_id, len(place_of)))
    if not owners:
        return []
    marks = _values(place_of, table)
    terms = np.array(sizes, dtype=np.float64)[:, None] * marks[rows]
    held = np.array(owners)
    starts = np.flatnonzero(np.r_[True, held[1:] != held[:-1]])
    ids = held[starts]
    cash = np.array([accounts[i].cash_e6 for i in ids.tolist()], dtype=np.float64)
    values = cash[:, None] + np.add.reduceat(terms, starts)
    weight = MAINTENANCE_WEIGHT
    doubt = ROUNDING * (cash + np.add.reduceat(np.abs(terms), starts).max(axis=1))
    near: NDArray[np.bool_] = values[:, 0] + weight * values.min(axis=1) <= (1 + weight) * doubt
    return [int(i) for i in ids[near]]


def _values(series: Iterable[int], table: RiskTable) -> NDArray[np.float64]:
    found = []
    for series_id in series:
        row = table.row(series_id)
        if row is None:
            raise UnknownSeries("margin", series_id=series_id)
        found.append(row.values_e2)
    return np.array(found, dtype=np.float64)
