"""`zkclear verify-deployment` and `zkclear rosette`: whether a rollup is what its sources say, and how safe that is."""

from __future__ import annotations

import os
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from console.cli.l1_options import DeploymentFile, Place, Rpc, StateFolder
from console.cli.options import Json, KernelName, Threads
from console.cli.output import INVALID, PhaseBar, reporting

if TYPE_CHECKING:
    from console.cli.output import Output
    from prover.kernels.interface import Kernels
    from sequencer.l1.client import Chain
    from sequencer.l1.deployment import RollupDeployment
    from sequencer.l1.expected_keys import ExpectedKeys
    from sequencer.l1.inspection import Inspection
    from sequencer.l1.rosette import Colour

BatchKey = Annotated[
    Path | None, typer.Option("--batch-key", help="A ceremony's .zkey for batches.", show_default="a development key")
]
ExitKey = Annotated[
    Path | None, typer.Option("--exit-key", help="A ceremony's .zkey for exits.", show_default="a development key")
]
PowersOfTau = Annotated[
    Path | None, typer.Option("--powers-of-tau", help="The .ptau that both come from; needed with keys.")
]
SHOWN = 34
"""How much of a digest is shown to people."""

_ANSI = {"RED": "31", "YELLOW": "33", "GREEN": "32"}


def verify_deployment(
    rpc: Rpc = None,
    deployment_file: DeploymentFile = None,
    batch_key: BatchKey = None,
    exit_key: ExitKey = None,
    powers_of_tau: PowersOfTau = None,
    state_folder: StateFolder = None,
    json: Json = False,
    threads: Threads = None,
    kernel: KernelName = None,
) -> None:
    """Build circuits, keys, verifiers and contracts from source, compare with the chain. Exit code 1: it differs."""
    with reporting(as_json=json, refused=INVALID) as output:
        from prover.kernels import load_kernels

        place = Place.of(rpc, state_folder)
        deployment, chain = place.deployment(deployment_file), place.chain()
        with PhaseBar(output) as bar:
            files = (batch_key, exit_key, powers_of_tau)
            keys, inspection = _inspected(chain, deployment, files, load_kernels(kernel, threads), bar)
        output.table(
            f"{deployment.preset_name} on chain {chain.chain_id}: {deployment.clearing_house}",
            columns=("check", "sources", "chain", "same"),
            left=("check", "sources", "chain", "same"),
            rows=[
                (one.name, _short(one.expected), _short(one.found), "yes" if one.holds else "NO")
                for one in inspection.checks
            ],
        )
        wrong = [one.name for one in inspection.checks if not one.holds]
        verdict = "all of it is what the sources say" if not wrong else f"it differs: {'; '.join(wrong)}"
        lines = [f"{len(inspection.checks)} checks: {verdict}"]
        if deployment.is_development:
            lines.append("its keys are development keys: everybody can forge proofs for it")
        data = {
            "holds": inspection.holds,
            "relations": {"batches": keys.batch_relation, "exits": keys.exit_relation},
            "checks": [{**asdict(one), "holds": one.holds} for one in inspection.checks],
        }
        output.result(data, lines)
        if not inspection.holds:
            raise typer.Exit(INVALID)


def show_rosette(
    rpc: Rpc = None,
    deployment_file: DeploymentFile = None,
    batch_key: BatchKey = None,
    exit_key: ExitKey = None,
    powers_of_tau: PowersOfTau = None,
    state_folder: StateFolder = None,
    json: Json = False,
    threads: Threads = None,
    kernel: KernelName = None,
) -> None:
    """The five slices by which L2BEAT judges a rollup, for this deployment: each with its colour and why."""
    with reporting(as_json=json, refused=INVALID) as output:
        from prover.kernels import load_kernels
        from sequencer.l1.inspection import facts_of
        from sequencer.l1.preflight import require_deployment
        from sequencer.l1.rosette import assumptions, rosette, worst

        place, kernels = Place.of(rpc, state_folder), load_kernels(kernel, threads)
        deployment, chain = place.deployment(deployment_file), place.chain()
        require_deployment(chain, deployment)
        with PhaseBar(output) as bar:
            _, inspection = _inspected(chain, deployment, (batch_key, exit_key, powers_of_tau), kernels, bar)
            matches = _is_recovered(output, chain, deployment, kernels, bar)
        facts = facts_of(chain, deployment, inspection, recovered_root_matches=matches)
        slices, assumed = rosette(facts), assumptions(facts)
        lines = []
        for one in slices:
            lines.append(f"{_coloured(one.colour)} {one.name}: {one.question}")
            lines += [f"         {_coloured(fact.allows)} {fact.says} ({fact.source})" for fact in one.evidence]
        lines += ["assumed:", *(f"         {line}" for line in assumed)]
        if facts.is_local_chain:
            lines.append("this is a local chain: whoever runs it can change anything")
        data = {
            "worst": worst(slices).name.lower(),
            "slices": [
                {
                    "name": one.name,
                    "question": one.question,
                    "colour": one.colour.name.lower(),
                    "evidence": [
                        {"says": fact.says, "source": fact.source, "allows": fact.allows.name.lower()}
                        for fact in one.evidence
                    ],
                }
                for one in slices
            ],
            "assumptions": list(assumed),
            "facts": asdict(facts),
        }
        output.result(data, lines)


def _inspected(
    chain: Chain,
    deployment: RollupDeployment,
    files: tuple[Path | None, Path | None, Path | None],
    kernels: Kernels,
    bar: PhaseBar,
) -> tuple[ExpectedKeys, Inspection]:
    """Raises `BadParameter` for some key files of three, and as `expected_keys`."""
    from sequencer.l1.expected_keys import CeremonyFiles, expected_keys
    from sequencer.l1.inspection import Expectation, inspect_deployment
    from sequencer.native_crypto import NativeCrypto

    batch_key, exit_key, powers_of_tau = files
    ceremony = None
    if batch_key is not None and exit_key is not None and powers_of_tau is not None:
        ceremony = CeremonyFiles(batch_key, exit_key, powers_of_tau)
    elif any(file is not None for file in files):
        raise typer.BadParameter("--batch-key, --exit-key and --powers-of-tau belong together: name all three")
    keys = expected_keys(deployment.preset, kernels, ceremony, bar)
    crypto = NativeCrypto(kernels)
    expected = Expectation.of(deployment.preset, keys.batch_key, keys.exit_key, crypto, kernels)
    return keys, inspect_deployment(chain, deployment, expected)


def _is_recovered(output: Output, chain: Chain, deployment: RollupDeployment, kernels: Kernels, bar: PhaseBar) -> bool:
    """Whether logs alone lead to L1's state. Raises what asking the node raises."""
    from console.cli.recovery import is_last_proven, recovered_from
    from rollup.errors import RollupError
    from sequencer.l1.history import InconsistentHistory
    from sequencer.l1.log_reader import DataMissing
    from sequencer.l1.recovery import MissingTable, WordsMismatch

    try:
        _, recovered = recovered_from(chain, deployment, kernels, bar)
    except (RollupError, InconsistentHistory, DataMissing, MissingTable, WordsMismatch) as error:
        output.note(f"the state cannot be rebuilt: {error}")
        return False
    return is_last_proven(chain, deployment, recovered)


def _short(text: str) -> str:
    return text if len(text) <= SHOWN + 1 else f"{text[:SHOWN]}…"


def _coloured(colour: Colour) -> str:
    """The word, in its colour on a terminal unless `NO_COLOR` is set."""
    word = f"{colour.name.lower():<6}"
    if os.environ.get("NO_COLOR") or not sys.stdout.isatty():
        return word
    return f"\x1b[{_ANSI[colour.name]}m{word}\x1b[0m"
