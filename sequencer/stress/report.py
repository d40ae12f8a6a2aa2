"""What a simulation found: numbers by name, samples over time; as data, and as lines for people."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from sequencer.stress.measures import Sample

DOLLAR_E6: Final = 10**6


@dataclass(frozen=True, slots=True)
class StressReport:
    """Of one scenario. All but `latencies_ms`, `wall_s` and `batch_ms` is the same for the same seed, everywhere.

    * `liquidation_delays_s`: from being found below maintenance margin to being above it again;
    * `refused`: how many orders for which reason; `latencies_ms`: `processing` of one order, and with what it `waits`;
    * `uncured`: accounts below maintenance margin at the end; `uncovered_e6`: what insolvent ones owe beyond the fund.
    """

    scenario: str
    says: str
    accounts: int
    seed: int
    seconds: int
    preset: str
    orders: int
    accepted: int
    refused: Mapping[str, int]
    trades: int
    tables: int
    batches: int
    dropped: int
    ever_below_maintenance: int
    ever_insolvent: int
    liquidated_accounts: int
    liquidation_fills: int
    liquidated_contracts: float
    penalties_e6: int
    subsidies_e6: int
    liquidation_delays_s: Mapping[str, float]
    uncured: int
    insolvent_at_the_end: int
    uncovered_e6: int
    insurance_before_e6: int
    insurance_after_e6: int
    books_balance: bool
    proof_delays_s: Mapping[str, float]
    most_unproven: int
    stress_seconds: int
    halted_seconds: int
    samples: tuple[Sample, ...]
    latencies_ms: Mapping[str, Mapping[str, float]]
    batch_ms: Mapping[str, float]
    wall_s: float

    @property
    def all_covered(self) -> bool:
        """Whether every account that was ever under-margined was liquidated, or is covered, and the books balance."""
        return self.books_balance and self.uncured == 0 and self.uncovered_e6 == 0

    def as_data(self) -> dict[str, Any]:
        """For JSON."""
        return {**asdict(self), "all_covered": self.all_covered}

    def digest(self) -> str:
        """SHA-256 of all that does not depend on the machine."""
        data = self.as_data()
        for name in ("latencies_ms", "batch_ms", "wall_s"):
            del data[name]
        return hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()

    def rows(self) -> Sequence[tuple[str, str]]:
        """What and how much, for a table."""
        return (
            ("scenario", f"{self.scenario}: {self.says}"),
            ("accounts, seed, batch size", f"{self.accounts:,}, {self.seed}, {self.preset}"),
            ("simulated", f"{self.seconds:,} s in {self.wall_s:,.1f} s"),
            ("orders", f"{self.orders:,}, accepted {self.accepted:,}, trades {self.trades:,}"),
            ("refused", _listed(self.refused) or "none"),
            ("tables, batches", f"{self.tables:,}, {self.batches:,}; dropped transactions {self.dropped:,}"),
            ("books balance", "after each batch" if self.books_balance else "no"),
            ("below maintenance", f"{self.ever_below_maintenance:,} accounts, {self.ever_insolvent:,} insolvent"),
            ("liquidated", f"{self.liquidated_accounts:,} accounts in {self.liquidation_fills:,} fills"),
            ("contracts liquidated", f"{self.liquidated_contracts:,.1f}"),
            ("liquidation delay", _seconds(self.liquidation_delays_s)),
            ("at the end", f"{self.uncured:,} below maintenance, {self.insolvent_at_the_end:,} insolvent"),
            ("insurance fund", f"{_dollars(self.insurance_before_e6)}, then {_dollars(self.insurance_after_e6)}"),
            ("of it penalties, paid out", f"{_dollars(self.penalties_e6)}, {_dollars(self.subsidies_e6)}"),
            ("not covered", _dollars(self.uncovered_e6)),
            ("order latency", _milliseconds(self.latencies_ms.get("waits", {}))),
            ("of it processing", _milliseconds(self.latencies_ms.get("processing", {}))),
            ("table or end of batch", _milliseconds(self.batch_ms)),
            ("proof delay", f"{_seconds(self.proof_delays_s)}; at most {self.most_unproven:,} batches wait"),
            ("under stress, halted", f"{self.stress_seconds:,} s, {self.halted_seconds:,} s"),
            ("all covered", "yes" if self.all_covered else "no"),
        )


def _listed(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in sorted(counts.items(), key=lambda pair: -pair[1]))


def _seconds(found: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {value:,.1f} s" for name, value in found.items()) or "none"


def _milliseconds(found: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {value:,.2f} ms" for name, value in found.items()) or "none"


def _dollars(amount_e6: int) -> str:
    return f"{amount_e6 / DOLLAR_E6:,.2f} USDC"
