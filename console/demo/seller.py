"""A trader who sells puts until its margin is used up: whom the shock will hit."""

from __future__ import annotations

import asyncio
from time import monotonic
from typing import Final

from console.demo.crowd import FEE_CAP_PPM, Crowd, Member
from rollup.types.orders import Order
from sequencer.api.client import ApiRefusal
from sequencer.markets.intents import Nonces
from sequencer.matching.requests import TimeInForce

FIRST_SIZE_E4: Final = 8_000
LEAST_SIZE_E4: Final = 100
RETRY_S: Final = 0.2
"""So long for makers to quote again, when nobody bids."""

LIFE_S: Final = 600
LOWEST_SHARE: Final = 0.8
"""Of the mark: it sells to whoever bids so much."""


async def sell_all_it_can(crowd: Crowd, account: int, series_id: int, now_s: int, seconds: float) -> int:
    """Sells to the best bids, in ever smaller orders, until not even the smallest is taken; how much, in `_e4`.

    It ends after `seconds` at the latest. Raises `ApiRefusal` where the instrument is gone, and `ConnectionLost`.
    """
    member, nonces, ends_at_s = crowd.members[account], Nonces(), monotonic() + seconds
    size_e4, sold_e4 = FIRST_SIZE_E4, 0
    while size_e4 >= LEAST_SIZE_E4 and monotonic() < ends_at_s:
        filled_e4 = await _sell(crowd, member, nonces, series_id, size_e4, now_s)
        if filled_e4 is None:
            size_e4 //= 2
            continue
        sold_e4 += filled_e4
        if filled_e4 < size_e4:
            await asyncio.sleep(RETRY_S)
    return sold_e4


async def _sell(crowd: Crowd, member: Member, nonces: Nonces, series_id: int, size_e4: int, now_s: int) -> int | None:
    """How much was sold; None where that much is more than its margin allows."""
    name = crowd.names[series_id]
    ticker = await member.client.call("public/ticker", {"instrument_name": name})
    limit_e2 = max(1, int(ticker["mark_price_e2"] * LOWEST_SHARE))
    account, slot = member.trader.account, nonces.slot(member.trader.account)
    nonce = nonces.next(account, slot)
    order = Order(account, series_id, False, limit_e2, size_e4, FEE_CAP_PPM, now_s + LIFE_S, slot, nonce)
    given = member.signer.order(order, name, TimeInForce.IMMEDIATE_OR_CANCEL)
    try:
        answer = await member.client.call("private/sell", given)
    except ApiRefusal as refusal:
        crowd.tally.refused[refusal.rule] += 1
        return None
    finally:
        crowd.tally.sent += 1
    crowd.tally.accepted += 1
    return int(answer["order"]["filled_e4"])
