"""The native kernels behind ctypes: the one file that touches the shared library.

Every method checks the layout of its arrays, makes one call through the door in
`prover/native/include/zkclear_native.h` and turns its error code into an exception of `prover.kernels.errors`.
ctypes lets go of the GIL during a call, so methods may run in several Python threads at once. Arrays are passed by
address, never copied.

The library is `_zkclear_native.so` (`.dylib` on macOS) beside this file, or what `ZKCLEAR_NATIVE_LIBRARY` names.
"""

from __future__ import annotations

import ctypes
import os
import sys
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from prover.bn254 import TWO_ADICITY
from prover.kernels import arrays
from prover.kernels.arrays import FIELD_LIMBS, G1_LIMBS, G2_LIMBS
from prover.kernels.errors import BackendUnavailable, LengthError
from prover.kernels.interface import Field, FieldArray, G1Array, G2Array, Progress, ScalarArray
from prover.kernels.native_hashes import NativeHashes, address_of
from prover.kernels.status import OK, error_of_status
from prover.tape import Tape

LIBRARY_VARIABLE: Final = "ZKCLEAR_NATIVE_LIBRARY"
ABI_VERSION: Final = 4
BACKENDS: Final = {"portable": 0, "adx": 1, "ifma": 2}
MAX_THREADS: Final = 256
BUILD_HINT: Final = "run `python -m prover.native.build`"

_ADD, _SUB, _MUL = 0, 1, 2
_P = ctypes.c_void_p
_U32 = ctypes.c_uint32
_INT = ctypes.c_int
_SIZE = ctypes.c_size_t

_SIGNATURES: Final[dict[str, tuple[Any, ...]]] = {  # after the context, which every one of them takes first
    "zk_field_apply": (_U32, _U32, _P, _P, _P, _SIZE),
    "zk_field_inverse": (_U32, _P, _P, _SIZE),
    "zk_field_to_montgomery": (_U32, _P, _P, _SIZE),
    "zk_field_from_montgomery": (_U32, _P, _P, _SIZE),
    "zk_field_check": (_U32, _P, _SIZE),
    "zk_field_powers": (_U32, _P, _P, _P, _SIZE),
    "zk_ntt": (_P, _U32, _INT, _P),
    "zk_groth16_quotient": (_P, _P, _U32),
    "zk_sparse_multiply": (_P, _P, _P, _P, _SIZE, _P, _SIZE),
    "zk_zkey_coefficients": (_P, _P, _SIZE, _P, _SIZE, _P, _SIZE),
    "zk_execute_tape": (_P, _SIZE, _P),
    "zk_msm_g1": (_P, _P, _P, _SIZE),
    "zk_msm_g2": (_P, _P, _P, _SIZE),
    "zk_fixed_base_g1": (_P, _P, _P, _SIZE),
    "zk_fixed_base_g2": (_P, _P, _P, _SIZE),
    "zk_scale_g1": (_P, _P, _P, _SIZE, _SIZE),
    "zk_scale_g2": (_P, _P, _P, _SIZE, _SIZE),
    "zk_sparse_combine_g1": (_P, _P, _P, _P, _SIZE, _P, _SIZE),
    "zk_sparse_combine_g2": (_P, _P, _P, _P, _SIZE, _P, _SIZE),
    "zk_group_ntt_g1": (_P, _U32, _INT),
    "zk_group_ntt_g2": (_P, _U32, _INT),
    "zk_check_g1": (_P, _SIZE),
    "zk_check_g2": (_P, _SIZE),
    "zk_pairing_product_is_one": (_P, _P, _P, _SIZE),
    "zk_pairing": (_P, _P, _P),
    "zk_poseidon": (_P, _P, _U32, _SIZE),
    "zk_poseidon_constants": (_P, _P, _U32),
    "zk_blake2b_absorb": (_P, _P, _SIZE, ctypes.c_uint64),
    "zk_eddsa_public_key": (_P, _P),
    "zk_eddsa_sign": (_P, _P, _P),
    "zk_eddsa_verify": (_P, _P, _P, _P, _SIZE),
    "zk_eddsa_verify_batch": (_P, _P, _P, _P, _SIZE, _P),
    "zk_eddsa_know_key": (_P, _P, _P),
    "zk_eddsa_verify_known": (_P, _P, _SIZE, _P, _P, _P, _SIZE),
}

_PROGRESS = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_uint64, ctypes.c_uint64)


class _Context(ctypes.Structure):
    """`zk_context` of the header."""

    _fields_ = (
        ("backend", ctypes.c_uint32),
        ("threads", ctypes.c_uint32),
        ("progress", _PROGRESS),
        ("user", ctypes.c_void_p),
        ("error_index", ctypes.c_uint64),
    )


def library_path() -> Path:
    """Where the shared library is looked for."""
    named = os.environ.get(LIBRARY_VARIABLE)
    if named:
        return Path(named)
    suffix = ".dylib" if sys.platform == "darwin" else ".so"
    return Path(__file__).resolve().parent / f"_zkclear_native{suffix}"


@cache
def _load(path: Path) -> ctypes.CDLL:
    if not path.is_file():
        raise BackendUnavailable(f"the native kernels are not compiled ({path} is missing): {BUILD_HINT}")
    try:
        library = ctypes.CDLL(str(path))
        library.zk_abi_version.restype = ctypes.c_uint32
        found = int(library.zk_abi_version())
    except (OSError, AttributeError) as error:
        raise BackendUnavailable(f"{path} cannot be loaded ({error}): {BUILD_HINT}") from error
    if found != ABI_VERSION:
        raise BackendUnavailable(f"{path} has ABI version {found}, not {ABI_VERSION}: {BUILD_HINT}")
    return library


@cache
def _function(path: Path, name: str) -> Any:
    try:
        function = getattr(_load(path), name)
    except AttributeError as error:
        raise BackendUnavailable(f"{path} has no function {name}: {BUILD_HINT}") from error
    function.argtypes = (ctypes.POINTER(_Context), *_SIGNATURES[name])
    function.restype = ctypes.c_int
    return function


def backend_available(backend: str) -> bool:
    """Whether the library is there and this processor can run `backend` (`ifma`, `adx` or `portable`)."""
    if backend not in BACKENDS:
        return False
    try:
        return bool(_load(library_path()).zk_backend_available(ctypes.c_uint32(BACKENDS[backend])))
    except (BackendUnavailable, AttributeError):
        return False


class _ProgressBridge:
    """Turns a Python callback into one for C: exceptions are kept for the caller, `False` and exceptions cancel."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self.raised: BaseException | None = None
        self.callback = _PROGRESS(self._call)

    def _call(self, _user: int | None, done: int, total: int) -> int:
        if self.raised is not None:
            return 1
        try:
            return 1 if self._progress(done, total) is False else 0
        except BaseException as error:  # noqa: BLE001  nothing may unwind through C; re-raised after the call
            self.raised = error
            return 1


class NativeKernels(NativeHashes):
    """`prover.kernels.interface.Kernels` on the C library. Holds no state but its choice of backend and threads."""

    def __init__(self, backend: str, threads: int) -> None:
        if backend not in BACKENDS:
            raise BackendUnavailable(f"no native backend is called {backend!r}: choose from {', '.join(BACKENDS)}")
        if not 1 <= threads <= MAX_THREADS:
            raise LengthError(f"{threads} threads: choose 1..{MAX_THREADS}")
        self._path = library_path()
        _load(self._path)
        if not backend_available(backend):
            raise BackendUnavailable(f"backend {backend} is not compiled in, or this processor lacks its instructions")
        self._name = backend
        self._threads = threads

    @property
    def name(self) -> str:
        """`ifma`, `adx` or `portable`."""
        return self._name

    @property
    def threads(self) -> int:
        """How many threads each call may use."""
        return self._threads

    def _call(self, function: str, *arguments: Any, progress: Progress | None = None) -> None:
        context = _Context(backend=BACKENDS[self._name], threads=self._threads)
        bridge = None if progress is None else _ProgressBridge(progress)
        if bridge is not None:
            context.progress = bridge.callback
        status = _function(self._path, function)(ctypes.byref(context), *arguments)
        if bridge is not None and bridge.raised is not None:
            raise bridge.raised
        if status != OK:
            raise error_of_status(status, function, context.error_index)

    def _number(self, function: str, *arguments: int) -> int:
        return int(getattr(_load(self._path), function)(*(ctypes.c_uint32(one) for one in arguments)))

    # -- vectors over a field --------------------------------------------------------------------------------------
    def _apply(self, field: Field, operation: int, a: FieldArray, b: FieldArray) -> FieldArray:
        n = arrays.check_rows("a", a, FIELD_LIMBS)
        arrays.check_rows("b", b, FIELD_LIMBS, n)
        out = np.empty((n, FIELD_LIMBS), dtype=np.uint64)
        self._call("zk_field_apply", field, operation, address_of(out), address_of(a), address_of(b), n)
        return out

    def _map(self, function: str, field: Field, a: FieldArray) -> FieldArray:
        n = arrays.check_rows("a", a, FIELD_LIMBS)
        out = np.empty((n, FIELD_LIMBS), dtype=np.uint64)
        self._call(function, field, address_of(out), address_of(a), n)
        return out

    def add(self, field: Field, a: FieldArray, b: FieldArray) -> FieldArray:
        """a + b, element by element."""
        return self._apply(field, _ADD, a, b)

    def sub(self, field: Field, a: FieldArray, b: FieldArray) -> FieldArray:
        """a - b, element by element."""
        return self._apply(field, _SUB, a, b)

    def mul(self, field: Field, a: FieldArray, b: FieldArray) -> FieldArray:
        """a * b, element by element."""
        return self._apply(field, _MUL, a, b)

    def inverse(self, field: Field, a: FieldArray) -> FieldArray:
        """Each element inverted, by Montgomery's shared inversion. Raises `ZeroInverse`."""
        return self._map("zk_field_inverse", field, a)

    def to_montgomery(self, field: Field, canonical: FieldArray) -> FieldArray:
        """canonical * 2^256. Raises `NotReduced`."""
        return self._map("zk_field_to_montgomery", field, canonical)

    def from_montgomery(self, field: Field, a: FieldArray) -> FieldArray:
        """a / 2^256."""
        return self._map("zk_field_from_montgomery", field, a)

    def check_reduced(self, field: Field, a: FieldArray) -> None:
        """Raises `NotReduced` naming the first element >= the modulus."""
        n = arrays.check_rows("a", a, FIELD_LIMBS)
        self._call("zk_field_check", field, address_of(a), n)

    def powers(self, field: Field, start: FieldArray, ratio: FieldArray, n: int) -> FieldArray:
        """start * ratio^i for i in 0..n."""
        arrays.check_one("start", start, FIELD_LIMBS)
        arrays.check_one("ratio", ratio, FIELD_LIMBS)
        if n < 0:
            raise LengthError(f"{n} powers cannot be made")
        out = np.empty((n, FIELD_LIMBS), dtype=np.uint64)
        self._call("zk_field_powers", field, address_of(out), address_of(start), address_of(ratio), n)
        return out

    # -- polynomials over Fr ---------------------------------------------------------------------------------------
    def ntt(self, values: FieldArray, *, inverse: bool = False, coset: FieldArray | None = None) -> None:
        """In place. Forward: coefficients -> values at coset * w^i."""
        log2_n = arrays.check_power_of_two("values", arrays.check_rows("values", values, FIELD_LIMBS))
        arrays.check_writeable("values", values)
        if coset is not None:
            arrays.check_one("coset", coset, FIELD_LIMBS)
        self._call("zk_ntt", address_of(values), log2_n, int(inverse), None if coset is None else address_of(coset))

    def groth16_quotient(self, a: FieldArray, b: FieldArray) -> ScalarArray:
        """In place: canonical A*B - C at the odd points, in `a`, which is returned; `b` is overwritten."""
        n = arrays.check_rows("a", a, FIELD_LIMBS)
        arrays.check_rows("b", b, FIELD_LIMBS, n)
        log2_n = arrays.check_power_of_two("a", n, 1, TWO_ADICITY - 1)
        arrays.check_writeable("a", a)
        arrays.check_writeable("b", b)
        self._call("zk_groth16_quotient", address_of(a), address_of(b), log2_n)
        return a

    # -- sparse matrices over Fr -----------------------------------------------------------------------------------
    def sparse_multiply(
        self, row_start: NDArray[np.uint64], column: NDArray[np.uint32], coefficient: FieldArray, vector: FieldArray
    ) -> FieldArray:
        """Compressed rows times a vector. Raises `IndexOutOfRange`."""
        rows, _ = arrays.check_sparse(row_start, column, coefficient)
        columns = arrays.check_rows("vector", vector, FIELD_LIMBS)
        out = np.empty((rows, FIELD_LIMBS), dtype=np.uint64)
        matrix = (address_of(row_start), address_of(column), address_of(coefficient))
        self._call("zk_sparse_multiply", address_of(out), *matrix, rows, address_of(vector), columns)
        return out

    def zkey_coefficients(
        self, records: NDArray[np.uint8], domain_size: int, witness: ScalarArray
    ) -> tuple[FieldArray, FieldArray]:
        """A*w and B*w on the domain. Raises `IndexOutOfRange`."""
        count = arrays.check_zkey_records(records)
        wires = arrays.check_rows("witness", witness, FIELD_LIMBS)
        arrays.check_power_of_two("the domain", domain_size)
        a, b = (np.empty((domain_size, FIELD_LIMBS), dtype=np.uint64) for _ in range(2))
        inputs = (address_of(records), count, address_of(witness), wires)
        self._call("zk_zkey_coefficients", address_of(a), address_of(b), domain_size, *inputs)
        return a, b

    def execute_tape(self, tape: Tape, witness: ScalarArray) -> None:
        """In place. Raises `MalformedTape`, `NotOne` or `NotReduced`, and has changed nothing then."""
        parts = arrays.check_tape(tape, witness)
        pointers = np.array([(address_of(part), len(part)) for part in parts], dtype=np.uint64)
        self._call("zk_execute_tape", address_of(witness), len(witness), address_of(pointers))

    # -- curve points ----------------------------------------------------------------------------------------------
    def _msm(
        self, function: str, limbs: int, points: NDArray[np.uint64], scalars: ScalarArray, progress: Progress | None
    ) -> NDArray[np.uint64]:
        n = arrays.check_rows("points", points, limbs)
        arrays.check_rows("scalars", scalars, FIELD_LIMBS, n)
        out = np.empty(limbs, dtype=np.uint64)
        self._call(function, address_of(out), address_of(points), address_of(scalars), n, progress=progress)
        return out

    def msm_g1(self, points: G1Array, scalars: ScalarArray, *, progress: Progress | None = None) -> G1Array:
        """The sum of scalars[i] * points[i]."""
        return self._msm("zk_msm_g1", G1_LIMBS, points, scalars, progress)

    def msm_g2(self, points: G2Array, scalars: ScalarArray, *, progress: Progress | None = None) -> G2Array:
        """The sum of scalars[i] * points[i] in G2."""
        return self._msm("zk_msm_g2", G2_LIMBS, points, scalars, progress)

    def _fixed_base(
        self, function: str, limbs: int, base: NDArray[np.uint64], scalars: ScalarArray, progress: Progress | None
    ) -> NDArray[np.uint64]:
        arrays.check_one("base", base, limbs)
        n = arrays.check_rows("scalars", scalars, FIELD_LIMBS)
        out = np.empty((n, limbs), dtype=np.uint64)
        self._call(function, address_of(out), address_of(base), address_of(scalars), n, progress=progress)
        return out

    def fixed_base_g1(self, base: G1Array, scalars: ScalarArray, *, progress: Progress | None = None) -> G1Array:
        """scalars[i] * base."""
        return self._fixed_base("zk_fixed_base_g1", G1_LIMBS, base, scalars, progress)

    def fixed_base_g2(self, base: G2Array, scalars: ScalarArray, *, progress: Progress | None = None) -> G2Array:
        """scalars[i] * base in G2."""
        return self._fixed_base("zk_fixed_base_g2", G2_LIMBS, base, scalars, progress)

    def _scale(
        self, function: str, limbs: int, points: NDArray[np.uint64], scalars: ScalarArray, progress: Progress | None
    ) -> NDArray[np.uint64]:
        n = arrays.check_rows("points", points, limbs)
        m = arrays.check_rows("scalars", scalars, FIELD_LIMBS)
        if m not in (1, n):
            raise LengthError(f"{m} scalars for {n} points: pass one for all, or one for each")
        out = np.empty((n, limbs), dtype=np.uint64)
        self._call(function, address_of(out), address_of(points), address_of(scalars), m, n, progress=progress)
        return out

    def scale_g1(self, points: G1Array, scalars: ScalarArray, *, progress: Progress | None = None) -> G1Array:
        """scalars[i] * points[i], or one scalar for all."""
        return self._scale("zk_scale_g1", G1_LIMBS, points, scalars, progress)

    def scale_g2(self, points: G2Array, scalars: ScalarArray, *, progress: Progress | None = None) -> G2Array:
        """scalars[i] * points[i] in G2, or one scalar for all."""
        return self._scale("zk_scale_g2", G2_LIMBS, points, scalars, progress)

    def _sparse_combine(
        self,
        function: str,
        limbs: int,
        matrix: tuple[NDArray[np.uint64], NDArray[np.uint32], ScalarArray],
        points: NDArray[np.uint64],
        progress: Progress | None,
    ) -> NDArray[np.uint64]:
        rows, _ = arrays.check_sparse(*matrix)
        n = arrays.check_rows("points", points, limbs)
        out = np.empty((rows, limbs), dtype=np.uint64)
        pointers = (address_of(part) for part in matrix)
        self._call(function, address_of(out), *pointers, rows, address_of(points), n, progress=progress)
        return out

    def sparse_combine_g1(
        self,
        row_start: NDArray[np.uint64],
        index: NDArray[np.uint32],
        scalars: ScalarArray,
        points: G1Array,
        *,
        progress: Progress | None = None,
    ) -> G1Array:
        """Row i: the sum of scalars[k] * points[index[k]]. Raises `IndexOutOfRange`."""
        return self._sparse_combine("zk_sparse_combine_g1", G1_LIMBS, (row_start, index, scalars), points, progress)

    def sparse_combine_g2(
        self,
        row_start: NDArray[np.uint64],
        index: NDArray[np.uint32],
        scalars: ScalarArray,
        points: G2Array,
        *,
        progress: Progress | None = None,
    ) -> G2Array:
        """Row i: the sum of scalars[k] * points[index[k]] in G2. Raises `IndexOutOfRange`."""
        return self._sparse_combine("zk_sparse_combine_g2", G2_LIMBS, (row_start, index, scalars), points, progress)

    def _group_ntt(
        self, function: str, limbs: int, points: NDArray[np.uint64], inverse: bool, progress: Progress | None
    ) -> None:
        log2_n = arrays.check_power_of_two("points", arrays.check_rows("points", points, limbs))
        arrays.check_writeable("points", points)
        self._call(function, address_of(points), log2_n, int(inverse), progress=progress)

    def group_ntt_g1(self, points: G1Array, *, inverse: bool = False, progress: Progress | None = None) -> None:
        """In place: the transform of a vector of points."""
        self._group_ntt("zk_group_ntt_g1", G1_LIMBS, points, inverse, progress)

    def group_ntt_g2(self, points: G2Array, *, inverse: bool = False, progress: Progress | None = None) -> None:
        """In place: the transform of a vector of points of G2."""
        self._group_ntt("zk_group_ntt_g2", G2_LIMBS, points, inverse, progress)

    def check_g1(self, points: G1Array) -> None:
        """Raises `NotReduced` or `NotOnCurve`. Infinity passes."""
        n = arrays.check_rows("points", points, G1_LIMBS)
        self._call("zk_check_g1", address_of(points), n)

    def check_g2(self, points: G2Array) -> None:
        """Raises `NotReduced`, `NotOnCurve` or `NotInSubgroup`. Infinity passes."""
        n = arrays.check_rows("points", points, G2_LIMBS)
        self._call("zk_check_g2", address_of(points), n)

    # -- pairing ---------------------------------------------------------------------------------------------------
    def pairing_product_is_one(self, g1: G1Array, g2: G2Array) -> bool:
        """Whether the product of e(g1[i], g2[i]) is 1; true for none. Bad points raise."""
        n = arrays.check_rows("g1", g1, G1_LIMBS)
        arrays.check_rows("g2", g2, G2_LIMBS, n)
        is_one = np.zeros(1, dtype=np.intc)
        self._call("zk_pairing_product_is_one", address_of(is_one), address_of(g1), address_of(g2), n)
        return bool(is_one[0])

    def pairing(self, g1: G1Array, g2: G2Array) -> FieldArray:
        """e(g1, g2): 12 elements of Fq."""
        arrays.check_one("g1", g1, G1_LIMBS)
        arrays.check_one("g2", g2, G2_LIMBS)
        out = np.empty((12, FIELD_LIMBS), dtype=np.uint64)
        self._call("zk_pairing", address_of(out), address_of(g1), address_of(g2))
        return out
