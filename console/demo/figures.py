"""Numbers out of rows: what the summary says and the plots draw. Nothing here knows how it is drawn."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from statistics import median
from typing import Any, Final

from console.demo.evidence import Evidence
from sequencer.record.types import BatchRow, ProofRow, TransactionRow

MS: Final = 1_000
TRADES_FROM: Final = 1
PROOF_PHASES: Final = ("inputs", "witness", "proof", "verification", "handover", "check")


def gas_by_kind(transactions: Sequence[TransactionRow]) -> dict[str, tuple[int, int]]:
    """How many transactions of each kind are in blocks, and their gas together."""
    found: defaultdict[str, list[int]] = defaultdict(list)
    for one in transactions:
        if one.gas_used is not None:
            found[one.kind].append(one.gas_used)
    return {kind: (len(used), sum(used)) for kind, used in sorted(found.items())}


def gas_per_trade(batches: Sequence[BatchRow]) -> float | None:
    """The gas of all batches that hold trades, for a trade in them; None without any."""
    known = [one for one in batches if one.gas is not None and one.counts.trades >= TRADES_FROM]
    trades = sum(one.counts.trades for one in known)
    return sum(one.gas or 0 for one in known) / trades if trades else None


def phase_seconds(proofs: Sequence[ProofRow]) -> dict[str, float]:
    """The median of each phase of a proof, in order; phases that no proof has are left out."""
    found = {phase: [one.seconds[phase] for one in proofs if phase in one.seconds] for phase in PROOF_PHASES}
    return {phase: median(seconds) for phase, seconds in found.items() if seconds}


def delays_s(evidence: Evidence) -> list[tuple[int, float]]:
    """Of each executed batch: its number, and the seconds from its seal to its execution on L1.

    None where the market has a clock of its own: then both are not times of one clock.
    """
    if evidence.zero_ms != evidence.started_ms:
        return []
    return [
        (one.number, (one.times.executed_ms - one.times.sealed_ms) / MS)
        for one in evidence.batches
        if one.times.executed_ms is not None
    ]


def summary_of(evidence: Evidence) -> dict[str, Any]:
    """For programs: everything that the summary table says, and each promise with its figures."""
    delays = [seconds for _, seconds in delays_s(evidence)]
    proving = [one.proving_s for one in evidence.proofs]
    each = gas_per_trade(evidence.batches)
    return {
        "all_kept": evidence.all_kept,
        "title": evidence.title,
        "preset": evidence.preset,
        "seconds": round(evidence.seconds, 2),
        "act_seconds": {name: round(took, 2) for name, took in evidence.act_seconds.items()},
        "promises": [
            {"name": one.name, "is_kept": one.is_kept, "evidence": one.evidence, **one.data}
            for one in evidence.promises
        ],
        "batches": len(evidence.batches),
        "trades": sum(1 for one in evidence.trades if one.liquidated is None and not one.is_dropped),
        "liquidations": sum(1 for one in evidence.trades if one.liquidated is not None and not one.is_dropped),
        "settlements": sum(one.counts.settlements for one in evidence.batches),
        "proof_seconds_median": round(median(proving), 3) if proving else None,
        "proof_phase_seconds": {name: round(took, 4) for name, took in phase_seconds(evidence.proofs).items()},
        "seal_to_execution_seconds_median": round(median(delays), 2) if delays else None,
        "gas_per_trade": None if each is None else round(each),
        "gas_by_kind": {
            kind: {"transactions": count, "gas": gas}
            for kind, (count, gas) in gas_by_kind(evidence.transactions).items()
        },
    }


def rows_of(summary: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What and how much, for people."""
    kinds: Mapping[str, Mapping[str, int]] = summary["gas_by_kind"]
    rows = [
        ("batches", f"{summary['batches']:,}"),
        ("trades", f"{summary['trades']:,}"),
        ("liquidations, settlements", f"{summary['liquidations']:,}, {summary['settlements']:,}"),
        ("a proof", _seconds(summary["proof_seconds_median"], "median")),
        ("gas for a trade", "no trade" if summary["gas_per_trade"] is None else f"{summary['gas_per_trade']:,}"),
    ]
    if (delay_s := summary["seal_to_execution_seconds_median"]) is not None:
        rows.insert(-1, ("from seal to execution", _seconds(delay_s, "median")))
    for kind, found in kinds.items():
        rows.append((f"L1: {kind}", f"{found['transactions']} × {found['gas'] // found['transactions']:,} gas"))
    rows += [(f"time: {name}", f"{took:.1f} s") for name, took in summary["act_seconds"].items()]
    return [*rows, ("time: all of it", f"{summary['seconds']:.1f} s")]


def _seconds(value: float | None, what: str) -> str:
    return "none" if value is None else f"{value:.2f} s ({what})"
