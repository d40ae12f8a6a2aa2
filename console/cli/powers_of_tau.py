"""`zkclear prover powers-of-tau …`: phase 1 of the set-up, as snarkjs runs it."""

from __future__ import annotations

from typing import Annotated

import typer

from console.cli.ceremony import (
    BeaconValue,
    Entropy,
    Iterations,
    Name,
    beacon_from,
    check_name,
    report_chain,
    report_contribution,
)
from console.cli.options import InputFile, Json, KernelName, OutputFile, Threads
from console.cli.output import INVALID, PhaseBar, reporting

CURVES = ("bn128", "bn254", "alt_bn128")

app = typer.Typer(help="Powers of tau: phase 1, which serves every circuit.", no_args_is_help=True)


@app.command("new")
def new(
    curve: Annotated[str, typer.Argument(help="bn128, also called bn254.", show_default=False)],
    power: Annotated[int, typer.Argument(min=1, max=28, help="For up to 2^POWER constraints.", show_default=False)],
    ptau: OutputFile,
    json: Json = False,
) -> None:
    """Begin powers of tau for circuits of up to 2^POWER constraints."""
    with reporting(as_json=json) as output:
        from prover.ceremony import powers_of_tau

        if curve.lower() not in CURVES:
            raise typer.BadParameter(f"{curve} is not supported: this prover works over bn128 (BN254)")
        powers_of_tau.new(ptau, power)
        output.result({"ptau": str(ptau), "power": power}, [f"{ptau} written; now it needs contributions"])


@app.command("contribute")
def contribute_to_powers(
    old: InputFile,
    new_ptau: OutputFile,
    name: Name = "",
    entropy: Entropy = "",
    json: Json = False,
    threads: Threads = None,
    kernel: KernelName = None,
) -> None:
    """Multiply fresh secrets into powers of tau."""
    with reporting(as_json=json) as output:
        from prover.ceremony import powers_of_tau
        from prover.kernels import load_kernels

        check_name(name)
        with PhaseBar(output) as bar:
            kernels = load_kernels(kernel, threads)
            response = powers_of_tau.contribute(old, new_ptau, kernels, name=name, entropy=entropy, progress=bar)
        report_contribution(output, new_ptau, response)


@app.command("beacon")
def beacon_on_powers(
    old: InputFile,
    new_ptau: OutputFile,
    value: BeaconValue,
    iterations: Iterations,
    name: Name = "",
    json: Json = False,
    threads: Threads = None,
    kernel: KernelName = None,
) -> None:
    """The last contribution to powers of tau, by a public beacon."""
    with reporting(as_json=json) as output:
        from prover.ceremony import powers_of_tau
        from prover.kernels import load_kernels

        check_name(name)
        with PhaseBar(output) as bar:
            kernels = load_kernels(kernel, threads)
            beacon = beacon_from(value, iterations)
            response = powers_of_tau.apply_beacon(old, new_ptau, beacon, kernels, name=name, progress=bar)
        report_contribution(output, new_ptau, response)


@app.command("prepare")
def prepare(
    old: InputFile, new_ptau: OutputFile, json: Json = False, threads: Threads = None, kernel: KernelName = None
) -> None:
    """Add what set-ups of circuits need (snarkjs's `powersoftau prepare phase2`)."""
    with reporting(as_json=json) as output:
        from prover.ceremony import powers_of_tau
        from prover.kernels import load_kernels

        with PhaseBar(output) as bar:
            powers_of_tau.prepare(old, new_ptau, load_kernels(kernel, threads), progress=bar)
        output.result({"ptau": str(new_ptau)}, [f"{new_ptau} written; next: zkclear prover setup"])


@app.command("single-party")
def single_party_powers(
    power: Annotated[int, typer.Argument(min=1, max=28, help="For up to 2^POWER constraints.", show_default=False)],
    ptau: OutputFile,
    entropy: Entropy = "",
    json: Json = False,
    threads: Threads = None,
    kernel: KernelName = None,
) -> None:
    """Make and prepare powers of tau in one go. Seconds, but whoever runs it must be trusted to forget the secrets."""
    with reporting(as_json=json) as output:
        from prover.ceremony import single_party
        from prover.kernels import load_kernels

        with PhaseBar(output) as bar:
            single_party.make(ptau, power, load_kernels(kernel, threads), entropy=entropy, progress=bar)
        output.result(
            {"ptau": str(ptau), "power": power}, [f"{ptau} written, prepared for up to 2^{power} constraints"]
        )


@app.command("verify")
def verify_powers(
    ptau: InputFile,
    require_beacon: Annotated[bool, typer.Option("--require-beacon", help="Refuse when no beacon comes last.")] = False,
    json: Json = False,
    threads: Threads = None,
    kernel: KernelName = None,
) -> None:
    """Verify every contribution to powers of tau. Exit code 1: they are not what they claim."""
    with reporting(as_json=json, refused=INVALID) as output:
        from prover.ceremony.phase1_verification import verify
        from prover.formats.ptau import read_ptau
        from prover.kernels import load_kernels

        with PhaseBar(output) as bar:
            kernels = load_kernels(kernel, threads)
            verified = verify(read_ptau(ptau), kernels, require_beacon=require_beacon, progress=bar)
        contributions = [(each.author, each.response) for each in verified.contributions]
        report_chain(output, {"ptau": str(ptau)}, contributions)
