"""E65: the exact state from L1 alone, after mixed batches of which some were reverted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from random import Random

import pytest

from rollup.recover import MalformedWords, RootMismatch
from sequencer.l1.history import BatchCommitted, History
from sequencer.l1.log_reader import facts, read_history
from sequencer.l1.recovery import MissingTable, WordsMismatch, recover
from sequencer.rehearsal.mixed_batches import WEAK_DEPOSIT_E6, MixedBatches
from sequencer.rehearsal.venue import CONTRACT_E4, RehearsalVenue
from tests.support.rehearsals import rehearsal
from tests.support.settlement import crypto

BATCHES = 50
TRADERS = 4
SETTLEMENT_E2 = 10_700


@pytest.fixture(scope="module")
def venue() -> Iterator[RehearsalVenue]:
    """Fifty proven batches and more that are not there any more; a liquidation; an expiry."""
    with rehearsal() as venue:
        for _ in range(TRADERS):
            venue.new_trader()
        weak = venue.new_trader(WEAK_DEPOSIT_E6)
        venue.settle_queue()
        strong = venue.traders.pop(0)
        venue.traders.remove(weak)
        mixed = MixedBatches(venue, Random(5))
        venue.report()
        sold = venue.trade(strong, weak, 0, 500)
        venue.commit(trades=(sold,))
        venue.operator.prove()
        while venue.operator.last.number < BATCHES:
            for _ in range(mixed.random.randrange(1, 5)):
                mixed.commit()
            if mixed.random.random() < 0.4:
                kept = mixed.random.randrange(len(venue.operator.unproven))
                venue.operator.revert_to(venue.operator.unproven[0].batch.number - 1 + kept)
            if venue.operator.unproven:
                venue.operator.prove()
        mixed.liquidate(weak, strong, 0, CONTRACT_E4)
        venue.operator.prove()
        venue.settle_queue()
        venue.wait(86_400)
        mixed.settle_all(SETTLEMENT_E2)
        venue.operator.execute()
        venue.commit()
        yield venue


def test_e65_the_state_is_that_of_the_operator(venue: RehearsalVenue) -> None:
    history = read_history(venue.chain, venue.deployment)
    assert history.proven >= BATCHES
    assert history.reverted >= 3
    assert history.committed == history.proven + 1
    recovered = recover(history, venue.preset, crypto())
    assert recovered.state.root == recovered.last.state_root
    venue.operator.revert_to(history.proven)
    state = venue.operator.state
    assert recovered.state.root == state.root
    for account in range(venue.house.account_count()):
        assert recovered.state.account(account) == state.account(account)


def test_e65_every_kind_was_there(venue: RehearsalVenue) -> None:
    decoded = recover(read_history(venue.chain, venue.deployment), venue.preset, crypto()).decoded
    for section in ("trades", "operations", "liquidations"):
        assert any(getattr(one, section) for one in decoded), section
    assert any(one.unsigned.settlements for one in decoded)
    served = [
        (type(entry).__name__, flag)
        for one in decoded
        for entry, flag in zip(one.unsigned.queue, one.served, strict=True)
    ]
    assert {("Registration", True), ("Deposit", True), ("ForcedWithdrawal", True), ("ForcedWithdrawal", False)} <= {
        *served
    }
    assert any(name == "ForcedCloseOut" for name, _ in served)
    assert {type(operation).__name__ for one in decoded for operation in one.operations} == {
        "Cancel",
        "Transfer",
        "Withdrawal",
    }


def test_e65_a_changed_byte_is_noticed_twin(venue: RehearsalVenue) -> None:
    """Words other than those that the contract evaluated give no state."""
    found = list(facts(venue.chain, venue.deployment, 0, venue.chain.block_number()))
    random = Random(3)
    places = [i for i, fact in enumerate(found) if isinstance(fact, BatchCommitted)]
    fact = found[places[3]]
    assert isinstance(fact, BatchCommitted)
    for _ in range(20):
        words = bytearray(fact.commitment.words)
        words[random.randrange(len(words))] ^= 1 << random.randrange(8)
        changed = replace(fact, commitment=replace(fact.commitment, words=bytes(words)))
        with pytest.raises(WordsMismatch):
            recover(History.of([*found[: places[3]], changed, *found[places[3] + 1 :]]), venue.preset, crypto())


def test_f84_a_changed_table_is_noticed(venue: RehearsalVenue) -> None:
    history = read_history(venue.chain, venue.deployment)
    time_s = history.batches[0].batch.report_time_s
    table = history.tables[time_s]
    for rows in (table.rows[:-124], table.rows[:-1] + bytes([table.rows[-1] ^ 1])):
        history.tables[time_s] = replace(table, rows=rows)
        with pytest.raises((RootMismatch, MalformedWords)):
            recover(history, venue.preset, crypto())
    del history.tables[time_s]
    with pytest.raises(MissingTable):
        recover(history, venue.preset, crypto())
