"""What oracles sign, the contract takes: tables and settlement prices. What it refuses, they refuse."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest

from rollup.types.series import Series
from sequencer.l1.accounts import development_account
from sequencer.l1.anvil import RunningChain, running_anvil
from sequencer.l1.bindings.oracle import AlreadySettled, Oracle, ReportNotNewer, TooFewSignatures
from sequencer.l1.client import Chain
from sequencer.l1.contracts import build_contracts
from sequencer.l1.reports import OracleDomain
from sequencer.l1.sending import Sender
from sequencer.oracles.committee import Committee
from sequencer.oracles.node import OracleNode
from sequencer.oracles.readings import ExpiryPrice
from sequencer.oracles.reporter import OracleReporter
from sequencer.oracles.series_book import SeriesBook
from tests.support.chain import needs_anvil
from tests.support.markets_oracles import DEPTH, PRICE_E2, SERIES, UNDERLYING, keys, rules_of, sources_of
from tests.support.native_crypto import native_crypto

pytestmark = needs_anvil
DELAY_S = 600


@dataclass
class OnChain:
    running: RunningChain
    sender: Sender
    oracle: Oracle
    reporter: OracleReporter
    series: tuple[Series, ...]

    def now_s(self) -> int:
        return self.sender.chain.block_time_s()

    def wait(self, seconds: int) -> None:
        self.running.rpc("evm_increaseTime", seconds)
        self.running.rpc("evm_mine")


@pytest.fixture(scope="module")
def on_chain() -> Iterator[OnChain]:
    with running_anvil() as running:
        sender = Sender(Chain(running.url), development_account(0))
        signers = [str(key.address) for key in keys(5)]
        build = build_contracts()["Oracle"]
        oracle = sender.deploy(Oracle.deployment(build, signers, 3, DELAY_S)).contract
        domain = OracleDomain(sender.chain.chain_id, oracle.address)
        rules = replace(rules_of(), committee=Committee(tuple(signers), 3, domain))
        now_s = sender.chain.block_time_s()
        series = tuple(replace(one, expiry_s=now_s + 1_000 + one.expiry_s - SERIES[0].expiry_s) for one in SERIES)
        sources = [sources_of(expiry=ExpiryPrice(now_s + 1_000, PRICE_E2 + place)) for place in range(5)]
        nodes = [OracleNode(key, theirs, rules, native_crypto()) for key, theirs in zip(keys(5), sources, strict=True)]
        reporter = OracleReporter(nodes, rules, SeriesBook(DEPTH, series), native_crypto())
        yield OnChain(running, sender, oracle, reporter, series)


def test_f84_the_contract_takes_what_oracles_sign(on_chain: OnChain) -> None:
    table = on_chain.reporter.report(on_chain.now_s())
    few = replace(table, signatures=table.signatures[:2])
    with pytest.raises(TooFewSignatures):
        on_chain.sender.send(few.report_call(on_chain.oracle))
    on_chain.sender.send(table.report_call(on_chain.oracle))
    assert on_chain.oracle.last_time_s() == table.time_s
    assert on_chain.oracle.table_at(table.time_s).risk_root == table.report.risk_root
    with pytest.raises(ReportNotNewer):
        on_chain.sender.send(table.report_call(on_chain.oracle))


def test_f85_the_contract_settles_at_the_price_of_the_table(on_chain: OnChain) -> None:
    expiry_s = on_chain.series[0].expiry_s
    on_chain.wait(1_000)
    step = on_chain.reporter.step(on_chain.now_s())
    assert step.table is not None
    (call,) = step.table.settle_calls(on_chain.oracle)
    on_chain.sender.send(call)
    on_chain.sender.send(step.table.report_call(on_chain.oracle))
    (settled,) = step.table.settlements
    assert on_chain.oracle.settlement_price_e2(UNDERLYING, expiry_s) == settled.price_e2 == PRICE_E2 + 2
    with pytest.raises(AlreadySettled):
        on_chain.sender.send(call)
    payoffs = {row.series: row.mark_e2 for row in step.table.rows if row.is_settled}
    assert payoffs == {one: one.payoff_e2(PRICE_E2 + 2) for one in on_chain.series if one.expiry_s == expiry_s}
