"""The settlement circuit accepts what the specification accepts, and names the same rule first (B38, G4)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from random import Random

import pytest

from circuits.settlement.inputs import settlement_values
from circuits.settlement.sample import sample
from circuits.settlement.statement import settlement_circuit
from rollup.errors import RULES, SectionFull
from rollup.presets import DEMO, TINY
from rollup.trace import trace_batch
from rollup.types.transactions import Registration
from tests.support.settlement import (
    POINT,
    SAID_BY,
    broken_rules,
    compiled_settlement,
    first_rule,
    one_thread,
    venue_of,
    verdicts,
)
from tests.support.settlement_mutations import MUTATIONS, Mutation, with_batch

BATCHES_PER_TEST = 250
CHUNKS = 8
DEEP_CHUNKS = 400
SEEDS_PER_MUTATION = 16

NEVER_TRACED = {"UnknownAccount", "UnknownSeries", "AlreadyRegistered", "WrongQueueResult", "NothingToSettle"}
"""Rules about what is not there, for which there is nothing to fill in; and what the specification works out itself."""


def compared(seed: int, mutations: Sequence[Mutation]) -> str:
    """The rule that both name first, or `accepted`; `SectionFull` if it is no batch at all."""
    random = Random(seed)
    venue = venue_of(random)
    found = sample(venue, close_out=random.random() < 0.3)
    try:
        for mutation in mutations:
            found = mutation(venue, found, random)
        said = verdicts(found, one_thread())
    except SectionFull:
        return "SectionFull"
    assert said.agree, (seed, [mutation.__name__ for mutation in mutations], said)
    return said.spec or "accepted"


def compare(first_seed: int) -> Counter[str]:
    seen: Counter[str] = Counter()
    for seed in range(first_seed, first_seed + BATCHES_PER_TEST):
        random = Random(~seed)
        seen[compared(seed, random.sample(MUTATIONS, random.choice((1, 1, 1, 2))))] += 1
    return seen


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_b38_both_give_one_verdict(chunk: int) -> None:
    seen = compare(chunk * BATCHES_PER_TEST)
    assert seen["accepted"] > BATCHES_PER_TEST // 10
    assert len(seen) > len(RULES) // 2


@pytest.mark.deep
@pytest.mark.parametrize("chunk", range(CHUNKS, CHUNKS + DEEP_CHUNKS))
def test_b38_both_give_one_verdict_many_times(chunk: int) -> None:
    compare(chunk * BATCHES_PER_TEST)


def test_every_rule_is_met() -> None:
    """Every rule that can be traced is broken by some mutation, one at a time."""
    seen = {compared(10**6 + seed, [mutation]) for mutation in MUTATIONS for seed in range(SEEDS_PER_MUTATION)}
    assert {rule.rule() for rule in RULES} - NEVER_TRACED <= seen


def test_b38_both_give_one_verdict_twin() -> None:
    """A trace that says a little more cash is there than the books give is refused, by the books' rule."""
    random = Random(1)
    found = sample(venue_of(random))
    trace = trace_batch(found.state, found.table, found.batch, TINY)
    values = settlement_values(trace, POINT)
    assert broken_rules(trace, one_thread()) == set()
    cash_after = next(
        i
        for i, _ in enumerate(values["accounts"][2])
        if values["accounts"][2][i] == trace.accounts[2].touched.after.cash_e6
    )
    values["accounts"][2][cash_after] += 1
    compiled = compiled_settlement(TINY)
    witness = compiled.unchecked_witness(values, one_thread())
    rows = compiled.relation.unsatisfied_rows(witness, one_thread())
    assert "BooksDoNotBalance" in {compiled.rule(int(row)) for row in rows}


def test_b37_a_full_demo_batch_is_provable() -> None:
    for seed in range(4):
        found = sample(venue_of(Random(seed), DEMO), close_out=seed % 2 == 1)
        trace = trace_batch(found.state, found.table, found.batch, DEMO)
        assert broken_rules(trace, one_thread()) == set()


def test_names_of_rules_are_the_specifications() -> None:
    """Every rule is a label of the circuit, or one of those that the circuit cannot even state."""
    compiled = compiled_settlement(TINY)
    unstated = {"UnknownSeries", *SAID_BY}
    labels = set(compiled.rules) | {"BadSignature"}
    assert {rule.rule() for rule in RULES} - unstated <= labels
    assert first_rule({"BooksDoNotBalance", "CashOutOfRange"}) == "CashOutOfRange"


def test_outputs_are_the_words() -> None:
    """The public digest and evaluation are functions of the words of the specification."""
    found = sample(venue_of(Random(5)))
    trace = trace_batch(found.state, found.table, found.batch, TINY)
    compiled = compiled_settlement(TINY)
    witness = compiled.unchecked_witness(settlement_values(trace, POINT), one_thread())
    assert compiled.outputs(witness)["evaluation"] == evaluation(trace.applied.words, POINT)
    assert settlement_circuit(TINY).n_public_inputs == 1


def evaluation(words: tuple[int, ...], point: int) -> int:
    from prover.bn254 import FR

    total = 0
    for word in reversed(words):
        total = (total * point + word) % FR
    return total


def test_one_registration_twice_is_refused_by_both() -> None:
    found = sample(venue_of(Random(6)))
    entry = next(entry for entry in found.batch.queue if isinstance(entry, Registration))
    alone = with_batch(found, queue=(entry, entry), trades=(), operations=(), liquidations=(), settlements=())
    said = verdicts(alone, one_thread())
    assert said.spec == "AlreadyRegistered"
    assert "NotRegistered" in said.circuit
