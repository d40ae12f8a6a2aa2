"""`zkclear batch prove`: a batch of a run again, from nothing but its log: applied, proven, verified, compared."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from console.cli.options import Json, KernelName, Threads
from console.cli.output import INVALID, PhaseBar, reporting, seconds
from console.cli.run_options import FolderAndNumber, folder_and_number

if TYPE_CHECKING:
    from prover.formats.groth16_types import Proof


def prove_batch(
    where: FolderAndNumber,
    key: Annotated[
        Path | None, typer.Option("--key", help="A proving key.", show_default="the preset's development key")
    ] = None,
    to: Annotated[
        Path | None, typer.Option("--to", help="A folder for proof.json and public.json.", show_default="nowhere")
    ] = None,
    json: Json = False,
    threads: Threads = None,
    kernel: KernelName = None,
) -> None:
    """Read the log again up to a batch, prove and verify it, and compare it with the record. Exit code 1: it differs.

    Where circuit and specification disagree, the constraint that the witness breaks is named.
    """
    with reporting(as_json=json) as output:
        from console.cli.batch_again import prove_again
        from prover.kernels import load_kernels
        from sequencer.record.reader import RecordReader

        folder, number = folder_and_number(where)
        with RecordReader.of(folder) as reader:
            facts, recorded = reader.facts(), reader.detail(number)
            words = reader.words(number)
        with PhaseBar(output) as bar:
            again = prove_again(folder, number, facts, load_kernels(kernel, threads), key, bar)
        same = {
            "root": again.cut.root == recorded.row.root_after,
            "words": tuple(again.cut.applied.words) == words,
            "digest": recorded.digest in (None, again.digest),
        }
        files = _write(to, again.proven.proof, again.proven.public_signals) if to is not None else ()
        data: dict[str, Any] = {
            "batch": number,
            "digest": f"0x{again.digest:064x}",
            "public_signals": [str(one) for one in again.proven.public_signals],
            "as_recorded": same,
            "seconds": {phase: round(one, 6) for phase, one in again.proven.seconds.items()},
            "files": [str(path) for path in files],
        }
        differ = [name for name, holds in same.items() if not holds]
        verdict = f"differs from the record in its {', '.join(differ)}" if differ else "all as in the record"
        lines = [
            f"batch {number} is proven again, and verified, with digest {data['digest']}: {verdict}",
            ", ".join(f"{phase} {seconds(one)}" for phase, one in again.proven.seconds.items()),
            *(str(path) for path in files),
        ]
        output.result(data, lines)
        if differ:
            raise typer.Exit(INVALID)


def _write(folder: Path, proof: Proof, public_signals: tuple[int, ...]) -> tuple[Path, ...]:
    from prover.formats.json_files import write_proof, write_public

    folder.mkdir(parents=True, exist_ok=True)
    files = folder / "proof.json", folder / "public.json"
    write_proof(files[0], proof)
    write_public(files[1], list(public_signals))
    return files
