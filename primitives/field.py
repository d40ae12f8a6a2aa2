"""The scalar field of BN254, in which Poseidon hashes, BabyJubjub lives and the constraints are written."""

from __future__ import annotations

from typing import Final

FR: Final = 21888242871839275222246405745257275088548364400416034343698204186575808495617
"""r: a prime of 254 bits, 36x^4 + 36x^3 + 18x^2 + 6x + 1 for BN254's parameter x."""
