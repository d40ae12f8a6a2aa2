"""Why powers of tau must not be used."""

from __future__ import annotations

from collections.abc import Sequence

from prover.errors import ProverError


class PowersOfTauRefused(ProverError):
    """The points of a `.ptau` are not what its contributions say, or it cannot be contributed to."""

    def __init__(self, reasons: Sequence[str]) -> None:
        self.reasons = tuple(reasons)
        super().__init__("powers of tau refused: " + "; ".join(self.reasons))

    def __reduce__(self) -> tuple[type[PowersOfTauRefused], tuple[tuple[str, ...]]]:
        return type(self), (self.reasons,)
