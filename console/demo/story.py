"""What is played, in order: one story of a minute."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from random import Random
from time import monotonic, time
from typing import Any, Final

from console.demo import ends, trouble
from console.demo.chronicle import Chronicle, EquitySample
from console.demo.crowd import Crowd
from console.demo.errors import TookTooLong
from console.demo.plan import DOLLAR_E6, DemoPlan
from console.demo.promises import ALL_EXECUTED, LIQUIDATION, REGISTERED, SETTLEMENT, SHOCK, WITHDRAWAL
from console.demo.stage import LOOK_S, Stage
from sequencer.api.client import ApiRefusal
from sequencer.markets.arrivals import Arrivals
from sequencer.markets.flow import FlowSettings, OrderFlow
from sequencer.markets.paths import PathPart
from sequencer.node.local import LocalTrader
from sequencer.node.stack import Stack

MOST_FLOW_S: Final = 3_600
SAMPLE_S: Final = 0.5


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
        REGISTERED,
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
        playing = [
            asyncio.create_task(crowd.play(flow, stage.ended, stage.may_trade)),
            asyncio.create_task(_pace(stage)),
            asyncio.create_task(_watch_seller(stage)),
        ]
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(_misfortune(stage))
                group.create_task(_seen(stage, WITHDRAWAL, ends.withdrawal(stage, flow.nonces)))
                group.create_task(_expiry(stage))
        except ExceptionGroup as failed:
            # The first ended the others; whoever reads it wants to know that one.
            raise failed.exceptions[0] from None
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


async def _watch_seller(stage: Stage) -> None:
    """How the seller stands, until trading ends."""
    while not stage.ended.is_set():
        found = await stage.seller.client.call("private/get_margins")
        equity_e6, kept_e6 = int(found["equity_e6"]), int(found["maintenance_requirement_e6"])
        stage.chronicle.equity.append(EquitySample(stage.chronicle.second, equity_e6, kept_e6))
        await asyncio.sleep(SAMPLE_S)


async def _misfortune(stage: Stage) -> None:
    try:
        await trouble.sell_too_much(stage)
        await _seen(stage, SHOCK, trouble.shock(stage))
        await _seen(stage, LIQUIDATION, trouble.liquidation(stage))
    finally:
        stage.is_hit.set()


async def _expiry(stage: Stage) -> None:
    await asyncio.sleep(max(0.0, stage.expiry_s - time()))
    stage.chronicle.act("settling")
    await asyncio.gather(_seen(stage, SETTLEMENT, ends.settlement(stage)), _end_of_trading(stage))


async def _end_of_trading(stage: Stage) -> None:
    await stage.is_hit.wait()
    stage.ended.set()


async def _seen(stage: Stage, name: str, act: Coroutine[Any, Any, None]) -> None:
    """An act that is refused, or does not come to its end in time, is a promise not kept; the others go on."""
    try:
        await act
    except (TookTooLong, ApiRefusal) as error:
        stage.chronicle.promise(name, str(error), is_kept=False)


async def _close(stage: Stage) -> None:
    stage.chronicle.act("executing")
    await _seen(stage, ALL_EXECUTED, ends.last_batches(stage))
    tally, trades = stage.crowd.tally, sum((await ends.batches_with(stage, "trades")).values())
    status = await stage.ask("public/status")
    executed = stage.rollup.house.progress().executed
    stage.chronicle.promise(
        ALL_EXECUTED,
        f"{executed} batches; {trades} trades from {tally.accepted} signed orders, {tally.refused.total()} refused",
        is_kept=executed == status["last_batch"] > 0 and trades > 0,
        batches=executed,
        orders=tally.sent,
        accepted=tally.accepted,
        trades=trades,
        held_back=tally.held_back,
        refused=dict(tally.refused),
    )
    stage.chronicle.act("comparing with L1")
    await ends.same_on_l1(stage)
