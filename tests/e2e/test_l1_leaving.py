"""`zkclear recover` and `zkclear exit`: the state from logs alone, and out of a frozen rollup with it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from prover.formats.zkey import write_zkey
from prover.groth16.development_setup import development_setup
from rollup.types.orders import Withdrawal
from sequencer.l1.accounts import development_account
from sequencer.l1.signing_keys import KEY_VARIABLE
from sequencer.rehearsal.venue import DEPOSIT_E6, RehearsalVenue
from tests.support.chain import needs_anvil
from tests.support.groth16 import toy_relation
from tests.support.kernels import fastest
from tests.support.l1_commands import own_folder, refused, said
from tests.support.rehearsals import rehearsal

pytestmark = needs_anvil
LATE_DEPOSIT_E6 = 5_000_000


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("leaving")
    with own_folder(folder):
        yield folder


@pytest.fixture(scope="module")
def venue() -> Iterator[RehearsalVenue]:
    """Two traders with open options, and a deposit that nobody serves."""
    with rehearsal() as venue:
        alice, bob = venue.new_trader(), venue.new_trader()
        venue.settle_queue()
        venue.report()
        withdrawal = venue.operation(bob, Withdrawal(bob.account, 1, 1, 1_000_000))
        venue.commit(trades=(venue.trade(alice, bob, 0, 500),), operations=(withdrawal,))
        venue.operator.prove()
        venue.sender(bob.ethereum).send(venue.dollar.mint(bob.ethereum.address, LATE_DEPOSIT_E6))
        venue.sender(bob.ethereum).send(venue.house.deposit(bob.account, LATE_DEPOSIT_E6))
        yield venue


def test_logs_that_are_not_whole_are_red_twin(venue: RehearsalVenue, folder: Path) -> None:
    cut = folder / "cut.json"
    replace(venue.deployment, first_block=venue.chain.block_number()).save(cut)
    place = ("--rpc", venue.rollup.running.url, "--deployment", cut)
    rosette = said("rosette", *place)
    colours = {one["name"]: one["colour"] for one in rosette["slices"]}
    assert colours["data availability"] == "red"
    assert not rosette["facts"]["code_matches"], "the creations are not found in later blocks"
    assert refused("recover", *place, exit_code=2) == "InconsistentHistory"


def test_recover_and_leave(venue: RehearsalVenue, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    deployment = folder / "venue.json"
    venue.deployment.save(deployment)
    place = ("--rpc", venue.rollup.running.url, "--deployment", deployment)
    recovered = said("recover", *place, "--to", folder / "state.json")
    assert recovered["matches_l1"]
    assert recovered["root"] == str(venue.operator.state.root)
    state = json.loads((folder / "state.json").read_text())
    assert len(state["accounts"]) == recovered["accounts"] == 4
    assert sum(len(account["positions"]) for account in state["accounts"]) == recovered["positions"] == 2

    monkeypatch.setenv(KEY_VARIABLE, development_account(5).key.hex())
    accounts = [trader.account for trader in venue.traders]
    chosen = [option for account in accounts for option in ("--account", account)]
    assert refused("exit", *place) == "NotFrozen"
    assert refused("exit", *place, "--pay") == "NotFrozen"
    assert refused("exit", *place, "--freeze") == "NothingOverdue"
    venue.wait(venue.house.queue_deadline_s() + 1)
    claimed = said("exit", *place, *chosen, "--freeze", "--chunk", 1)
    assert set(claimed["claimed_e6"]) == set(map(str, accounts))
    assert len(claimed["transactions"]) == 2
    assert said("l1", "status", *place)["is_frozen"]
    assert refused("exit", *place, *chosen) == "AlreadyClaimed"
    write_zkey(folder / "other.zkey", development_setup(toy_relation(), fastest()))
    assert refused("exit", *place, *chosen, "--exit-key", folder / "other.zkey") == "WrongKey"
    assert refused("exit", *place, "--pay") == "ClaimPeriodOpen"
    refunded = said("exit", *place, "--refund")
    bob = venue.traders[1].ethereum.address
    assert refunded["collected_e6"] == {bob: LATE_DEPOSIT_E6}

    venue.wait(venue.house.claim_period_s() + 1)
    paid = said("exit", *place, "--pay")
    assert (paid["executed"], paid["paid"]) == (1, 2)
    assert paid["total_e6"] == claimed["total_e6"] + 1_000_000 <= 2 * DEPOSIT_E6
    assert refused("exit", *place, "--pay", "--account", accounts[0]) == "NothingClaimed"
