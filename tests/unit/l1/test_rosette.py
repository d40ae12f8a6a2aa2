"""The five slices: every fact can make its slice worse, and none better."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from sequencer.l1.rosette import DAY_S, Colour, DeploymentFacts, assumptions, rosette, worst

GOOD = DeploymentFacts(
    code_matches=True,
    keys_match=True,
    has_development_key=False,
    is_upgradeable=False,
    is_local_chain=False,
    oracle_signers=5,
    oracle_threshold=3,
    operator_silence_s=DAY_S,
    proof_deadline_s=DAY_S,
    queue_deadline_s=7 * DAY_S,
    claim_period_s=14 * DAY_S,
    recovered_root_matches=True,
)


def colours(facts: DeploymentFacts) -> dict[str, Colour]:
    return {one.name: one.colour for one in rosette(facts)}


def test_all_five_can_be_green() -> None:
    assert worst(rosette(GOOD)) is Colour.GREEN
    assert len(rosette(GOOD)) == 5


@pytest.mark.parametrize(
    ("change", "name", "colour"),
    [
        ({"code_matches": False}, "state validation", Colour.RED),
        ({"keys_match": False}, "state validation", Colour.RED),
        ({"has_development_key": True}, "state validation", Colour.RED),
        ({"recovered_root_matches": False}, "data availability", Colour.RED),
        ({"is_upgradeable": True}, "exit window", Colour.RED),
        ({"queue_deadline_s": 8 * DAY_S}, "sequencer failure", Colour.YELLOW),
        ({"queue_deadline_s": 31 * DAY_S}, "sequencer failure", Colour.RED),
        ({"operator_silence_s": 8 * DAY_S}, "proposer failure", Colour.YELLOW),
        ({"proof_deadline_s": 8 * DAY_S}, "proposer failure", Colour.YELLOW),
    ],
)
def test_a_bad_fact_spoils_its_slice_alone(change: dict[str, Any], name: str, colour: Colour) -> None:
    found = colours(replace(GOOD, **change))
    assert found.pop(name) is colour
    assert set(found.values()) == {Colour.GREEN}


def test_oracles_are_an_assumption() -> None:
    assert "3 of 5" in assumptions(GOOD)[0]


def test_evidence_says_where_it_was_read() -> None:
    for one in rosette(GOOD):
        assert all(evidence.says and evidence.source for evidence in one.evidence)
