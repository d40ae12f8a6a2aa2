"""Kernels for tests: which there are, small arrays for them, and wrappers that plant a fault."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from prover import bn254
from prover.bn254 import FR, G1Point, G2Point
from prover.kernels import NATIVE_KERNELS, REFERENCE_KERNEL, available_kernels, load_kernels
from prover.kernels.interface import Kernels
from tests.support.trapdoor import g1, g2

NATIVE_HERE = tuple(name for name in available_kernels() if name in NATIVE_KERNELS)
FASTEST = NATIVE_HERE[0] if NATIVE_HERE else REFERENCE_KERNEL


@cache
def kernels_named(name: str, threads: int = 2) -> Kernels:
    return load_kernels(name, threads)


def fastest() -> Kernels:
    """The best kernels here: what the prover uses by default."""
    return kernels_named(FASTEST)


@cache
def g1_multiple(scalar: int) -> G1Point:
    return g1(scalar)


@cache
def g2_multiple(scalar: int) -> G2Point:
    return g2(scalar)


def g1_array(points: Sequence[G1Point]) -> NDArray[np.uint64]:
    return np.array([bn254.g1_from_ints(point) for point in points], dtype=np.uint64).reshape(len(points), 8)


def g2_array(points: Sequence[G2Point]) -> NDArray[np.uint64]:
    return np.array([bn254.g2_from_ints(point) for point in points], dtype=np.uint64).reshape(len(points), 16)


def random_scalars(n: int, rng: random.Random) -> list[int]:
    """Mostly what a witness holds: 0, 1, small numbers, and some that fill the field."""
    kinds: tuple[Callable[[], int], ...] = (
        lambda: 0,
        lambda: 1,
        lambda: rng.randrange(1 << 16),
        lambda: FR - 1 - rng.randrange(4),
        lambda: rng.randrange(FR),
    )
    return [rng.choice(kinds)() for _ in range(n)]


class FaultyKernels:
    """Kernels one of whose methods has its result changed: `fault(method, call number, result)` gives the new one."""

    def __init__(self, kernels: Kernels, fault: Callable[[str, int, Any], Any]) -> None:
        self._kernels = kernels
        self._fault = fault
        self._calls: dict[str, int] = {}

    def __getattr__(self, method: str) -> Any:
        inner = getattr(self._kernels, method)
        if not callable(inner):
            return inner

        def call(*arguments: Any, **named: Any) -> Any:
            self._calls[method] = self._calls.get(method, 0) + 1
            return self._fault(method, self._calls[method] - 1, inner(*arguments, **named))

        return call


def flip_bit(array: NDArray[np.uint64], bit: int) -> NDArray[np.uint64]:
    """A copy with one bit flipped; bits are counted over the whole array."""
    flipped = array.copy()
    flat = flipped.reshape(-1)
    flat[(bit // 64) % flat.size] ^= np.uint64(1 << bit % 64)
    return flipped
