"""E68, G19: everybody leaves a frozen rollup from L1 alone, with open options; the order makes no difference."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import pytest

from rollup.presets import DEMO
from sequencer.l1.accounts import account_from_key
from sequencer.rehearsal.freeze_drill import LATE_DEPOSIT_E6, STRANGER, DrillReport, fall_silent, fill, leave
from sequencer.rehearsal.venue import RehearsalVenue
from tests.support.rehearsals import rehearsal, workshop

ACCOUNTS = 14


@pytest.fixture(scope="module")
def silent() -> Iterator[RehearsalVenue]:
    with rehearsal() as venue:
        fill(venue, ACCOUNTS, Random(2))
        fall_silent(venue)
        stranger = account_from_key(STRANGER.to_bytes(32, "big"))
        venue.rollup.running.rpc("anvil_setBalance", stranger.address, hex(10**22))
        yield venue


def drill(venue: RehearsalVenue, seed: int) -> DrillReport:
    """Takes everybody out, and the chain back afterwards."""
    snapshot = venue.rollup.running.rpc("evm_snapshot")
    try:
        return leave(venue.rollup.running.url, venue.deployment, venue.workshop, venue.wait, Random(seed))
    finally:
        venue.rollup.running.rpc("evm_revert", snapshot)


def check(report: DrillReport) -> None:
    """Nobody is paid more than he claims, nor all more than there is; all get the same part but for a rounding."""
    assert report.total_paid_e6 <= report.reserve_e6
    assert report.total_claims_e6 > report.reserve_e6, "somebody is under water: there is a haircut"
    assert report.reserve_e6 - report.total_paid_e6 < len(report.claims_e6)
    for account, amount_e6 in report.claims_e6.items():
        assert report.paid_e6[account] == amount_e6 * report.reserve_e6 // report.total_claims_e6
    assert report.refunded_e6 == LATE_DEPOSIT_E6
    assert report.open_positions > len(report.claims_e6) // 2


def test_e68_all_leave_in_any_order(silent: RehearsalVenue) -> None:
    first, second = drill(silent, 1), drill(silent, 2)
    check(first)
    assert list(first.claims_e6) != list(second.claims_e6)
    assert first.claims_e6 == second.claims_e6
    assert first.paid_e6 == second.paid_e6


@pytest.mark.deep
def test_e68_a_thousand_leave() -> None:
    with rehearsal(DEMO) as venue:
        fill(venue, 1_000, Random(2))
        fall_silent(venue)
        stranger = account_from_key(STRANGER.to_bytes(32, "big"))
        venue.rollup.running.rpc("anvil_setBalance", stranger.address, hex(10**22))
        report = leave(venue.rollup.running.url, venue.deployment, workshop(DEMO), venue.wait, Random(3))
    check(report)
    assert report.accounts == 1_002
    assert len(report.claims_e6) > 900
