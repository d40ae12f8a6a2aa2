"""Every rule at its boundary: the last batch that passes, the first that is refused, and by which name."""

from __future__ import annotations

import re
from itertools import combinations, pairwise

import pytest

from rollup import errors
from rollup.batch_application import apply_batch
from rollup.errors import RULES, FieldOutOfRange, RuleBroken, SectionFull, WrongQueueResult
from rollup.presets import LARGE, PRESETS
from rollup.referee import Referee
from rollup.transition import transition
from rollup.types.words import number_of_words
from tests.support.rollup import World
from tests.support.rollup_cases import Case, cast
from tests.support.rollup_cases_books import CASES
from tests.support.source_tree import ROOT

BY_RULE = {rule: next(case for case in CASES if case.rule is rule) for rule in RULES if rule is not WrongQueueResult}
PAIRS = [(BY_RULE[first], BY_RULE[second]) for first, second in combinations(BY_RULE, 2)]


def named(case: Case) -> str:
    return f"{case.rule.__name__}-{case.name}"


def two_at_once(world: World, first: Case, second: Case) -> errors.RollupError | None:
    """What a batch raises that breaks two rules, for accounts that have nothing to do with one another."""
    parts = [case.build(cast(world, which), True) for which, case in enumerate((first, second))]
    sections = {name: sum((part.get(name, ()) for part in parts), ()) for part in parts for name in part}
    try:
        transition(world.state, world.table, world.batch(**sections), world.preset)
    except errors.RollupError as error:
        return error
    return None


@pytest.mark.parametrize("case", CASES, ids=named)
def test_the_last_batch_that_passes(case: Case) -> None:
    world = World()
    before = world.state.root
    batch = case.batch(world, broken=False)
    applied = apply_batch(world.state, world.table, batch, world.preset)
    assert before != applied.roots.after == world.state.root


@pytest.mark.parametrize("case", CASES, ids=named)
def test_the_first_batch_that_is_refused(case: Case) -> None:
    world = World()
    batch = case.batch(world, broken=True)
    before, accounts = world.state.root, dict(world.state.accounts())
    with pytest.raises(RuleBroken) as caught:
        apply_batch(world.state, world.table, batch, world.preset)
    assert type(caught.value) is case.rule
    assert caught.value.rule() in str(caught.value)
    assert (world.state.root, dict(world.state.accounts())) == (before, accounts)


@pytest.mark.parametrize("case", CASES, ids=named)
def test_a_referee_collects_instead(case: Case) -> None:
    world, referee = World(), Referee()
    transition(world.state, world.table, case.batch(world, broken=True), world.preset, referee)
    assert case.rule in {type(broken) for broken in referee.broken}
    with pytest.raises(case.rule):
        referee.verdict()


@pytest.mark.parametrize("first", BY_RULE.values(), ids=named)
def test_of_two_broken_rules_the_earlier_is_named(first: Case) -> None:
    later = [pair[1] for pair in PAIRS if pair[0] is first]
    assert [type(two_at_once(World(LARGE, 8), first, second)) for second in later] == [first.rule] * len(later)


def test_of_two_broken_rules_the_earlier_is_named_twin(monkeypatch: pytest.MonkeyPatch) -> None:
    """A referee that names whatever it saw first would be found."""
    first, second = BY_RULE[errors.SeriesMismatch], BY_RULE[errors.UnknownAccount]

    def hasty(self: Referee) -> None:
        raise self.broken[0]

    monkeypatch.setattr(Referee, "verdict", hasty)
    assert type(two_at_once(World(LARGE, 8), first, second)) is not first.rule


def test_of_one_rule_the_first_place_is_named() -> None:
    world, case = World(LARGE, 8), BY_RULE[errors.LimitViolated]
    error = two_at_once(world, case, case)
    assert isinstance(error, errors.LimitViolated)
    assert error.where.startswith("trade 0")


def test_every_rule_is_listed_once() -> None:
    found = {one for one in vars(errors).values() if isinstance(one, type) and issubclass(one, RuleBroken)}
    assert found - {RuleBroken} == set(RULES)
    assert len(set(RULES)) == len(RULES)
    assert all(rule.says and rule.__doc__ for rule in RULES)


def test_every_rule_has_a_case_but_the_one_of_the_proof() -> None:
    """A batch does not claim which queue entries were served, so that the spec cannot find a wrong claim."""
    assert {case.rule for case in CASES} == set(RULES) - {WrongQueueResult}


def test_the_two_errors_before_any_rule_are_no_rules() -> None:
    assert not any(issubclass(one, RuleBroken) for one in (FieldOutOfRange, SectionFull))


def test_health_is_judged_after_the_books_and_those_after_the_transactions() -> None:
    """The order that the module's docstring promises."""
    order = [
        errors.OwnCounterparty,
        errors.UnknownAccount,
        errors.BadSignature,
        errors.UnknownSeries,
        errors.OrderNotOpen,
        errors.PositionSlotTaken,
        errors.CashOutOfRange,
        errors.BelowInitialMargin,
    ]
    assert all(RULES.index(one) < RULES.index(next_one) for one, next_one in pairwise(order))


def test_the_readme_lists_every_rule_in_order_of_precedence() -> None:
    table = re.findall(r"^\| (\d+) \| `(\w+)` \| (.+) \|$", (ROOT / "rollup/README.md").read_text(), re.MULTILINE)
    assert table == [(str(i), rule.__name__, rule.says) for i, rule in enumerate(RULES, 1)]


def test_the_readme_knows_the_sizes_of_every_preset() -> None:
    lines = (ROOT / "rollup/README.md").read_text().splitlines()
    for one in PRESETS.values():
        places = f"4^{one.account_depth} | 4^{one.series_depth} | {one.accounts} ({one.examined}) | {one.series}"
        rest = f"{one.trades} | {one.operations} | {one.queue} | {one.settlements} | {one.liquidations}"
        assert f"| {one.name} | {places} | {rest} | {number_of_words(one)} |" in lines
