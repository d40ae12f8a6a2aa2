"""Arithmetic over BN254 behind one seam: `load_kernels()` picks an implementation of `Kernels`.

In the environment, `ZKCLEAR_KERNEL` forces one of `ifma`, `adx`, `portable`, `reference`, and `ZKCLEAR_THREADS` the
number of threads.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from prover.kernels.errors import BackendUnavailable, LengthError

if TYPE_CHECKING:
    from prover.kernels.interface import Kernels

KERNEL_VARIABLE: Final = "ZKCLEAR_KERNEL"
THREADS_VARIABLE: Final = "ZKCLEAR_THREADS"
NATIVE_KERNELS: Final = ("ifma", "adx", "portable")
"""Fastest first."""

REFERENCE_KERNEL: Final = "reference"


def load_kernels(name: str | None = None, threads: int | None = None) -> Kernels:
    """The kernels called `name`; by default what `ZKCLEAR_KERNEL` names, else the fastest that runs here.

    `threads` defaults to `ZKCLEAR_THREADS`, else to every core this process may use. The reference is never chosen
    silently: it is a thousand times slower. Raises `BackendUnavailable` when the kernels asked for cannot run here, and
    `LengthError` for a thread count outside 1..256.
    """
    name = name or os.environ.get(KERNEL_VARIABLE) or None
    if name is not None and name not in (*NATIVE_KERNELS, REFERENCE_KERNEL):
        choices = ", ".join((*NATIVE_KERNELS, REFERENCE_KERNEL))
        raise BackendUnavailable(f"no kernels are called {name!r}: choose from {choices}")
    threads = _thread_count() if threads is None else threads
    if name == REFERENCE_KERNEL:
        from prover.reference.kernels import ReferenceKernels

        return ReferenceKernels()
    from prover.kernels.native import NativeKernels, backend_available

    if name is None:
        name = next((candidate for candidate in NATIVE_KERNELS if backend_available(candidate)), "portable")
    return NativeKernels(name, threads)


def available_kernels() -> tuple[str, ...]:
    """The names that `load_kernels` can load here, fastest first; the reference is always one of them."""
    from prover.kernels.native import backend_available

    return (*(name for name in NATIVE_KERNELS if backend_available(name)), REFERENCE_KERNEL)


def _thread_count() -> int:
    text = os.environ.get(THREADS_VARIABLE)
    if text:
        if not (text.isascii() and text.isdigit()):
            raise LengthError(f"{THREADS_VARIABLE} is {text!r}, not a number of threads")
        return int(text)
    if hasattr(os, "sched_getaffinity"):  # not on macOS
        return min(256, len(os.sched_getaffinity(0)))
    return min(256, os.cpu_count() or 1)
