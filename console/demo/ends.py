"""How it ends: options expire and are settled, a withdrawal is paid, and L1 has the same state as the node."""

from __future__ import annotations

import asyncio
from time import time
from typing import Any, Final

from console.amounts import cash, price
from console.demo.chronicle import Chronicle
from console.demo.evidence import EVERYTHING
from console.demo.promises import ALL_DOLLARS, ON_L1, SAME_STATE, SETTLEMENT, WITHDRAWAL
from console.demo.stage import Stage
from rollup.types.orders import Withdrawal
from rollup.types.series import OptionKind, Series
from sequencer.l1.log_reader import read_history
from sequencer.l1.recovery import Recovered, recover
from sequencer.markets.intents import Nonces
from sequencer.node.local import LocalRollup
from sequencer.node.local_market import COIN
from sequencer.record.market_types import SettlementRow
from sequencer.record.reader import RecordReader

NEWEST_BATCHES: Final = 1_000
WITHDRAWAL_SLOT: Final = 7


async def withdrawal(stage: Stage, nonces: Nonces) -> None:
    """A trader asks for cash; L1 pays it when the batch is executed, and the owner's dollars are counted."""
    await stage.at(stage.plan.withdraw_after_s)
    member, amount_e6 = stage.leaver, stage.plan.withdrawal_e6
    account, owner = member.trader.account, member.trader.ethereum.address
    nonce = nonces.next(account, WITHDRAWAL_SLOT)
    signed = member.signer.operation(Withdrawal(account, WITHDRAWAL_SLOT, nonce, amount_e6))
    asked = await member.client.call("private/withdraw", signed)
    stage.chronicle.note(f"account {account} asks for {cash(amount_e6)} USD")

    async def batched() -> Any:
        found = await member.client.call("private/get_operation_state", {"operation_id": asked["operation_id"]})
        return found["batch"]

    batch = await stage.until(batched, "a batch with the withdrawal")
    stage.withdrawn = account, batch
    await stage.executed(batch, f"batch {batch} with the withdrawal")
    paid_e6 = await asyncio.to_thread(stage.rollup.collect, member.trader)
    stage.chronicle.promise(
        WITHDRAWAL,
        f"{owner} has {cash(paid_e6)} USD more on L1, after batch {batch}",
        is_kept=paid_e6 == amount_e6,
        account=account,
        owner=owner,
        batch=batch,
        asked_e6=amount_e6,
        paid_e6=paid_e6,
    )


async def settlement(stage: Stage) -> None:
    """The short-lived options expire; L1 has a price for them, all positions become cash, and batches prove it."""
    await asyncio.sleep(max(0.0, stage.expiry_s - time()))
    stage.chronicle.note(f"{len(stage.short)} options expire")
    names = {stage.crowd.names[one.series_id] for one in stage.short}

    async def on_l1() -> int:
        return await asyncio.to_thread(stage.rollup.oracle.settlement_price_e2, COIN, stage.expiry_s)

    price_e2 = await stage.until(on_l1, "the settlement price on L1")
    stage.chronicle.note(f"L1 has the settlement price: {price(price_e2)}")

    async def nobody_holds() -> bool:
        answers = await asyncio.gather(
            *(one.client.call("private/get_positions") for one in stage.crowd.members.values())
        )
        return not any(held["instrument_name"] in names for answer in answers for held in answer["positions"])

    await stage.until(nobody_holds, "the settlement of all positions")
    batches = await batches_with(stage, "settlements")
    if batches:
        await stage.executed(max(batches), "the settlements")
    positions = sum(batches.values())

    async def all_booked() -> list[SettlementRow]:
        found = await asyncio.to_thread(_booked, stage)
        return found if len(found) >= positions else []

    booked = await stage.until(all_booked, "the record of all settlements") if positions else []
    series = {one.series_id: one for one in stage.short}
    stage.chronicle.promise(
        SETTLEMENT,
        f"{positions} positions at {price(price_e2)}, in {len(batches)} executed batches",
        is_kept=len(booked) == positions > 0
        and all(one.payoff_e2 == payoff_e2(series[one.series_id], price_e2) for one in booked),
        expiry_s=stage.expiry_s,
        price_e2=price_e2,
        positions=positions,
        batches=sorted(batches),
    )


async def last_batches(stage: Stage) -> None:
    """Waits until all that was traded is executed."""
    await stage.crowd.settled()
    trade_id = stage.crowd.last_trade_id
    if trade_id is not None:

        async def batched() -> Any:
            return (await stage.ask("public/get_finality", trade_id=trade_id))["batch"]

        await stage.until(batched, "a batch with the last trade")

    async def all_executed() -> bool:
        status = await stage.ask("public/status")
        return bool(status["last_executed"] == status["last_batch"])

    await stage.until(all_executed, "the execution of all batches")


async def same_on_l1(stage: Stage) -> None:
    """Rebuilds the state from L1's logs alone, and looks for the liquidation, the withdrawal and the settlements."""
    status = await stage.ask("public/status")
    newest = await stage.ask("public/get_batch", number=status["last_batch"])
    root = int(newest["root_after"])
    rebuilt = await asyncio.to_thread(compare_with_l1, stage.rollup, root, stage.chronicle)
    liquidated = {(one.account, batch.unsigned.number) for batch in rebuilt.decoded for one in batch.liquidations}
    withdrawn = {(one.account, batch.unsigned.number) for batch in rebuilt.decoded for one in batch.operations}
    settled = sum(len(batch.unsigned.settlements) for batch in rebuilt.decoded)
    stage.chronicle.promise(
        ON_L1,
        f"a liquidation in batch {_batch(stage.liquidated)}, a withdrawal in {_batch(stage.withdrawn)}, "
        f"{settled} settlements: decoded from calldata",
        is_kept=stage.liquidated in liquidated and stage.withdrawn in withdrawn and settled > 0,
        settlements=settled,
    )


def compare_with_l1(rollup: LocalRollup, root: int, chronicle: Chronicle) -> Recovered:
    """The state from L1's logs alone: its root is `root`, and its cash is what the house holds.

    Some 10 ms a batch. Raises what reading the logs and booking them raise.
    """
    rebuilt = recover(read_history(rollup.chain, rollup.deployment), rollup.preset, rollup.crypto)
    chronicle.promise(
        SAME_STATE,
        f"{rebuilt.last.number} batches decoded from its logs lead to root {rebuilt.state.root:#066x}"[:76] + "…",
        is_kept=rebuilt.state.root == root == rebuilt.last.state_root,
        batches=rebuilt.last.number,
        root=hex(rebuilt.state.root),
    )
    cash_e6 = sum(account.cash_e6 for _, account in rebuilt.state.accounts())
    held_e6, owed_e6 = rollup.dollar.balance_of(rollup.house.address), rollup.house.total_owed_e6()
    chronicle.promise(
        ALL_DOLLARS,
        f"the house holds {cash(held_e6)} USD; accounts own {cash(cash_e6)} USD, and {cash(owed_e6)} USD are owed",
        is_kept=held_e6 == cash_e6 + owed_e6,
        held_e6=held_e6,
        cash_e6=cash_e6,
        owed_e6=owed_e6,
    )
    return rebuilt


def _booked(stage: Stage) -> list[SettlementRow]:
    """The positions in the options that expired, as batches have booked them into cash."""
    expired = {one.series_id for one in stage.short}
    with RecordReader.of(stage.plan.folder) as record:
        return [one for one in record.settlements(limit=EVERYTHING) if one.series_id in expired]


def _batch(pair: tuple[int, int] | None) -> str:
    return "none" if pair is None else str(pair[1])


def payoff_e2(series: Series, price_e2: int) -> int:
    """What an option pays at a settlement price, in 0.01 USD."""
    sign = 1 if series.kind is OptionKind.CALL else -1
    return max(0, sign * (price_e2 - series.strike_e2))


async def batches_with(stage: Stage, what: str) -> dict[int, int]:
    """How many `what` are in each of the newest batches, by number; those without any are left out."""
    found = await stage.ask("public/get_batches", count=NEWEST_BATCHES)
    return {one["number"]: one[what] for one in found if one[what]}
