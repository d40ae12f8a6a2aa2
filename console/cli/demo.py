"""`zkclear prover demo`: the whole way of a proof, on a circuit built here, without Node or a file from elsewhere.

The circuit says: I know the number from which a public number comes by repeating x -> x^5 + i (the S-box of Poseidon),
so many times. Each step takes three constraints.
"""

from __future__ import annotations

import random
import tempfile
from dataclasses import replace
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

from console.cli.output import PhaseBar, seconds
from prover.bn254 import FQ, FR, scalars_from_ints
from prover.errors import FormatError
from prover.formats import json_files
from prover.formats.wtns import read_wtns, write_wtns
from prover.formats.zkey import read_zkey, write_zkey
from prover.groth16.development_setup import development_setup
from prover.groth16.keys import verification_key_of
from prover.groth16.prove import prove
from prover.groth16.verify import verify
from prover.r1cs import R1CS, sparse_from_rows

if TYPE_CHECKING:
    from console.cli.output import Output
    from prover.formats.groth16_types import Proof, VerificationKey
    from prover.formats.proving_key import ProvingKey
    from prover.kernels.interface import Kernels, ScalarArray

ONE_WIRE, RESULT_WIRE, START_WIRE = 0, 1, 2


def fifth_power_chain(steps: int) -> R1CS:
    """The relation of x_{i+1} = x_i^5 + i, from the private wire 2 to the public wire 1: three rows a step."""
    rows: tuple[list[list[tuple[int, int]]], ...] = ([], [], [])

    def constrain(left: int, right: int, product: list[tuple[int, int]]) -> None:
        for row, entries in zip(rows, ([(left, 1)], [(right, 1)], product), strict=True):
            row.append(entries)

    for step in range(steps):
        current = START_WIRE if step == 0 else START_WIRE + 3 * step
        square, fourth = START_WIRE + 3 * step + 1, START_WIRE + 3 * step + 2
        following = RESULT_WIRE if step == steps - 1 else START_WIRE + 3 * step + 3
        constrain(current, current, [(square, 1)])
        constrain(square, square, [(fourth, 1)])
        product = [(following, 1)] if step == 0 else [(ONE_WIRE, FR - step), (following, 1)]
        constrain(fourth, current, product)
    a, b, c = (sparse_from_rows(matrix) for matrix in rows)
    return R1CS(n_wires=2 + 3 * steps, n_public_outputs=1, n_public_inputs=0, n_private_inputs=1, a=a, b=b, c=c)


def chain_witness(steps: int, start: int) -> ScalarArray:
    """The wires of `fifth_power_chain` for a start value, shape (n_wires, 4)."""
    wires = [1, 0, start]
    value = start
    for step in range(steps):
        square = value * value % FR
        fourth = square * square % FR
        value = (fourth * value + step) % FR
        wires += [square, fourth, value]
    wires[RESULT_WIRE] = wires.pop()
    return scalars_from_ints(wires)


def run_demo(output: Output, kernels: Kernels, log2_constraints: int) -> bool:
    """Everything, with a table of how long it took. Returns whether all went as it should."""
    table: list[tuple[str, float | None, str]] = []

    def timed(phase: str, began: float, remark: str = "") -> None:
        table.append((phase, perf_counter() - began, remark))

    steps = (1 << log2_constraints) // 3
    began = perf_counter()
    relation = fifth_power_chain(steps)
    witness = chain_witness(steps, random.SystemRandom().randrange(FR))
    timed("circuit and witness", began, f"{relation.n_constraints} constraints: a chain of {steps} fifth powers")

    with PhaseBar(output) as bar:
        began = perf_counter()
        key = development_setup(relation, kernels, bar)
        timed("development set-up", began, "its secrets are published: for demonstrations only")
        result = prove(key, witness, kernels=kernels, relation=relation, progress=bar)
    table += [(f"prove: {phase}", spent, "") for phase, spent in result.seconds.items()]

    verification_key = verification_key_of(key)
    public = list(result.public_signals)
    began = perf_counter()
    valid = verify(verification_key, public, result.proof, kernels)
    timed("verify", began, "valid" if valid else "NOT valid: this is a fault")

    began = perf_counter()
    refusals = _tamper(verification_key, public, result.proof, kernels)
    timed("verify, tampered with", began)
    table += [(f"  {what}", None, "refused" if refused else "ACCEPTED: a fault") for what, refused in refusals.items()]
    began = perf_counter()
    files = _round_trip(key, witness, kernels)
    timed("through files", began, "zkey, wtns, proof, key and public inputs: read back and verified")

    ok = valid and files and all(refusals.values())
    output.table(
        f"Groth16 over BN254, kernel {kernels.name}, {kernels.threads} threads",
        columns=("phase", "time", "outcome"),
        left=("phase", "outcome"),
        rows=[(phase, "" if spent is None else seconds(spent), remark) for phase, spent, remark in table],
    )
    data: dict[str, Any] = {
        "ok": ok,
        "kernel": kernels.name,
        "threads": kernels.threads,
        "constraints": relation.n_constraints,
        "prove_seconds": round(sum(result.seconds.values()), 6),
        "phases": {phase: round(spent, 6) for phase, spent, _ in table if spent is not None},
        "valid": valid,
        "tampering_refused": refusals,
    }
    total = seconds(sum(result.seconds.values()))
    verdict = "all is well" if ok else "FAULT"
    output.result(data, [f"{relation.n_constraints} constraints proven in {total}: {verdict}"])
    return ok


def _tamper(key: VerificationKey, public: list[int], proof: Proof, kernels: Kernels) -> dict[str, bool]:
    """Changes one thing at a time; says of each whether it was refused."""
    negated = None if proof.a is None else (proof.a[0], -proof.a[1] % FQ)
    changed: dict[str, tuple[list[int], Proof]] = {
        "public input": ([(public[0] + 1) % FR, *public[1:]], proof),
        "public input + r": ([public[0] + FR, *public[1:]], proof),
        "A and C swapped": (public, replace(proof, a=proof.c, c=proof.a)),
        "A negated": (public, replace(proof, a=negated)),
        "A off the curve": (public, replace(proof, a=(1, 3))),
    }
    return {what: _is_refused(key, inputs, forged, kernels) for what, (inputs, forged) in changed.items()}


def _is_refused(key: VerificationKey, public: list[int], proof: Proof, kernels: Kernels) -> bool:
    """Whether it is false, or no proof at all."""
    try:
        return not verify(key, public, proof, kernels)
    except FormatError:
        return True


def _round_trip(key: ProvingKey, witness: ScalarArray, kernels: Kernels) -> bool:
    """Whether a proof made from files and read back from files is valid too."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_zkey(folder / "circuit.zkey", key)
        write_wtns(folder / "witness.wtns", witness)
        again = prove(read_zkey(folder / "circuit.zkey"), read_wtns(folder / "witness.wtns"), kernels=kernels)
        json_files.write_proof(folder / "proof.json", again.proof)
        json_files.write_public(folder / "public.json", again.public_signals)
        json_files.write_verification_key(folder / "key.json", verification_key_of(key), kernels)
        return verify(
            json_files.read_verification_key(folder / "key.json"),
            json_files.read_public(folder / "public.json"),
            json_files.read_proof(folder / "proof.json"),
            kernels,
        )
