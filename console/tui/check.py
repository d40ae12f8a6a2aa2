"""What a check of a proof came to; light to import, which what checks is not."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Check:
    """What was asked, and the answer; `holds` is None where it could not be asked, and `says` why then."""

    name: str
    holds: bool | None
    says: str
    spent_ms: float
