"""Toxic waste: the scalars of a contribution, which must not outlive it.

Whoever keeps them can forge proofs (Groth 2016, section 3: the simulation trapdoor). They are held in numpy arrays that
are overwritten after use, and nothing here prints or pickles them. Python offers no more: integers that passed through
the random stream are freed, not overwritten, so contribute from a process that ends afterwards, on a machine without
swap.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from typing import Any, Final, NoReturn, Self, TypeAlias

import numpy as np

from prover import bn254
from prover.bn254 import FR
from prover.ceremony.chacha import ChaCha
from prover.ceremony.hash_to_curve import field_element
from prover.kernels.interface import Field, FieldArray, Kernels, ScalarArray

RandomBytes: TypeAlias = Callable[[int], bytes]
"""Answers that many bytes; `os.urandom` unless somebody says otherwise."""

SYSTEM_BYTES: Final = 64


class Secret:
    """One scalar of Fr, not zero. Use it in a `with` block, or call `wipe()`."""

    __slots__ = ("_scalar",)

    def __init__(self, scalar: ScalarArray) -> None:
        if scalar.shape != (1, 4) or not scalar.any():
            raise ValueError("a secret is one scalar other than zero, shape (1, 4)")
        self._scalar = scalar

    @classmethod
    def draw(cls, rng: ChaCha) -> Secret:
        """The next element of Fr of the stream."""
        while True:
            value = field_element(rng, FR)
            if value != 0:
                return cls(bn254.scalars_from_ints([value]))

    @classmethod
    def from_int(cls, value: int) -> Secret:
        """A value that is no secret any more: published, for development."""
        return cls(bn254.scalars_from_ints([value]))

    @property
    def scalar(self) -> ScalarArray:
        """The canonical scalar, shape (1, 4): a view that `wipe` clears."""
        return self._scalar

    def inverse(self, kernels: Kernels) -> Secret:
        """1 / self."""
        montgomery = self.montgomery(kernels)
        inverted = kernels.inverse(Field.FR, montgomery)
        result = Secret(kernels.from_montgomery(Field.FR, inverted))
        wipe(montgomery, inverted)
        return result

    def times(self, other: Secret, kernels: Kernels) -> Secret:
        """self * other."""
        factors = self.montgomery(kernels), other.montgomery(kernels)
        product = kernels.mul(Field.FR, *factors)
        result = Secret(kernels.from_montgomery(Field.FR, product))
        wipe(*factors, product)
        return result

    def montgomery(self, kernels: Kernels) -> FieldArray:
        """In Montgomery form, shape (1, 4): a copy that the caller wipes."""
        return kernels.to_montgomery(Field.FR, self._scalar)

    def wipe(self) -> None:
        """Overwrite the scalar."""
        self._scalar.fill(0)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.wipe()

    def __repr__(self) -> str:
        return "Secret(...)"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is neither copied nor pickled")


def wipe(*arrays: np.ndarray[Any, Any]) -> None:
    """Overwrite arrays that held secrets."""
    for array in arrays:
        array.fill(0)


def secret_rng(entropy: bytes | str = b"", random_bytes: RandomBytes = os.urandom) -> ChaCha:
    """A stream seeded by the system's randomness and whatever the contributor adds, as snarkjs seeds its own.

    Added entropy cannot weaken the stream: it is hashed together with 64 bytes from the system.
    """
    added = entropy.encode() if isinstance(entropy, str) else entropy
    system = random_bytes(SYSTEM_BYTES)
    if len(system) != SYSTEM_BYTES:
        raise OSError(f"the system gave {len(system)} random bytes instead of {SYSTEM_BYTES}: nothing was drawn")
    return ChaCha.from_digest(hashlib.blake2b(system + added).digest())
