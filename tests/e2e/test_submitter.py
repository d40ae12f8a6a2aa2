"""The submitter on a real local chain: real contracts, real proofs, web3; reorganisations, fees, lost answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from sequencer.l1.accounts import development_account
from sequencer.l1.bindings.clearing_house import BatchCommitted, BatchExecuted, WrongKey
from sequencer.l1.client import Chain
from sequencer.submitter.errors import NonceTaken, RootsDiffer, WrongCode
from sequencer.submitter.events import Alarm, Reorganised, Sent, Settled, Unsettled
from sequencer.submitter.policy import GWEI, FeePolicy
from sequencer.submitter.startup import Expected
from tests.support.submitter_proxy import forwarding, proxy
from tests.support.submitter_rollup import LOCAL, Rollup, submitted_rollup

CONFIRMATIONS = 12


def numbers_on_chain(rollup: Rollup, kind: Any) -> list[int]:
    """Of all logs of a kind on the chain as it is in the end."""
    return [log.event.number for log in Chain(rollup.venue.chain.url).logs([rollup.venue.house], events=[kind])]


def test_reports_and_batches_to_the_end(tmp_path: Path) -> None:
    """Together, one after the other, and both ways of proving."""
    with submitted_rollup(tmp_path) as rollup:
        rollup.venue.new_trader()
        first = rollup.cut()
        rollup.prove(first)
        rollup.pump(lambda: rollup.is_executed(first))
        kinds = [event.meaning.kind.value for event in rollup.told(Sent)]
        assert kinds == ["commit and prove"]
        second, third = rollup.cut(), rollup.cut()
        rollup.pump(lambda: rollup.venue.house.progress().committed == third)
        rollup.prove(second)
        rollup.prove(third)
        rollup.pump(lambda: rollup.is_executed(third))
        time_s = rollup.report()
        rollup.pump(lambda: rollup.venue.oracle.last_time_s() == time_s)
        progress = rollup.submitter.progress
        assert progress is not None
        assert (progress.final_committed, progress.final_proven, progress.final_executed) == (3, 3, 3)
        assert rollup.venue.house.batch_hash(3) != bytes(32)
        kinds = [event.meaning.kind.value for event in rollup.told(Sent)]
        assert kinds == ["commit and prove", "commit", "commit", "prove", "report"]


def reorganised(rollup: Rollup, depths: Sequence[int]) -> None:
    """A batch before each reorganisation. Anvil forgets the transactions of blocks that it replaces: all are sent
    again, or built anew where the batch before them is in another block.
    """
    rollup.mine(CONFIRMATIONS + 1)
    for depth in depths:
        number = rollup.cut()
        is_proven_at_once = number % 2 == 1
        if is_proven_at_once:
            rollup.prove(number)
        rollup.pump(lambda number=number: rollup.venue.house.progress().committed == number)  # type: ignore[misc]
        if number % 3 == 0:
            rollup.mine(depth // 2)
        rollup.reorganise(depth)
        rollup.turns(1)  # what was seen before it is no answer to whether the batch is executed
        assert rollup.submitter.progress is not None
        assert rollup.submitter.progress.final_committed < number
        if not is_proven_at_once:
            rollup.prove(number)
        rollup.pump(lambda number=number: rollup.is_executed(number))  # type: ignore[misc]
    rollup.mine(CONFIRMATIONS)
    rollup.turns(2)
    progress = rollup.submitter.progress
    assert progress is not None
    assert progress.final_executed == len(depths)
    assert numbers_on_chain(rollup, BatchCommitted) == list(range(1, len(depths) + 1))
    assert numbers_on_chain(rollup, BatchExecuted) == list(range(1, len(depths) + 1))
    assert rollup.told(Reorganised)
    assert rollup.told(Unsettled)
    assert not rollup.told(Alarm)


def test_h112_reorganisations(tmp_path: Path) -> None:
    with submitted_rollup(tmp_path, replace(LOCAL, confirmations=CONFIRMATIONS)) as rollup:
        reorganised(rollup, (1, 4, 12))


@pytest.mark.deep
def test_h112_reorganisations_of_1_to_12_blocks(tmp_path: Path) -> None:
    with submitted_rollup(tmp_path, replace(LOCAL, confirmations=CONFIRMATIONS)) as rollup:
        reorganised(rollup, range(1, CONFIRMATIONS + 1))


def test_h115_a_fee_spike(tmp_path: Path) -> None:
    """Raised step by step, capped with an alarm, and mined when fees have come down."""
    fees = FeePolicy(most_wei=20 * GWEI, patience_blocks=1)
    with submitted_rollup(tmp_path, replace(LOCAL, fees=fees)) as rollup:
        rollup.hold_blocks()
        number = rollup.cut()
        rollup.prove(number)
        rollup.turns(2)
        for base_fee_gwei in (3, 8, 18, 30, 30, 30):
            rollup.set_base_fee(base_fee_gwei * GWEI)
            rollup.mine()
            rollup.turns(1)
        offers = [one.fees.most_wei for one in rollup.submitter.on_their_way[0].attempts]
        assert len(offers) > 3
        assert all(8 * more >= 9 * less for less, more in pairwise(offers))
        assert max(offers) <= fees.most_wei
        assert "the cap is reached" in rollup.told(Alarm)[0].what
        rollup.set_base_fee(GWEI)
        for _ in range(3):
            rollup.mine()  # Anvil has thrown it out of its pool meanwhile
            rollup.turns(1)
        assert rollup.is_executed(number)
        assert len({event.nonce for event in rollup.told(Sent)}) == 1


def test_h113_answers_that_are_lost(tmp_path: Path) -> None:
    """The node takes the transaction, and nobody hears of it; then the process ends, and another goes on."""
    swallowed: list[str] = []

    def fault(request: dict[str, Any]) -> str | None:
        if request["method"] == "eth_sendRawTransaction" and len(swallowed) < 2:
            swallowed.append(request["method"])
            return "silence"
        return None

    with proxy() as node:

        def through(url: str) -> list[str]:
            node.upstream = forwarding(url)
            return [node.url]

        with submitted_rollup(tmp_path, urls=through) as rollup:
            before = rollup.venue.chain.quantity("eth_getTransactionCount", development_account(0).address, "latest")
            number = rollup.cut()
            rollup.prove(number)
            node.fault = fault
            rollup.pump(lambda: bool(swallowed))
            rollup.start()
            rollup.pump(lambda: rollup.is_executed(number))
            assert rollup.cut() == 2
            rollup.prove(2)
            rollup.pump(lambda: rollup.is_executed(2))
            after = rollup.venue.chain.quantity("eth_getTransactionCount", development_account(0).address, "latest")
            assert after - before == 2
            assert len(swallowed) == 2
            assert rollup.told(Sent)[0].answer == "uncertain"


def test_h117_somebody_else_proves_our_batch_first(tmp_path: Path) -> None:
    """With our own calldata, for more gas: the batch is proven all the same, and nothing is sent in vain for long."""
    with submitted_rollup(tmp_path) as rollup:
        number = rollup.cut()
        rollup.pump(lambda: rollup.venue.house.progress().committed == number)
        rollup.prove(number)
        rollup.hold_blocks()
        rollup.turns(1)
        (ours,) = rollup.submitter.on_their_way
        thief = development_account(5)
        nonce = rollup.venue.chain.quantity("eth_getTransactionCount", thief.address, "latest")
        copied: dict[str, Any] = {
            "type": 2, "chainId": rollup.venue.chain.chain_id, "nonce": nonce, "gas": 5_000_000, "value": 0,
            "maxFeePerGas": 500 * GWEI, "maxPriorityFeePerGas": 100 * GWEI,
            "to": bytes.fromhex(ours.last.to[2:]), "data": "0x" + ours.last.data.hex(),
        }  # fmt: skip
        raw = thief.sign_transaction(copied).raw_transaction
        rollup.venue.chain.rpc("eth_sendRawTransaction", "0x" + raw.hex())
        rollup.mine()
        rollup.turns(3)
        assert rollup.is_executed(number)
        assert [event.status for event in rollup.told(Settled)][-1] == "reverted"
        rollup.venue.rollup.running.rpc("evm_setAutomine", True)
        following = rollup.cut()
        rollup.prove(following)
        rollup.pump(lambda: rollup.is_executed(following))


def test_h118_h119_refuses_what_is_not_its_own(tmp_path: Path) -> None:
    """Another key, other code, roots of a restored backup, a nonce that somebody else used."""
    with submitted_rollup(tmp_path) as rollup:
        number = rollup.cut()
        rollup.prove(number)
        rollup.pump(lambda: rollup.is_executed(number))
        good = rollup.submitter._expected
        for expected, error in (
            (replace(good, key_digest=bytes(32)), WrongKey),
            (Expected(dict.fromkeys(good.code_digests, "00"), good.key_digest), WrongCode),
        ):
            rollup.start()
            rollup.submitter._expected = expected
            with pytest.raises(error):
                rollup.submitter.step()
        kept = rollup.roots.pop()
        rollup.start()
        with pytest.raises(RootsDiffer) as raised:
            rollup.submitter.step()
        assert (raised.value.number, raised.value.local) == (number, None)
        rollup.roots.append(kept)
        rollup.start()
        rollup.turns(1)
        rollup.venue.new_trader()
        rollup.turns(1)
        rollup.venue.operator_sender.send(rollup.venue.dollar.approve(rollup.venue.house.address, 1))
        with pytest.raises(NonceTaken):
            rollup.submitter.step()
        with pytest.raises(NonceTaken):
            rollup.submitter.step()
