"""What a transaction paid on L1 is told, and kept, by the attempt that got into a block."""

from __future__ import annotations

import pytest

from sequencer.submitter.events import Sent, Settled
from sequencer.submitter.nodes_port import NodesPort
from sequencer.submitter.schema import INTENTS, STEPS, make_tables
from tests.support.fake_l1_nodes import FakeNode
from tests.support.submitter_database import MemoryDatabase
from tests.support.submitter_scenes import committed, scene
from tests.support.submitter_world import World


@pytest.fixture(scope="module")
def finished() -> World:
    made = committed(scene(batches=1))
    made.proofs[1] = made.now_s
    made.until(made.is_finished)
    return made


def test_every_transaction_in_a_block_has_its_gas(finished: World) -> None:
    sent = {one.transaction_hash: one.data_bytes for one in finished.events if isinstance(one, Sent)}
    settled = [one for one in finished.events if isinstance(one, Settled)]
    assert len(settled) >= 3
    for one in settled:
        assert one.inclusion is not None
        assert one.inclusion.block == one.block
        assert one.inclusion.gas_used == 21_000 + 16 * sent[one.inclusion.transaction_hash]
        assert one.inclusion.gas_price_wei is not None
        assert one.inclusion.gas_price_wei > 0


def test_it_is_kept_when_it_is_final(finished: World) -> None:
    told = {one.nonce: one.inclusion for one in finished.events if isinstance(one, Settled)}
    kept = finished.database.execute("SELECT nonce, included_hash, gas_used, gas_price_wei FROM submitter_intents")
    assert {nonce for nonce, *_ in kept} == set(told)
    for nonce, included_hash, gas_used, gas_price_wei in kept:
        inclusion = told[nonce]
        assert inclusion is not None
        assert (included_hash, gas_used) == (inclusion.transaction_hash, inclusion.gas_used)
        assert int(gas_price_wei) == inclusion.gas_price_wei


def test_what_a_reorganisation_takes_out_has_none() -> None:
    made = committed(scene(batches=1))
    before = made.database.execute("SELECT COUNT(*) FROM submitter_intents WHERE gas_used IS NOT NULL")
    assert before[0][0] > 0
    made.chain.reorganise(4, keeps=0.0, takes=0.0, grows=1)
    made.turns(1)
    after = made.database.execute("SELECT COUNT(*) FROM submitter_intents WHERE gas_used IS NOT NULL")
    assert after[0][0] < before[0][0]


def test_a_node_that_does_not_say_is_no_trouble(finished: World, monkeypatch: pytest.MonkeyPatch) -> None:
    answered = FakeNode.eth_getTransactionReceipt

    def silent(node: FakeNode, name: str) -> object:
        found = answered(node, name)
        return {key: value for key, value in found.items() if key not in ("gasUsed", "effectiveGasPrice")}

    monkeypatch.setattr(FakeNode, "eth_getTransactionReceipt", silent)
    settled = next(one for one in finished.events if isinstance(one, Settled))
    assert settled.inclusion is not None
    found = NodesPort(finished.fleet, lambda: finished.now_s).receipt(settled.inclusion.transaction_hash)
    assert found is not None
    assert found.succeeded
    assert found.gas_used is None


def test_tables_of_the_first_version_are_brought_up() -> None:
    database = MemoryDatabase()
    with database.transaction():
        for statement in STEPS[0]:
            database.execute(statement)
        database.execute("INSERT INTO submitter_intents VALUES (3, 'commit', '1', 'done', 9, x'01', 1)")
        database.execute("INSERT OR REPLACE INTO versions VALUES ('submitter', 1)")
    make_tables(database)
    assert INTENTS in STEPS[0]
    assert database.execute("SELECT nonce, status, gas_used FROM submitter_intents") == [(3, "done", None)]
