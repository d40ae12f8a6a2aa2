"""Puts a node together for a rollup that is deployed: provers of this machine, web3 towards L1, a log in a folder."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import time
from typing import TYPE_CHECKING

from prover.kernels.interface import Kernels
from rollup.presets import Preset
from sequencer.api.port import NodeInfo
from sequencer.api.server import serve
from sequencer.api.services import Limits
from sequencer.development_keys import settlement_key_file
from sequencer.follower.plan import FollowerPlan
from sequencer.follower.process import FollowerProcess
from sequencer.follower.steady_clock import SteadyClock
from sequencer.l1.deployment import STANDARD_TERMS, RollupDeployment
from sequencer.native_crypto import NativeCrypto
from sequencer.node.batching import BatchPolicy
from sequencer.node.interpreter import tuned_interpreter
from sequencer.node.node import Node
from sequencer.node.noting import MS_PER_S, LineNotes
from sequencer.node.parts import NodeParts
from sequencer.prover_pool import PoolSettings, ProverSetup, threads_per_worker
from sequencer.record.log_lines import copy_log_lines
from sequencer.record.node_types import RunFacts
from sequencer.submitter.events import Event as L1Event
from sequencer.submitter.policy import SubmitterPolicy
from sequencer.venue import Genesis

if TYPE_CHECKING:
    from eth_account.signers.local import LocalAccount


@dataclass(frozen=True, slots=True)
class NodePlan:
    """What an operator chooses. `setup` are the provers; `clock` is in unix seconds; without `port` there is no API."""

    folder: Path
    deployment: RollupDeployment
    operator: LocalAccount
    urls: Sequence[str]
    setup: ProverSetup
    pool: PoolSettings = field(default_factory=PoolSettings)
    batches: BatchPolicy = field(default_factory=BatchPolicy)
    submitter: SubmitterPolicy = field(default_factory=SubmitterPolicy)
    maker_fee_ppm: int = 300
    taker_fee_ppm: int = 500
    report_age_s: int = STANDARD_TERMS.report_age_s
    underlyings: Mapping[int, str] = field(default_factory=dict)
    clock: Callable[[], float] = time
    poll_s: float = 1.0
    is_local: bool = False
    tell: Callable[[L1Event], None] = lambda _event: None
    host: str = "127.0.0.1"
    port: int | None = None
    limits: Limits | None = None


@contextmanager
def running_node(plan: NodePlan, kernels: Kernels) -> Iterator[Node]:
    """A node that runs as long as the block, with its follower and provers in processes of their own.

    Raises what opening the log and replaying it raise (`StoreError`), and `FollowerFailed`, whose `kind` is what the
    follower found: `SubmitterStopped`, `WrongChainId`, `WrongKey`, `WrongCode`, `PoolBroken`.
    """
    with ExitStack() as stack:
        plan.folder.mkdir(parents=True, exist_ok=True)
        crypto = NativeCrypto(kernels)
        preset, domain = plan.deployment.preset, plan.deployment.domain
        info = NodeInfo(domain, preset.name, dict(plan.underlyings), plan.maker_fee_ppm, plan.taker_fee_ppm, crypto)
        genesis = Genesis(preset, domain, plan.maker_fee_ppm, plan.taker_fee_ppm, report_age_s=plan.report_age_s)
        follower = FollowerPlan(
            plan.folder,
            genesis,
            plan.deployment,
            bytes(plan.operator.key),
            tuple(plan.urls),
            plan.setup,
            plan.pool,
            plan.submitter,
            plan.clock,
            plan.poll_s,
            plan.is_local,
        )
        parts = NodeParts(
            plan.folder,
            info,
            genesis,
            crypto,
            lambda listener, _database: FollowerProcess(follower, listener),
            batches=plan.batches,
            clock=plan.clock,
            poll_s=plan.poll_s,
            tell=plan.tell,
        )
        node = Node(parts)
        stack.callback(node.stop)
        if plan.port is not None:
            # Before the node starts, so that no event is missed.
            node.api = stack.enter_context(
                serve(node.door, node.projection, host=plan.host, port=plan.port, limits=plan.limits)
            )
        node.follower.note(_facts(plan, node))
        stack.callback(copy_log_lines(LineNotes(node.follower, SteadyClock(plan.clock))))
        stack.enter_context(tuned_interpreter())
        node.start()
        yield node


def _facts(plan: NodePlan, node: Node) -> RunFacts:
    deployment = plan.deployment
    return RunFacts(
        deployment.preset.name,
        deployment.chain_id,
        {
            "clearing house": deployment.clearing_house,
            "oracle": deployment.oracle,
            "batch verifier": deployment.batch_verifier,
            "exit verifier": deployment.exit_verifier,
            "dollar": deployment.dollar,
        },
        int(plan.clock() * MS_PER_S),
        dict(plan.underlyings),
        plan.maker_fee_ppm,
        plan.taker_fee_ppm,
        plan.report_age_s,
        None if node.api is None else node.api.url,
        plan.urls[0],
        os.getpid(),
        plan.is_local,
        notes={"keys": "development" if deployment.is_development else "ceremony"},
    )


def development_provers(
    preset: Preset, kernels: Kernels, workers: int = 1, keys: Path | None = None, *, threads: int | None = None
) -> ProverSetup:
    """Provers under the development key, which is made if it is not there; by default on all cores together."""
    path = settlement_key_file(preset, kernels, keys)
    return ProverSetup.with_key(preset, path, threads=threads or threads_per_worker(workers))
