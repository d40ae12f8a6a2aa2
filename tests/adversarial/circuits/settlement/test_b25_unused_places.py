"""B25: what is not used says nothing and moves nothing. Each attack breaks the one rule that stands in its way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from random import Random
from typing import Any

from circuits.frontend import CompiledCircuit, compile_circuit
from circuits.settlement.inputs import settlement_values
from circuits.settlement.queue import QUEUE_ENTRY
from circuits.settlement.records import Record
from circuits.settlement.sample import DOMAIN, NOW_S, Sample, sample
from circuits.settlement.settlements import SETTLEMENT
from circuits.settlement.statement import settlement_circuit
from circuits.settlement.trades import TRADE
from prover.bn254 import FR
from rollup.presets import TINY, Preset
from rollup.trace import trace_batch
from rollup.types.batches import Batch
from rollup.types.transactions import Deposit
from rollup.units import FEE_ACCOUNT
from tests.support.settlement import POINT, one_thread, venue_of

TWO_SETTLEMENTS = replace(TINY, name="tiny_two_settlements", settlements=2)
MINTED_E6 = 10**9


@cache
def compiled(preset: Preset) -> CompiledCircuit:
    return compile_circuit(settlement_circuit(preset))


def broken(values: dict[str, Any], preset: Preset = TINY) -> set[str]:
    circuit = compiled(preset)
    witness = circuit.unchecked_witness(values, one_thread())
    return {circuit.rule(int(row)) for row in circuit.relation.unsatisfied_rows(witness, one_thread())}


def changed(record: Record, row: Sequence[int], **columns: int) -> list[int]:
    """A row with other values in columns of one value."""
    places, at = {}, 0
    for name, shape in record.columns:
        places[name] = at
        at += 1
        for extent in shape:
            at += extent - 1
    found = list(row)
    for name, value in columns.items():
        found[places[name]] = value % FR
    return found


def deposits(preset: Preset) -> dict[str, Any]:
    """A batch of one deposit for the fee account, and nothing else."""
    venue = venue_of(Random(1), TINY)
    found: Sample = sample(venue)
    batch = Batch(1, NOW_S, DOMAIN, queue=(Deposit(FEE_ACCOUNT, MINTED_E6),))
    return settlement_values(trace_batch(found.state, found.table, batch, preset), POINT)


def test_an_honest_deposit_is_accepted() -> None:
    assert broken(deposits(TINY)) == set()
    assert broken(deposits(TWO_SETTLEMENTS), TWO_SETTLEMENTS) == set()


def test_b25_unused_settlements_do_not_mint() -> None:
    """Series 0 is looked up nowhere: two settlements of +1 and -1 at other payoffs would be cash from nothing."""
    values = deposits(TWO_SETTLEMENTS)
    values["queue"][0] = changed(QUEUE_ENTRY, values["queue"][0], amount_e6=0)
    empty = values["settlements"][0]
    values["settlements"] = [
        changed(SETTLEMENT, empty, size_e4=1, series_mark_e2=MINTED_E6),
        changed(SETTLEMENT, empty, size_e4=-1),
    ]
    assert broken(values, TWO_SETTLEMENTS) == {"NothingToSettle"}


def test_b25_a_settlement_of_nothing_is_none() -> None:
    """Whoever rebuilds the state from the words refuses it, so that the proof must."""
    venue = venue_of(Random(1))
    found = sample(venue)
    trace = trace_batch(found.state, found.table, replace(found.batch, settlements=()), TINY)
    values = settlement_values(trace, POINT)
    row = found.table.row(1)
    assert row is not None
    values["settlements"] = [
        changed(
            SETTLEMENT,
            values["settlements"][0],
            series_id=1,
            series_expiry_s=row.series.expiry_s,
            series_is_settled=1,
            series_mark_e2=row.mark_e2,
        )
    ]
    assert "NothingToSettle" in broken(values)


def test_b25_an_unused_trade_leaves_no_word() -> None:
    values = deposits(TINY)
    values["trades"][0] = changed(TRADE, values["trades"][0], taker_position_slot=3)
    assert broken(values) == {"FieldOutOfRange"}


def test_b25_an_unused_queue_place_leaves_no_word() -> None:
    values = deposits(TINY)
    values["queue"][1] = changed(QUEUE_ENTRY, values["queue"][1], account=3)
    assert broken(values) == {"FieldOutOfRange"}


def test_b25_one_entry_has_one_kind() -> None:
    values = deposits(TINY)
    values["queue"][0] = changed(QUEUE_ENTRY, values["queue"][0], is_registration=1)
    assert "FieldOutOfRange" in broken(values)
