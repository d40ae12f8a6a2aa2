"""Run the kernels' tests under ASAN and UBSan: `python scripts/sanitize.py [pytest arguments]`.

The library is compiled with both into a file of its own, and Python is started with ASAN's runtime before it. The first
report ends the run. Needs gcc or clang on Linux; elsewhere nothing is run, one line says so, and the exit code is 0.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from prover.native.build import BuildError, Compiler, build, compiler_candidates, find_compiler

ROOT = Path(__file__).resolve().parent.parent
KERNEL_TESTS = (
    "tests/unit/kernels",
    "tests/differential",
    "tests/adversarial/test_a8_kernels_under_random_calls.py",
    "-k",
    "not solidity and not verifiers and not spec_and_settlement",
)
RUNTIMES = ("libasan.so", "libclang_rt.asan-x86_64.so", "libclang_rt.asan-aarch64.so")


def runtime_of(compiler: Compiler) -> Path | None:
    """The ASAN runtime to load first, or None where the compiler has none. A name that is not found is echoed."""
    for name in RUNTIMES:
        command = [*compiler.command, f"-print-file-name={name}"]
        printed = subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
        if printed != name and Path(printed).exists():
            return Path(printed).resolve()
    return None


def main(arguments: list[str]) -> int:
    """Build, then run pytest on the kernels' tests; pytest's exit code, 1 also for any report."""
    compiler = find_compiler(compiler_candidates())
    runtime = None if sys.platform == "darwin" or compiler.is_zig else runtime_of(compiler)
    if runtime is None:
        print(
            f"NOT RUN: {' '.join(compiler.command)} has no ASAN runtime here; install gcc or clang with its sanitizers"
        )
        return 0
    result = build(sanitize=True)
    environment = os.environ | {
        "LD_PRELOAD": str(runtime),
        "ASAN_OPTIONS": "detect_leaks=0:halt_on_error=1:detect_stack_use_after_return=1",
        "UBSAN_OPTIONS": "halt_on_error=1:print_stacktrace=1",
        "ZKCLEAR_NATIVE_LIBRARY": str(result.library),
    }
    command = [sys.executable, "-m", "pytest", "-n", "2", *(arguments or KERNEL_TESTS)]
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except BuildError as error:
        sys.exit(str(error))
