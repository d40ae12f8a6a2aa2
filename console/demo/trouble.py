"""The shock, and what becomes of who cannot bear it."""

from __future__ import annotations

import asyncio
from time import time
from typing import Any

from console.amounts import cash, price, size
from console.demo.promises import LIQUIDATION, SHOCK
from console.demo.seller import sell_all_it_can
from console.demo.stage import Stage
from rollup.types.series import OptionKind, Series

INDEX = "btc_usd"


def put_to_sell(stage: Stage) -> Series:
    """The put of long life whose strike is nearest to the price at the beginning."""
    puts = [one for one in stage.long if one.kind is OptionKind.PUT]
    return min(puts, key=lambda one: abs(one.strike_e2 - round(100 * stage.plan.first_price)))


async def sell_too_much(stage: Stage) -> None:
    """One trader sells puts until its margin is used up."""
    await stage.at(stage.plan.sell_after_s)
    member, series = stage.seller, put_to_sell(stage)
    account = member.trader.account
    sold_e4 = await sell_all_it_can(stage.crowd, account, series.series_id, int(time()), stage.plan.sell_for_s)
    found = await stage.margins(member, "before the shock")
    stage.chronicle.note(
        f"account {account} has sold {size(sold_e4)} of {stage.crowd.names[series.series_id]}: "
        f"equity {cash(found['equity_e6'])} USD, initial margin {cash(found['initial_requirement_e6'])} USD"
    )


async def shock(stage: Stage) -> None:
    """The made-up market moves at once; the oracles see it when they look next, and sign a table of it."""
    await stage.at(stage.plan.shock_after_s)
    before = await stage.ask("public/get_index", index_name=INDEX)
    await _sample_all(stage, "before the shock")
    moved = f"{stage.plan.shock:+.0%}"
    stage.chronicle.announce(
        f"SHOCK: the made-up market's price is moved by {moved} from now on (by this demo, at will)"
    )
    stage.stack.market.path.shock(int(time()), 1 + stage.plan.shock)
    wanted_e2 = before["price_e2"] * (1 + stage.plan.shock / 2)

    async def seen() -> Any:
        index = await stage.ask("public/get_index", index_name=INDEX)
        return index if (index["price_e2"] < wanted_e2) == (stage.plan.shock < 0) else None

    after = await stage.until(seen, "a risk table with the new price")
    stage.chronicle.promise(
        SHOCK,
        f"the signed index went from {price(before['price_e2'])} to {price(after['price_e2'])}",
        is_kept=True,
        before_e2=before["price_e2"],
        after_e2=after["price_e2"],
    )


async def liquidation(stage: Stage) -> None:
    """Waits until the seller is liquidated, and until L1 has executed the batch that says so."""
    account = stage.seller.trader.account
    await stage.margins(stage.seller, "after the shock")
    news = stage.seller.client.notifications

    async def look() -> Any:
        while not news.empty():
            for trade in news.get_nowait()["data"].get("trades", ()):
                if trade["kind"] == "liquidation":
                    return trade
        return None

    trade = await stage.until(look, f"the liquidation of account {account}")
    stage.is_hit.set()
    stage.chronicle.note(
        f"account {account} is liquidated: {size(trade['size_e4'])} of {trade['instrument_name']} "
        f"at {price(trade['price_e2'])}"
    )

    async def batched() -> Any:
        found = await stage.ask("public/get_finality", trade_id=trade["trade_id"])
        return found["batch"]

    batch = await stage.until(batched, "a batch with the liquidation")
    stage.liquidated = account, batch
    await stage.executed(batch, f"batch {batch} with the liquidation")
    known = await stage.ask("public/get_batch", number=batch)
    after = await stage.margins(stage.seller, "after the liquidation")
    stage.chronicle.promise(
        LIQUIDATION,
        f"batch {batch} with {known['liquidations']} of account {account} is proven and executed on L1",
        is_kept=known["liquidations"] > 0,
        account=account,
        batch=batch,
        trade_id=trade["trade_id"],
        size_e4=trade["size_e4"],
        price_e2=trade["price_e2"],
        equity_e6=after["equity_e6"],
        passes_maintenance=after["passes_maintenance"],
    )


async def _sample_all(stage: Stage, when: str) -> None:
    others = [one for one in stage.crowd.members.values() if one is not stage.seller]
    await asyncio.gather(*(stage.margins(one, when) for one in others))
