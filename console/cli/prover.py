"""`zkclear prover …`: proofs, keys and verifiers. Positional arguments are in snarkjs's order."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from console.cli.options import InputFile, Json, KernelName, OutputFile, Threads
from console.cli.output import INVALID, VALID, Output, PhaseBar, reporting, seconds

if TYPE_CHECKING:
    from prover.formats.groth16_types import VerificationKey

app = typer.Typer(help="Prove, verify, set up and export (Groth16 over BN254).", no_args_is_help=True)


@app.command()
def info(file: InputFile, json: Json = False) -> None:
    """What is in FILE: .r1cs, .wtns, .zkey, .ptau, or one of snarkjs's JSON files."""
    with reporting(as_json=json) as output:
        from console.cli.inspection import describe

        output.result({"file": str(file), **describe(file)})


@app.command()
def prove(
    zkey: InputFile,
    witness: InputFile,
    proof: OutputFile,
    public: OutputFile,
    r1cs: Annotated[
        Path | None, typer.Option("--r1cs", help="Check every constraint first, and name the one that fails.")
    ] = None,
    json: Json = False,
    threads: Threads = None,
    kernel: KernelName = None,
) -> None:
    """Prove a WITNESS with a key: writes PROOF and PUBLIC once the proof has verified. Exit code 1: unsatisfied."""
    with reporting(as_json=json) as output:
        from prover.formats.json_files import write_proof, write_public
        from prover.formats.r1cs import read_r1cs
        from prover.formats.wtns import read_wtns
        from prover.formats.zkey import read_zkey
        from prover.groth16.prove import prove as prove_groth16
        from prover.kernels import load_kernels

        kernels = load_kernels(kernel, threads)
        relation = None if r1cs is None else read_r1cs(r1cs)
        with PhaseBar(output) as bar:
            result = prove_groth16(
                read_zkey(zkey), read_wtns(witness), kernels=kernels, relation=relation, progress=bar
            )
        write_public(public, result.public_signals)
        write_proof(proof, result.proof)
        total = sum(result.seconds.values())
        lines = [
            f"{proof} and {public} written: proven in {seconds(total)} ({kernels.name}, {kernels.threads} threads)"
        ]
        phases = {name: round(value, 6) for name, value in result.seconds.items()}
        data = {
            "proof": str(proof),
            "public": str(public),
            "public_signals": [str(signal) for signal in result.public_signals],
            "kernel": kernels.name,
            "threads": kernels.threads,
            "seconds": round(total, 6),
            "phases": phases,
        }
        output.result(data, lines)


@app.command()
def verify(
    verification_key: InputFile,
    public: InputFile,
    proof: InputFile,
    json: Json = False,
    threads: Threads = None,
    kernel: KernelName = None,
) -> None:
    """Verify a proof. Exit code 0: valid, 1: not valid, 2: malformed, or a key that must not be used."""
    with reporting(as_json=json) as output:
        from prover.formats.json_files import read_proof, read_public, read_verification_key
        from prover.groth16.verify import verify as verify_groth16
        from prover.kernels import load_kernels

        key = read_verification_key(verification_key)
        inputs = read_public(public)
        valid = verify_groth16(key, inputs, read_proof(proof), load_kernels(kernel, threads))
        output.result({"valid": valid}, ["valid" if valid else "NOT valid"])
        raise typer.Exit(VALID if valid else INVALID)


@app.command()
def setup(
    r1cs: InputFile,
    ptau: InputFile,
    zkey: OutputFile,
    json: Json = False,
    threads: Threads = None,
    kernel: KernelName = None,
) -> None:
    """Begin phase 2: a key from a relation and prepared powers of tau. It proves nothing until it is contributed to."""
    with reporting(as_json=json) as output:
        from prover.formats.ptau import read_ptau
        from prover.formats.r1cs import read_r1cs
        from prover.formats.zkey import write_zkey
        from prover.groth16.setup import set_up
        from prover.kernels import load_kernels

        relation = read_r1cs(r1cs)
        with PhaseBar(output) as bar:
            key = set_up(relation, read_ptau(ptau), load_kernels(kernel, threads), progress=bar)
        write_zkey(zkey, key)
        data = {"zkey": str(zkey), "domain_size": key.domain_size, "circuit_hash": key.circuit_hash.hex()}
        output.result(data, [f"{zkey} written; next: zkclear prover contribute {zkey} …"])


@app.command("export-verifier")
def export_verifier(
    key: InputFile,
    contract: OutputFile,
    name: Annotated[str, typer.Option(help="The contract's name.")] = "Groth16Verifier",
    production: Annotated[bool, typer.Option("--production", help="Refuse keys of the development set-up.")] = False,
    gas_margin: Annotated[
        int, typer.Option(min=1, max=100, help="Gas cap of each precompile, as a multiple of its price in EIP-1108.")
    ] = 2,
    json: Json = False,
) -> None:
    """Write the Solidity verifier of a KEY (.zkey or verification key JSON)."""
    with reporting(as_json=json) as output:
        from prover.formats.atomic import AtomicFile
        from prover.solidity.render import GasCaps, render_verifier

        source = render_verifier(
            read_any_key(key), contract_name=name, gas_caps=GasCaps(gas_margin), production=production
        )
        with AtomicFile(contract) as file:
            file.write(source.encode())
        output.result({"contract": str(contract), "name": name}, [f"{contract} written: contract {name}"])


@app.command("export-key")
def export_key(zkey: InputFile, verification_key: OutputFile, json: Json = False, kernel: KernelName = None) -> None:
    """Write the verification key of a .zkey as JSON, as snarkjs does."""
    with reporting(as_json=json) as output:
        from prover.formats.json_files import write_verification_key
        from prover.kernels import load_kernels

        key = read_any_key(zkey)
        write_verification_key(verification_key, key, load_kernels(kernel))
        lines = [f"{verification_key} written: {key.n_public} public inputs"]
        _warn_about(key, output)
        output.result({"verification_key": str(verification_key), "digest": key.digest().hex()}, lines)


@app.command("export-calldata")
def export_calldata(public: InputFile, proof: InputFile, json: Json = False) -> None:
    """Print the arguments of the contract's verifyProof, as snarkjs's soliditycalldata."""
    with reporting(as_json=json) as output:
        from prover.formats.json_files import read_proof, read_public
        from prover.solidity.calldata import format_calldata

        text = format_calldata(read_proof(proof), read_public(public))
        output.result({"calldata": text}, [text])


def read_any_key(path: Path) -> VerificationKey:
    """The verification key in a .zkey or in JSON, told apart by the file's first bytes."""
    from prover.formats.json_files import read_verification_key
    from prover.formats.zkey import KIND, read_zkey
    from prover.groth16.keys import verification_key_of

    with path.open("rb") as file:
        is_zkey = file.read(len(KIND.magic)) == KIND.magic
    return verification_key_of(read_zkey(path)) if is_zkey else read_verification_key(path)


def _warn_about(key: VerificationKey, output: Output) -> None:
    """Exporting an unsound key is allowed, so that others can look at it; using one is not."""
    from prover.groth16.keys import lint_verification_key

    for finding in lint_verification_key(key):
        output.note(f"warning: {finding.message}")
