"""`zkclear prover bench`: this prover beside its peers.

For each size there is one circom circuit, one witness and one key (of the development set-up). In each round every
prover proves once, one after the other, each in a process of its own, so that what disturbs the machine disturbs all;
the table shows medians over the rounds. Every proof is verified.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any, Final

import typer

from console.cli.output import mebibytes, seconds
from console.peers import catalogue
from console.peers.provers import Groth16py, Job, Prover, Rapidsnark, Run, Snarkjs, Zkclear
from console.peers.workspace import content_key, made_once, workspace
from prover.errors import ProverError
from prover.formats.json_files import read_public
from prover.formats.r1cs import read_r1cs
from prover.formats.zkey import read_zkey, write_zkey
from prover.groth16.development_setup import development_setup
from prover.groth16.keys import verification_key_of
from prover.groth16.verify import verify
from prover.kernels import load_kernels

if TYPE_CHECKING:
    from console.cli.output import Output
    from prover.kernels.interface import Kernels

SIZES: Final = (14, 16, 18, 20)
PEERS: Final = ("snarkjs", "groth16py", "rapidsnark")


class BenchFailed(ProverError):
    """A prover made a proof that does not verify, so that its time means nothing."""


@dataclass(frozen=True, slots=True)
class BenchOptions:
    """What to measure."""

    sizes: tuple[int, ...]
    peers: tuple[str, ...]
    repeats: int
    kernel: str | None
    threads: int
    rapidsnark: Path | None

    @classmethod
    def parse(
        cls, sizes: str, peers: str, repeats: int, kernel: str | None, threads: int | None, rapidsnark: Path | None
    ) -> BenchOptions:
        """From the command line. Raises `typer.BadParameter`."""
        chosen = _choices(sizes, "size", tuple(str(size) for size in SIZES))
        wanted = () if peers == "none" else _choices(peers, "peer", PEERS)
        if "rapidsnark" in wanted and rapidsnark is None:
            raise typer.BadParameter("to measure rapidsnark, name its binary by --rapidsnark")
        if rapidsnark is not None and "rapidsnark" not in wanted:
            wanted = (*wanted, "rapidsnark")
        count = load_kernels(kernel, threads).threads
        return cls(tuple(int(size) for size in chosen), wanted, repeats, kernel, count, rapidsnark)

    def provers(self) -> list[Prover]:
        """Ours first; with one thread too where a peer has only one."""
        ours = Zkclear(self.threads, self.kernel)
        found: list[Prover] = [ours]
        if "groth16py" in self.peers:
            found += [Zkclear(1, self.kernel), Groth16py()] if self.threads > 1 else [Groth16py()]
        if "snarkjs" in self.peers:
            found.append(Snarkjs(self.threads))
        if "rapidsnark" in self.peers and self.rapidsnark is not None:
            found.append(Rapidsnark(self.rapidsnark, self.threads))
        return found


def run_bench(output: Output, options: BenchOptions) -> None:
    """Measures and prints. Raises `BenchFailed`, `PeerFailed` and `NodeUnavailable`."""
    kernels = load_kernels(options.kernel, options.threads)
    report: dict[str, Any] = {"kernel": kernels.name, "threads": options.threads, "sizes": []}
    for log2_size in options.sizes:
        report["sizes"].append(_bench_size(output, options, kernels, log2_size))
    output.result(report, ["done: every proof was verified"])


def _bench_size(output: Output, options: BenchOptions, kernels: Kernels, log2_size: int) -> dict[str, Any]:
    output.note(f"2^{log2_size}: circuit, witness and key (made once, kept in {workspace()})")
    built = catalogue.build(f"mixture-{log2_size}")
    zkey = _development_key(built, kernels)
    runs: dict[str, list[Run]] = {}
    with tempfile.TemporaryDirectory() as name:
        job = Job(zkey, built.wtns, Path(name))
        for round_number in range(options.repeats):
            for prover in options.provers():
                output.note(f"2^{log2_size}: round {round_number + 1} of {options.repeats}, {prover.name}")
                run = prover.run(job)
                _require_valid(prover.name, run, job, kernels)
                runs.setdefault(prover.name, []).append(run)
    n_constraints = read_r1cs(built.r1cs).n_constraints
    _show(output, f"2^{log2_size}: {n_constraints} constraints, {kernels.name}", runs)
    return {
        "log2_domain": log2_size,
        "constraints": n_constraints,
        "zkey_bytes": zkey.stat().st_size,
        "provers": {name: [_as_json(run) for run in of_prover] for name, of_prover in runs.items()},
    }


def _development_key(built: catalogue.Built, kernels: Kernels) -> Path:
    def make(folder: Path) -> None:
        write_zkey(folder / "circuit.zkey", development_setup(read_r1cs(built.r1cs), kernels))

    key = content_key("development zkey", built.r1cs.parent.name)
    return made_once(workspace() / f"zkey-{key}", make) / "circuit.zkey"


def _require_valid(name: str, run: Run, job: Job, kernels: Kernels) -> None:
    key = verification_key_of(read_zkey(job.zkey))
    public = read_public(job.folder / "public.json")
    if not verify(key, public, run.proof, kernels):
        raise BenchFailed(f"{name} made a proof that does not verify")


def _show(output: Output, title: str, runs: dict[str, list[Run]]) -> None:
    ours_s = _median_wall(next(iter(runs.values())))
    rows = []
    for name, of_prover in runs.items():
        inside = [run.prove_s for run in of_prover if run.prove_s is not None]
        wall = _median_wall(of_prover)
        rows.append(
            (
                name,
                seconds(wall),
                seconds(min(run.usage.wall_s for run in of_prover)),
                seconds(median(inside)) if inside else "",
                seconds(median(run.usage.cpu_s for run in of_prover)),
                mebibytes(max(run.usage.peak_bytes for run in of_prover)),
                mebibytes(max(run.usage.peak_anonymous_bytes for run in of_prover)),
                f"{wall / ours_s:.2f}",
            )
        )
    columns = ("prover", "wall", "best", "proving", "CPU", "peak", "peak unmapped", "wall to ours")
    output.table(f"{title}; medians of {len(next(iter(runs.values())))}", columns=columns, rows=rows, left=("prover",))
    for name, of_prover in runs.items():
        phases = {phase: median(run.phases[phase] for run in of_prover) for phase in of_prover[0].phases}
        if phases:
            cells = tuple(seconds(spent) for spent in phases.values())
            output.table(f"{name}: phases", columns=tuple(phases), rows=[cells])


def _median_wall(runs: list[Run]) -> float:
    return median(run.usage.wall_s for run in runs)


def _as_json(run: Run) -> dict[str, Any]:
    return {
        "wall_s": round(run.usage.wall_s, 4),
        "cpu_s": round(run.usage.cpu_s, 4),
        "peak_bytes": run.usage.peak_bytes,
        "peak_anonymous_bytes": run.usage.peak_anonymous_bytes,
        "prove_s": run.prove_s,
        "phases": run.phases,
    }


def _choices(text: str, what: str, allowed: tuple[str, ...]) -> tuple[str, ...]:
    chosen = tuple(part.strip() for part in text.split(",") if part.strip())
    for part in chosen:
        if part not in allowed:
            raise typer.BadParameter(f"{part} is no {what}: choose from {', '.join(allowed)}")
    return chosen
