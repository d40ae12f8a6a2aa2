"""What can go wrong below the seam.

::

    KernelError
    ├── LengthError            a size outside the function's range
    ├── LayoutError            an array's type or memory layout: dtype, contiguity, read-only where written to
    ├── ElementError           carries `index`
    │   ├── NotReduced         an element >= its modulus
    │   ├── ZeroInverse        zero has no inverse
    │   ├── NotOnCurve
    │   ├── NotInSubgroup
    │   ├── IndexOutOfRange    a sparse matrix names a row or column that is not there
    │   ├── NotOne             a witness does not begin with the constant 1
    │   └── MalformedTape      carries `part`, the array of a witness tape that is unsound at `index`
    ├── BackendUnavailable     not compiled in, or this processor lacks the instructions
    ├── Cancelled              the progress callback answered False
    └── KernelOutOfMemory
"""

from __future__ import annotations


class KernelError(Exception):
    """Any failure of a kernel call."""


class LengthError(KernelError, ValueError):
    """A length or shape that the function does not take."""


class LayoutError(KernelError, TypeError):
    """An array of another type, not C-contiguous, or read-only where it would be changed."""


class ElementError(KernelError, ValueError):
    """One element of an input is bad."""

    def __init__(self, message: str, index: int) -> None:
        super().__init__(f"{message} (element {index})")
        self.index = index


class NotReduced(ElementError):
    """An element is not below its modulus. Inputs are refused, never reduced."""


class ZeroInverse(ElementError):
    """Zero has no inverse."""


class NotOnCurve(ElementError):
    """A point does not satisfy its curve's equation."""


class NotInSubgroup(ElementError):
    """A point of G2's curve outside the subgroup of order r."""


class IndexOutOfRange(ElementError):
    """A row or column index points outside the matrix or vector."""


class NotOne(ElementError):
    """A witness does not begin with the constant 1."""


class MalformedTape(ElementError):
    """A witness tape that no executor runs; `part` names the array of `prover.tape.Tape`, `index` the row in it."""

    def __init__(self, message: str, part: str, index: int) -> None:
        super().__init__(f"{message}: {part} is unsound, see prover.tape", index)
        self.part = part


class BackendUnavailable(KernelError):
    """The kernel asked for cannot run here."""


class Cancelled(KernelError):
    """The progress callback asked to stop; nothing was written that a caller may use."""


class KernelOutOfMemory(KernelError, MemoryError):
    """The native side could not allocate its scratch space."""
