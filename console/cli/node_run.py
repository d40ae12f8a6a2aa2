"""`zkclear node run`: a node by its settings file."""

from __future__ import annotations

import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from console.cli.wallet_secrets import asked
from prover.kernels import load_kernels
from sequencer.l1.deployment import RollupDeployment
from sequencer.l1.signing_keys import account_from_environment, account_from_keystore
from sequencer.node.assembly import NodePlan, development_provers, running_node
from sequencer.node.batching import BatchPolicy
from sequencer.node.node import Node
from sequencer.node.oracle_settings import ENDING, OraclesByFile, oracles_by_file
from sequencer.node.pricing import Pricing
from sequencer.node.settings import BadSettings, Settings, read_settings
from sequencer.prover_pool import PoolSettings, ProverSetup, threads_per_worker
from sequencer.prover_pool.jobs import LOCAL_CHAINS
from sequencer.submitter.policy import SubmitterPolicy

if TYPE_CHECKING:
    from eth_account.signers.local import LocalAccount

    from console.cli.output import Output

LINE_S = 5.0


def run_by_settings(path: Path, output: Output) -> None:
    """Until Ctrl-C. Raises `BadSettings`, and what the node raises."""
    settings = read_settings(path)
    plan = plan_of(path, settings)
    oracles = _oracles(path.parent, settings, plan)
    with running_node(plan, load_kernels(threads=1)) as node:
        pricing = _pricing(path, settings, node, oracles)
        try:
            if pricing is not None:
                pricing.start()
            output.note(f"the API answers at {node.api.url if node.api is not None else 'no address'}; Ctrl-C ends it")
            while node.failure is None:
                time.sleep(LINE_S)
                for condition in node.health().conditions:
                    if not condition.holds:
                        output.note(f"{condition.name}: {condition.why}")
        except KeyboardInterrupt:
            output.note("ending")
        finally:
            if pricing is not None:
                pricing.stop()
        if node.failure is not None:
            raise node.failure


def plan_of(path: Path, settings: Settings) -> NodePlan:
    """The settings with files read and keys opened. Raises `BadSettings`, `BadDeploymentFile`, `NoSenderKey` …"""
    base = path.parent
    deployment = RollupDeployment.load(base / settings.deployment)
    is_local = deployment.chain_id in LOCAL_CHAINS and deployment.is_development
    return NodePlan(
        base / settings.folder,
        deployment,
        _operator(base, settings),
        settings.chain.urls,
        _provers(base, settings, deployment, path),
        pool=PoolSettings(
            workers=settings.proving.workers,
            limit_s=settings.proving.time_limit_s,
            cluster=settings.proving.cluster,
        ),
        batches=BatchPolicy(
            settings.batches.shortest_wait_s,
            settings.batches.longest_wait_s,
            settings.batches.most_unproven,
            settings.batches.limit_unproven,
            settings.batches.tick_s,
        ),
        submitter=SubmitterPolicy(confirmations=settings.chain.confirmations),
        maker_fee_ppm=settings.fees.maker_ppm,
        taker_fee_ppm=settings.fees.taker_ppm,
        underlyings={number: name for name, number in settings.underlyings.items()},
        poll_s=settings.chain.poll_s,
        is_local=is_local,
        host=settings.api.host,
        port=settings.api.port,
    )


def _operator(base: Path, settings: Settings) -> LocalAccount:
    if settings.chain.operator_key_file is None:
        return account_from_environment()
    path = base / settings.chain.operator_key_file
    return account_from_keystore(path, lambda: asked(f"password of {path}"))


def _provers(base: Path, settings: Settings, deployment: RollupDeployment, path: Path) -> ProverSetup:
    workers, threads = settings.proving.workers, settings.proving.threads
    if settings.proving.key is not None:
        threads = threads or threads_per_worker(workers)
        return ProverSetup.with_key(deployment.preset, base / settings.proving.key, threads=threads)
    if not deployment.is_development:
        raise BadSettings(path, "proving.key is missing: name the proving key of the ceremony")
    return development_provers(deployment.preset, load_kernels(threads=1), workers, threads=threads)


def _oracles(base: Path, settings: Settings, plan: NodePlan) -> OraclesByFile | None:
    """The oracles' own settings with their keys opened, if there are such."""
    if settings.oracles is None or not settings.oracles.endswith(ENDING):
        return None
    return oracles_by_file(
        base / settings.oracles,
        settings.underlyings,
        plan.deployment,
        plan.urls[0],
        lambda file: asked(f"password of {file}"),
    )


def _pricing(path: Path, settings: Settings, node: Node, oracles: OraclesByFile | None) -> Pricing | None:
    """The oracles' reporter: by a settings file of theirs, or by a function `package.module:function` of the node."""
    if oracles is not None:
        return Pricing(node, oracles.reporter(node, load_kernels(threads=1)))
    if settings.oracles is None:
        return None
    module, _, name = settings.oracles.partition(":")
    try:
        make: Callable[[Node], Any] = getattr(import_module(module), name)
    except (ImportError, AttributeError, ValueError) as error:
        raise BadSettings(path, f"oracles = {settings.oracles!r} names no function: {error}") from error
    return Pricing(node, make(node))
