"""Everything at once on a chain of one's own: rollup, node, oracles, API and registered traders."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic, sleep
from typing import Final

from prover.kernels.interface import Kernels
from rollup.presets import DEMO, Preset
from sequencer.api.server import RunningApi
from sequencer.api.services import Limits
from sequencer.node.assembly import NodePlan, development_provers, running_node
from sequencer.node.batching import BatchPolicy
from sequencer.node.errors import NodeError, NotSequencing
from sequencer.node.local import LocalRollup, LocalTrader, local_rollup
from sequencer.node.local_market import NAMES, LocalMarket, MarketPlan, local_market
from sequencer.node.node import Node
from sequencer.node.pricing import Pricing
from sequencer.prover_pool import PoolSettings
from sequencer.submitter.events import Event as L1Event
from sequencer.submitter.policy import SubmitterPolicy

PATIENCE_S: Final = 600.0


class NotRegistered(NodeError):
    """Traders whose registration on L1 did not come to be."""

    def __init__(self, patience_s: float, why: str) -> None:
        super().__init__(f"not all traders were registered within {patience_s:.0f} s: {why}")
        self.patience_s, self.why = patience_s, why


@dataclass(frozen=True, slots=True)
class StackPlan:
    """Sizes and numbers. `port` 0 is a free one; keys are kept in `keys`, by default where development keys are."""

    folder: Path
    preset: Preset = DEMO
    traders: int = 8
    deposit_e6: int = 10_000_000 * 10**6
    workers: int = 1
    port: int = 0
    keys: Path | None = None
    market: MarketPlan = field(default_factory=MarketPlan)
    batches: BatchPolicy = field(default_factory=BatchPolicy)
    limits: Limits = field(default_factory=Limits)
    tell: Callable[[L1Event], None] = lambda _event: None
    say: Callable[[str], None] = lambda _what: None
    """Told what is being done."""


@dataclass(frozen=True, slots=True)
class Stack:
    """All that runs."""

    rollup: LocalRollup
    node: Node
    market: LocalMarket
    pricing: Pricing
    api: RunningApi
    traders: tuple[LocalTrader, ...]


@contextmanager
def running_stack(plan: StackPlan, kernels: Kernels) -> Iterator[Stack]:
    """Stands as long as the block. Raises `NotRegistered`, and what chain, contracts and node raise."""
    plan.say("deploying")
    with local_rollup(plan.preset, kernels, keys=plan.keys) as rollup:
        node_plan = NodePlan(
            plan.folder,
            rollup.deployment,
            rollup.operator,
            (rollup.chain.url,),
            development_provers(plan.preset, kernels, plan.workers, plan.keys),
            pool=PoolSettings(workers=plan.workers),
            batches=plan.batches,
            submitter=SubmitterPolicy(confirmations=0, proof_patience_s=60.0),
            underlyings=NAMES,
            poll_s=0.5,
            is_local=True,
            tell=plan.tell,
            port=plan.port,
            limits=plan.limits,
        )
        with running_node(node_plan, kernels) as node:
            api = node.api
            if api is None:
                raise NotSequencing("its API does not answer")
            market = local_market(rollup, plan.market)
            pricing = Pricing(node, market.reporter)
            pricing.look()
            pricing.start()
            try:
                plan.say(f"registering {plan.traders} traders")
                traders = tuple(rollup.register(number, plan.deposit_e6) for number in range(plan.traders))
                _wait_registered(node, traders)
                yield Stack(rollup, node, market, pricing, api, traders)
            finally:
                pricing.stop()


def _wait_registered(node: Node, traders: tuple[LocalTrader, ...]) -> None:
    deadline_s = monotonic() + PATIENCE_S
    while traders and node.sequencer.ask(lambda venue: venue.key_of(traders[-1].account)).result() is None:
        if node.failure is not None:
            raise NotRegistered(PATIENCE_S, str(node.failure))
        if monotonic() > deadline_s:
            raise NotRegistered(PATIENCE_S, "L1 or the provers are too slow")
        sleep(0.05)
