"""How many bugs there are, and that every item has one."""

from __future__ import annotations

import pytest

from tests.adversarial.circuits.historical.bug import Bug, Tool
from tests.adversarial.circuits.historical.checks import require_all, require_that_a_plant_is_seen
from tests.adversarial.circuits.historical.registry import BUGS, ITEMS, bugs_of, uncovered

AT_LEAST = 40
OTHERS = [bug for bug in BUGS if not set(bug.items) & set(ITEMS)]


def test_there_are_forty_bugs_of_different_names() -> None:
    assert len(BUGS) >= AT_LEAST
    assert len({bug.identifier for bug in BUGS}) == len({bug.name for bug in BUGS}) == len(BUGS)


def test_every_item_is_covered() -> None:
    assert len(ITEMS) == 29
    assert uncovered(BUGS) == []
    assert all(bugs_of(item) for item in ITEMS)


@pytest.mark.parametrize("item", ITEMS)
def test_an_item_without_its_bugs_is_missed_twin(item: str) -> None:
    assert item in uncovered([bug for bug in BUGS if item not in bug.items])


def test_every_tool_catches_something() -> None:
    assert {tool for bug in BUGS for tool in bug.caught_by} == set(Tool)


def test_every_bug_says_where_it_is_written_down() -> None:
    assert all(len(text) > 5 for bug in BUGS for text in (bug.name, bug.source))


@pytest.mark.parametrize("bug", [pytest.param(bug, id=bug.identifier) for bug in OTHERS])
def test_bugs_of_other_items(bug: Bug) -> None:
    require_all(bug)
    require_that_a_plant_is_seen(bug)
