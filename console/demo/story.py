"""What is played, in order: one story of a minute."""

from __future__ import annotations

import asyncio
from random import Random
from time import monotonic, time
from typing import Final

from console.demo import ends, trouble
from console.demo.chronicle import Chronicle
from console.demo.crowd import Crowd
from console.demo.plan import DOLLAR_E6, DemoPlan
from console.demo.stage import LOOK_S, Stage
from rollup.units import ORDER_SLOTS
from sequencer.api.client import ApiRefusal
from sequencer.markets.arrivals import Arrivals
from sequencer.markets.flow import FlowSettings, OrderFlow
from sequencer.markets.paths import PathPart
from sequencer.node.local import LocalTrader
from sequencer.node.stack import Stack

MOST_FLOW_S: Final = 3_600


def register(plan: DemoPlan, stack: Stack, chronicle: Chronicle) -> tuple[LocalTrader, ...]:
    """Every trader registers on L1 with an Ethereum key of its own, and deposits. Raises what L1 raises."""
    traders = []
    for number in range(plan.traders):
        is_seller = number == plan.traders - 1
        role = "maker" if number < plan.makers else "seller" if is_seller else "taker"
        deposit_e6 = plan.seller_e6 if is_seller else plan.deposit_e6
        trader = stack.rollup.register(number, deposit_e6)
        traders.append(trader)
        chronicle.roles[trader.account] = role
        chronicle.note(
            f"{trader.ethereum.address} is account {trader.account} ({role}), with {deposit_e6 // DOLLAR_E6:,} USD"
        )
    on_l1 = stack.rollup.house.account_count()
    chronicle.promise(
        "traders registered with Ethereum keys",
        f"L1 has {on_l1} accounts, {len(traders)} of them these",
        is_kept=all(trader.account < on_l1 for trader in traders),
        accounts=[trader.account for trader in traders],
        addresses=[trader.ethereum.address for trader in traders],
    )
    return tuple(traders)


async def play(plan: DemoPlan, stack: Stack, chronicle: Chronicle, traders: tuple[LocalTrader, ...]) -> Stage:
    """All of it. Raises `DemoError`, and what the API's client raises."""
    chronicle.act("trading")
    crowd = await _enter(stack, traders)
    stage = Stage(plan, stack, chronicle, crowd)
    try:
        await _open(stage)
        flow = _flow(stage)
        withdrawal_nonce = max(flow.nonces.next(stage.leaver.trader.account, slot) for slot in range(ORDER_SLOTS))
        playing = [
            asyncio.create_task(crowd.play(flow, stage.ended, stage.may_trade)),
            asyncio.create_task(_pace(stage)),
        ]
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(_misfortune(stage))
                group.create_task(ends.withdrawal(stage, withdrawal_nonce))
                group.create_task(_expiry(stage))
        finally:
            stage.ended.set()
            await asyncio.gather(*playing)
        await _close(stage)
        return stage
    finally:
        await crowd.leave()


async def _enter(stack: Stack, traders: tuple[LocalTrader, ...]) -> Crowd:
    """As soon as the node has read from L1 who they are."""
    rollup = stack.rollup
    while True:
        try:
            return await Crowd.enter(stack.api.url, rollup.deployment.domain, rollup.crypto, traders)
        except ApiRefusal as refusal:
            if refusal.rule != "UnknownAccount":
                raise
            await asyncio.sleep(LOOK_S)


async def _open(stage: Stage) -> None:
    """Lists the options that will expire, and waits until all can be traded."""
    plan, market, crowd = stage.plan, stage.stack.market, stage.crowd
    await stage.seller.client.subscribe(["user.trades"], own=True)
    stage.long, stage.expiry_s = market.series, int(time()) + plan.life_s
    listed = market.list_expiry(stage.expiry_s, plan.first_price, plan.step_e2, 1)
    stage.short = await asyncio.wrap_future(listed)
    wanted = {one.series_id for one in stage.short + stage.long}

    async def all_listed() -> bool:
        crowd.names = await stage.leaver.client.instruments()
        return wanted <= set(crowd.names)

    await stage.until(all_listed, "the listing of all options")
    stage.began_s = monotonic()
    stage.may_trade.set()


def _flow(stage: Stage) -> OrderFlow:
    plan, market = stage.plan, stage.stack.market
    accounts = sorted(stage.crowd.members)
    settings = FlowSettings(
        makers=accounts[: plan.makers],
        takers=accounts[plan.makers : plan.makers + plan.takers],
        arrivals=Arrivals(plan.orders_per_second, excitation=0.3, decay=0.5),
        look_s=1.0,
        refresh_s=5.0,
        patience_s=10.0,
    )
    now_s = int(time())
    path = PathPart(market.path, now_s, now_s + MOST_FLOW_S)
    return OrderFlow(settings, stage.short + stage.long, path, lambda _now: market.surface, Random(plan.seed))


async def _pace(stage: Stage) -> None:
    """Takers wait while the provers are behind: a demo on a busy machine trades less, and does not take longer."""
    while not stage.ended.is_set():
        status = await stage.ask("public/status")
        if status["last_batch"] - status["last_executed"] > stage.plan.most_unproven:
            stage.may_trade.clear()
        else:
            stage.may_trade.set()
        await asyncio.sleep(LOOK_S)


async def _misfortune(stage: Stage) -> None:
    await trouble.sell_too_much(stage)
    await trouble.shock(stage)
    await trouble.liquidation(stage)


async def _expiry(stage: Stage) -> None:
    await asyncio.sleep(max(0.0, stage.expiry_s - time()))
    stage.ended.set()
    stage.chronicle.act("settling")
    await ends.settlement(stage)


async def _close(stage: Stage) -> None:
    stage.chronicle.act("executing")
    await ends.last_batches(stage)
    tally = stage.crowd.tally
    status = await stage.ask("public/status")
    executed = stage.rollup.house.progress().executed
    stage.chronicle.promise(
        "every batch is proven and executed",
        f"{executed} batches; {tally.fills} fills of {tally.accepted} orders, {sum(tally.refused.values())} refused",
        is_kept=executed == status["last_batch"] > 0 and tally.fills > 0,
        batches=executed,
        orders=tally.sent,
        accepted=tally.accepted,
        fills=tally.fills,
        held_back=tally.held_back,
        refused=dict(tally.refused),
    )
    stage.chronicle.act("comparing with L1")
    await ends.same_on_l1(stage)
