"""A public random beacon: the last contribution of a ceremony, which anybody can make again.

The seed is SHA-256 applied 2^`iterations_exponent` times to a value that nobody could foresee (a block hash, a
lottery); the delay keeps the one who publishes it from trying many. Bowe, Gabizon and Miers, "Scalable multi-party
computation for zk-SNARK parameters in the random beacon model" (2017).
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import Final

from prover.ceremony.chacha import ChaCha
from prover.kernels.errors import Cancelled
from prover.kernels.interface import Progress

MIN_ITERATIONS_EXPONENT: Final = 10
MAX_ITERATIONS_EXPONENT: Final = 63
MAX_VALUE_BYTES: Final = 255
_REPORT_EVERY: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Beacon:
    """The value and how often it is hashed. 2^20 iterations take half a second, 2^30 ten minutes."""

    value: bytes
    iterations_exponent: int

    def __post_init__(self) -> None:
        if not 1 <= len(self.value) <= MAX_VALUE_BYTES:
            raise ValueError(f"a beacon value has 1..{MAX_VALUE_BYTES} bytes, not {len(self.value)}")
        if not MIN_ITERATIONS_EXPONENT <= self.iterations_exponent <= MAX_ITERATIONS_EXPONENT:
            raise ValueError(
                f"a beacon is hashed 2^{MIN_ITERATIONS_EXPONENT}..2^{MAX_ITERATIONS_EXPONENT} times, "
                f"not 2^{self.iterations_exponent}"
            )

    @classmethod
    def from_hex(cls, text: str, iterations_exponent: int) -> Beacon:
        """From hexadecimal, with or without 0x. Raises `ValueError`."""
        digits = text.removeprefix("0x")
        if re.fullmatch(r"(?:[0-9a-fA-F]{2})+", digits) is None:
            raise ValueError(f"{text!r} is not a beacon value: write whole bytes in hexadecimal")
        return cls(bytes.fromhex(digits), iterations_exponent)

    def seed(self, progress: Progress | None = None) -> bytes:
        """The 32 bytes after 2^`iterations_exponent` hashes. Raises `Cancelled` when `progress` answers False."""
        total = 1 << self.iterations_exponent
        digest = self.value
        for done in range(0, total, _REPORT_EVERY):
            for _ in range(min(_REPORT_EVERY, total - done)):
                digest = hashlib.sha256(digest).digest()
            if progress is not None and progress(min(done + _REPORT_EVERY, total), total) is False:
                raise Cancelled("the beacon's hash chain was cancelled")
        return digest

    def rng(self, progress: Progress | None = None) -> ChaCha:
        """The stream from which the contribution's key is drawn."""
        return ChaCha.from_digest(self.seed(progress))
