"""What is offered for gas."""

from __future__ import annotations

from typing import Final

from sequencer.submitter.chain_types import Fees
from sequencer.submitter.policy import FeePolicy

BUMP_NUMERATOR: Final = 9
BUMP_DENOMINATOR: Final = 8


def first_offer(base_fee_wei: int, tip_wei: int, policy: FeePolicy) -> Fees | None:
    """For a new transaction; None when the base fee alone is beyond what may be paid."""
    tip = min(tip_wei, policy.usual_tip_wei)
    if base_fee_wei + min(tip, 1) > policy.most_wei:
        return None
    most = min(policy.base_fee_factor * base_fee_wei + tip, policy.most_wei)
    return Fees(most, min(tip, most))


def raised_offer(before: Fees, base_fee_wei: int, tip_wei: int, policy: FeePolicy) -> Fees | None:
    """For a replacement: an eighth more of both, or what is usual now if that is more; None beyond the cap."""
    least = Fees(_bumped(before.most_wei), _bumped(before.tip_wei))
    if least.most_wei > policy.most_wei:
        return None
    tip = min(tip_wei, policy.usual_tip_wei)
    most = min(max(least.most_wei, policy.base_fee_factor * base_fee_wei + tip), policy.most_wei)
    return Fees(most, min(max(least.tip_wei, tip), most))


def _bumped(wei: int) -> int:
    """By 12.5 %, rounded up."""
    return -(-wei * BUMP_NUMERATOR // BUMP_DENOMINATOR)
