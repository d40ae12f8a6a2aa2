"""The venue: from one message to the next, always the same way. No clock, no chance, no files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from primitives.babyjubjub import Point
from rollup.crypto import Crypto
from rollup.errors import UnknownAccount
from rollup.risk_table import RiskTable
from rollup.state import State
from rollup.types.transactions import Deposit, Registration
from sequencer.matching.engine import MatchingEngine
from sequencer.matching.errors import ClockWentBack
from sequencer.matching.requests import Removal, Report
from sequencer.matching.terms import Terms
from sequencer.messages import (
    AllowSession,
    CancelOrder,
    EndBatch,
    EndSession,
    Message,
    NewTable,
    Operate,
    PlaceOrder,
    ReceiveQueue,
    SetStress,
    TakeQuote,
)
from sequencer.venue.cutting import Cutter, Era
from sequencer.venue.deferred_state import DeferredState
from sequencer.venue.desk import TradingDesk
from sequencer.venue.errors import TableNotNewer, TableTooOld
from sequencer.venue.genesis import Genesis
from sequencer.venue.inbox import Inbox
from sequencer.venue.outcomes import Outcome
from sequencer.venue.pending import Pending, Weight
from sequencer.venue.pieces import Piece
from sequencer.venue.records import Records
from sequencer.venue.sessions import Sessions
from sequencer.venue.signatures import TrustingCrypto, Verdict, verify_many
from sequencer.venue.tables import check_table
from sequencer.venue.turn import House, Turn, held_series, take_turn

NEVER_TRACED: Final = 1 << 62
"""As `first_traced`, for a venue whose batches nobody proves here."""


class Venue:
    """A state machine over messages: the same ones in the same order make the same batches, byte for byte.

    `apply` either raises (`RollupError`, `MatchingError`, `VenueError`) and nothing has happened, or counts the message
    and says what it did. Not for two threads at once. One exception: `QueueEntryRefused` when batches are cut, for what
    `ReceiveQueue` had found good, leaves a venue that is of no use any more; it would be a defect of the venue.

    For reading a log again: batches below `first_traced` come without a trace, for those whose proofs exist; batches
    below `first_judged` are booked as they were and not handed out at all, for those that L1 has executed. That is
    several times as fast, and takes for granted that none of their transactions was dropped: compare `state.root` with
    L1's before the next batch, and read the log with `first_judged` 1 if it differs.
    """

    def __init__(self, genesis: Genesis, crypto: Crypto, *, first_traced: int = 1, first_judged: int = 1) -> None:
        self.genesis = genesis
        self._crypto = TrustingCrypto(crypto)
        state = DeferredState(genesis.preset.account_depth, self._crypto)
        cutter = Cutter(genesis, state, max(first_traced, first_judged), first_judged)
        self._house = House(genesis, self._crypto, state, cutter, Inbox(), Pending(genesis.preset))
        self.records = Records()
        self._desk = TradingDesk(self._house, self.records)
        self.sessions = Sessions()
        self.spots: dict[int, int] = {}
        self.applied = 0
        self._handlers: dict[type, Callable[[Any, int], Outcome]] = {
            PlaceOrder: self._desk.place_order,
            CancelOrder: self._desk.cancel_order,
            Operate: self._desk.operate,
            TakeQuote: self._desk.take_quote,
            ReceiveQueue: self._receive_queue,
            NewTable: self._new_table,
            SetStress: self._set_stress,
            EndBatch: self._end_batch,
            AllowSession: self._allow_session,
            EndSession: self._end_session,
        }

    def apply(self, message: Message) -> Outcome:
        """Takes a message, and verifies its signatures; those of a batch again when it is cut."""
        outcome = self._handlers[type(message)](message, self.applied + 1)
        self.applied += 1
        return outcome

    def apply_verified(self, message: Message) -> Outcome:
        """As `apply`, for a message whose signatures were found good, by `verify_many` or before it was logged."""
        crypto, before = self._crypto, self._crypto.trusts
        crypto.trusts = True
        try:
            return self.apply(message)
        finally:
            crypto.trusts = before

    def verify_many(self, messages: Sequence[Message]) -> list[Verdict]:
        """Verifies all signatures at once, before the messages are applied one by one; nothing changes."""
        return verify_many(messages, self._crypto, self.genesis.domain, self.key_of)

    def take_removals(self) -> tuple[Removal, ...]:
        """Orders that were found not to hold by messages that were then refused; else the next outcome has them."""
        return self._desk.take_removals()

    def key_of(self, account_id: int) -> Point | None:
        """The key of an account, `None` as long as there is none."""
        engine = self._house.engine
        standing = None if engine is None else engine.floor.standings.get(account_id)
        if standing is not None:
            return standing.key
        if not 0 <= account_id < self.genesis.preset.max_accounts:
            return None
        account = self.state.account(account_id)
        return None if account is None else account.key

    def held_series(self) -> set[int]:
        """The series that anybody holds, with all that was matched: their rows must stay in the table. O(accounts)."""
        return held_series(self._house)

    @property
    def state(self) -> State:
        """After the last batch that was cut. Not to be changed."""
        return self._house.state

    @property
    def engine(self) -> MatchingEngine | None:
        """The books, once there is something to trade by. Not to be called."""
        return self._house.engine

    @property
    def table(self) -> RiskTable | None:
        """The risk table in force."""
        return None if self._house.era is None else self._house.era.table

    @property
    def table_time_s(self) -> int | None:
        """When the oracles signed it."""
        return None if self._house.era is None else self._house.era.report_time_s

    @property
    def time_s(self) -> int:
        """The time of the batch that fills up; it only grows."""
        return self._house.time_s

    @property
    def is_under_stress(self) -> bool:
        """Whether new risk waits."""
        return self._house.is_under_stress

    @property
    def next_batch(self) -> int:
        """The number of the next batch that is cut."""
        return self._house.cutter.next_number

    @property
    def next_queue_index(self) -> int:
        """The place of the next entry of L1's queue to be received."""
        return self._house.inbox.received

    @property
    def pending(self) -> Weight:
        """What waits for the next batches."""
        return self._house.pending.weight

    def _receive_queue(self, message: ReceiveQueue, number: int) -> Outcome:
        house = self._house
        house.inbox.check(message.first_index, message.entries, house.state)
        house.inbox.take(message.entries)
        for entry in message.entries:
            piece = Piece(number, queue=(entry,))
            if house.engine is not None and not house.inbox.waiting and isinstance(entry, Registration | Deposit):
                house.engine.receive(entry)
                house.pending.add(piece)
            else:
                house.inbox.waiting.append(piece)
        house.pending.waiting = len(house.inbox.waiting)
        return Outcome(number, self._desk.with_removals(Report()))

    def accepted_table(self, message: NewTable) -> RiskTable:
        """The table of a message that would be taken now; nothing happens.

        Raises `TableNotNewer`, `TableTooOld`, `SettledEarly`, `SeriesChanged`, `TableLacksSeries`, `PlaceTaken`.
        """
        house, genesis = self._house, self.genesis
        last = house.era
        if last is not None and message.time_s <= last.report_time_s:
            raise TableNotNewer(last.report_time_s, message.time_s)
        if house.time_s - message.time_s > genesis.report_age_s:
            raise TableTooOld(message.time_s, house.time_s, genesis.report_age_s)
        table = RiskTable(message.rows, genesis.preset.series_depth, self._crypto)
        check_table(table, message.time_s, None if last is None else last.table, held_series(house))
        return table

    def _new_table(self, message: NewTable, number: int) -> Outcome:
        house, genesis = self._house, self.genesis
        table = self.accepted_table(message)
        terms = Terms(max(house.time_s, message.time_s), table, genesis.maker_fee_ppm, genesis.taker_fee_ppm)
        turn = take_turn(house, Era(terms, message.time_s), number, is_new_table=True)
        self.spots.update(message.spots)
        return self._turned(turn, number)

    def _end_batch(self, message: EndBatch, number: int) -> Outcome:
        house, era = self._house, self._house.era
        if message.time_s < house.time_s:
            raise ClockWentBack(house.time_s, message.time_s)
        if era is None:
            house.time_s = message.time_s
            return Outcome(number)
        if message.time_s - era.report_time_s > self.genesis.report_age_s and message.time_s > house.time_s:
            raise TableTooOld(era.report_time_s, message.time_s, self.genesis.report_age_s)
        terms = Terms(message.time_s, era.table, era.terms.maker_fee_ppm, era.terms.taker_fee_ppm)
        return self._turned(take_turn(house, Era(terms, era.report_time_s), number, is_new_table=False), number)

    def _turned(self, turn: Turn, number: int) -> Outcome:
        self.records.traded(turn.report, number, self.time_s)
        self.records.removed(turn.report.removals)
        return Outcome(
            number,
            self._desk.with_removals(turn.report),
            0,
            tuple(turn.batches),
            tuple(turn.dropped),
            tuple(turn.unliquidated),
            tuple(turn.unsettled),
        )

    def _set_stress(self, message: SetStress, number: int) -> Outcome:
        house = self._house
        house.is_under_stress = message.is_under_stress
        if house.engine is not None:
            house.engine.is_under_stress = message.is_under_stress
        return Outcome(number, self._desk.with_removals(Report()))

    def _allow_session(self, message: AllowSession, number: int) -> Outcome:
        if self.key_of(message.account) is None:
            raise UnknownAccount("session", account=message.account)
        self.sessions.allow(message.account, message.key, message.expiry_s, self.time_s)
        return Outcome(number)

    def _end_session(self, message: EndSession, number: int) -> Outcome:
        self.sessions.end(message.account, message.key)
        return Outcome(number)
