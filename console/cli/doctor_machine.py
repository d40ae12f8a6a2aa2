"""The machine itself: Python, kernels, processor, memory, disk."""

from __future__ import annotations

import json
import os
import platform
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final

GOOD, MISSING, NOTE = "ok", "missing", "note"
FEATURES: Final = ("adx", "bmi2", "avx2", "avx512f", "avx512ifma", "avx512vl")
"""What kernels ask of an x86-64 processor."""

PROCESSOR: Final = Path("/proc/cpuinfo")
MEMORY: Final = Path("/proc/meminfo")
GIBIBYTE: Final = 1 << 30
LEAST_FREE: Final = 2 * GIBIBYTE
"""A development key of LARGE with its circuit, and some runs."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One line. `state` is ok, missing (something does not work without it), or note (good to know)."""

    name: str
    state: str
    detail: str


def machine() -> Iterator[Finding]:
    """All of them."""
    yield Finding("zkclear", GOOD, f"{own_version()} on Python {platform.python_version()}")
    yield _kernels()
    yield _processor()
    yield _memory()
    yield _disk(Path.cwd())


def own_version() -> str:
    """As installed; a clone that is not installed has none."""
    try:
        return version("zkclear")
    except PackageNotFoundError:
        return "not installed"


def kernel_facts() -> dict[str, Any]:
    """`kernel`, `threads` and `available`; or `error`. `python3 do.py doctor` asks this, too."""
    from prover.kernels import available_kernels, load_kernels
    from prover.kernels.errors import KernelError

    try:
        kernels = load_kernels()
    except KernelError as error:
        return {"error": str(error)}
    return {"kernel": kernels.name, "threads": kernels.threads, "available": list(available_kernels())}


def _kernels() -> Finding:
    facts = kernel_facts()
    if "error" in facts:
        return Finding("kernels", MISSING, f"{facts['error']}; `python3 do.py setup` builds them")
    forced = os.environ.get("ZKCLEAR_KERNEL")
    why = f"forced by ZKCLEAR_KERNEL={forced}" if forced else "the fastest of " + ", ".join(facts["available"])
    return Finding("kernels", GOOD, f"{facts['kernel']}, {facts['threads']} threads ({why})")


def _processor() -> Finding:
    found = _cpu_flags()
    has = [name for name in FEATURES if name in found]
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    shown = ", ".join(has) or ("none of " + ", ".join(FEATURES) if found else "features not known")
    return Finding("processor", NOTE, f"{platform.machine()}, {cores} cores for this process: {shown}")


def _cpu_flags() -> frozenset[str]:
    try:
        lines = PROCESSOR.read_text().splitlines()
    except OSError:
        return frozenset()
    return frozenset(next((line.partition(":")[2].split() for line in lines if line.startswith("flags")), []))


def _memory() -> Finding:
    sizes = _meminfo()
    if not sizes:
        return Finding("memory", NOTE, "not known")
    total, free = (sizes.get(name, 0) * 1024 for name in ("MemTotal", "MemAvailable"))
    return Finding("memory", GOOD, f"{total / GIBIBYTE:.1f} GiB, {free / GIBIBYTE:.1f} GiB available")


def _meminfo() -> dict[str, int]:
    """In KiB, by name."""
    try:
        lines = MEMORY.read_text().splitlines()
    except OSError:
        return {}
    fields = (line.split() for line in lines)
    return {field[0].rstrip(":"): int(field[1]) for field in fields if len(field) > 1 and field[1].isdigit()}


def _disk(folder: Path) -> Finding:
    free = shutil.disk_usage(folder).free
    state = GOOD if free >= LEAST_FREE else MISSING
    need = "" if free >= LEAST_FREE else f", and {LEAST_FREE / GIBIBYTE:.0f} GiB are needed for keys, circuits and runs"
    return Finding("disk", state, f"{free / GIBIBYTE:.1f} GiB free in {folder}{need}")


if __name__ == "__main__":
    print(json.dumps(kernel_facts()))
