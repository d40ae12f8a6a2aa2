"""Rollups on a local chain for tests: keys are made once a process."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from circuits.exit.statement import exit_circuit
from circuits.frontend.cache import load_or_compile
from circuits.settlement.statement import settlement_circuit
from prover.groth16.development_setup import development_setup
from rollup.presets import TINY, Preset
from sequencer.exit_prover import ExitProver
from sequencer.rehearsal.venue import RehearsalVenue, rehearsal_venue
from sequencer.rehearsal.workshop import Workshop
from sequencer.settlement_prover import SettlementProver
from tests.support.kernels import fastest
from tests.support.settlement import crypto


@cache
def workshop(preset: Preset = TINY) -> Workshop:
    kernels = fastest()
    batches = development_setup(load_or_compile(settlement_circuit(preset)).relation, kernels)
    exits = development_setup(load_or_compile(exit_circuit(preset)).relation, kernels)
    return Workshop(SettlementProver(preset, batches, kernels), ExitProver(preset, exits, kernels), kernels, crypto())


@contextmanager
def rehearsal(preset: Preset = TINY, **chosen: Any) -> Iterator[RehearsalVenue]:
    with rehearsal_venue(workshop(preset), **chosen) as venue:
        yield venue
