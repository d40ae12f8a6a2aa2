"""The native door's status codes (`zk_status` of the header) as exceptions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from prover.kernels.arrays import TAPE_ARRAYS
from prover.kernels.errors import (
    BackendUnavailable,
    Cancelled,
    IndexOutOfRange,
    KernelError,
    KernelOutOfMemory,
    LengthError,
    MalformedTape,
    NotInSubgroup,
    NotOnCurve,
    NotReduced,
    ZeroInverse,
)

OK: Final = 0

_ERRORS: Final[dict[int, Callable[[str, int], KernelError]]] = {
    1: lambda call, _: LengthError(f"{call}: a length is outside its range"),
    2: lambda call, index: NotReduced(f"{call}: an element is not below its modulus", index),
    3: lambda call, index: ZeroInverse(f"{call}: zero has no inverse", index),
    4: lambda call, index: NotOnCurve(f"{call}: a point is not on its curve", index),
    5: lambda call, index: NotInSubgroup(f"{call}: a point is outside the subgroup of order r", index),
    6: lambda call, _: KernelOutOfMemory(f"{call}: no memory for its scratch space"),
    7: lambda call, _: BackendUnavailable(f"{call}: this backend is not compiled in, or not for this processor"),
    8: lambda call, _: Cancelled(f"{call}: cancelled by its progress callback"),
    9: lambda call, index: IndexOutOfRange(f"{call}: an index points outside", index),
    10: lambda call, _: KernelError(f"{call}: an argument was refused"),
    11: lambda call, index: MalformedTape(call, TAPE_ARRAYS[index >> 32], index & 0xFFFFFFFF),
}


def error_of_status(status: int, function: str, index: int) -> KernelError:
    """The exception for a status other than `OK`; `index` is the element that it is about."""
    make = _ERRORS.get(status)
    return make(function, index) if make else KernelError(f"{function}: unknown status {status}")
