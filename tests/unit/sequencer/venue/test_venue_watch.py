"""Who is below maintenance margin, of very many."""

from __future__ import annotations

import pytest

from rollup.errors import UnknownSeries
from rollup.margin import account_values, meets_maintenance
from rollup.presets import LARGE
from rollup.risk_table import RiskTable
from rollup.state import State
from rollup.types.accounts import EMPTY_POSITION, Account, Position
from rollup.units import POSITION_SLOTS
from sequencer.venue import watch
from sequencer.venue.watch import below_maintenance
from tests.support.native_crypto import TrustingCrypto
from tests.support.rollup import NOW, make_row


def thousand_accounts() -> tuple[State, RiskTable]:
    """1,000 accounts of 16 positions; one in ten is close to the line, or below it."""
    crypto = TrustingCrypto()
    rows = [make_row(i, 1_000 + i, 500, 2_500 + 7 * i, expiry_s=NOW + 10**6) for i in range(1, 200)]
    state = State(LARGE.account_depth, crypto)
    accounts = {}
    for i in range(2, 1_002):
        sizes = [
            (1 + (7 * i + 11 * slot) % 199, (-1) ** (slot + i) * (1 + (i * slot) % 90) * 100) for slot in range(16)
        ]
        positions = tuple(Position(*one) for one in dict(sizes).items())
        positions += (EMPTY_POSITION,) * (POSITION_SLOTS - len(positions))
        accounts[i] = Account((0, 1), 0, positions)
    table = RiskTable(rows, LARGE.series_depth, crypto)
    for i, account in accounts.items():
        values = account_values(account, table.row)
        line_e6 = (3 - values[0] - 3 * min(values)) // 4
        accounts[i] = Account((0, 1), max(0, line_e6 + i % 10 - 1), account.positions)
    state.put(accounts)
    return state, table


def test_the_watch_is_exact_and_judges_few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Integers only for those at the line: floats pass over all others at once."""
    state, table = thousand_accounts()
    accounts = [i for i, _ in state.accounts()]
    judged: list[Account] = []
    judge = watch.missing_maintenance_e6

    def counted(account: Account, table: RiskTable) -> int:
        judged.append(account)
        return judge(account, table)

    monkeypatch.setattr(watch, "missing_maintenance_e6", counted)
    found = below_maintenance(state, table, accounts)
    plain = {i for i, one in state.accounts() if not meets_maintenance(account_values(one, table.row))}
    assert {account for _, account in found} == plain
    assert 50 < len(plain) <= len(judged) < 400
    assert found == sorted(found, key=lambda one: (-one[0], one[1]))


def test_the_watch_is_exact_twin(monkeypatch: pytest.MonkeyPatch) -> None:
    for rounding in (-(2.0**-20), 1.0):  # it overlooks some; it judges all
        monkeypatch.setattr(watch, "ROUNDING", rounding)
        with pytest.raises(AssertionError):
            test_the_watch_is_exact_and_judges_few(monkeypatch)


def test_nobody_to_watch() -> None:
    state = State(3, TrustingCrypto())
    state.put({2: Account((0, 1), 5)})
    table = RiskTable([], 2, TrustingCrypto())
    assert below_maintenance(state, table, [2, 3]) == []
    state.put({3: Account((0, 1), 5, (Position(1, 5), *(EMPTY_POSITION,) * (POSITION_SLOTS - 1)))})
    with pytest.raises(UnknownSeries):
        below_maintenance(state, table, [2, 3])
