"""CHECKLIST H114, H115: what is offered, and what nodes of all programs mean by their words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sequencer.l1.errors import RpcRefused
from sequencer.submitter import fees
from sequencer.submitter.chain_types import Fees, SendAnswer
from sequencer.submitter.fees import first_offer, raised_offer
from sequencer.submitter.policy import GWEI, FeePolicy
from sequencer.submitter.refusals import send_answer

WEI = st.integers(0, 10**13)
POLICY = FeePolicy(most_wei=500 * GWEI)


def check_offers(base_fee_wei: int, tip_wei: int, later_base_fee_wei: int) -> None:
    """Every replacement is one that nodes take, and none costs more than may be paid."""
    offer = first_offer(base_fee_wei, tip_wei, POLICY)
    if offer is None:
        assert base_fee_wei >= POLICY.most_wei
        return
    assert base_fee_wei <= offer.most_wei <= POLICY.most_wei
    for _ in range(60):
        more = raised_offer(offer, later_base_fee_wei, tip_wei, POLICY)
        if more is None:
            assert offer.most_wei * 9 > POLICY.most_wei * 8
            return
        assert 8 * more.most_wei >= 9 * offer.most_wei
        assert 8 * min(more.tip_wei, more.most_wei) >= 9 * offer.tip_wei or more.tip_wei == more.most_wei
        assert more.tip_wei <= more.most_wei <= POLICY.most_wei
        offer = more


@given(WEI, WEI, WEI)
def test_h115_offers_are_raised_by_an_eighth_and_capped(base_fee_wei: int, tip_wei: int, later_wei: int) -> None:
    check_offers(base_fee_wei, tip_wei, later_wei)


def test_h115_raised_by_a_tenth_twin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fees, "BUMP_NUMERATOR", 11)
    monkeypatch.setattr(fees, "BUMP_DENOMINATOR", 10)
    with pytest.raises(AssertionError):
        check_offers(100, 10, 0)


def test_a_tip_of_nothing_is_raised_by_nothing() -> None:
    assert raised_offer(Fees(8, 0), 1, 0, POLICY) == Fees(9, 0)


SAID = {
    "already known": SendAnswer.KNOWN,
    "AlreadyKnown": SendAnswer.KNOWN,
    "Known transaction": SendAnswer.KNOWN,
    "transaction already imported": SendAnswer.KNOWN,
    "nonce too low: next nonce 5, tx nonce 4": SendAnswer.NONCE_TOO_LOW,
    "OldNonce": SendAnswer.NONCE_TOO_LOW,
    "nonce too high": SendAnswer.NONCE_TOO_HIGH,
    "Transaction nonce is too distant from current sender nonce": SendAnswer.NONCE_TOO_HIGH,
    "replacement transaction underpriced": SendAnswer.UNDERPRICED,
    "FeeTooLowToCompete": SendAnswer.UNDERPRICED,
    "max fee per gas less than block base fee": SendAnswer.UNDERPRICED,
    "insufficient funds for gas * price + value": SendAnswer.NO_FUNDS,
    "Upfront cost exceeds account balance": SendAnswer.NO_FUNDS,
    "txpool is full": SendAnswer.REFUSED,
}


@pytest.mark.parametrize(("message", "answer"), SAID.items())
def test_h114_words_of_many_programs(message: str, answer: SendAnswer) -> None:
    assert send_answer(RpcRefused("eth_sendRawTransaction", -32000, message)).answer is answer


def test_no_refusal_is_acceptance() -> None:
    assert send_answer(None).answer is SendAnswer.ACCEPTED
