"""Between two batches: what was matched is cut, L1 is served, what expired is settled; then the next begins."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from rollup.margin import account_values, meets_initial
from rollup.risk_table import RiskTable
from rollup.state import State
from rollup.units import FEE_ACCOUNT, INSURANCE_ACCOUNT, POSITION_SLOTS
from sequencer.matching.engine import MatchingEngine
from sequencer.matching.requests import Report
from sequencer.venue.cutting import Cutter, Era
from sequencer.venue.genesis import Genesis
from sequencer.venue.inbox import Inbox
from sequencer.venue.liquidating import liquidate_all
from sequencer.venue.outcomes import CutBatch, Dropped, Unliquidated, Unsettled
from sequencer.venue.pending import Pending
from sequencer.venue.pieces import Piece
from sequencer.venue.settlements import settlements_of
from sequencer.venue.signatures import TrustingCrypto
from sequencer.venue.watch import below_maintenance


@dataclass(slots=True)
class House:
    """All that a venue holds but what it only shows. `engine` and `era` are there once there is something to trade by.

    `watched` are accounts below maintenance margin, `owing` those that could not pay for a settlement.
    """

    genesis: Genesis
    crypto: TrustingCrypto
    state: State
    cutter: Cutter
    inbox: Inbox
    pending: Pending
    time_s: int = 0
    era: Era | None = None
    engine: MatchingEngine | None = None
    is_under_stress: bool = False
    watched: set[int] = field(default_factory=set)
    owing: set[int] = field(default_factory=set)

    def standing_was_distressed(self, account_id: int) -> bool:
        """Whether an account could not meet initial margin when the present batch began."""
        engine = self.engine
        standing = None if engine is None else engine.floor.standings.get(account_id)
        if engine is not None and standing is not None and standing.epoch == engine.floor.epoch:
            return standing.was_distressed
        return False if self.era is None else is_distressed(self.state, self.era.table)(account_id)


@dataclass(slots=True)
class Turn:
    """What came of it."""

    batches: list[CutBatch] = field(default_factory=list)
    dropped: list[Dropped] = field(default_factory=list)
    reports: list[Report] = field(default_factory=list)
    unliquidated: list[Unliquidated] = field(default_factory=list)
    unsettled: list[Unsettled] = field(default_factory=list)

    @property
    def report(self) -> Report:
        """All reports in one."""
        return Report(
            liquidations=tuple(one for report in self.reports for one in report.liquidations),
            removals=tuple(one for report in self.reports for one in report.removals),
        )


def take_turn(house: House, era: Era, message: int, *, is_new_table: bool) -> Turn:
    """From the old terms to the new ones. Costs the transitions of all batches that come of it.

    Raises `QueueEntryRefused` if L1's queue holds what no batch can serve.
    """
    turn = Turn()
    if house.era is not None:
        _cut(house, turn, house.pending.take(), house.era, house.standing_was_distressed)
    house.era, house.time_s = era, era.terms.time_s
    exactly = is_distressed(house.state, era.table)
    for group in house.inbox.groups():
        _cut(house, turn, group, era, exactly)
    house.inbox.forget_registered()
    house.pending.waiting = 0
    accounts = [i for i, _ in house.state.accounts()] if is_new_table else sorted(house.owing)
    settlements, turn.unsettled = settlements_of(house.state, era.table, accounts, message)
    _cut(house, turn, settlements, era, exactly)
    house.owing = {one.account for one in turn.unsettled}
    worse_off = accounts if is_new_table else _worse_off(house)
    _begin(house, turn, era)
    _liquidate(house, turn, era, message, worse_off)
    return turn


def is_distressed(state: State, table: RiskTable) -> Callable[[int], bool]:
    """Whether an account does not meet initial margin, by the state as it is when it is asked."""

    def judge(account_id: int) -> bool:
        account = state.account(account_id)
        return account is not None and not meets_initial(account_values(account, table.row))

    return judge


def held_series(house: House) -> set[int]:
    """All series that somebody holds, with all that was matched so far."""
    floor = None if house.engine is None else house.engine.floor
    held: set[int] = set()
    for account_id, account in house.state.accounts():
        standing = None if floor is None else floor.standings.get(account_id)
        if floor is not None and standing is not None and standing.epoch == floor.epoch:
            held |= standing.series()
        else:
            held.update(position.series_id for position in account.positions if position.size_e4)
    if floor is not None:
        held.update(*(one.series() for one in floor.standings.values() if one.epoch == floor.epoch))
    return held


def _cut(house: House, turn: Turn, pieces: list[Piece], era: Era, judge: Callable[[int], bool]) -> None:
    if pieces:
        batches, dropped = house.cutter.cut(pieces, era, judge)
        turn.batches += batches
        turn.dropped += dropped


def _begin(house: House, turn: Turn, era: Era) -> None:
    engine = house.engine
    if engine is not None:
        turn.reports.append(engine.begin(house.state, era.terms))
        # Whoever may hold more than its orders leave room for is looked at by all who read the log at the same time.
        doubtful = [i for i, one in engine.floor.standings.items() if one.open] if turn.dropped else [INSURANCE_ACCOUNT]
        for account_id in sorted(doubtful):
            engine.floor.standing(account_id)
        turn.reports.append(engine.take_removals())
    elif all(house.state.account(one) is not None for one in (FEE_ACCOUNT, INSURANCE_ACCOUNT)):
        genesis = house.genesis
        house.engine = MatchingEngine(
            genesis.preset, house.state, era.terms, genesis.domain, house.crypto, genesis.policy
        )
        house.engine.is_under_stress = house.is_under_stress


def _worse_off(house: House) -> set[int]:
    """Under one table an account falls below maintenance margin only by what it trades while it is in distress."""
    floor = None if house.engine is None else house.engine.floor
    if floor is None:
        return house.watched
    touched = (one for one in floor.standings.values() if one.epoch == floor.epoch)
    return house.watched | {one.account_id for one in touched if one.was_distressed}


def _liquidate(house: House, turn: Turn, era: Era, message: int, accounts: Iterable[int]) -> None:
    if house.engine is None:
        return
    short = below_maintenance(house.state, era.table, accounts)
    house.watched = {account for _, account in short}
    if not short:
        return
    engine, fund_pays = house.engine, _fund_fits(house)
    penalty_ppm = house.genesis.penalty_ppm if fund_pays else 0
    reports, turn.unliquidated = liquidate_all(
        engine, [account for _, account in short], penalty_ppm, fund_pays=fund_pays
    )
    turn.reports += reports
    made = [one for report in reports for one in report.liquidations]
    for liquidation in made:
        house.pending.add(Piece(message, liquidations=(liquidation,)))
    if any(one.subsidy_e6 for one in made):
        # A deposit to an account that was subsidised would make the subsidy too large: end the batch before one comes.
        _cut(house, turn, house.pending.take(), era, house.standing_was_distressed)
        _begin(house, turn, era)


def _fund_fits(house: House) -> bool:
    """Whether a batch has room for what the insurance fund holds, beside three accounts: else it gets no penalty."""
    fund = house.state.account(INSURANCE_ACCOUNT)
    holds_nothing = fund is None or not any(position.size_e4 for position in fund.positions)
    return holds_nothing or house.genesis.preset.series >= 4 * POSITION_SLOTS
