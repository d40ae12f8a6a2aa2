"""`zkclear prover bench --kernels`: multi-scalar multiplication and NTT alone, on every kernel that runs here."""

from __future__ import annotations

from collections.abc import Callable
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from prover import bn254
from prover.kernels import REFERENCE_KERNEL, available_kernels, load_kernels

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from console.cli.output import Output
    from prover.kernels.interface import Kernels

LOG2_SIZES: Final = (16, 18, 20)
SEED: Final = 20_260_101


def run_kernel_bench(output: Output, kernel: str | None, threads: int | None, repeats: int) -> None:
    """Median milliseconds of each operation, size and kernel. Scalars are random and full-width, points random."""
    names = [kernel] if kernel else [name for name in available_kernels() if name != REFERENCE_KERNEL]
    fastest = load_kernels(names[0], threads)
    size = 1 << max(LOG2_SIZES)
    scalars = random_scalars(size)
    output.note(f"making 2^{max(LOG2_SIZES)} points of each group")
    g1 = fastest.fixed_base_g1(bn254.g1_from_ints(bn254.G1_GENERATOR), scalars)
    g2 = fastest.fixed_base_g2(bn254.g2_from_ints(bn254.G2_GENERATOR), scalars)
    other_scalars = np.ascontiguousarray(scalars[::-1])
    results: dict[str, dict[str, list[float]]] = {}
    for name in names:
        kernels = load_kernels(name, threads)
        for operation, run in _operations(kernels, g1, g2, other_scalars).items():
            output.note(f"{name}: {operation}")
            medians = [_median_ms(run, 1 << log2_size, repeats) for log2_size in LOG2_SIZES]
            results.setdefault(operation, {})[name] = medians
    rows = [
        (operation, name, *(f"{value:.1f}" for value in medians))
        for operation, of_kernels in results.items()
        for name, medians in of_kernels.items()
    ]
    columns = ("operation", "kernel", *(f"2^{log2_size}, ms" for log2_size in LOG2_SIZES))
    output.table(
        f"{fastest.threads} threads, medians of {repeats}", columns=columns, rows=rows, left=("operation", "kernel")
    )
    report: dict[str, Any] = {"threads": fastest.threads, "log2_sizes": LOG2_SIZES, "milliseconds": results}
    output.result(report, ["done"])


def random_scalars(n: int) -> NDArray[np.uint64]:
    """Uniform integers below 2^253, shape (n, 4): the same in every run."""
    scalars = np.random.default_rng(SEED).integers(0, 1 << 64, size=(n, 4), dtype=np.uint64)
    scalars[:, 3] >>= np.uint64(11)
    return scalars


def _operations(
    kernels: Kernels, g1: NDArray[np.uint64], g2: NDArray[np.uint64], scalars: NDArray[np.uint64]
) -> dict[str, Callable[[int], object]]:
    def ntt(n: int) -> None:
        kernels.ntt(scalars[:n].copy())

    def quotient(n: int) -> None:
        kernels.groth16_quotient(scalars[:n].copy(), scalars[:n].copy())

    return {
        "MSM G1": lambda n: kernels.msm_g1(g1[:n], scalars[:n]),
        "MSM G2": lambda n: kernels.msm_g2(g2[:n], scalars[:n]),
        "NTT": ntt,
        "quotient": quotient,
    }


def _median_ms(run: Callable[[int], object], n: int, repeats: int) -> float:
    run(n)
    times = []
    for _ in range(repeats):
        start = perf_counter()
        run(n)
        times.append(1e3 * (perf_counter() - start))
    return median(times)
