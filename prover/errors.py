"""What can go wrong above the kernels, and what to do about it.

::

    ProverError
    ├── FormatError                 a file (or text) is not what it should be; carries `file`, `section`, `reason`
    │   ├── TruncatedFile           it ends before its contents do
    │   ├── TrailingData            it goes on after its contents end
    │   ├── BadMagic                another kind of file
    │   ├── UnsupportedVersion
    │   ├── UnsupportedFeature      custom gates, another protocol, another curve's layout
    │   ├── SectionMissing
    │   ├── SectionDuplicated
    │   ├── SectionUnknown          a section that this kind of file does not have
    │   ├── SectionLength           a section's length is not what the header says
    │   ├── WrongField              the file is over another prime
    │   ├── ValueOutOfRange         an integer >= its modulus, an index outside its table: refused, never reduced
    │   ├── InvalidPoint            off its curve, or in G2 outside the subgroup of order r
    │   ├── MalformedText           not the JSON, or not the canonical decimal, that was expected
    │   └── InconsistentFile        two parts of a file contradict each other
    ├── InvalidRelation             arrays that do not describe a constraint system
    ├── WitnessMismatch             an assignment that cannot belong to this relation or key
    ├── UnsatisfiedConstraint       carries `constraint`: the first row that fails
    ├── KeyRefused                  carries `reasons`: why a key must not be used
    ├── ContributionRefused         carries `index` and `reason`: a ceremony's chain is broken there
    └── SelfCheckFailed             a proof just made does not verify; it was not returned

A false proof is not an error: verifiers answer `False`. Kernel errors are in `prover.kernels.errors`.
"""

from __future__ import annotations

from collections.abc import Sequence


class ProverError(Exception):
    """Any failure of the prover that it can name."""


class FormatError(ProverError, ValueError):
    """Something read from outside is malformed. `section` is empty when the whole file is meant."""

    def __init__(self, file: str, section: str, message: str) -> None:
        place = f"{file}, section {section}" if section else file
        super().__init__(f"{place}: {message}")
        self.file = file
        self.section = section
        self.reason = message

    def __reduce__(self) -> tuple[type[FormatError], tuple[str, str, str]]:
        return type(self), (self.file, self.section, self.reason)


class TruncatedFile(FormatError):
    """The file ends before its contents do: copy or make it again."""


class TrailingData(FormatError):
    """Bytes follow after the last section or value: the file was appended to, or its header is damaged."""


class BadMagic(FormatError):
    """The first four bytes name another kind of file."""


class UnsupportedVersion(FormatError):
    """A version of the format that no known tool writes, or a newer one."""


class UnsupportedFeature(FormatError):
    """Well-formed, but something that this prover does not do."""


class SectionMissing(FormatError):
    """A section that must be there is not."""


class SectionDuplicated(FormatError):
    """A section is there twice; readers would disagree on which one counts."""


class SectionUnknown(FormatError):
    """A section that this kind of file does not have: a key must hold nothing but what it needs."""


class SectionLength(FormatError):
    """A section is longer or shorter than its contents."""


class WrongField(FormatError):
    """The file is over another prime: compile or set up again for bn128 (BN254)."""


class ValueOutOfRange(FormatError):
    """An integer is not below its modulus, or an index is outside its table. It is refused, never reduced."""


class InvalidPoint(FormatError):
    """A point is not on its curve, or not in the subgroup of order r."""


class MalformedText(FormatError):
    """Text is not the JSON or the canonical decimal that was expected."""


class InconsistentFile(FormatError):
    """Two parts of a file contradict each other."""


class InvalidRelation(ProverError, ValueError):
    """Arrays that do not describe a constraint system: the message names the array and what is wrong."""


class WitnessMismatch(ProverError, ValueError):
    """An assignment that cannot belong to this relation or key: calculate the witness again from the same circuit."""


class UnsatisfiedConstraint(ProverError):
    """The witness breaks the relation: `constraint` is the first row with A*w times B*w unequal to C*w."""

    def __init__(self, constraint: int, detail: str = "") -> None:
        super().__init__(
            f"constraint {constraint} is not satisfied{f' ({detail})' if detail else ''}: the inputs are wrong, "
            "or the witness was made for another version of the circuit"
        )
        self.constraint = constraint
        self.detail = detail

    def __reduce__(self) -> tuple[type[UnsatisfiedConstraint], tuple[int, str]]:
        return type(self), (self.constraint, self.detail)


class KeyRefused(ProverError):
    """A key that must not be used, because proofs under it could be forged or would not hide the witness."""

    def __init__(self, reasons: Sequence[str]) -> None:
        self.reasons = tuple(reasons)
        super().__init__("key refused: " + "; ".join(self.reasons))

    def __reduce__(self) -> tuple[type[KeyRefused], tuple[tuple[str, ...]]]:
        return type(self), (self.reasons,)


class ContributionRefused(ProverError):
    """A ceremony's chain of contributions is broken: go back to the file before contribution `index` (from 0)."""

    def __init__(self, index: int, reason: str) -> None:
        super().__init__(f"contribution {index}: {reason}")
        self.index = index
        self.reason = reason

    def __reduce__(self) -> tuple[type[ContributionRefused], tuple[int, str]]:
        return type(self), (self.index, self.reason)


class SelfCheckFailed(ProverError):
    """A proof just made does not verify, so it was not returned: witness and key do not belong together, or the
    machine computed wrongly. Check the witness against the relation, then run `do.py doctor`.
    """
