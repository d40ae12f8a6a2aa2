"""The record of a real node: gas as receipts have it, times in order; deleted, it is made again and says the same."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from console.cli.main import app
from sequencer.record.batch_types import BatchRow, BatchStatus
from sequencer.record.reader import RecordReader
from sequencer.record.schema import RECORD_NAME
from tests.support.chain import needs_anvil
from tests.support.whole_node import Stand, stand, until

pytestmark = needs_anvil
DETAILS = ("digest", "point", "words", "postings", "touched", "fills", "operations", "settlements")
ROWS = ("number", "status", "is_final", "root_before", "root_after", "risk_root", "counts", "gas")


def said(reader: RecordReader) -> list[dict[str, Any]]:
    """All that the log and the submitter know, too: proofs are not kept when they are final on L1."""
    found = []
    for row in reader.batches(limit=-1):
        detail = reader.detail(row.number)
        found.append(
            {
                **{name: getattr(row, name) for name in ROWS},
                **{name: getattr(detail, name) for name in DETAILS},
                "paid": [(one.kind, one.state, one.gas_used, one.hash) for one in detail.transactions],
            }
        )
    return found


def check_gas(one: Stand, reader: RecordReader) -> None:
    rows = reader.transactions(limit=-1)
    assert len(rows) >= 3
    for row in rows:
        receipt = one.rollup.chain.rpc("eth_getTransactionReceipt", "0x" + row.hash.hex())
        assert row.state == "done"
        assert row.gas_used == int(receipt["gasUsed"], 16)
        assert row.gas_price_wei == int(receipt["effectiveGasPrice"], 16)
        assert row.block_number == int(receipt["blockNumber"], 16)
        sent = one.rollup.chain.rpc("eth_getTransactionByHash", "0x" + row.hash.hex())
        assert row.data_bytes == len(sent["input"]) // 2 - 1


def check_times(row: BatchRow) -> None:
    times = row.times
    assert times.proved_ms is not None
    assert times.committed_ms is not None
    assert times.proven_ms is not None
    assert times.executed_ms is not None
    assert times.committed_ms <= times.proven_ms <= times.executed_ms
    assert times.proved_ms <= times.proven_ms
    assert row.proving_s is not None
    assert 0 < row.proving_s < 60


def test_the_record_of_a_node_and_the_same_made_again(tmp_path: Path) -> None:
    with stand(tmp_path) as one:
        one.register(2)
        with one.node() as node:
            one.report(node)
            until(lambda: all(node.venue.key_of(trader.account) for trader in one.traders), "both are registered")
            alice, bob = one.traders
            node.sequencer.submit(one.order(alice, is_buy=True)).result(10)
            node.sequencer.submit(one.order(bob, is_buy=False, size_e4=4_000)).result(10)
            until(lambda: node.unproven == 0 and one.rollup.house.progress().executed >= 2, "all is executed")
            last = node.venue.next_batch - 1
            until(lambda: one.rollup.house.progress().executed == last, "the last batch is executed")
            with RecordReader.of(one.plan.folder) as following:
                until(lambda: following.state().final_executed == last, "the record has it", 20)
                until(lambda: bool(following.books()), "the books are recorded", 20)
                (book,) = [book for book in following.books() if book.bids]
                assert [level.size_e4 for level in book.bids] == [6_000]
                until(lambda: following.workers()[0].proofs == last, "the worker's proofs are counted", 20)
        with RecordReader.of(one.plan.folder) as reader:
            assert reader.counts().lost == 0
            assert all(row.status is BatchStatus.EXECUTED for row in reader.batches())
            check_gas(one, reader)
            for row in reader.batches():
                check_times(row)
            before, accounts, trades = said(reader), reader.accounts(), reader.trades()
        (one.plan.folder / RECORD_NAME).unlink()
        result = CliRunner().invoke(app, ["node", "record", str(one.plan.folder), "--json"])
        assert result.exit_code == 0, result.output
        assert json.loads(result.stdout)["executed"] == last
        with RecordReader.of(one.plan.folder) as reader:
            assert said(reader) == before
            assert [row.values_e6 for row in reader.accounts()] == [row.values_e6 for row in accounts]
            assert [(row.number, row.batch, row.maker) for row in reader.trades()] == [
                (row.number, row.batch, row.maker) for row in trades
            ]
