"""A whole node on a chain of its own: traders register on L1 and trade; L1 executes it all, also after a restart."""

from __future__ import annotations

from pathlib import Path

from rollup.types.orders import Withdrawal
from sequencer.follower.plan import FILE_NAME
from sequencer.record.reader import RecordReader
from sequencer.record.types import BatchStatus
from tests.support.chain import needs_anvil
from tests.support.whole_node import CONTRACT_E4, DEPOSIT_E6, PRICE_E2, stand, until

pytestmark = needs_anvil
WITHDRAWN_E6 = 10**6


def test_from_a_signed_order_to_a_root_on_l1(tmp_path: Path) -> None:
    with stand(tmp_path) as one:
        one.register(2)
        with one.node() as node:
            one.report(node)
            until(lambda: all(node.venue.key_of(trader.account) for trader in one.traders), "both are registered")
            alice, bob = one.traders
            node.sequencer.submit(one.order(alice, is_buy=True)).result(10)
            traded = node.sequencer.submit(one.order(bob, is_buy=False)).result(10)
            assert [trade.size_e4 for trade in traded.outcome.report.trades] == [CONTRACT_E4]
            node.sequencer.submit(one.operation(bob, Withdrawal(bob.account, 1, 1, WITHDRAWN_E6))).result(10)
            until(lambda: node.unproven == 0 and one.rollup.house.progress().executed >= 3, "all is executed")
            progress = one.rollup.house.progress()
            last = node.venue.next_batch - 1
            # What the node has seen, not what L1 has: it may be told to stop before its next look at L1.
            until(lambda: node.progress.executed == last, "the node has seen that the last batch is executed")
            root = node.venue.state.root
        assert one.rollup.collect(bob) == WITHDRAWN_E6
        with RecordReader.of(one.plan.folder) as record:
            rows = record.batches()
            assert [row.number for row in rows] == list(range(last, 0, -1))
            assert rows[0].root_after == root
            assert all(row.status is BatchStatus.EXECUTED for row in rows)
            assert [trade.size_e4 for trade in record.trades()] == [CONTRACT_E4]
            assert all(record.proof(row.number).is_mock is False for row in rows)
            assert all(any(sent.gas_used for sent in record.transactions_of(row.number)) for row in rows)
            facts = record.facts()
            assert (facts.preset, facts.contracts["clearing house"]) == (
                one.rollup.preset.name,
                one.rollup.deployment.clearing_house,
            )
            assert facts.ended_ms is not None
        for path in one.plan.folder.glob(f"{FILE_NAME}*"):
            path.unlink()  # what the follower keeps can be lost: L1 says what it has
        with one.node() as again:
            assert again.venue.state.root == root
            assert again.venue.next_batch == last + 1
            held = again.venue.state.account(alice.account)
            assert held is not None
            assert [position.size_e4 for position in held.positions if position.size_e4] == [CONTRACT_E4]
            assert held.cash_e6 < DEPOSIT_E6 - PRICE_E2 * CONTRACT_E4 + 1
            one.report(again)
            again.sequencer.submit(one.order(alice, is_buy=False)).result(10)
            again.sequencer.submit(one.order(bob, is_buy=True)).result(10)
            until(lambda: one.rollup.house.progress().executed > last, "the next batch is executed")
        assert progress.committed >= progress.proven
