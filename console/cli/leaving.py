"""`zkclear exit`: out of a frozen rollup with what is on L1, without its operator."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from console.amounts import cash
from console.cli.l1_options import DeploymentFile, Keystore, Place, Rpc, StateFolder
from console.cli.options import Json, KernelName, Threads
from console.cli.output import PhaseBar, reporting
from console.cli.recovery import recovered_from

if TYPE_CHECKING:
    from console.cli.output import Output
    from prover.kernels.interface import Kernels
    from sequencer.l1.bindings.clearing_house import ClearingHouse
    from sequencer.l1.deployment import RollupDeployment
    from sequencer.l1.sending import Sender


def leave(
    account: Annotated[
        list[int] | None,
        typer.Option("--account", min=0, help="Who leaves; may be repeated.", show_default="everybody"),
    ] = None,
    pay: Annotated[bool, typer.Option("--pay", help="Have claims paid and collected, instead of claiming.")] = False,
    refund: Annotated[
        bool, typer.Option("--refund", help="Have queued deposits refunded, instead of claiming.")
    ] = False,
    freeze: Annotated[bool, typer.Option("--freeze", help="Freeze the rollup first, if a request is overdue.")] = False,
    chunk: Annotated[int, typer.Option("--chunk", min=1, max=128, help="Exits in one transaction.")] = 64,
    exit_key: Annotated[
        Path | None, typer.Option("--exit-key", help="The .zkey for exits.", show_default="a development key")
    ] = None,
    rpc: Rpc = None,
    deployment_file: DeploymentFile = None,
    keystore: Keystore = None,
    state_folder: StateFolder = None,
    json: Json = False,
    threads: Threads = None,
    kernel: KernelName = None,
) -> None:
    """Leave a frozen rollup: claim by proof, from logs alone; when the claim period is over, again with --pay."""
    with reporting(as_json=json) as output:
        from prover.kernels import load_kernels
        from sequencer.l1 import exits
        from sequencer.l1.preflight import require_deployment

        place = Place.of(rpc, state_folder)
        deployment, sender = place.deployment(deployment_file), place.sender(keystore)
        house = require_deployment(sender.chain, deployment)
        if freeze and not house.frozen_at_s():
            sender.send(house.freeze())
            output.note("the rollup is frozen")
        exits.require_frozen(house)
        if pay:
            _pay(output, sender, house, deployment, account)
        elif refund:
            _refund(output, sender, house, deployment)
        else:
            kernels = load_kernels(kernel, threads)
            _claim(output, sender, house, deployment, account, chunk, exit_key, kernels)


def _claim(
    output: Output,
    sender: Sender,
    house: ClearingHouse,
    deployment: RollupDeployment,
    accounts: list[int] | None,
    chunk: int,
    key_file: Path | None,
    kernels: Kernels,
) -> None:
    from prover.formats.zkey import read_zkey
    from sequencer.development_keys import exit_key
    from sequencer.exit_prover import ExitProver
    from sequencer.l1 import exits
    from sequencer.l1.preflight import require_exit_key

    key = exit_key(deployment.preset, kernels) if key_file is None else read_zkey(key_file)
    require_exit_key(house, key.verification_key().digest())
    prover = ExitProver(deployment.preset, key, kernels)
    with PhaseBar(output) as bar:
        _, recovered = recovered_from(sender.chain, deployment, kernels, bar)
        who = exits.leavers(house, recovered)
        chosen = list(who.able) if accounts is None else accounts
        claimed = exits.claim_exits(
            sender, house, recovered, prover, chosen, chunk, lambda done, total: bar("proving exits", done, total)
        )
    amounts_e6 = {account: amount for one in claimed for account, amount in one.amounts_e6.items()}
    data: dict[str, Any] = {
        "claimed_e6": {str(account): amount for account, amount in amounts_e6.items()},
        "total_e6": sum(amounts_e6.values()),
        "transactions": ["0x" + one.receipt.transaction_hash.hex() for one in claimed],
        "gas": sum(one.receipt.gas.used for one in claimed),
        "unmarked": list(who.unmarked),
        "payable_after_s": house.frozen_at_s() + house.claim_period_s(),
    }
    lines = [f"account {account} claims {cash(amount)}" for account, amount in amounts_e6.items()]
    lines += [f"{len(amounts_e6)} claims in {len(claimed)} transactions: {cash(data['total_e6'])}"]
    if who.unmarked:
        lines.append(f"the last risk table has no row for what these hold: {', '.join(map(str, who.unmarked))}")
    output.result(data, lines)


def _pay(
    output: Output, sender: Sender, house: ClearingHouse, deployment: RollupDeployment, accounts: list[int] | None
) -> None:
    from sequencer.l1 import exits
    from sequencer.l1.log_reader import read_history

    chosen = exits.payable(house) if accounts is None else accounts
    exits.require_claims_over(sender, house)
    with PhaseBar(output) as bar:
        history = read_history(sender.chain, deployment)
        executed = exits.execute_batches(sender, house, history)
        paid = exits.pay_exits(sender, house, chosen, lambda done, total: bar("paying", done, total))
        owners = [house.owner_of(account) for account in range(house.account_count())]
        collected_e6 = exits.collect(sender, house, owners if accounts is None else [owners[one] for one in accounts])
    data = {
        "executed": len(executed),
        "paid": len(paid),
        "collected_e6": collected_e6,
        "total_e6": sum(collected_e6.values()),
    }
    lines = [f"{owner} received {cash(amount)}" for owner, amount in collected_e6.items()]
    lines.append(f"{len(paid)} claims paid; {cash(sum(collected_e6.values()))} collected")
    output.result(data, lines)


def _refund(output: Output, sender: Sender, house: ClearingHouse, deployment: RollupDeployment) -> None:
    from sequencer.l1 import exits
    from sequencer.l1.log_reader import read_history

    receipts = exits.refunds(sender, house, read_history(sender.chain, deployment))
    collected_e6 = exits.collect(sender, house, exits.payers(house, receipts.values()))
    lines = [f"{owner} received {cash(amount)}" for owner, amount in collected_e6.items()]
    lines.append(f"{len(receipts)} deposits refunded; {cash(sum(collected_e6.values()))} collected")
    output.result({"refunded": sorted(receipts), "collected_e6": collected_e6}, lines)
