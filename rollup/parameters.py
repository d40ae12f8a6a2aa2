"""The venue's own numbers. A change here is a change of the circuit, hence of its keys."""

from __future__ import annotations

from typing import Final

MAINTENANCE_WEIGHT: Final = 3
"""Maintenance margin: V[0] + this * V[s] >= 0 in every scenario s. At 3 a quarter of the stress loss is let go."""

LIQUIDATION_BAND_PPM: Final = 100_000
"""A liquidation's price lies within 10 % of the mark …"""

LIQUIDATION_BAND_E2: Final = 100
"""… and 1.00 USD, which is what counts for options worth little."""

LIQUIDATION_PENALTY_PPM: Final = 50_000
"""The most that a liquidated account pays to the insurance fund: 5 % of the premium."""
