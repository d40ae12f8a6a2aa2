"""Provers to be measured beside each other: each proves one witness with one key, in a process of its own."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Protocol

from console.peers import snarkjs
from console.peers.process import Usage, run_measured
from prover.formats import json_files
from prover.formats.groth16_types import Proof


@dataclass(frozen=True, slots=True)
class Job:
    """What to prove, and a folder for what is written."""

    zkey: Path
    wtns: Path
    folder: Path


@dataclass(frozen=True, slots=True)
class Run:
    """One proof. `phases` are what the prover says of its time, `prove_s` is the part without start and loading."""

    proof: Proof
    usage: Usage
    prove_s: float | None = None
    phases: dict[str, float] = field(default_factory=dict)


class Prover(Protocol):
    """Something that proves."""

    @property
    def name(self) -> str:
        """For the table."""

    def run(self, job: Job) -> Run:
        """Proves once. Raises `PeerFailed`."""


@dataclass(frozen=True, slots=True)
class Zkclear:
    """The prover of this project, through its command line."""

    threads: int
    kernel: str | None = None

    @property
    def name(self) -> str:
        """With its threads, and its kernel when one is forced."""
        threads = "1 thread" if self.threads == 1 else f"{self.threads} threads"
        return f"zkclear, {threads}{f', {self.kernel}' if self.kernel else ''}"

    def run(self, job: Job) -> Run:
        """`zkclear prover prove`."""
        proof, public = job.folder / "proof.json", job.folder / "public.json"
        command = [sys.executable, "-m", "console.cli.main", "prover", "prove", str(job.zkey), str(job.wtns)]
        command += [str(proof), str(public), "--json", "--threads", str(self.threads)]
        command += ["--kernel", self.kernel] if self.kernel else []
        done = run_measured(command)
        said = json.loads(done.output)
        return Run(json_files.read_proof(proof), done.usage, said["seconds"], said["phases"])


@dataclass(frozen=True, slots=True)
class Snarkjs:
    """snarkjs in Node, with as many workers as threads."""

    threads: int
    name: str = "snarkjs"

    def run(self, job: Job) -> Run:
        """`snarkjs groth16 prove`."""
        proof, public = job.folder / "proof.json", job.folder / "public.json"
        done = snarkjs.prove(job.zkey, job.wtns, proof, public, threads=self.threads)
        return Run(json_files.read_proof(proof), done.usage)


_GROTH16PY_SCRIPT: Final = """
import json, sys, time
import groth16py
start = time.perf_counter()
key, _ = groth16py.import_zkey(sys.argv[1])
loaded = time.perf_counter()
proof = groth16py.prove_wtns(key, sys.argv[2])
print(json.dumps({"load": loaded - start, "prove": time.perf_counter() - loaded, "proof": proof.hex()}))
"""


@dataclass(frozen=True, slots=True)
class Groth16py:
    """arkworks behind Python."""

    name: str = "groth16py, 1 thread"

    def run(self, job: Job) -> Run:
        """`import_zkey` and `prove_wtns`."""
        command = [sys.executable, "-c", _GROTH16PY_SCRIPT, str(job.zkey), str(job.wtns)]
        done = run_measured(command, environment={**os.environ, "RAYON_NUM_THREADS": "1"})
        said = json.loads(done.output.splitlines()[-1])
        phases = {"load": said["load"], "prove": said["prove"]}
        return Run(proof_from_words(bytes.fromhex(said["proof"])), done.usage, said["prove"], phases)


@dataclass(frozen=True, slots=True)
class Rapidsnark:
    """A rapidsnark `prover` binary."""

    binary: Path
    threads: int
    name: str = "rapidsnark"

    def run(self, job: Job) -> Run:
        """`prover circuit.zkey witness.wtns proof.json public.json`."""
        proof, public = job.folder / "proof.json", job.folder / "public.json"
        command = [str(self.binary), str(job.zkey), str(job.wtns), str(proof), str(public)]
        command, environment = snarkjs.pinned(command, os.environ, self.threads)
        done = run_measured(command, environment={**environment, "OMP_NUM_THREADS": str(self.threads)})
        return Run(json_files.read_proof(proof), done.usage)


def proof_from_words(data: bytes) -> Proof:
    """A proof from the eight words that a contract takes (`prover.solidity.calldata`). Nothing is checked."""
    a_x, a_y, b_x1, b_x0, b_y1, b_y0, c_x, c_y = (int.from_bytes(data[at : at + 32], "big") for at in range(0, 256, 32))
    return Proof((a_x, a_y), ((b_x0, b_x1), (b_y0, b_y1)), (c_x, c_y))
