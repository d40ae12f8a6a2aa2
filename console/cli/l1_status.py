"""`zkclear l1 status` and `zkclear l1 preflight`: how a rollup stands, and whether its operator could go on."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from console.amounts import cash
from console.cli.l1_options import DeploymentFile, Place, Rpc, StateFolder, duration
from console.cli.options import Json, KernelName, Threads
from console.cli.output import reporting

if TYPE_CHECKING:
    from sequencer.l1.status import Status


def status(
    rpc: Rpc = None, deployment_file: DeploymentFile = None, state_folder: StateFolder = None, json: Json = False
) -> None:
    """Batches, queue, oracle, money and terms of a rollup, as of the latest block."""
    with reporting(as_json=json) as output:
        from sequencer.l1.status import read_status

        place = Place.of(rpc, state_folder)
        deployment = place.deployment(deployment_file)
        found = read_status(place.chain(), deployment)
        data = {
            "url": place.url,
            "deployment": asdict(deployment),
            **asdict(found),
            "is_frozen": found.frozen_at_s is not None,
            "is_overdue": found.is_overdue,
        }
        output.result(data, [f"{name:<10} {text}" for name, text in _lines(place, deployment.clearing_house, found)])


def preflight(
    rpc: Rpc = None,
    deployment_file: DeploymentFile = None,
    batch_key: Annotated[
        Path | None, typer.Option("--batch-key", help="What batches are proven with.", show_default="a development key")
    ] = None,
    state_folder: StateFolder = None,
    json: Json = False,
    threads: Threads = None,
    kernel: KernelName = None,
) -> None:
    """Whether a batch of now would be taken: chain, contract, key, oracle, freeze. Exit code 1: it would not."""
    with reporting(as_json=json) as output:
        from prover.formats.zkey import read_zkey
        from prover.kernels import load_kernels
        from sequencer.development_keys import settlement_key
        from sequencer.l1.preflight import require_deployment, require_ready

        place = Place.of(rpc, state_folder)
        deployment = place.deployment(deployment_file)
        require_deployment(place.chain(), deployment)
        kernels = load_kernels(kernel, threads)
        key = settlement_key(deployment.preset, kernels) if batch_key is None else read_zkey(batch_key)
        digest = key.verification_key().digest()
        require_ready(place.chain(), deployment, digest)
        output.result(
            {"ready": True, "key_digest": "0x" + digest.hex()}, ["ready: a batch of now could be committed and proven"]
        )


def _lines(place: Place, house: str, found: Status) -> list[tuple[str, str]]:
    now_s = found.block_time_s
    waiting = found.queue_length - found.queue_served
    queue = f"{found.queue_served} of {found.queue_length} served"
    if found.next_deadline_s is not None:
        left_s = found.next_deadline_s - now_s
        queue += f", {waiting} wait: " + (
            f"overdue since {duration(-left_s)}" if left_s < 0 else f"the next for at most {duration(left_s)}"
        )
    age_s = found.last_report_age_s
    report = "no report yet" if age_s is None else f"last report {duration(age_s)} ago"
    frozen = "no" if found.frozen_at_s is None else f"yes, since {duration(now_s - found.frozen_at_s)}"
    return [
        ("chain", f"{found.chain_id} at {place.url}, block {found.block}"),
        ("contract", house),
        ("operator", found.operator),
        ("batches", f"{found.committed} committed, {found.proven} proven, {found.executed} executed"),
        ("queue", queue),
        ("oracle", report if found.is_report_fresh else f"{report}: no batch can be committed before the next"),
        ("frozen", f"{frozen}; anybody can freeze it" if found.is_overdue else frozen),
        ("money", f"{cash(found.reserve_e6)} in reserve, {cash(found.owed_e6)} owed"),
        ("accounts", f"{found.accounts}"),
        ("terms", ", ".join(f"{name[:-2].replace('_', ' ')} {duration(value)}" for name, value in _terms(found))),
    ]


def _terms(found: Status) -> list[tuple[str, int]]:
    return list(asdict(found.terms).items())
