"""A9, A12: Poseidon equals circomlib's in constants and values, and does not compress as a bare permutation would."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from primitives import poseidon as twin
from prover.bn254 import FR, ints_from_scalars, limbs_from_int, scalars_from_ints
from prover.kernels.errors import NotReduced
from prover.kernels.interface import Kernels
from tests.support.kernels import FASTEST, NATIVE_HERE, FaultyKernels, flip_bit, kernels_named

ROOT = Path(__file__).parents[3]
VECTORS: dict[str, Any] = json.loads((ROOT / "tests" / "vectors" / "circomlibjs.json").read_text())
PUBLISHED = ROOT / "contracts" / "node_modules" / "circomlibjs" / "src" / "poseidon_constants.json"
KNOWN_ANSWER = 7853200120776062878684798364095072458815029376092732009249414926327459813530

every_backend = pytest.mark.parametrize("name", [*NATIVE_HERE, "reference"])
every_native = pytest.mark.parametrize("name", NATIVE_HERE or ["reference"])
every_width = pytest.mark.parametrize("t", range(2, 18))


def hash_with(kernels: Any, inputs: Sequence[int]) -> int:
    (result,) = ints_from_scalars(kernels.poseidon(scalars_from_ints(inputs).reshape(1, len(inputs), 4)))
    return result


def wrong_vectors(kernels: Any) -> list[int]:
    """Which of circomlibjs's hashes these kernels do not reproduce."""
    return [
        i
        for i, vector in enumerate(VECTORS["hashes"])
        if hash_with(kernels, [int(x) for x in vector["inputs"]]) != int(vector["hash"])
    ]


def constants_digest(kernels: Any, t: int) -> str:
    constants, matrix = kernels.poseidon_constants(t)
    lines = (str(value) for value in (*ints_from_scalars(constants), *ints_from_scalars(matrix)))
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


# -- A9 --------------------------------------------------------------------------------------------------------------


@every_backend
def test_a9_known_answer_and_every_arity_equal_circomlibjs(name: str) -> None:
    assert hash_with(kernels_named(name), [1, 2]) == KNOWN_ANSWER
    assert {len(vector["inputs"]) for vector in VECTORS["hashes"]} == set(range(1, 17))
    assert wrong_vectors(kernels_named(name)) == []


@every_backend
def test_a9_constants_by_hash(name: str) -> None:
    recorded = {entry["t"]: entry["sha256"] for entry in VECTORS["constants"]}
    assert recorded == {t: constants_digest(kernels_named(name), t) for t in range(2, 18)}


@pytest.mark.skipif(not PUBLISHED.exists(), reason="circomlibjs is not installed: npm ci in contracts")
def test_a9_constants_equal_the_published_file() -> None:
    published = json.loads(PUBLISHED.read_text())
    for t in range(2, 18):
        constants, matrix = kernels_named(FASTEST).poseidon_constants(t)
        assert ints_from_scalars(constants) == [int(value, 0) for value in published["C"][t - 2]]
        assert ints_from_scalars(matrix) == [int(value, 0) for row in published["M"][t - 2] for value in row]


def test_a9_light_poseidon_agrees() -> None:
    """An independent implementation, in Rust; its Python face takes two inputs."""
    light = pytest.importorskip("light_poseidon_python")
    rng = random.Random(12)
    for inputs in ([0, 0], [1, 2], [FR - 1, FR - 1], *([rng.randrange(FR), rng.randrange(FR)] for _ in range(50))):
        assert hash_with(kernels_named(FASTEST), inputs) == int(light.poseidon_hash(inputs))


@every_native
@every_width
def test_a9_equals_the_twin_at_random(name: str, t: int) -> None:
    rng = random.Random(t)
    for inputs in ([rng.randrange(FR) for _ in range(t - 1)], [0] * (t - 2) + [1], [FR - 1] * (t - 1)):
        assert hash_with(kernels_named(name), inputs) == twin.poseidon(inputs)


@every_native
@pytest.mark.parametrize("threads", [1, 3])
def test_many_hashes_at_once(name: str, threads: int) -> None:
    rng = random.Random(9)
    for n in (0, 1, 63, 64, 65, 200):
        values = [rng.randrange(FR) for _ in range(2 * n)]
        rows = scalars_from_ints(values).reshape(n, 2, 4)
        found = ints_from_scalars(kernels_named(name, threads).poseidon(rows))
        assert len(found) == n
        assert all(found[i] == hash_with(kernels_named(FASTEST), values[2 * i : 2 * i + 2]) for i in range(n))


@every_backend
def test_a2_inputs_above_the_modulus_are_refused(name: str) -> None:
    """Poseidon(x) = Poseidon(x + r) in circomlibjs."""
    for excess in (FR, FR + 1, 2 * FR, (1 << 256) - 1):
        rows = np.array([limbs_from_int(value) for value in (1, 2, 3, excess)], dtype=np.uint64).reshape(2, 2, 4)
        with pytest.raises(NotReduced) as refused:
            kernels_named(name).poseidon(rows)
        assert refused.value.index == 3


@pytest.mark.parametrize("method", ["poseidon", "poseidon_constants"])
def test_a9_twin(method: str) -> None:
    """One bit wrong in a hash, or in one of the constants, is seen."""

    def fault(called: str, _: int, result: Any) -> Any:
        if called != method:
            return result
        return flip_bit(result, 7) if method == "poseidon" else (flip_bit(result[0], 90_001), result[1])

    faulty = FaultyKernels(kernels_named(FASTEST), fault)
    recorded = {entry["t"]: entry["sha256"] for entry in VECTORS["constants"]}
    found = {t: constants_digest(faulty, t) for t in range(2, 18)}
    assert (wrong_vectors(faulty) != []) == (method == "poseidon")
    assert (found != recorded) == (method == "poseidon_constants")


def test_a9_twin_of_the_round_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    """A partial round too few changes constants and hashes."""
    monkeypatch.setattr(twin, "PARTIAL_ROUNDS", (55, 56, *twin.PARTIAL_ROUNDS[2:]))
    for cached in (twin.round_constants, twin.mds_matrix, twin._draw):
        cached.cache_clear()
    try:
        assert twin.poseidon([1, 2]) != KNOWN_ANSWER
    finally:
        for cached in (twin.round_constants, twin.mds_matrix, twin._draw):
            cached.cache_clear()


# -- A12 -------------------------------------------------------------------------------------------------------------

Permutation = Callable[[Sequence[int]], list[int]]


def inverse_permutation(state: Sequence[int]) -> list[int]:
    """The permutation backwards: it is a bijection and easily undone, so what is compressed must not be all of it."""
    t = len(state)
    constants, partial = twin.round_constants(t), twin.partial_rounds(t)
    inverse = invert_matrix(twin.mds_matrix(t))
    root = pow(5, -1, FR - 1)
    values = list(state)
    for r in reversed(range(twin.FULL_ROUNDS + partial)):
        values = [sum(m * x for m, x in zip(row, values, strict=True)) % FR for row in inverse]
        full = not twin.FULL_ROUNDS // 2 <= r < twin.FULL_ROUNDS // 2 + partial
        values = [pow(x, root, FR) if full or i == 0 else x for i, x in enumerate(values)]
        values = [(x - constants[r * t + i]) % FR for i, x in enumerate(values)]
    return values


def invert_matrix(matrix: Sequence[Sequence[int]]) -> list[list[int]]:
    n = len(matrix)
    rows = [[*row, *(int(i == j) for j in range(n))] for i, row in enumerate(matrix)]
    for c in range(n):
        pivot = next(i for i in range(c, n) if rows[i][c])
        rows[c], rows[pivot] = rows[pivot], rows[c]
        scale = pow(rows[c][c], -1, FR)
        rows[c] = [x * scale % FR for x in rows[c]]
        for i in range(n):
            if i != c and rows[i][c]:
                rows[i] = [(x - rows[i][c] * y) % FR for x, y in zip(rows[i], rows[c], strict=True)]
    return [row[n:] for row in rows]


def second_preimages(compress: Callable[[int, int], int], width: int, tries: int) -> list[tuple[int, int]]:
    """The attack: choose the outputs that are not published, run the permutation backwards, read the inputs off.

    `width` 3 is a state of a capacity element and two inputs; 2 a bare permutation of the two inputs.
    """
    target, found = compress(123, 456), []
    for attempt in range(tries):
        before = inverse_permutation([target, *(attempt + k for k in range(1, width))])
        left, right = before[-2:]
        if compress(left, right) == target and (left, right) != (123, 456):
            found.append((left, right))
    return found


def test_a12_a_root_cannot_be_opened_by_running_poseidon_backwards() -> None:
    """What protects Merkle nodes: a preimage needs the capacity element, of 254 bits, to come out as 0.

    Backwards from a root each choice of the two unpublished elements gives some input, with a capacity element that is
    as good as random; the attack on keyed ciphers (fix the root and a child, solve for the other) has no equation left.
    """
    state = [0, 5, 7]
    assert inverse_permutation(twin.permute(state)) == state
    for attempt in range(20):
        assert inverse_permutation([KNOWN_ANSWER, attempt, 1])[0] != 0
    kernels: Kernels = kernels_named(FASTEST)
    assert second_preimages(lambda a, b: hash_with(kernels, [a, b]), width=3, tries=20) == []


def test_a12_twin() -> None:
    """Without a capacity element the same attack opens every root at the first try."""
    assert len(second_preimages(lambda a, b: twin.permute([a, b])[0], width=2, tries=3)) == 3
