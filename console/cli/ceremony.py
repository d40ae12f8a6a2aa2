"""`zkclear prover powers-of-tau …`, `contribute`, `beacon`, `verify-key`: set-up ceremonies, as snarkjs runs them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from console.cli.options import InputFile, Json, KernelName, OutputFile, Threads
from console.cli.output import INVALID, Output, PhaseBar, reporting

if TYPE_CHECKING:
    from prover.ceremony.beacon import Beacon
    from prover.formats.contributions import Author

CURVES = ("bn128", "bn254", "alt_bn128")

app = typer.Typer(help="Powers of tau: phase 1, which serves every circuit.", no_args_is_help=True)

Name = Annotated[str, typer.Option("--name", "-n", help="Who contributes; it is written into the file.")]
Entropy = Annotated[
    str, typer.Option("--entropy", "-e", help="Something of your own, in addition to the system's randomness.")
]
BeaconValue = Annotated[str, typer.Argument(help="The beacon's value in hexadecimal.", show_default=False)]
Iterations = Annotated[
    int, typer.Argument(min=10, max=63, help="The value is hashed 2^ITERATIONS times.", show_default=False)
]
WithoutBeacon = Annotated[bool, typer.Option("--without-beacon", help="Accept a last contribution that is no beacon.")]


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

        _check_name(name)
        with PhaseBar(output) as bar:
            kernels = load_kernels(kernel, threads)
            response = powers_of_tau.contribute(old, new_ptau, kernels, name=name, entropy=entropy, progress=bar)
        _report_contribution(output, new_ptau, response)


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

        _check_name(name)
        with PhaseBar(output) as bar:
            kernels = load_kernels(kernel, threads)
            beacon = _beacon(value, iterations)
            response = powers_of_tau.apply_beacon(old, new_ptau, beacon, kernels, name=name, progress=bar)
        _report_contribution(output, new_ptau, response)


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
        _report_chain(output, {"ptau": str(ptau)}, contributions)


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

        _check_name(name)
        with PhaseBar(output) as bar:
            kernels = load_kernels(kernel, threads)
            contribution = phase2.contribute(old, new_zkey, kernels, name=name, entropy=entropy, progress=bar)
        _report_contribution(output, new_zkey, contribution)


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

        _check_name(name)
        with PhaseBar(output) as bar:
            kernels = load_kernels(kernel, threads)
            beacon = _beacon(value, iterations)
            contribution = phase2.apply_beacon(old, new_zkey, beacon, kernels, name=name, progress=bar)
        _report_contribution(output, new_zkey, contribution)


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
        _report_chain(output, {"zkey": str(zkey), "circuit_hash": verified.circuit_hash.hex()}, contributions)


def _beacon(value: str, iterations: int) -> Beacon:
    from prover.ceremony.beacon import Beacon

    try:
        return Beacon.from_hex(value, iterations)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


def _check_name(name: str) -> None:
    from prover.ceremony.author import author

    try:
        author(name)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


def _report_contribution(output: Output, path: Path, contribution: bytes) -> None:
    lines = [f"{path} written; publish this hash of your contribution:", contribution.hex()]
    output.result({"file": str(path), "contribution_hash": contribution.hex()}, lines)


def _report_chain(output: Output, data: dict[str, str], contributions: list[tuple[Author, bytes]]) -> None:
    from console.cli.inspection import author_in_words

    chain = [{"author": author_in_words(author), "hash": digest.hex()} for author, digest in contributions]
    lines = [f"{index}  {link['author']}\n   {link['hash']}" for index, link in enumerate(chain, start=1)]
    output.result({"valid": True, **data, "contributions": chain}, [*lines, "valid"])
