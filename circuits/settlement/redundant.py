"""What the audit is told: rows that stand though the others imply them, hints that an argument determines, and wires
that are always 0.

Each such row says a rule where it is read; tests check all reasons.
"""

from __future__ import annotations

from typing import Final

from circuits.gadgets.example import Determined, Redundant, Vanishing
from rollup.presets import Preset


def redundant_rows(preset: Preset) -> tuple[Redundant, ...]:
    """The rows of a preset's circuit that the others imply."""
    last = preset.accounts - 1
    return (
        Redundant(
            "FieldOutOfRange",
            r"operations\[\d+\]\[0\]",
            "whether an operation cancels is `used` less the other kinds, hence 0, 1 or -1; -1 leaves a word that is "
            "not 0",
        ),
        Redundant(
            "UnknownAccount",
            rf"accounts\[{last}\]\[0\] accounts\[{last}\]\[1\] key_counts\[{last}\]\[0\]",
            "a leg leaves a larger state in its order slot, and an account that is not there has none; an unused place "
            "could count for an account that a later place registers, but none comes after the last",
        ),
    )


DETERMINED: Final = (
    Determined(
        r"sum_for_series(\(.*\))?\[\d+\]/sum",
        "X is drawn from the n_i: at X the sum of n_i / (X - i) is that of alpha^a size / (X - series) only if each is "
        "the sum that it is said to be, but for a chance of one in r for each term",
    ),
)

VANISHING: Final = (
    Vanishing(
        "OrderNotOpen",
        r"operation\[\d+\]/slot_event\(.*\)\[\d+\]/(w72|_below\(bits=40\)\[1\]/bit\d+)",
        "an operation takes its slot whole: w72 is how much of its nonce was filled before, which is not below 0, and "
        "what is left after it, -w72, is not below 0 either; the bits are those of -w72",
    ),
)
