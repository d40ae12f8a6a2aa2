"""What a table's marks say of forwards: by put-call parity F = K + C - P, undiscounted as in Black (1976).

A risk table has marks and no forwards; whoever shows implied volatilities and Greeks needs the price that the marks
were made with. The index is another price: it is off by what holding the underlying until the expiry costs.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple


class Marked(NamedTuple):
    """The mark of an option that has not expired."""

    underlying: int
    expiry_s: int
    strike_e2: int
    is_call: bool
    mark_e2: int


def forwards_e2(marks: Iterable[Marked]) -> dict[tuple[int, int], int]:
    """By (underlying, expiry_s), where a call and a put have one strike; of several the one with the nearest marks.

    Off by two cents at most, by which the marks are rounded. O(n).
    """
    calls: dict[tuple[int, int, int], int] = {}
    puts: dict[tuple[int, int, int], int] = {}
    for one in marks:
        side = calls if one.is_call else puts
        side[one.underlying, one.expiry_s, one.strike_e2] = one.mark_e2
    best: dict[tuple[int, int], tuple[int, int]] = {}
    for place, call_e2 in calls.items():
        put_e2 = puts.get(place)
        if put_e2 is None:
            continue
        underlying, expiry_s, strike_e2 = place
        found = abs(call_e2 - put_e2), strike_e2 + call_e2 - put_e2
        best[underlying, expiry_s] = min(found, best.get((underlying, expiry_s), found))
    return {place: forward_e2 for place, (_, forward_e2) in best.items() if forward_e2 > 0}
