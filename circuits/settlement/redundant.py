"""Rows that stand though the others imply them: each says a rule where it is read, and tests check the reasons."""

from __future__ import annotations

from typing import Final

from circuits.gadgets.example import Redundant

REDUNDANT: Final = (
    Redundant(
        "FieldOutOfRange",
        r"operations\[\d+\]\[0\]",
        "whether an operation cancels is `used` less the other kinds, hence 0, 1 or -1; -1 leaves a word that is not 0",
    ),
    Redundant(
        "UnknownAccount",
        r"accounts\[\d+\]\[0\] accounts\[\d+\]\[1\] key_counts\[\d+\]\[0\]",
        "a leg leaves a larger state in its order slot, and an account that is not there has none",
    ),
)
