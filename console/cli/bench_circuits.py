"""`zkclear circuit bench`: how long a large circuit takes to compile, to load, and to make a witness of.

The circuit is a mixture as a settlement batch has it: signatures, updates of leaves in a quad tree of depth 8, ranges
of 64 bits. Compiling is measured in a process of its own, memory included; witnesses are medians of several runs.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from random import Random
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import TYPE_CHECKING, Any, Final

from circuits.frontend import Builder, Circuit, Wire, compile_circuit, private
from circuits.frontend.cache import load_or_compile
from circuits.gadgets.bits import assert_range
from circuits.gadgets.eddsa import assert_signature, checked_key, circuit_inputs
from circuits.gadgets.merkle import assert_positions, levels, updated_roots
from circuits.gadgets.montgomery import EdwardsPoint, MontgomeryPoint
from circuits.gadgets.signature_inputs import signature_inputs
from circuits.gadgets.signature_windows import WINDOWS
from console.cli.output import mebibytes, seconds
from console.peers.process import run_measured
from primitives.eddsa import public_key, sign
from primitives.poseidon import poseidon
from prover.bn254 import FR
from prover.kernels import load_kernels

if TYPE_CHECKING:
    from circuits.frontend import CompiledCircuit
    from console.cli.output import Output

DEPTH: Final = 8
UNIT: Final = 9_800
"""Constraints of one signature, one update and 36 ranges, roughly."""

RANGES: Final = 36
RANGE_BITS: Final = 64
THREADS: Final = (1, 2)

DIFFERENT: Final = 8
"""Different inputs; the units take them in turn."""


def batch_circuit(units: int) -> Circuit:
    """A signature, a leaf's update and 36 ranges, so many times, side by side."""

    def define(c: Builder, signatures: Any, updates: Any, positions: Any, ranges: Sequence[Sequence[Wire]]) -> Wire:
        total = c.constant(0)
        for signature, update, position, row in zip(signatures, updates, positions, ranges, strict=True):
            points = [MontgomeryPoint(u, v) for u, v in signature[:WINDOWS]]
            (ax, ay), (qu, qv), (rx, ry), (message, _) = signature[WINDOWS:]
            key = checked_key(c, EdwardsPoint(ax, ay), MontgomeryPoint(qu, qv))
            assert_signature(c, key, EdwardsPoint(rx, ry), points, message)
            path = levels([children[:4] for children in update], position)
            assert_positions(c, path)
            roots = updated_roots(c, update[0][4], update[1][4], path)
            total = total + roots.new_root
            for wire in row:
                assert_range(c, wire, RANGE_BITS)
        return total

    shapes = {
        "signatures": private(units, WINDOWS + 4, 2),
        "updates": private(units, DEPTH, 5),
        "positions": private(units, DEPTH, 2),
        "ranges": private(units, RANGES),
    }
    return Circuit(f"batch_{units}", define, shapes)


def batch_inputs(units: int) -> dict[str, Any]:
    """Honest inputs of `batch_circuit`."""
    rng = Random(1)
    parts = [(_signature(rng), *_update(rng)) for _ in range(DIFFERENT)]
    chosen = [parts[i % DIFFERENT] for i in range(units)]
    return {
        "signatures": [signature for signature, _, _ in chosen],
        "updates": [update for _, update, _ in chosen],
        "positions": [positions for _, _, positions in chosen],
        "ranges": [[rng.randrange(1 << RANGE_BITS) for _ in range(RANGES)] for _ in range(units)],
    }


def _signature(rng: Random) -> list[Any]:
    secret, message = rng.randbytes(32), rng.randrange(FR)
    inputs = circuit_inputs(signature_inputs(public_key(secret), sign(secret, message), message))
    return [*inputs["windows"], inputs["key"], inputs["eighth"], inputs["r"], [message, 0]]


def _update(rng: Random) -> tuple[list[list[int]], list[list[int]]]:
    """Children of each level and, in the fifth place of the first two levels, the old and the new leaf."""
    old, new = rng.randrange(FR), rng.randrange(FR)
    node, rows, positions = old, [], []
    for _ in range(DEPTH):
        children, place = [rng.randrange(FR) for _ in range(4)], rng.randrange(4)
        children[place] = node
        node = poseidon(children)
        rows.append([*children, 0])
        positions.append([place & 1, place >> 1])
    rows[0][4], rows[1][4] = old, new
    return rows, positions


def compile_only(units: int) -> None:
    """What the measured process does."""
    compile_circuit(batch_circuit(units))


def run_circuit_bench(output: Output, constraints: int, repeats: int, *, proof: bool) -> None:
    """Prints the table. With `proof`, also sets the circuit up (development set-up) and proves."""
    units = max(1, round(constraints / UNIT))
    command = [sys.executable, "-c", f"from console.cli.bench_circuits import compile_only; compile_only({units})"]
    compiling = run_measured(command).usage
    circuit, inputs = batch_circuit(units), batch_inputs(units)
    compiled, loading_s = _load(circuit, repeats)
    data: dict[str, Any] = {
        "constraints": compiled.n_constraints,
        "compile_s": compiling.wall_s,
        "compile_peak_bytes": compiling.peak_bytes,
        "load_s": loading_s,
    }
    rows = [
        ("compile, whole process", seconds(compiling.wall_s), f"{mebibytes(compiling.peak_bytes)} at most"),
        ("load from disk", seconds(loading_s), ""),
    ]
    for threads in THREADS:
        spent = _witness_seconds(compiled, inputs, threads, repeats)
        data[f"witness_{threads}_threads_s"] = spent
        rows.append((_with(threads, "witness"), seconds(spent), f"{compiled.relation.n_wires:,} wires"))
    whole_s = _whole_witness_seconds(compiled, inputs, repeats)
    data["checked_witness_s"] = whole_s
    rows.append((_with(THREADS[-1], "witness"), seconds(whole_s), "with inputs from Python and every row checked"))
    if proof:
        proving_s = _proving_seconds(compiled, inputs)
        share = data[f"witness_{THREADS[-1]}_threads_s"] / proving_s
        data |= {"proof_s": proving_s, "witness_of_proof": share}
        rows.append((_with(THREADS[-1], "proof"), seconds(proving_s), f"the witness takes {share:.1%} of it"))
    name = load_kernels().name
    output.table(
        f"{compiled.n_constraints:,} constraints: {units} signatures, {units} updates of depth {DEPTH}, "
        f"{units * RANGES:,} ranges; kernel {name}",
        columns=("step", "time", "remark"),
        left=("step", "remark"),
        rows=rows,
    )
    if output.as_json:
        output.result({"kernel": name, **data})


def _with(threads: int, what: str) -> str:
    return f"{what}, {threads} thread{'s' * (threads > 1)}"


def _load(circuit: Circuit, repeats: int) -> tuple[CompiledCircuit, float]:
    """The circuit from disk, and how long that takes."""
    times = []
    with TemporaryDirectory() as folder:
        compiled = load_or_compile(circuit, Path(folder))
        for _ in range(repeats):
            del compiled
            began = perf_counter()
            compiled = load_or_compile(circuit, Path(folder))
            times.append(perf_counter() - began)
    return compiled, median(times)


def _witness_seconds(compiled: CompiledCircuit, inputs: dict[str, Any], threads: int, repeats: int) -> float:
    kernels = load_kernels(None, threads)
    blank = compiled.unchecked_witness(inputs, kernels)
    times = []
    for _ in range(repeats):
        witness = blank.copy()
        began = perf_counter()
        kernels.execute_tape(compiled.tape, witness)
        times.append(perf_counter() - began)
    compiled.check(witness, kernels)
    return median(times)


def _whole_witness_seconds(compiled: CompiledCircuit, inputs: dict[str, Any], repeats: int) -> float:
    kernels = load_kernels(None, THREADS[-1])
    times = []
    for _ in range(repeats):
        began = perf_counter()
        compiled.witness(inputs, kernels)
        times.append(perf_counter() - began)
    return median(times)


def _proving_seconds(compiled: CompiledCircuit, inputs: dict[str, Any]) -> float:
    from prover.groth16.development_setup import development_setup
    from prover.groth16.prove import prove

    kernels = load_kernels(None, THREADS[-1])
    key = development_setup(compiled.relation, kernels)
    witness = compiled.unchecked_witness(inputs, kernels)
    return median(sum(prove(key, witness, kernels=kernels).seconds.values()) for _ in range(3))
