"""A chain in the past, with a rollup and a node for one replay."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from prover.kernels import load_kernels
from rollup.presets import PRESETS
from sequencer.l1.anvil_program import AnvilOptions
from sequencer.l1.chain_clock import ChainClock
from sequencer.node.assembly import NodePlan, development_provers, running_node
from sequencer.node.batching import BatchPolicy
from sequencer.node.local import LocalRollup, local_rollup
from sequencer.node.node import Node
from sequencer.prover_pool import PoolSettings
from sequencer.replay.report import ReplayReport
from sequencer.replay.runner import Replay, Tell
from sequencer.replay.scenarios import Scenario
from sequencer.submitter.policy import SubmitterPolicy

BEFORE_S: Final = 120
"""The chain begins so long before the first table."""

BATCHES: Final = BatchPolicy(shortest_wait_s=0.5, longest_wait_s=5.0)


def play(
    scenario: Scenario, preset_name: str, *, workers: int = 1, keys: Path | None = None, tell: Tell | None = None
) -> ReplayReport:
    """Plays it from nothing to the end. Raises `ReplayError`, and what chain, contracts and node raise."""
    with (
        TemporaryDirectory(prefix="zkclear-replay-") as folder,
        stage_for(scenario, preset_name, Path(folder) / "node", workers=workers, keys=keys) as (rollup, node),
    ):
        return Replay(scenario, rollup, node, *([tell] if tell else [])).run()


@contextmanager
def stage_for(
    scenario: Scenario,
    preset_name: str,
    folder: Path,
    *,
    workers: int = 1,
    keys: Path | None = None,
    port: int | None = None,
) -> Iterator[tuple[LocalRollup, Node]]:
    """A rollup on a chain that begins shortly before the scenario, and a node that writes into a folder.

    They stand as long as the block; the API answers on `port`, if there is one. Raises what chain, contracts and node
    raise.
    """
    preset, kernels = PRESETS[preset_name], load_kernels(threads=1)
    options = AnvilOptions(start_time_s=scenario.tables[0].time_s - BEFORE_S)
    with local_rollup(preset, kernels, keys=keys, options=options) as rollup:
        plan = NodePlan(
            folder,
            rollup.deployment,
            rollup.operator,
            (rollup.chain.url,),
            development_provers(preset, kernels, workers, keys),
            pool=PoolSettings(workers=workers),
            batches=BATCHES,
            submitter=SubmitterPolicy(confirmations=0, proof_patience_s=60.0),
            maker_fee_ppm=scenario.plan.fees.maker_ppm,
            taker_fee_ppm=scenario.plan.fees.taker_ppm,
            underlyings=scenario.underlyings,
            poll_s=0.1,
            is_local=True,
            clock=ChainClock(rollup.chain.url),
            port=port,
        )
        with running_node(plan, kernels) as node:
            yield rollup, node
