"""What a replay found."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Difference:
    """Where the rollup and the independent calculation disagree. In 0.000001 USDC, or 0.0001 contracts."""

    what: str
    account: int
    expected: int
    found: int


@dataclass(slots=True)
class ReplayReport:
    """What happened. `seconds` are by phase; `differences` is empty when all is right."""

    name: str
    accounts: int = 0
    orders: int = 0
    trades: int = 0
    batches: int = 0
    tables: int = 0
    deposited_e6: int = 0
    fees_e6: int = 0
    withdrawn_e6: int = 0
    seconds: dict[str, float] = field(default_factory=dict)
    differences: list[Difference] = field(default_factory=list)
