"""snarkjs by its command line."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from console.peers.process import Finished, run_measured
from prover.solidity.node import node_environment, node_program, package_folder

BEACON: Final = "0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20"
BEACON_ITERATIONS: Final = 10
INVALID: Final = 1
"""What snarkjs exits with both when something is invalid and when it fails."""


def run_snarkjs(
    arguments: Sequence[str | Path], *, threads: int | None = None, allowed_codes: Sequence[int] = (0,)
) -> Finished:
    """Runs `snarkjs …`. `threads` pins it to that many cores, which it takes for the number of its workers.

    Raises `PeerFailed` and `NodeUnavailable`.
    """
    script = package_folder("snarkjs") / "build" / "cli.cjs"
    command = [node_program(), "--max-old-space-size=12288", str(script), *map(str, arguments)]
    environment = node_environment()
    if threads is not None:
        command, environment = pinned(command, environment, threads)
    return run_measured(command, environment=environment, allowed_codes=allowed_codes)


def pinned(command: Sequence[str], environment: Mapping[str, str], threads: int) -> tuple[list[str], Mapping[str, str]]:
    """The command held to `threads` of the cores that this process may use, where the system can do that."""
    if not hasattr(os, "sched_getaffinity"):
        return list(command), environment
    cores = sorted(os.sched_getaffinity(0))[:threads]
    return ["taskset", "-c", ",".join(map(str, cores)), *command], environment


def new_powers_of_tau(power: int, target: Path) -> None:
    """Powers of tau of 2^power with one contribution and prepared: seconds at 2^8, over a minute and a half at 2^12."""
    first, second = target.with_suffix(".0.ptau"), target.with_suffix(".1.ptau")
    run_snarkjs(["powersoftau", "new", "bn128", str(power), first])
    run_snarkjs(["powersoftau", "contribute", first, second, "--name=one", "-e=some entropy"])
    run_snarkjs(["powersoftau", "prepare", "phase2", second, target])
    first.unlink()
    second.unlink()


def set_up(r1cs: Path, ptau: Path, zkey: Path) -> None:
    """`groth16 setup`, one contribution and a beacon."""
    first, second = zkey.with_suffix(".0.zkey"), zkey.with_suffix(".1.zkey")
    run_snarkjs(["groth16", "setup", r1cs, ptau, first])
    run_snarkjs(["zkey", "contribute", first, second, "--name=one", "-e=some entropy"])
    run_snarkjs(["zkey", "beacon", second, zkey, BEACON, str(BEACON_ITERATIONS), "--name=beacon"])
    first.unlink()
    second.unlink()


def is_key_valid(r1cs: Path, ptau: Path, zkey: Path) -> bool:
    """`zkey verify`: whether the key's chain of contributions holds."""
    return "ZKey Ok!" in run_snarkjs(["zkey", "verify", r1cs, ptau, zkey], allowed_codes=(0, INVALID)).output


def export_verification_key(zkey: Path, target: Path) -> None:
    """`zkey export verificationkey`."""
    run_snarkjs(["zkey", "export", "verificationkey", zkey, target])


def export_solidity_verifier(zkey: Path, target: Path) -> None:
    """`zkey export solidityverifier`."""
    run_snarkjs(["zkey", "export", "solidityverifier", zkey, target])


def format_calldata(public: Path, proof: Path) -> str:
    """`zkey export soliditycalldata`."""
    return run_snarkjs(["zkey", "export", "soliditycalldata", public, proof]).output.strip()


def prove(zkey: Path, wtns: Path, proof: Path, public: Path, *, threads: int | None = None) -> Finished:
    """`groth16 prove`."""
    return run_snarkjs(["groth16", "prove", zkey, wtns, proof, public], threads=threads)


def is_proof_valid(verification_key: Path, public: Path, proof: Path) -> bool:
    """`groth16 verify`."""
    finished = run_snarkjs(["groth16", "verify", verification_key, public, proof], allowed_codes=(0, INVALID))
    return "OK!" in finished.output
