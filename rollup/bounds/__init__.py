"""The bound of every product and sum: that numbers of these widths fit where spec and circuit put them.

A circuit computes modulo r. That low <= wire < low + 2^bits says the same of the *integer* that the wire stands for,
if no integer that it can stand for is another of those modulo r. So for each row of the table:

* complete: the range takes in whatever numbers of these widths give, but for what it is there to refuse;
* sound: what is outside stays outside modulo r.

Every expression is of first degree in each of its variables, hence smallest and largest at corners of their ranges, and
looking at all corners proves it.
"""

from rollup.bounds.bound import Bound, Packing, Refuses
from rollup.bounds.packings import PACKINGS
from rollup.bounds.table import bounds_of
from rollup.bounds.widths import Widths

__all__ = ["PACKINGS", "Bound", "Packing", "Refuses", "Widths", "bounds_of"]
