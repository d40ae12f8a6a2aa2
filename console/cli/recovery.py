"""`zkclear recover`: the state of a rollup from the logs on L1, and from nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from console.cli.l1_options import DeploymentFile, Place, Rpc, StateFolder
from console.cli.options import Json, KernelName, Threads
from console.cli.output import INVALID, PhaseBar, reporting

if TYPE_CHECKING:
    from prover.kernels.interface import Kernels
    from sequencer.l1.client import Chain
    from sequencer.l1.deployment import RollupDeployment
    from sequencer.l1.history import History
    from sequencer.l1.recovery import Recovered


def recover(
    rpc: Rpc = None,
    deployment_file: DeploymentFile = None,
    to: Annotated[
        Path | None, typer.Option("--to", help="Write the state there: accounts and positions as JSON.")
    ] = None,
    state_folder: StateFolder = None,
    json: Json = False,
    threads: Threads = None,
    kernel: KernelName = None,
) -> None:
    """Rebuild the state from L1's logs, batch by batch, and compare it with L1. Exit code 1 when it differs."""
    with reporting(as_json=json) as output:
        from prover.kernels import load_kernels
        from sequencer.l1.preflight import require_deployment
        from sequencer.l1.state_file import write_state

        place = Place.of(rpc, state_folder)
        deployment, chain = place.deployment(deployment_file), place.chain()
        require_deployment(chain, deployment)
        with PhaseBar(output) as bar:
            history, recovered = recovered_from(chain, deployment, load_kernels(kernel, threads), bar)
        matches = is_last_proven(chain, deployment, recovered)
        if to is not None:
            write_state(to, recovered, deployment)
        accounts = [account for _, account in recovered.state.accounts()]
        positions = sum(1 for account in accounts for position in account.positions if position.size_e4)
        data = {
            "root": str(recovered.state.root),
            "matches_l1": matches,
            "batch": recovered.last.number,
            "batches_committed": history.committed,
            "batches_reverted": history.reverted,
            "accounts": len(accounts),
            "positions": positions,
            "cash_e6": sum(account.cash_e6 for account in accounts),
            "queue_waiting": len(history.queue) - history.served,
            "file": None if to is None else str(to),
        }
        lines = [
            f"root {recovered.state.root:#066x} after batch {recovered.last.number}",
            f"{len(accounts)} accounts with {positions} positions, from {recovered.last.number} proven batches",
            f"{history.reverted} batches were reverted, {history.committed - history.proven} wait for a proof",
            "L1 has the same" if matches else "L1 has ANOTHER state",
        ]
        output.result(data, lines if to is None else [*lines, f"{to} has all of it"])
        if not matches:
            raise typer.Exit(INVALID)


def recovered_from(
    chain: Chain, deployment: RollupDeployment, kernels: Kernels, bar: PhaseBar
) -> tuple[History, Recovered]:
    """Reads all logs and books all proven batches. Raises what reading and recovery raise."""
    from sequencer.l1.log_reader import read_history
    from sequencer.l1.recovery import recover as recover_state
    from sequencer.native_crypto import NativeCrypto

    bar("reading logs", 0, 1)
    history = read_history(chain, deployment)
    bar("reading logs", 1, 1)
    recovered = recover_state(
        history, deployment.preset, NativeCrypto(kernels), lambda done, total: bar("booking batches", done, total)
    )
    return history, recovered


def is_last_proven(chain: Chain, deployment: RollupDeployment, recovered: Recovered) -> bool:
    """Whether L1's last proven batch leads to this state."""
    from sequencer.l1.bindings.clearing_house import ClearingHouse, UnknownBatch
    from sequencer.l1.exits import require_last_proven

    if recovered.last.state_root != recovered.state.root:
        return False
    try:
        require_last_proven(ClearingHouse(chain, deployment.clearing_house), recovered)
    except UnknownBatch:
        return False
    return True
