"""What is looked at while a bad day goes on: who is in trouble, for how long, and whether the books balance."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from rollup.margin import account_values
from rollup.risk_table import RiskTable
from rollup.state import State
from rollup.types.accounts import Account
from rollup.types.transactions import Deposit, Registration
from rollup.units import INSURANCE_ACCOUNT
from sequencer.stress.errors import BooksOff
from sequencer.venue import CutBatch, Outcome, Venue
from sequencer.venue.watch import below_maintenance


@dataclass(frozen=True, slots=True)
class Sample:
    """The venue at one second after the start, right after a table or at an even time.

    `below_maintenance` and `insolvent` (worth less than nothing at the mark) are counted before liquidations of that
    moment, `unliquidated` after them; `unproven` are batches without a proof.
    """

    second: int
    price_e2: int
    below_maintenance: int
    insolvent: int
    unliquidated: int
    insurance_e6: int
    unproven: int
    table_age_s: int
    is_under_stress: bool


class Books:
    """Adds up cash and contracts batch by batch, from what each batch changed; `off` is what did not balance."""

    def __init__(self) -> None:
        self.cash_e6 = 0
        self.deposited_e6 = 0
        self.batches = 0
        self.off: list[BooksOff] = []
        self._contracts: Counter[int] = Counter()

    def check(self, batch: CutBatch) -> None:
        """All cash is what was deposited, and of each series as much is held as sold."""
        changed: set[int] = set()
        for touched in batch.applied.outcome.touched:
            for account, sign in ((touched.before, -1), (touched.after, 1)):
                changed |= self._add(account, sign)
        self.deposited_e6 += sum(one.amount_e6 for one in batch.batch.queue if isinstance(one, Registration | Deposit))
        self.batches += 1
        if self.cash_e6 != self.deposited_e6:
            self.off.append(BooksOff(batch.number, "balances", self.cash_e6 - self.deposited_e6))
        for series_id in changed:
            if self._contracts[series_id]:
                off = BooksOff(batch.number, f"positions in series {series_id}", self._contracts[series_id])
                self.off.append(off)

    def _add(self, account: Account | None, sign: int) -> set[int]:
        if account is None:
            return set()
        self.cash_e6 += sign * account.cash_e6
        held = [position for position in account.positions if position.size_e4]
        for position in held:
            self._contracts[position.series_id] += sign * position.size_e4
        return {position.series_id for position in held}


@dataclass(slots=True)
class Trouble:
    """Since when each account is below maintenance margin, and how long it was for those that are not any more."""

    since: dict[int, int] = field(default_factory=dict)
    delays_s: list[int] = field(default_factory=list)
    ever: set[int] = field(default_factory=set)
    ever_insolvent: set[int] = field(default_factory=set)

    def begin(self, accounts: Iterable[int], second: int) -> None:
        """Found to be below, before anything is done about it."""
        for account in accounts:
            self.since.setdefault(account, second)
            self.ever.add(account)

    def end(self, still: Sequence[int], second: int) -> None:
        """All but these are above again."""
        remaining = set(still)
        for account in [one for one in self.since if one not in remaining]:
            self.delays_s.append(second - self.since.pop(account))


@dataclass(slots=True)
class Liquidated:
    """What liquidations came to."""

    fills: int = 0
    accounts: set[int] = field(default_factory=set)
    contracts_e4: int = 0
    penalties_e6: int = 0
    subsidies_e6: int = 0

    def add(self, outcome: Outcome) -> None:
        """Those of one message."""
        for one in outcome.report.liquidations:
            self.fills += 1
            self.accounts.add(one.account)
            self.contracts_e4 += one.size_e4
            self.penalties_e6 += one.penalty_e6
            self.subsidies_e6 += one.subsidy_e6


def in_trouble(state: State, table: RiskTable) -> tuple[list[int], list[int]]:
    """Accounts below maintenance margin by a table, and of these the insolvent ones."""
    below = [account for _, account in below_maintenance(state, table, (i for i, _ in state.accounts()))]
    insolvent = [one for one in below if account_values(state.account(one), table.row)[0] < 0]
    return below, insolvent


def owed_e6(state: State, table: RiskTable, accounts: Iterable[int]) -> int:
    """How far these accounts together are worth less than nothing at the mark."""
    return sum(max(0, -account_values(state.account(one), table.row)[0]) for one in accounts)


def insurance_e6(venue: Venue) -> int:
    """Cash of the insurance fund after the last batch."""
    account = venue.state.account(INSURANCE_ACCOUNT)
    return 0 if account is None else account.cash_e6
