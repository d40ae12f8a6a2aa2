"""CHECKLIST A8: the kernels take any arrays of the right shape, sound or not, without a crash or a stray access.

`python3 do.py sanitize` runs this file, and the kernels' known answers, on a library compiled with ASAN and UBSan,
where any access outside an array and any undefined operation ends the run. The deep test goes on for `ZKCLEAR_FUZZ_S`
seconds (60; before a release 3600).
"""

from __future__ import annotations

import os
import random
import subprocess
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from prover import bn254
from prover.bn254 import FQ, FR
from prover.kernels.errors import KernelError
from prover.kernels.interface import Field, Kernels
from prover.native.build import COMMON_FLAGS, SANITIZE_FLAGS, compiler_candidates, find_compiler
from tests.support.tapes import random_tape, random_witness, with_a_number_changed

CALLS = 400
Array = NDArray[np.uint64]


class Source:
    """Arrays as an attacker would choose them, from one seed."""

    def __init__(self, seed: int, kernels: Kernels) -> None:
        self.rng = random.Random(seed)
        self.kernels = kernels

    def length(self) -> int:
        return self.rng.choice((0, 1, 2, 7, 8, 9, 63, 64, 65, self.rng.randrange(600)))

    def words(self, n: int, limbs: int) -> Array:
        """Rows of four-word values: random bits, zeros, all ones, and values about the moduli."""
        about = [0, 1, FR - 1, FR, FR + 1, FQ - 1, FQ, FQ + 1, 2 * FQ, 5 * FQ, 2**256 - 1, 2**255, 2**208, 2**64]
        kind = self.rng.randrange(3)
        values = [
            self.rng.choice(about)
            if kind == 0 or (kind == 1 and self.rng.random() < 0.3)
            else self.rng.getrandbits(256)
            for _ in range(n * limbs // 4)
        ]
        flat = [(value >> (64 * i)) & (2**64 - 1) for value in values for i in range(4)]
        return np.array(flat, dtype=np.uint64).reshape(n, limbs)

    def scalars(self, n: int) -> Array:
        if self.rng.random() < 0.2:
            return self.words(n, 4)
        return bn254.scalars_from_ints([self.rng.choice((0, 1, FR - 1, self.rng.randrange(FR))) for _ in range(n)])

    def points(self, n: int, group: int) -> Array:
        """Garbage, or few distinct good points with their opposites, so that sums meet every exception."""
        if self.rng.random() < 0.4:
            return self.words(n, 8 * group)
        generator = bn254.g1_from_ints(bn254.G1_GENERATOR) if group == 1 else bn254.g2_from_ints(bn254.G2_GENERATOR)
        fixed = self.kernels.fixed_base_g1 if group == 1 else self.kernels.fixed_base_g2
        few = [self.rng.choice((0, 1, 2, 3, FR - 1, FR - 2)) for _ in range(n)]
        return fixed(generator.reshape(-1), bn254.scalars_from_ints(few))

    def index(self, n: int, size: int) -> NDArray[np.uint32]:
        """n numbers below `size`, seldom one that is not."""
        return np.array([self.rng.randrange(size + (self.rng.random() < 0.01)) for _ in range(n)], dtype=np.uint32)

    def rows(self, entries: int) -> NDArray[np.uint64]:
        cuts = sorted(self.rng.randrange(entries + 1) for _ in range(self.rng.randrange(20)))
        if self.rng.random() < 0.1:
            self.rng.shuffle(cuts)
        return np.array([0, *cuts, entries], dtype=np.uint64)


def field_call(source: Source, kernels: Kernels) -> None:
    n, field = source.length(), source.rng.choice((Field.FR, Field.FQ))
    choice = source.rng.randrange(3)
    if choice == 0:
        source.rng.choice((kernels.add, kernels.sub, kernels.mul))(field, source.words(n, 4), source.words(n, 4))
    elif choice == 1:
        one_operand = (kernels.inverse, kernels.to_montgomery, kernels.from_montgomery, kernels.check_reduced)
        source.rng.choice(one_operand)(field, source.words(n, 4))
    else:
        kernels.powers(field, source.words(1, 4)[0], source.words(1, 4)[0], n)


def polynomial_call(source: Source, kernels: Kernels) -> None:
    rng, n = source.rng, source.length()
    choice = rng.randrange(4)
    if choice == 0:
        coset = source.words(1, 4)[0] if rng.random() < 0.5 else None
        kernels.ntt(source.words(1 << rng.randrange(11), 4), inverse=rng.random() < 0.5, coset=coset)
    elif choice == 1:
        size = 1 << rng.randrange(1, 11)
        kernels.groth16_quotient(source.words(size, 4), source.words(size, 4))
    elif choice == 2:
        columns = source.length() + 1
        kernels.sparse_multiply(source.rows(n), source.index(n, columns), source.words(n, 4), source.words(columns, 4))
    else:
        records = np.frombuffer(rng.randbytes(44 * n), dtype=np.uint8).copy()
        for k in range(0, 44 * n, 44):
            head = (rng.randrange(2), rng.randrange(16), rng.randrange(8 + (rng.random() < 0.02)))
            records[k : k + 12] = np.frombuffer(np.array(head, np.uint32).tobytes(), np.uint8)
        kernels.zkey_coefficients(records, 16, source.scalars(8))


def sum_call(source: Source, kernels: Kernels) -> None:
    rng, n, group = source.rng, source.length(), source.rng.choice((1, 2))
    choice = rng.randrange(3)
    if choice == 0:
        (kernels.msm_g1 if group == 1 else kernels.msm_g2)(source.points(n, group), source.scalars(n))
    elif choice == 1:
        size = source.length() + 1
        combine = kernels.sparse_combine_g1 if group == 1 else kernels.sparse_combine_g2
        combine(source.rows(n), source.index(n, size), source.scalars(n), source.points(size, group))
    else:
        (kernels.check_g1 if group == 1 else kernels.check_g2)(source.points(n, group))
        kernels.pairing_product_is_one(source.points(2, 1), source.points(2, 2))


def product_call(source: Source, kernels: Kernels) -> None:
    rng, n, group = source.rng, source.length(), source.rng.choice((1, 2))
    choice = rng.randrange(3)
    if choice == 0:
        fixed_base = kernels.fixed_base_g1 if group == 1 else kernels.fixed_base_g2
        fixed_base(source.points(1, group)[0], source.scalars(n))
    elif choice == 1:
        scale = kernels.scale_g1 if group == 1 else kernels.scale_g2
        scale(source.points(n, group), source.scalars(rng.choice((1, n))))
    else:
        group_ntt = kernels.group_ntt_g1 if group == 1 else kernels.group_ntt_g2
        group_ntt(source.points(1 << rng.randrange(6), group), inverse=rng.random() < 0.5)


def hash_call(source: Source, kernels: Kernels) -> None:
    arity = source.rng.randrange(1, 17)
    public_keys, signatures, messages = source.words(3, 8), source.words(3, 12), source.words(3, 4)
    kernels.eddsa_verify(public_keys, signatures, messages)
    kernels.eddsa_verify_batch(public_keys, signatures, messages, seed=source.rng.randbytes(32))
    known = source.words(2, kernels.eddsa_key_words)
    kernels.eddsa_know_key(public_keys[0].copy(), known[0])
    kernels.eddsa_verify_known(known, source.index(3, 2), signatures, messages)
    kernels.poseidon(source.words(3 * arity, 4).reshape(3, arity, 4))


def tape_call(source: Source, kernels: Kernels) -> None:
    """A sound tape of which a few numbers are changed, or none, or whose program is anything."""
    rng = source.rng
    tape = random_tape(rng, (1, 2, 8, 9), n_operations=4)
    witness = random_witness(tape, rng)
    for _ in range(rng.randrange(3)):
        tape = with_a_number_changed(tape, rng)
    if rng.random() < 0.1:
        tape = replace(tape, program=source.index(len(tape.program), rng.choice((12, 64, 2**32))))
    if rng.random() < 0.1:
        witness = source.words(len(witness), 4)
        witness[0] = (1, 0, 0, 0)
    kernels.execute_tape(tape, witness)


def random_call(source: Source, kernels: Kernels) -> None:
    """One call or two; what they answer is not looked at."""
    calls = (field_call, polynomial_call, sum_call, sum_call, product_call, product_call, hash_call, tape_call)
    source.rng.choice(calls)(source, kernels)


def test_a8_random_calls_answer_or_refuse(kernels: Kernels) -> None:
    refused = 0
    for seed in range(CALLS):
        try:
            random_call(Source(seed, kernels), kernels)
        except KernelError:
            refused += 1
    assert 0 < refused < CALLS


@pytest.mark.deep
def test_a8_random_calls_for_longer(kernels: Kernels) -> None:
    end = time.monotonic() + float(os.environ.get("ZKCLEAR_FUZZ_S", "60"))
    seed = 1 << 32
    while time.monotonic() < end:
        seed += 1
        try:
            random_call(Source(seed, kernels), kernels)
        except KernelError:
            continue


@pytest.mark.parametrize(
    ("defect", "report"),
    [
        ("volatile int at = 4; int *a = malloc(4 * sizeof *a); return a[at];", "heap-buffer-overflow"),
        ("volatile int big = 2147483647; return big + argc > 0;", "signed integer overflow"),
    ],
)
def test_a8_twin_sanitizers_report_a_planted_defect(tmp_path: Path, defect: str, report: str) -> None:
    """Planted: one read behind an array, one overflow, compiled with the flags of the sanitized library."""
    compiler = find_compiler(compiler_candidates())
    source, program = tmp_path / "planted.c", tmp_path / "planted"
    source.write_text(f"#include <stdlib.h>\nint main(int argc, char **argv) {{ (void)argc; (void)argv; {defect} }}\n")
    command = [*compiler.command, *COMMON_FLAGS, *SANITIZE_FLAGS, str(source), "-o", str(program)]
    if subprocess.run(command, capture_output=True, check=False).returncode != 0:
        pytest.skip(f"{' '.join(compiler.command)} has no sanitizers on this machine")
    environment = {name: value for name, value in os.environ.items() if name != "LD_PRELOAD"}
    run = subprocess.run([str(program)], capture_output=True, text=True, check=False, env=environment)
    assert run.returncode != 0
    assert report in run.stderr
