"""Bars and curves out of characters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

EIGHTHS: Final = "▏▎▍▌▋▊▉█"
HEIGHTS: Final = "▁▂▃▄▅▆▇█"


def bar(share: float, width: int) -> str:
    """So much of so many characters, to an eighth of one; what is beyond 0 and 1 is drawn as that."""
    eighths = round(min(1.0, max(0.0, share)) * width * len(EIGHTHS))
    whole, rest = divmod(eighths, len(EIGHTHS))
    return ("█" * whole + (EIGHTHS[rest - 1] if rest else "")).ljust(width, "·")


def spark(values: Sequence[float], width: int) -> str:
    """Values as heights between their least and largest: the last of each part, where there are more than fit."""
    if not values:
        return ""
    count = min(width, len(values))
    chosen = [values[(place + 1) * len(values) // count - 1] for place in range(count)]
    low, high = min(chosen), max(chosen)
    if high == low:
        return HEIGHTS[len(HEIGHTS) // 2] * count
    return "".join(HEIGHTS[round((value - low) / (high - low) * (len(HEIGHTS) - 1))] for value in chosen)
