"""Whatever is said to a venue: its batches are good to others, money is kept, and its log says it all."""

from __future__ import annotations

import pytest

from rollup.presets import DEMO, TINY
from rollup.types.orders import Withdrawal
from rollup.types.transactions import ForcedWithdrawal
from sequencer.venue import digest
from tests.support.native_crypto import TrustingCrypto
from tests.support.venue import booked_again
from tests.support.venue_walk import VenueWalk, replayed, small, value_of

STEPS = 700
CASH = (4 * 10**7, 10**8, 2 * 10**7)


def walk(seed: int, steps: int = STEPS) -> VenueWalk:
    """Tiny batches and larger ones in turn, with more and with less cash."""
    preset, series = ((TINY, 3), (DEMO, 6))[seed % 2]
    found = VenueWalk(seed, small(preset), CASH[seed % 3], series)
    for _ in range(steps):
        found.step()
    found.finish()
    return found


@pytest.mark.parametrize("seed", range(8))
def test_g104_every_batch_is_good_to_others_and_the_log_says_it_all(seed: int) -> None:
    check(walk(seed))


def check(found: VenueWalk) -> None:
    venue, batches = found.venue, found.stall.batches
    assert found.seen["dropped"] == 0
    assert [cut.number for cut in batches] == list(range(1, len(batches) + 1))
    assert booked_again(batches, found.preset, TrustingCrypto()).root == venue.state.root
    for first in (1, len(batches) // 2, venue.next_batch):
        again, words = replayed(found.stall.log, found.stall, first_judged=first)
        assert words == [cut.applied.words for cut in batches if cut.number >= first]
        assert digest(again) == digest(venue)
    check_money(found)
    check_orders(found)
    times = [(cut.time_s, cut.report_time_s) for cut in batches]
    assert times == sorted(times)


def check_money(found: VenueWalk) -> None:
    out_e6 = 0
    for cut in found.stall.batches:
        operations = (signed.operation for signed in cut.batch.operations)
        out_e6 += sum(one.amount_e6 for one in operations if isinstance(one, Withdrawal))
        served = zip(cut.batch.queue, cut.applied.outcome.served, strict=True)
        out_e6 += sum(one.amount_e6 for one, done in served if done and isinstance(one, ForcedWithdrawal))
    table = found.venue.table
    rows = {} if table is None else {row.series.series_id: row for row in table.rows()}
    total_e6, sums = value_of(found.venue.state, rows)
    assert total_e6 == found.deposited_e6 - out_e6
    assert set(sums.values()) <= {0}


def check_orders(found: VenueWalk) -> None:
    engine = found.venue.engine
    assert engine is not None
    for account_id, account in found.venue.state.accounts():
        for order in engine.open_orders(account_id):
            known = account.orders[order.slot]
            assert known.nonce <= order.nonce
            assert order.filled_e4 == (known.filled_e4 if known.nonce == order.nonce else 0)
            record = found.venue.records.order(account_id, order.slot)
            assert record is not None
            assert record.is_open
            assert (record.remaining_e4, record.filled_e4) == (order.remaining_e4, order.filled_e4)
