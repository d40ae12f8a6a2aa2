"""`zkclear proof …`: the proof of a batch, from a run's record: shown, and verified here and by the contract."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from console.cli.options import Json
from console.cli.output import INVALID, reporting, seconds
from console.cli.run_options import FolderAndNumber, clock, folder_and_number, record_of

if TYPE_CHECKING:
    from sequencer.record.batch_types import ProofRow

app = typer.Typer(help="Proofs of batches: show them, verify them.", no_args_is_help=True)


@app.command()
def show(where: FolderAndNumber, json: Json = False) -> None:
    """A proof: its points, its public inputs, its calldata, how long each phase took, and who made it."""
    with reporting(as_json=json) as output:
        folder, number = folder_and_number(where)
        with record_of(folder) as reader:
            proof = reader.proof(number)
        names = ("digest", "evaluation", "point")
        data = {
            "batch": number,
            "a": [str(one) for one in proof.a],
            "b": [[str(one) for one in pair] for pair in proof.b],
            "c": [str(one) for one in proof.c],
            "public_signals": [str(one) for one in proof.public_signals],
            "calldata": [f"0x{word:064x}" for word in proof.calldata],
            "seconds": dict(proof.seconds),
            "made_ms": proof.made_ms,
            "worker": proof.worker,
            "tries": proof.tries,
            "is_mock": proof.is_mock,
        }
        what = "a MOCK, which verifies nowhere" if proof.is_mock else "Groth16 over BN254"
        lines = [
            f"proof of batch {number}: {what}, made {clock(proof.made_ms)} by {proof.worker}, try {proof.tries}",
            ", ".join(f"{phase} {seconds(spent)}" for phase, spent in proof.seconds.items()),
            *(f"{point:<11} {text}" for point, text in _points(proof)),
            *(f"{name:<11} {value}" for name, value in zip(names, proof.public_signals, strict=False)),
            "calldata    " + "".join(f"{word:064x}" for word in proof.calldata),
        ]
        output.result(data, lines)


@app.command()
def verify(
    where: FolderAndNumber,
    key: Annotated[
        Path | None,
        typer.Option("--key", help="A proving or verification key.", show_default="the preset's development key"),
    ] = None,
    rpc: Annotated[
        str | None, typer.Option("--rpc", help="An Ethereum node: ask the verifier contract, too, by eth_call.")
    ] = None,
    verifier: Annotated[
        str | None,
        typer.Option("--verifier", help="The contract's address.", show_default="that of the run's clearing house"),
    ] = None,
    json: Json = False,
) -> None:
    """Is it true, and is it about this batch? Verified here and, with --rpc, on the chain. Exit code 1: it is not."""
    with reporting(as_json=json) as output:
        from console.cli.proof_checks import checks_of

        folder, number = folder_and_number(where)
        with record_of(folder) as reader:
            checks = checks_of(reader, number, key, rpc, verifier)
        valid = all(one.holds for one in checks)
        data = {"batch": number, "valid": valid, "checks": {one.name: one.holds for one in checks}}
        data["seconds"] = {one.name: round(one.seconds, 6) for one in checks}
        lines = [
            f"{'ok' if one.holds else 'NOT':<4} {one.name:<9} {one.says} ({seconds(one.seconds)})" for one in checks
        ]
        output.result(data, [*lines, f"the proof of batch {number} is {'valid' if valid else 'NOT valid'}"])
        if not valid:
            raise typer.Exit(INVALID)


def _points(proof: ProofRow) -> list[tuple[str, str]]:
    (b_x, b_y) = proof.b
    pairs = [("A.x", proof.a[0]), ("A.y", proof.a[1])]
    pairs += [("B.x c0", b_x[0]), ("B.x c1", b_x[1]), ("B.y c0", b_y[0]), ("B.y c1", b_y[1])]
    pairs += [("C.x", proof.c[0]), ("C.y", proof.c[1])]
    return [(name, str(value)) for name, value in pairs]
