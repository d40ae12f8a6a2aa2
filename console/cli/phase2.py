"""`zkclear prover contribute`, `beacon`, `verify-key`: phase 2 of the set-up, for one circuit, as snarkjs runs it."""

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

WithoutBeacon = Annotated[bool, typer.Option("--without-beacon", help="Accept a last contribution that is no beacon.")]


def register_phase2(prover: typer.Typer) -> None:
    """Adds the commands of phase 2 to `zkclear prover`."""
    prover.command("contribute")(contribute_to_key)
    prover.command("beacon")(beacon_on_key)
    prover.command("verify-key")(verify_key)


def contribute_to_key(
    old: InputFile,
    new_zkey: OutputFile,
    name: Name = "",
    entropy: Entropy = "",
    json: Json = False,
    threads: Threads = None,
    kernel: KernelName = None,
) -> None:
    """Multiply a fresh secret into a circuit's key (phase 2)."""
    with reporting(as_json=json) as output:
        from prover.ceremony import phase2
        from prover.kernels import load_kernels

        check_name(name)
        with PhaseBar(output) as bar:
            kernels = load_kernels(kernel, threads)
            contribution = phase2.contribute(old, new_zkey, kernels, name=name, entropy=entropy, progress=bar)
        report_contribution(output, new_zkey, contribution)


def beacon_on_key(
    old: InputFile,
    new_zkey: OutputFile,
    value: BeaconValue,
    iterations: Iterations,
    name: Name = "",
    json: Json = False,
    threads: Threads = None,
    kernel: KernelName = None,
) -> None:
    """The last contribution to a circuit's key, by a public beacon."""
    with reporting(as_json=json) as output:
        from prover.ceremony import phase2
        from prover.kernels import load_kernels

        check_name(name)
        with PhaseBar(output) as bar:
            kernels = load_kernels(kernel, threads)
            beacon = beacon_from(value, iterations)
            contribution = phase2.apply_beacon(old, new_zkey, beacon, kernels, name=name, progress=bar)
        report_contribution(output, new_zkey, contribution)


def verify_key(
    r1cs: InputFile,
    ptau: InputFile,
    zkey: InputFile,
    without_beacon: WithoutBeacon = False,
    json: Json = False,
    threads: Threads = None,
    kernel: KernelName = None,
) -> None:
    """Verify a circuit's key against its relation and powers of tau. Exit code 1: it must not be used."""
    with reporting(as_json=json, refused=INVALID) as output:
        from prover.ceremony.phase2_verification import verify_from_relation
        from prover.formats.ptau import read_ptau
        from prover.formats.r1cs import read_r1cs
        from prover.formats.zkey import read_zkey
        from prover.kernels import load_kernels

        with PhaseBar(output) as bar:
            verified = verify_from_relation(
                read_zkey(zkey),
                read_r1cs(r1cs),
                read_ptau(ptau),
                load_kernels(kernel, threads),
                require_beacon=not without_beacon,
                progress=bar,
            )
        contributions = [(each.author, each.hash) for each in verified.contributions]
        report_chain(output, {"zkey": str(zkey), "circuit_hash": verified.circuit_hash.hex()}, contributions)
