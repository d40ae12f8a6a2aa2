"""All historical bugs, and which item of the checklist each belongs to."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from tests.adversarial.circuits.historical import (
    additions,
    aliases,
    batches,
    challenges,
    completeness,
    division,
    hints,
    inverses,
    limbs,
    look_ups,
    messages,
    orders,
    points,
    ranges,
    signatures,
    signs,
    trees,
    updates,
)
from tests.adversarial.circuits.historical.bug import Bug

FAMILIES: Final = (
    ranges,
    additions,
    aliases,
    limbs,
    division,
    inverses,
    hints,
    look_ups,
    trees,
    updates,
    orders,
    batches,
    challenges,
    completeness,
    points,
    signatures,
    signs,
    messages,
)

BUGS: Final[tuple[Bug, ...]] = tuple(bug for family in FAMILIES for bug in family.BUGS)

ITEMS: Final = tuple(f"B{number}" for number in range(14, 41)) + ("J126", "J127")
"""What must be covered."""


def bugs_of(item: str) -> list[Bug]:
    """The bugs of one item."""
    return [bug for bug in BUGS if item in bug.items]


def uncovered(bugs: Iterable[Bug]) -> list[str]:
    """The items that none of the bugs belongs to."""
    covered = {item for bug in bugs for item in bug.items}
    return [item for item in ITEMS if item not in covered]
