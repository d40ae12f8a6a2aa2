"""A demo on a market that is made up: shock, liquidation, expiry and withdrawal within a minute."""

from __future__ import annotations

import asyncio
from typing import Final

from console.demo.chronicle import Chronicle
from console.demo.evidence import Evidence, evidence_of
from console.demo.plan import DemoPlan
from console.demo.promises import MADE_UP
from console.demo.story import play, register
from prover.kernels import load_kernels
from sequencer.node.batching import BatchPolicy
from sequencer.node.local_market import COIN, NAMES, MarketPlan
from sequencer.node.stack import Stack, StackPlan, running_stack
from sequencer.oracles.refresh import RefreshPolicy
from sequencer.record.reader import RecordReader

TITLE: Final = "zkclear: options cleared by a ZK-rollup, proven batch by batch"
LONGEST_WAIT_S: Final = 6.0
MS: Final = 1_000


def play_made_up(plan: DemoPlan, chronicle: Chronicle) -> Evidence:
    """All of it. Raises `DemoError`, and what chain, contracts, node and API raise."""
    chronicle.act("deploying")
    with running_stack(stack_plan(plan), load_kernels(threads=1)) as stack:
        chronicle.act("registering")
        traders = register(plan, stack, chronicle)
        asyncio.run(play(plan, stack, chronicle, traders))
        market = made_up_prices(stack, chronicle)
        chronicle.act("ending")
    with RecordReader.of(plan.folder) as record:
        return evidence_of(
            record,
            chronicle,
            title=TITLE,
            expected=MADE_UP,
            preset=plan.preset.name,
            underlying=(COIN, NAMES[COIN]),
            market=market,
            watched=traders[-1].account,
        )


def stack_plan(plan: DemoPlan) -> StackPlan:
    """What runs below a demo. The demo registers its traders itself, since their deposits differ."""
    market = MarketPlan(
        first_price=plan.first_price,
        strikes=plan.strikes,
        step_e2=plan.step_e2,
        lifetimes_s=(plan.long_life_s,),
        seed=plan.seed,
        refresh=RefreshPolicy(every_s=plan.table_every_s),
    )
    return StackPlan(
        plan.folder,
        plan.preset,
        traders=0,
        workers=plan.workers,
        port=plan.port,
        keys=plan.keys,
        market=market,
        batches=BatchPolicy(longest_wait_s=LONGEST_WAIT_S),
    )


def made_up_prices(stack: Stack, chronicle: Chronicle) -> tuple[tuple[int, float], ...]:
    """The market's own price, second by second, since the demo began; pairs of unix ms and USD."""
    path, first_s = stack.market.path, chronicle.started_ms // MS
    last_s = first_s + int(chronicle.second)
    return tuple((second * MS, path.price(second)) for second in range(max(first_s, path.start_s), last_s + 1))
