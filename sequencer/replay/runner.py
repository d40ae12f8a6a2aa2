"""Plays a scenario on a local rollup, from registration to the dollars that come back on L1, and compares."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from time import monotonic, perf_counter, sleep
from typing import Final, TypeVar

from rollup.risk_table import RiskTable
from rollup.types.accounts import Account
from rollup.types.orders import Operation, Withdrawal
from rollup.units import FEE_ACCOUNT, MILLION
from sequencer.api.signer import Signer
from sequencer.l1.reports import OracleDomain, report_of, sign_report, sign_settlement
from sequencer.markets.history import TimedTable
from sequencer.markets.intents import OrderIntent
from sequencer.matching import OrderRequest
from sequencer.messages import NewTable, Operate, PlaceOrder
from sequencer.node.local import THRESHOLD, LocalRollup, LocalTrader
from sequencer.node.node import Node
from sequencer.replay.errors import NodeFailed, OrderRefused, OtherAccount, TooSlow
from sequencer.replay.report import Difference, ReplayReport
from sequencer.replay.scenarios import Scenario
from sequencer.venue import Venue

T = TypeVar("T")
PATIENCE_S: Final = 300.0
LOOK_S: Final = 0.05
MOST_BEHIND: Final = 6
"""Batches without a proof before simulated time waits: L1 takes no batch that is older than an hour of it."""

LONGEST_STEP_S: Final = 600
LAST_SLOT: Final = 7


Tell = Callable[[str, int, int], None]
"""Phase, how many are done, how many there are."""


def _nothing(_phase: str, _done: int, _all: int) -> None:
    return None


class Replay:
    """One scenario on one node, once."""

    def __init__(self, scenario: Scenario, rollup: LocalRollup, node: Node, tell: Tell = _nothing) -> None:
        self._scenario, self._rollup, self._node, self._tell = scenario, rollup, node, tell
        self._traders: dict[int, LocalTrader] = {}
        self._max_fee_ppm = scenario.plan.fees.highest_ppm
        self.report = ReplayReport(scenario.name)

    def run(self) -> ReplayReport:
        """All of it. Raises `ReplayError`, and what chain and contracts raise."""
        scenario = self._scenario
        with self._phase("registering"):
            self._take_table(0)
            self._register()
        with self._phase("trading"):
            self._trade()
        with self._phase("settling"):
            self._take_table(len(scenario.tables) - 1)
            self._settle_on_l1()
            self._wait(lambda: not self._ask(is_anything_held), "the settlement of all positions")
        with self._phase("executing"):
            self._wait_executed()
        self._compare_balances()
        with self._phase("withdrawing"):
            self._withdraw()
        self.report.batches = self._ask(lambda venue: venue.next_batch) - 1
        return self.report

    # -- steps -------------------------------------------------------------------------------------------------------

    def _register(self) -> None:
        deposits_e6, accounts = self._scenario.plan.deposits_e6, self._scenario.accounts
        for place, account in enumerate(accounts):
            amount_e6 = deposits_e6.get(account, MILLION)
            trader = self._rollup.register(place, amount_e6)
            if trader.account != account:
                raise OtherAccount(account, trader.account)
            self._traders[account] = trader
            self.report.deposited_e6 += amount_e6
            self._tell("registering", place + 1, len(accounts))
        self.report.accounts = len(accounts)
        last = accounts[-1]
        self._wait(lambda: self._ask(lambda venue: venue.key_of(last)), "the registration of all accounts")

    def _trade(self) -> None:
        tables, intents = self._scenario.tables, self._scenario.plan.intents
        sent = 0
        for place in range(len(tables) - 1):
            if place:
                self._take_table(place)
            end_ms = tables[place + 1].time_s * 1_000
            due = sent
            while due < len(intents) and intents[due].time_ms < end_ms:
                due += 1
            self._send(intents[sent:due])
            sent = due
            self._tell("trading", sent, len(intents))
        self.report.orders = sent

    def _send(self, intents: tuple[OrderIntent, ...]) -> None:
        """All at once, in order; the node is waited for while too many batches wait for their proofs."""
        self._wait(lambda: self._node.unproven <= MOST_BEHIND, "proofs")
        futures = [(intent, self._node.sequencer.submit(self._signed(intent))) for intent in intents]
        for intent, future in futures:
            error = future.exception(PATIENCE_S)
            if isinstance(error, Exception):
                raise OrderRefused(intent.account, error)
            self.report.trades += len(future.result().outcome.report.trades)

    def _take_table(self, place: int) -> None:
        """At its time, which comes only when L1 is not far behind."""
        table: TimedTable = self._scenario.tables[place]
        rollup, rows = self._rollup, table.rows
        self._wait(lambda: self._node.unproven <= MOST_BEHIND, "proofs")
        if place and table.time_s - rollup.now_s() > LONGEST_STEP_S:
            self._catch_up()
        rollup.set_time(table.time_s)
        report = report_of(
            RiskTable(rows, rollup.preset.series_depth, rollup.crypto), table.time_s, self._scenario.spots_e2[place]
        )
        signatures = sign_report(rollup.oracles[:THRESHOLD], self._domain, report)
        self._node.take_table(report, NewTable(table.time_s, rows, tuple(report.spot_pairs)), signatures)
        self._wait(lambda: rollup.oracle.last_time_s() >= table.time_s, f"the report of {table.time_s} on L1")
        self.report.tables += 1

    def _catch_up(self) -> None:
        """L1 takes no batch that is an hour old: all that there is goes there before time makes a leap."""
        self._node.end_batch(max(self._rollup.now_s(), self._ask(lambda venue: venue.time_s)))
        last, house = self._ask(lambda venue: venue.next_batch) - 1, self._rollup.house
        self._wait(lambda: house.progress().committed >= last, "the commitment of all batches")

    def _settle_on_l1(self) -> None:
        for (underlying, expiry_s), price_e2 in self._scenario.settlements_e2.items():
            prices = dict.fromkeys(self._rollup.oracles[:THRESHOLD], price_e2)
            observations = sign_settlement(prices, self._domain, underlying, expiry_s)
            self._node.follower.settle(underlying, expiry_s, observations).result(PATIENCE_S)
            settled = partial(self._rollup.oracle.settlement_price_e2, underlying, expiry_s)
            self._wait(settled, "the settlement price on L1")
            self._compare("settlement price", underlying, price_e2, settled())

    def _compare_balances(self) -> None:
        expected = self._scenario.plan.expected(self._scenario.settlements_e2)
        for account, cash_e6 in expected.cash_e6.items():
            self._compare("cash", account, cash_e6, self._cash_e6(account))
        self.report.fees_e6 = self._cash_e6(FEE_ACCOUNT)
        self._compare("fees", 0, expected.fees_e6, self.report.fees_e6)

    def _withdraw(self) -> None:
        """Every account takes out all its cash, and its owner gets it on L1."""
        wanted_e6 = {account: self._cash_e6(account) for account in self._traders}
        for account, amount_e6 in wanted_e6.items():
            if amount_e6:
                self._operate(account, Withdrawal(account, LAST_SLOT, self._next_nonce(account), amount_e6))
        self._node.end_batch(max(self._rollup.now_s(), self._ask(lambda venue: venue.time_s)))
        self._wait_executed()
        for place, (account, trader) in enumerate(self._traders.items()):
            paid_e6 = self._rollup.collect(trader) if wanted_e6[account] else 0
            self.report.withdrawn_e6 += paid_e6
            self._compare("withdrawn", account, wanted_e6[account], paid_e6)
            self._tell("withdrawing", place + 1, len(self._traders))

    def _operate(self, account: int, operation: Operation) -> None:
        signed = self._signer(account).sign_operation(operation)
        self._node.sequencer.submit(Operate(signed)).result(PATIENCE_S)

    # -- small things ------------------------------------------------------------------------------------------------

    @property
    def _domain(self) -> OracleDomain:
        return OracleDomain(self._rollup.chain.chain_id, self._rollup.deployment.oracle)

    def _signer(self, account: int) -> Signer:
        return Signer(account, self._traders[account].secret, self._rollup.deployment.domain, self._rollup.crypto)

    def _signed(self, intent: OrderIntent) -> PlaceOrder:
        signed = self._signer(intent.account).sign_order(intent.order(self._max_fee_ppm))
        return PlaceOrder(OrderRequest(signed, intent.time_in_force, intent.post_only, intent.reduce_only))

    def _ask(self, question: Callable[[Venue], T]) -> T:
        return self._node.sequencer.ask(question).result(PATIENCE_S)

    def _account(self, account: int) -> Account | None:
        return self._ask(lambda venue: venue.state.account(account))

    def _next_nonce(self, account: int) -> int:
        known = self._account(account)
        return 1 if known is None else known.orders[LAST_SLOT].nonce + 1

    def _cash_e6(self, account: int) -> int:
        known = self._account(account)
        return 0 if known is None else known.cash_e6

    def _wait_executed(self) -> None:
        house = self._rollup.house
        last = self._ask(lambda venue: venue.next_batch) - 1
        self._wait(lambda: house.progress().executed >= last, "the execution of all batches")

    def _compare(self, what: str, account: int, expected: int, found: int) -> None:
        if expected != found:
            self.report.differences.append(Difference(what, account, expected, found))

    def _wait(self, holds: Callable[[], object], what: str) -> None:
        """As long as proofs come: how fast they do is a matter of the machine. Raises `NodeFailed`, `TooSlow`."""
        proven, deadline_s = self._node.progress.proven_through, monotonic() + PATIENCE_S
        while not holds():
            if self._node.sequencer.stopped is not None:
                raise NodeFailed(self._node.sequencer.stopped)
            if self._node.progress.proven_through != proven:
                proven, deadline_s = self._node.progress.proven_through, monotonic() + PATIENCE_S
            if monotonic() > deadline_s:
                raise TooSlow(what, PATIENCE_S)
            sleep(LOOK_S)

    @contextmanager
    def _phase(self, name: str) -> Iterator[None]:
        began = perf_counter()
        self._tell(name, 0, 1)
        yield
        self.report.seconds[name] = perf_counter() - began


def is_anything_held(venue: Venue) -> bool:
    """Whether any account holds a position, by the last batch."""
    return any(position.size_e4 for _, account in venue.state.accounts() for position in account.positions)
