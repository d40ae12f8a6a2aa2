"""Who contributes: a person with a name, or a beacon."""

from __future__ import annotations

from typing import Final

from prover.ceremony.beacon import Beacon
from prover.formats.contributions import Author

MAX_NAME_UNITS: Final = 64
"""UTF-16 code units. snarkjs cuts longer names when it rewrites a file."""


def author(name: str = "", beacon: Beacon | None = None) -> Author:
    """Raises `ValueError` for a name that is too long. Names are covered by no hash: they are labels, not evidence."""
    if len(name.encode("utf-16-le")) > 2 * MAX_NAME_UNITS:
        raise ValueError(f"a contribution's name has at most {MAX_NAME_UNITS} characters: shorten {name!r}")
    if beacon is None:
        return Author(name)
    return Author(name, beacon.value, beacon.iterations_exponent)


def beacon_of(contributor: Author) -> Beacon | None:
    """The beacon that a contribution says it is. Raises `ValueError` for one that cannot be."""
    if not contributor.is_beacon:
        return None
    return Beacon(contributor.beacon_hash, contributor.iterations_exponent)
