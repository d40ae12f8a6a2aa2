"""Choosing kernels: by name, by environment, and what is said when they are not there."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from prover import bn254
from prover.bn254 import FR
from prover.kernels import available_kernels, load_kernels, native
from prover.kernels.errors import (
    BackendUnavailable,
    Cancelled,
    IndexOutOfRange,
    KernelError,
    KernelOutOfMemory,
    LayoutError,
    LengthError,
    MalformedTape,
    NotInSubgroup,
    NotOnCurve,
    NotReduced,
    ZeroInverse,
)
from prover.kernels.status import error_of_status
from tests.support.kernels import NATIVE_HERE, fastest, g1_array, g1_multiple, kernels_named

needs_native = pytest.mark.skipif(not NATIVE_HERE, reason="the native kernels are not compiled")


def test_every_available_kernel_loads_under_its_name() -> None:
    assert available_kernels()[-1] == "reference"
    for name in available_kernels():
        assert load_kernels(name, 1).name == name


@needs_native
def test_the_fastest_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ZKCLEAR_KERNEL", raising=False)
    assert load_kernels().name == NATIVE_HERE[0]


def test_the_environment_chooses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZKCLEAR_KERNEL", "reference")
    assert load_kernels().name == "reference"
    monkeypatch.setenv("ZKCLEAR_KERNEL", "cuda")
    with pytest.raises(BackendUnavailable, match="ifma, adx, portable, reference"):
        load_kernels()


@needs_native
def test_threads_come_from_argument_environment_or_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZKCLEAR_THREADS", "3")
    assert load_kernels("portable").threads == 3
    assert load_kernels("portable", 5).threads == 5
    monkeypatch.delenv("ZKCLEAR_THREADS")
    assert load_kernels("portable").threads >= 1
    for bad in ("two", "-1", "٣", "1.5", "0", "257"):
        monkeypatch.setenv("ZKCLEAR_THREADS", bad)
        with pytest.raises(LengthError):
            load_kernels("portable")


def test_a_missing_library_says_how_to_build_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("ZKCLEAR_KERNEL", raising=False)
    monkeypatch.setenv("ZKCLEAR_NATIVE_LIBRARY", str(tmp_path / "nothing.so"))
    assert available_kernels() == ("reference",)
    with pytest.raises(BackendUnavailable, match=r"python -m prover\.native\.build"):
        load_kernels()
    (tmp_path / "nothing.so").write_bytes(b"not a library")
    with pytest.raises(BackendUnavailable, match=r"cannot be loaded.*python -m prover\.native\.build"):
        load_kernels("portable")


@needs_native
def test_another_abi_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    copied = tmp_path / "copy.so"
    copied.write_bytes(native.library_path().read_bytes())
    monkeypatch.setenv("ZKCLEAR_NATIVE_LIBRARY", str(copied))
    monkeypatch.setattr(native, "ABI_VERSION", 999)
    with pytest.raises(BackendUnavailable, match="not 999"):
        load_kernels("portable")


@needs_native
def test_a_library_that_lacks_a_function_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(native._SIGNATURES, "zk_of_tomorrow", ())
    with pytest.raises(BackendUnavailable, match="zk_of_tomorrow"):
        native._function(native.library_path(), "zk_of_tomorrow")


def test_read_only_arrays_are_not_changed_in_place() -> None:
    values = np.zeros((4, 4), dtype=np.uint64)
    values.flags.writeable = False
    with pytest.raises(LayoutError):
        fastest().ntt(values)
    with pytest.raises(LayoutError):
        fastest().groth16_quotient(values, values)


def test_every_status_has_its_exception() -> None:
    expected = (
        LengthError,
        NotReduced,
        ZeroInverse,
        NotOnCurve,
        NotInSubgroup,
        KernelOutOfMemory,
        BackendUnavailable,
        Cancelled,
        IndexOutOfRange,
        KernelError,
        MalformedTape,
    )
    for status, error in enumerate(expected, start=1):
        made = error_of_status(status, "zk_call", 7)
        assert type(made) is error
        assert "zk_call" in str(made)
        assert getattr(made, "index", 7) == 7
    assert "unknown status 99" in str(error_of_status(99, "zk_call", 0))


@pytest.mark.parametrize("name", [*NATIVE_HERE, "reference"])
def test_kernels_work_in_forks_and_in_many_threads(name: str) -> None:
    kernels = kernels_named(name, 2)
    n = 5000 if name != "reference" else 20
    points = g1_array([g1_multiple(m % 7) for m in range(n)])
    scalars = bn254.scalars_from_ints([FR - 1 - i for i in range(n)])
    expected = kernels.msm_g1(points, scalars)
    child = os.fork()
    if child == 0:
        os._exit(0 if np.array_equal(kernels.msm_g1(points, scalars), expected) else 1)
    assert os.waitpid(child, 0)[1] == 0
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(lambda _: kernels.msm_g1(points, scalars), range(8)))
    assert all(np.array_equal(result, expected) for result in results)
