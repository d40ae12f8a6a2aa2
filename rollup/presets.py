"""Sizes of a batch, written once: spec, circuits, keys and contracts take them from here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Preset:
    """How much of each kind fits into one batch, and how deep the trees are (four children a node).

    The crowns are how many of a tree's upper levels are opened once for all paths. `accounts` are all that a batch
    touches; `examined` of these places are for accounts that must be looked at before the batch too: liquidated ones,
    those of forced requests, and distressed ones.
    """

    name: str
    account_depth: int
    series_depth: int
    account_crown: int
    series_crown: int
    accounts: int
    series: int
    trades: int
    operations: int
    queue: int
    settlements: int
    liquidations: int
    examined: int

    @property
    def max_accounts(self) -> int:
        """How many accounts the tree has room for: all places but the last, which stays empty."""
        return (1 << 2 * self.account_depth) - 1

    @property
    def max_series(self) -> int:
        """How many rows the risk table has room for at one time: all places but the last, which stays empty."""
        return (1 << 2 * self.series_depth) - 1


TINY: Final = Preset(
    name="tiny",
    account_depth=3,
    series_depth=3,
    account_crown=1,
    series_crown=1,
    accounts=6,
    series=3,
    trades=2,
    operations=1,
    queue=2,
    settlements=1,
    liquidations=1,
    examined=2,
)
DEMO: Final = Preset(
    name="demo",
    account_depth=8,
    series_depth=5,
    account_crown=2,
    series_crown=2,
    accounts=24,
    series=32,
    trades=16,
    operations=4,
    queue=4,
    settlements=6,
    liquidations=2,
    examined=3,
)
LARGE: Final = Preset(
    name="large",
    account_depth=12,
    series_depth=6,
    account_crown=3,
    series_crown=3,
    accounts=48,
    series=64,
    trades=64,
    operations=8,
    queue=8,
    settlements=16,
    liquidations=4,
    examined=6,
)
XL: Final = Preset(
    name="xl",
    account_depth=12,
    series_depth=6,
    account_crown=3,
    series_crown=3,
    accounts=160,
    series=128,
    trades=256,
    operations=32,
    queue=16,
    settlements=48,
    liquidations=8,
    examined=12,
)

PRESETS: Final = {preset.name: preset for preset in (TINY, DEMO, LARGE, XL)}
