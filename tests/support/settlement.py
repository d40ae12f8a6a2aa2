"""The settlement circuit against the specification: all rules that a witness breaks, and who says what first."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from random import Random

from circuits.frontend import CompiledCircuit, compile_circuit
from circuits.settlement.inputs import settlement_values
from circuits.settlement.sample import Sample, Venue
from circuits.settlement.statement import settlement_circuit
from prover.kernels.interface import Kernels
from rollup.errors import RULES, NothingToSettle, PositionSlotTaken, SeriesMismatch, SidesNotOpposite
from rollup.presets import TINY, Preset
from rollup.referee import Referee
from rollup.trace import Trace, trace_batch
from sequencer.native_crypto import NativeCrypto
from tests.support.kernels import FASTEST, kernels_named
from tests.support.native_crypto import native_crypto

POINT = 7

SAME_RULE = {
    "InvalidSignature": "BadSignature",
    "InvalidPublicKey": "BadSignature",
    "NotInTree": "RootsDoNotChain",
}
"""Gadgets' names for rules of the rollup."""

SAID_BY = {
    SeriesMismatch.rule(): "BadSignature",
    SidesNotOpposite.rule(): "BadSignature",
    PositionSlotTaken.rule(): "BooksDoNotBalance",
    NothingToSettle.rule(): "SettlementNotOfPosition",
}
"""Rules that the circuit cannot even state: one wire is the series of both orders, one the series of a slot. Such a
batch breaks what ties that wire to the rest."""


@cache
def one_thread() -> Kernels:
    return kernels_named(FASTEST, 1)


def crypto() -> NativeCrypto:
    return native_crypto(1)


@cache
def compiled_settlement(preset: Preset) -> CompiledCircuit:
    return compile_circuit(settlement_circuit(preset))


def venue_of(random: Random, preset: Preset = TINY) -> Venue:
    return Venue(preset, random, crypto(), crypto().sign, crypto().public_key)


def broken_rules(trace: Trace, kernels: Kernels) -> set[str]:
    """The rules of all rows that the circuit's witness breaks, by the rollup's names."""
    compiled = compiled_settlement(trace.preset)
    witness = compiled.unchecked_witness(settlement_values(trace, POINT), kernels)
    rows = compiled.relation.unsatisfied_rows(witness, kernels)
    names = {compiled.rule(int(row)) for row in rows}
    return {SAME_RULE.get(name, name) for name in names}


def first_rule(names: set[str]) -> str | None:
    """The first in the order of the rules; arguments come after them, by name."""
    order = [rule.rule() for rule in RULES]
    return min(names, key=lambda name: (order.index(name) if name in order else len(order), name), default=None)


@dataclass(frozen=True, slots=True)
class Verdicts:
    """The first rule that the specification says is broken, and all that the circuit says."""

    spec: str | None
    circuit: set[str]

    @property
    def agree(self) -> bool:
        """Whether both accept, or name the same rule first."""
        if self.spec in SAID_BY:
            return SAID_BY[self.spec] in self.circuit
        return self.spec == first_rule(self.circuit)


def verdicts(found: Sample, kernels: Kernels) -> Verdicts:
    """What both make of a batch."""
    referee = Referee()
    trace = trace_batch(found.state, found.table, found.batch, TINY, referee)
    return Verdicts(first_rule({broken.rule() for broken in referee.broken}), broken_rules(trace, kernels))
