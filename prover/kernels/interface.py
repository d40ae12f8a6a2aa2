"""What a kernel can do: the one seam between Groth16 in Python and the arithmetic below it.

Implementations: `prover.kernels.native` (C, three backends) and `prover.reference.kernels` (py_ecc, the readable twin).
Arrays are C-contiguous little-endian `uint64`:

======================  ============  ==========================================================================
name                    shape         meaning
======================  ============  ==========================================================================
`FieldArray`            (n, 4)        elements of Fr or Fq, Montgomery form (R = 2^256) unless named `canonical`
`ScalarArray`           (n, 4)        canonical integers below r
`G1Array`               (n, 8)        affine x, y in Montgomery form; infinity is all zeros
`G2Array`               (n, 16)       affine x.c0, x.c1, y.c0, y.c1; infinity is all zeros
======================  ============  ==========================================================================

These are also the layouts of snarkjs's .zkey and .ptau sections, so a memory map is passed without a copy. Inputs are
never written to unless the method says `in place`. Errors are those of `prover.kernels.errors`.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from prover.tape import Tape

FieldArray: TypeAlias = NDArray[np.uint64]
ScalarArray: TypeAlias = NDArray[np.uint64]
G1Array: TypeAlias = NDArray[np.uint64]
G2Array: TypeAlias = NDArray[np.uint64]

Progress: TypeAlias = Callable[[int, int], bool | None]
"""Called as `progress(done, total)`; answering `False` cancels the call with `Cancelled`."""


class Field(IntEnum):
    """Which prime field a vector is over."""

    FR = 0
    FQ = 1


class Kernels(Protocol):
    """Arithmetic over BN254. Methods are pure but for those marked `in place`; all are safe to call from threads."""

    @property
    def name(self) -> str:
        """`ifma`, `adx`, `portable` or `reference`."""

    @property
    def threads(self) -> int:
        """How many threads each call may use."""

    # -- vectors over a field --------------------------------------------------------------------------------------
    def add(self, field: Field, a: FieldArray, b: FieldArray) -> FieldArray: ...
    def sub(self, field: Field, a: FieldArray, b: FieldArray) -> FieldArray: ...
    def mul(self, field: Field, a: FieldArray, b: FieldArray) -> FieldArray: ...
    def inverse(self, field: Field, a: FieldArray) -> FieldArray:
        """Each element inverted. Raises `ZeroInverse` naming the first zero."""

    def to_montgomery(self, field: Field, canonical: FieldArray) -> FieldArray:
        """Raises `NotReduced` naming the first element >= the modulus."""

    def from_montgomery(self, field: Field, a: FieldArray) -> FieldArray: ...
    def check_reduced(self, field: Field, a: FieldArray) -> None:
        """Raises `NotReduced` naming the first element >= the modulus."""

    def powers(self, field: Field, start: FieldArray, ratio: FieldArray, n: int) -> FieldArray:
        """`start * ratio^i` for i in 0..n; start and ratio are (4,) arrays in Montgomery form."""

    # -- polynomials over Fr ---------------------------------------------------------------------------------------
    def ntt(self, values: FieldArray, *, inverse: bool = False, coset: FieldArray | None = None) -> None:
        """In place, natural order, length a power of two. Forward: coefficients -> values at coset * w^i."""

    def groth16_quotient(self, a: FieldArray, b: FieldArray) -> ScalarArray:
        """In place: from values of A and B on the domain to canonical A*B - C at the odd points, in `a` (returned)."""

    # -- sparse matrices over Fr -----------------------------------------------------------------------------------
    def sparse_multiply(
        self, row_start: NDArray[np.uint64], column: NDArray[np.uint32], coefficient: FieldArray, vector: FieldArray
    ) -> FieldArray:
        """Compressed rows times a vector. Shapes (rows + 1,), (nnz,), (nnz, 4), (columns, 4) -> (rows, 4)."""

    def zkey_coefficients(
        self, records: NDArray[np.uint8], domain_size: int, witness: ScalarArray
    ) -> tuple[FieldArray, FieldArray]:
        """A*w and B*w on the domain from section 4 of a .zkey (44-byte records), each (domain_size, 4)."""

    # -- witnesses -------------------------------------------------------------------------------------------------
    def execute_tape(self, tape: Tape, witness: ScalarArray) -> None:
        """In place: fills in what `tape` writes of a witness (n_wires, 4) whose wire 0 is 1 and whose inputs are there.

        Every wire has to be canonical beforehand, and is afterwards. A temporary that nothing wrote reads as 0. Raises
        `MalformedTape`, `NotOne` or `NotReduced`, before anything is run or changed.
        """

    # -- curve points ----------------------------------------------------------------------------------------------
    def msm_g1(self, points: G1Array, scalars: ScalarArray, *, progress: Progress | None = None) -> G1Array:
        """Sum of scalars[i] * points[i], shape (8,). Raises `NotReduced` for a scalar >= r."""

    def msm_g2(self, points: G2Array, scalars: ScalarArray, *, progress: Progress | None = None) -> G2Array:
        """The same in G2, shape (16,)."""

    def fixed_base_g1(self, base: G1Array, scalars: ScalarArray, *, progress: Progress | None = None) -> G1Array:
        """scalars[i] * base, shape (n, 8)."""

    def fixed_base_g2(self, base: G2Array, scalars: ScalarArray, *, progress: Progress | None = None) -> G2Array: ...
    def scale_g1(self, points: G1Array, scalars: ScalarArray, *, progress: Progress | None = None) -> G1Array:
        """scalars[i] * points[i]; `scalars` may have one row, shared by all points."""

    def scale_g2(self, points: G2Array, scalars: ScalarArray, *, progress: Progress | None = None) -> G2Array: ...
    def sparse_combine_g1(
        self,
        row_start: NDArray[np.uint64],
        index: NDArray[np.uint32],
        scalars: ScalarArray,
        points: G1Array,
        *,
        progress: Progress | None = None,
    ) -> G1Array:
        """Row i: the sum of scalars[k] * points[index[k]] for k in row_start[i]..row_start[i + 1]."""

    def sparse_combine_g2(
        self,
        row_start: NDArray[np.uint64],
        index: NDArray[np.uint32],
        scalars: ScalarArray,
        points: G2Array,
        *,
        progress: Progress | None = None,
    ) -> G2Array: ...
    def group_ntt_g1(self, points: G1Array, *, inverse: bool = False, progress: Progress | None = None) -> None:
        """In place: the transform of a vector of points (powers of tau -> Lagrange basis with inverse=True)."""

    def group_ntt_g2(self, points: G2Array, *, inverse: bool = False, progress: Progress | None = None) -> None: ...
    def check_g1(self, points: G1Array) -> None:
        """Raises `NotReduced` or `NotOnCurve` naming the first bad point. Infinity passes."""

    def check_g2(self, points: G2Array) -> None:
        """As `check_g1`, and raises `NotInSubgroup`."""

    # -- pairing ---------------------------------------------------------------------------------------------------
    def pairing_product_is_one(self, g1: G1Array, g2: G2Array) -> bool:
        """Whether the product of e(g1[i], g2[i]) is 1. Bad points raise, as `check_g1` and `check_g2` do."""

    def pairing(self, g1: G1Array, g2: G2Array) -> FieldArray:
        """e(g1, g2) as 12 Fq elements in the order of the header: for the comparison with py_ecc. Shape (12, 4)."""

    # -- hashes and signatures -------------------------------------------------------------------------------------
    def poseidon(self, inputs: ScalarArray) -> ScalarArray:
        """circomlib's Poseidon. Shape (n, arity, 4) canonical, arity 1..16 -> (n, 4) canonical."""

    def poseidon_constants(self, t: int) -> tuple[ScalarArray, ScalarArray]:
        """Round constants ((8 + partial) * t, 4) and matrix (t * t, 4), canonical."""

    def blake2b_absorb(self, state: NDArray[np.uint64], blocks: NDArray[np.uint8], counter: int) -> None:
        """In place: `state` (8,) after whole 128-byte blocks of BLAKE2b, none the last; `counter` bytes came before."""

    def eddsa_public_key(self, private_key: bytes) -> ScalarArray:
        """(8,): x and y canonical. The 32-byte key is expanded as circomlibjs does. Constant time."""

    def eddsa_sign(self, private_key: bytes, message: ScalarArray) -> ScalarArray:
        """(12,): R8.x, R8.y, S. `message` is (4,) canonical. Deterministic, constant time in the key."""

    def eddsa_verify(
        self, public_keys: ScalarArray, signatures: ScalarArray, messages: ScalarArray
    ) -> NDArray[np.bool_]:
        """(n, 8), (n, 12), (n, 4) -> (n,) of bool. A malformed signature is `False`, never an error."""

    def eddsa_verify_batch(
        self, public_keys: ScalarArray, signatures: ScalarArray, messages: ScalarArray, *, seed: bytes
    ) -> bool:
        """Whether all are valid, by one random combination; `seed` is 32 fresh random bytes."""

    @property
    def eddsa_key_words(self) -> int:
        """How many words of 64 bits a known key has."""

    def eddsa_know_key(self, public_key: ScalarArray, out: NDArray[np.uint64]) -> bool:
        """(8,) into (`eddsa_key_words`,): for a key that signs often. `False`, with nothing written, for no key."""

    def eddsa_verify_known(
        self,
        known_keys: NDArray[np.uint64],
        key_of: NDArray[np.uint32],
        signatures: ScalarArray,
        messages: ScalarArray,
    ) -> NDArray[np.bool_]:
        """As `eddsa_verify`, by rows of `known_keys`: (k, words), (n,), (n, 12), (n, 4) -> (n,) of bool."""
