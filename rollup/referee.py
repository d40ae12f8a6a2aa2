"""Who says that a rule is broken: at once, as the sequencer wants it, or after all were looked at, as tests do."""

from __future__ import annotations

from rollup.errors import RULES, RuleBroken


class Referee:
    """Collects broken rules. `verdict` raises the first in the order of `RULES`, of two of one rule the earlier."""

    def __init__(self) -> None:
        self.broken: list[RuleBroken] = []

    def require(self, holds: bool, rule: type[RuleBroken], where: str, **data: int) -> bool:
        """Whether the rule holds; if not, it is noted."""
        if not holds:
            self.broken.append(rule(where, **data))
        return holds

    def verdict(self) -> None:
        """Raises the broken rule that comes first, if there is one."""
        if self.broken:
            raise min(self.broken, key=lambda broken: RULES.index(type(broken)))
