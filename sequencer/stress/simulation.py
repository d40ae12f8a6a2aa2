"""One bad day at a venue: messages in the order of a node's log, applied natively, with proofs that only take time.

There is no L1 and no signature of oracles: the queue's entries and tables come as a node would have checked them.
Orders are signed, and verified as a node verifies them. The same seed does the same to the venue on every machine; what
a message costs is measured by a clock that is passed in.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from random import Random
from typing import Final

from msgspec.structs import replace

from rollup.errors import RollupError
from rollup.risk_table import RiskTable
from rollup.types.orders import Domain
from sequencer.markets.arrivals import Arrivals
from sequencer.markets.flow import FlowSettings, OrderFlow
from sequencer.markets.history import TimedTable
from sequencer.markets.intents import Intent, OrderIntent
from sequencer.matching.errors import MatchingError, NewRiskWaits
from sequencer.messages import EndBatch, Message, NewTable, PlaceOrder, ReceiveQueue
from sequencer.native_crypto import NativeCrypto
from sequencer.stress.latencies import MILLISECONDS, Latencies
from sequencer.stress.market import CENTS, FIRST_PRICE, MarketDay, OracleDesk
from sequencer.stress.measures import Books, Liquidated, Sample, Trouble, in_trouble, insurance_e6
from sequencer.stress.population import CONTRACT_E4, Population, populate, series_around
from sequencer.stress.proving import SimulatedProvers
from sequencer.stress.scenarios import Scenario, is_inside
from sequencer.stress.settings import Progress, StressSettings
from sequencer.stress.traders import Traders
from sequencer.venue import NEVER_TRACED, Genesis, Outcome, Venue, VenueError

START_S: Final = 1_800_000_000


class Simulation:
    """The day in progress."""

    def __init__(
        self,
        scenario: Scenario,
        accounts: int,
        rng: Random,
        crypto: NativeCrypto,
        clock: Callable[[], float],
        settings: StressSettings,
    ) -> None:
        self.scenario, self.settings, self._clock = scenario, settings, clock
        domain = Domain(31_337, 0xC1EA)
        fees = settings.fees
        genesis = Genesis(settings.preset, domain, fees.maker_ppm, fees.taker_ppm, report_age_s=settings.report_age_s)
        self.venue = Venue(genesis, crypto, first_traced=1 if settings.with_traces else NEVER_TRACED)
        self.traders = Traders(crypto, domain)
        self.day = MarketDay.of(scenario, START_S, rng)
        series = series_around(int(FIRST_PRICE * CENTS), START_S, settings.strikes)
        self.oracle = OracleDesk(self.day, series, scenario, rng)
        self._first_table = self.oracle.first(START_S)
        table = TimedTable(START_S, self._first_table.rows)
        self.people: Population = populate(accounts, series, table, fees, settings.insurance_e6, rng)
        arrivals = Arrivals(settings.arrivals_per_account * accounts, 0.3, 0.5)
        flow = FlowSettings(self.people.makers, self.people.takers, arrivals, quote_size_e4=5 * CONTRACT_E4)
        self.flow = OrderFlow(flow, series, self.day.path, self.day.surface_at, rng)
        self.books, self.trouble, self.liquidated = Books(), Trouble(), Liquidated()
        self.provers = SimulatedProvers(settings.provers, settings.proof_s, scenario.provers_lost)
        self.latencies = Latencies()
        self.turns_s: list[float] = []
        self._crypto = crypto
        self.samples: list[Sample] = []
        self.refused: Counter[str] = Counter()
        self.seen: Counter[str] = Counter()
        self._tokens = float(settings.burst)
        self._tokens_at = 0.0

    def open(self, report: Progress | None) -> None:
        """Accounts, their deposits, the first table, and positions that are there from the beginning."""
        people, traders = self.people, self.traders
        entries = tuple(traders.registration(account, people.deposits_e6[account]) for account in people.accounts)
        self._apply(ReceiveQueue(0, entries))
        self._apply(self._first_table)
        for place, opening in enumerate(people.openings):
            self._apply(traders.opening(opening.trade, self.flow.nonces))
            if report is not None and place % 50 == 0:
                report("opening positions", place, len(people.openings))
        self._apply(EndBatch(START_S))
        settings = self.settings
        self.provers = SimulatedProvers(settings.provers, settings.proof_s, self.scenario.provers_lost)
        self.latencies = Latencies()
        self.turns_s.clear()

    def run(self, report: Progress | None) -> None:
        """All seconds, one after the other: the oracle's look, the end of a batch, then what traders send."""
        scenario = self.scenario

        def rate(second: float) -> float:
            return scenario.flood_factor if is_inside(second, scenario.flood) else 1.0

        intents = self.flow.intents(rate, scenario.flood_factor)
        following = next(intents, None)
        for second in range(1, scenario.seconds + 1):
            self._tick(second)
            while following is not None and following.time_ms < (START_S + second + 1) * MILLISECONDS:
                arrival = following.time_ms / MILLISECONDS - START_S
                self._arrive(following, arrival)
                following = next(intents, None)
            if report is not None and second % 10 == 0:
                report(scenario.name, second, scenario.seconds)
        self._end_batch(scenario.seconds + 1)

    def _tick(self, second: int) -> None:
        now_s = START_S + second
        table, stress = self.oracle.look(now_s)
        if stress is not None and self.settings.heeds_stress:
            self._apply(stress, second)
        if table is not None:
            self._new_table(table, second)
        elif second % self.settings.batch_every_s == 0:
            self._end_batch(second)
        self.seen["stress"] += self.venue.is_under_stress
        self.provers.advance(second)
        self.seen["most unproven"] = max(self.seen["most unproven"], self.provers.unproven)

    def _new_table(self, message: NewTable, second: int) -> None:
        table = RiskTable(message.rows, self.settings.preset.series_depth, self._crypto)
        below, insolvent = in_trouble(self.venue.state, table)
        self.trouble.begin(below, second)
        self.trouble.ever_insolvent |= set(insolvent)
        outcome = self._apply(message, second)
        self.seen["table"] += 1
        self._sample(second, message.spots[0][1], len(below), len(insolvent), self._still(outcome, second))

    def _end_batch(self, second: int) -> None:
        try:
            outcome = self._apply(EndBatch(START_S + second), second)
        except VenueError:
            self.seen["halted"] += self.settings.batch_every_s
            self._sample(second, 0, len(self.trouble.since), len(self.trouble.ever_insolvent), len(self.trouble.since))
            return
        still = self._still(outcome, second)
        self._sample(second, 0, still, 0, still)

    def _still(self, outcome: Outcome, second: int) -> int:
        still = [one.account for one in outcome.unliquidated]
        self.trouble.end(still, second)
        return len(still)

    def _sample(self, second: int, price_e2: int, below: int, insolvent: int, unliquidated: int) -> None:
        table_s = self.venue.table_time_s or START_S
        last = self.samples[-1].price_e2 if self.samples else self._first_table.spots[0][1]
        self.samples.append(
            Sample(
                second,
                price_e2 or last,
                below,
                insolvent,
                unliquidated,
                insurance_e6(self.venue),
                self.provers.unproven,
                START_S + second - table_s,
                self.venue.is_under_stress,
            )
        )

    def _arrive(self, intent: Intent, arrival: float) -> None:
        """An order at the door, then at the venue; whoever cancels is always let in."""
        message = self.traders.message(intent)
        if not isinstance(intent, OrderIntent):
            self._try(message, arrival)
            return
        self.seen["order"] += 1
        found = self._refusal_at_the_door(arrival) or self._try(message, arrival)
        if isinstance(found, str):
            self.refused[found] += 1
            self.flow.refused(intent)
        else:
            self.seen["accepted"] += 1
            self.seen["trade"] += len(found.report.trades)

    def _try(self, message: Message, arrival: float) -> Outcome | str:
        """What a message did, or the name of the rule that it would break."""
        try:
            return self._place(message, arrival)
        except (RollupError, MatchingError, VenueError) as error:
            return type(error).__name__

    def _place(self, message: Message, arrival: float) -> Outcome:
        """A maker whose new risk must wait quotes what makes its position smaller: that is who meets liquidations."""
        try:
            return self._apply(message, arrival)
        except NewRiskWaits as error:
            if not isinstance(message, PlaceOrder) or error.account not in self.people.makers:
                raise
        return self._apply(PlaceOrder(replace(message.request, reduce_only=True)), arrival)

    def _refusal_at_the_door(self, arrival: float) -> str | None:
        settings = self.settings
        if START_S + arrival - (self.venue.table_time_s or START_S) > settings.report_age_s:
            return "TableTooOld"
        refilled = self._tokens + (arrival - self._tokens_at) * settings.orders_per_s
        self._tokens, self._tokens_at = min(float(settings.burst), refilled), arrival
        if self._tokens < 1:
            return "TooManyOrders"
        self._tokens -= 1
        return None

    def _apply(self, message: Message, arrival: float = 0.0) -> Outcome:
        began = self._clock()
        try:
            outcome = self.venue.apply(message)
        finally:
            took_s = self._clock() - began
            self.latencies.took(arrival, took_s, is_order=isinstance(message, PlaceOrder))
        if isinstance(message, NewTable | EndBatch):
            self.turns_s.append(took_s)
        for batch in outcome.batches:
            self.books.check(batch)
        self.provers.add(arrival, len(outcome.batches))
        self.seen["dropped"] += len(outcome.dropped)
        self.liquidated.add(outcome)
        return outcome
