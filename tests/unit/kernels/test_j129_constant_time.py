"""J129: signing has no branch and no address that depends on the key, checked on the machine code by valgrind."""

from __future__ import annotations

import platform
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
NATIVE = ROOT / "prover" / "native"
HARNESS = ROOT / "tests" / "native" / "constant_time.c"
LEAK = 99
BACKENDS = {"portable": (), "adx": ("-DZK_ADX", "-mbmi2", "-madx")}

pytestmark = [
    pytest.mark.deep,
    pytest.mark.skipif(
        not (shutil.which("valgrind") and shutil.which("cc") and Path("/usr/include/valgrind/memcheck.h").exists()),
        reason="valgrind and its headers, or cc, are not here",
    ),
    pytest.mark.skipif(platform.machine() != "x86_64", reason="written for x86-64"),
]


def exit_code(directory: Path, flags: tuple[str, ...]) -> int:
    """0 without a leak, `LEAK` when memcheck found a branch or address that depends on the key."""
    program = directory / "constant_time"
    includes = [f"-I{NATIVE / 'src'}", f"-I{NATIVE / 'include'}"]
    sources = [str(HARNESS), str(NATIVE / "src" / "threads.c")]
    compiler = ["cc", "-std=gnu11", "-O3", "-g", "-pthread", *flags, *includes, *sources, "-o", str(program)]
    subprocess.run(compiler, check=True, capture_output=True, text=True)
    run = subprocess.run(
        ["valgrind", "--quiet", f"--error-exitcode={LEAK}", str(program)], capture_output=True, text=True, check=False
    )
    found = "depends on uninitialised value" in run.stderr or "uninitialised value of size" in run.stderr.lower()
    assert run.returncode in (0, LEAK), run.stderr
    return LEAK if found else 0


@pytest.mark.parametrize("backend", list(BACKENDS))
def test_j129_signing_is_constant_time(backend: str, tmp_path: Path) -> None:
    assert exit_code(tmp_path, BACKENDS[backend]) == 0


@pytest.mark.parametrize("plant", ["-DPLANT_BRANCH", "-DPLANT_INDEX"])
def test_j129_signing_is_constant_time_twin(plant: str, tmp_path: Path) -> None:
    assert exit_code(tmp_path, (*BACKENDS["portable"], plant)) == LEAK
