"""What is said of a run's rows, without a screen."""

from __future__ import annotations

from dataclasses import replace

import pytest

from console.tui.exposure import distance, equity_at, sensitivities
from console.tui.themes import DARK_PALETTE, LIGHT_PALETTE, heat
from console.tui.views.account import account_head, distance_lines, position_lines, scenario_grid
from console.tui.views.accounts import by_danger, change, heat_line, in_percent, sign_of, slack, standing
from console.tui.views.frame import Summary, header, run_age
from console.tui.views.l1 import spark
from console.tui.views.names import Names, account_name
from console.tui.views.status import stages
from console.tui.views.words import meaning_of, word_says
from rollup.risk.black76 import price
from rollup.risk.report import MarginReport
from rollup.risk.scenarios import SPAN
from rollup.types.series import OptionKind
from sequencer.record.reader import RecordReader
from sequencer.record.types import (
    AccountRow,
    RunCounts,
    RunFacts,
    RunState,
    SpotRow,
    StageTimes,
    TableRow,
    WordMeaning,
)
from tests.support.recorded_run import FACTS, RecordedRun

DAY_S = 86_400
NOW_S = 1_700_000_000
VALUES = tuple(100_000_000 - 7_000_000 * column for column in range(17))


def option(series_id: int, strike_e2: int, *, is_call: bool = True, is_settled: bool = False) -> TableRow:
    """Worth what Black's model says at 60 % and a forward of 1,000 USD."""
    kind = OptionKind.CALL if is_call else OptionKind.PUT
    mark = price(kind, 1_000.0, strike_e2 / 100, 30 / 365, 0.6)
    values = (round(100 * mark),) * 17
    return TableRow(
        series_id, 1, NOW_S + 30 * DAY_S, strike_e2, is_call, is_settled, values, 100_000, 0.6, 0.5, 0.01, 100.0, -365.0
    )


ROWS = {1: option(1, 100_000), 2: option(2, 80_000, is_call=False), 3: option(3, 50_000, is_settled=True)}
NAMES = Names(ROWS, {1: "BTC"})


def account(number: int = 5, cash_e6: int = 1_000 * 10**6, **changes: object) -> AccountRow:
    base = AccountRow(number, 1, 0, (1, 2), cash_e6, ((1, -10_000),), (0,) * 8, VALUES, False, False)
    return replace(base, **changes)  # type: ignore[arg-type]


# -- names and words ---------------------------------------------------------------------------------------------------


def test_series_have_the_names_of_the_api() -> None:
    assert NAMES.series(1) == "BTC-14DEC23T221320-1000-C"
    assert Names(ROWS).series(2) == "U1-14DEC23T221320-800-P"
    assert Names({}, {}, ROWS).series(1) == "U1-14DEC23T221320-1000-C"
    assert Names().series(9) == "SERIES-9"
    assert Names(ROWS, {1: "no name"}).series(2) == "SERIES-2"
    assert [account_name(number) for number in (0, 1, 2, None)] == ["0 fees", "1 insurance", "2", "–"]


def test_every_word_of_a_run_is_said_in_a_sentence(told: RecordedRun) -> None:
    with RecordReader(told.path) as reader:
        said = {
            word.section.rstrip("0123456789 "): word_says(word, NAMES)
            for batch in told.batches
            for word in reader.detail(batch.number).words
            if word.word
        }
    assert {"header", "domain", "roots", "queue entry", "trade", "operation", "settlements from"} <= set(said)
    assert all(said.values())
    assert " buys " in said["trade"]
    assert said["settlements from"].startswith("settles ")


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("amount_e6", 1_500_000, "1.50"),
        ("price_e2", 12_345, "123.45"),
        ("size_e4", 25_000, "2.50"),
        ("series_id 3", 1, "BTC-14DEC23T221320-1000-C"),
        ("series_id", 0, "none"),
        ("account", 7, "7"),
        ("time_s", NOW_S, "2023-11-14 22:13:20 UTC"),
    ],
)
def test_fields_by_their_unit(name: str, value: int, said: str) -> None:
    assert meaning_of(name, value, NAMES) == said


def test_words_that_nobody_knows_are_shown_as_they_are() -> None:
    assert word_says(WordMeaning(3, 0, "trade 0", ()), NAMES) == "unused"
    assert word_says(WordMeaning(3, 10, "word", ()), NAMES).endswith("0a")
    assert word_says(
        WordMeaning(
            3, 10, "operation 0", (("kind", 7), *((n, 0) for n in ("account", "slot", "nonce", "to", "amount_e6")))
        ),
        NAMES,
    ).startswith("kind 7")


# -- stages ------------------------------------------------------------------------------------------------------------


def test_stages_follow_each_other_in_the_order_in_which_they_came() -> None:
    found = stages(StageTimes(1_000, proved_ms=4_000, committed_ms=2_500, proven_ms=None, executed_ms=None))
    assert [(one.name, one.spent_ms) for one in found] == [
        ("committed", 1_500),
        ("proof made", 1_500),
        ("proven on L1", None),
        ("executed", None),
    ]
    assert sum(one.spent_ms or 0 for one in found) == 3_000


def test_stages_of_what_was_just_sealed() -> None:
    assert all(one.spent_ms is None and one.began_ms == 0 for one in stages(StageTimes(1_000)))


# -- accounts ----------------------------------------------------------------------------------------------------------


def test_danger_is_what_the_rules_say() -> None:
    for lowest_e6 in range(-60_000_000, 110_000_000, 1_000_000):
        row = account(values_e6=(100_000_000, *(lowest_e6,) * 16))
        report = MarginReport(row.values_e6)
        word = standing(row).word
        assert (word == "liquidatable") == (not report.passes_maintenance)
        assert (word == "below initial") == (report.passes_maintenance and not report.passes_initial)
        assert (slack(row) < 0) == (not report.passes_maintenance)


def test_the_most_endangered_come_first() -> None:
    rows = [
        account(2, values_e6=(100,) * 17),
        account(3, values_e6=(100, *(-90,) * 16)),
        account(4, positions=(), values_e6=(9,) * 17),
        account(5, values_e6=(100, *(-20,) * 16)),
        account(6, values_e6=(100, *(50,) * 16)),
        account(7, values_e6=()),
    ]
    assert [row.account for row in by_danger(rows)] == [7, 3, 5, 6, 2, 4]


def test_heat_is_by_what_is_left_of_equity() -> None:
    assert change(50, 100) == -0.5
    assert change(250, 100) == 1.5
    assert change(-1, 0) == change(-5, -5) == -1.0
    assert change(0, 0) == 0.0
    assert change(1, 0) == 1.0
    assert heat(DARK_PALETTE, 0.0) != heat(DARK_PALETTE, -1.0) != heat(DARK_PALETTE, 1.0)
    assert heat(DARK_PALETTE, -5.0) == heat(DARK_PALETTE, -1.0)
    assert heat(LIGHT_PALETTE, 0.3) != heat(LIGHT_PALETTE, 0.4)


def test_heat_has_signs_where_there_are_no_colours() -> None:
    values = (100_000_000, -1, 50_000_000, 150_000_000, *(100_000_000,) * 13)
    plain = heat_line(values, 8, replace(DARK_PALETTE, is_plain=True)).plain
    assert plain.split()[:4] == ["100", "!0", "v50", "^150"]
    narrow = heat_line(values, 4, DARK_PALETTE).plain
    assert [narrow[at : at + 4].strip() for at in range(0, 16, 4)] == ["0", "-100", "-50", "+50"]
    assert [sign_of(value, share) for value, share in ((-1, -1.0), (1, -0.5), (1, 0.5), (1, 0.0))] == [
        "!",
        "v",
        "^",
        " ",
    ]
    assert [in_percent(share) for share in (0.004, -0.5, 0.251, 12.0, -12.0)] == ["0", "-50", "+25", "+++", "---"]


def test_every_scenario_has_its_place_in_the_grid() -> None:
    values = tuple(1_000_000_000 * (column + 1) for column in range(17))
    grid = scenario_grid(values, 100, DARK_PALETTE).plain
    for number in range(1, len(SPAN) + 1):
        assert f"{number + 1}.00k" in grid or f"{number + 1}.0k" in grid
    assert "1.00k" not in grid.replace("11.0k", "")


def test_positions_without_a_row_say_so() -> None:
    row = account(positions=((9, 10_000),), values_e6=())
    assert "no row in the risk table" in position_lines(row, NAMES, 120, DARK_PALETTE).plain
    assert "no values" in scenario_grid((), 80, DARK_PALETTE).plain
    assert "has no price" in distance_lines(row, NAMES, NOW_S, 100, DARK_PALETTE).plain
    assert "no table" in account_head(row, DARK_PALETTE).plain


# -- exposure ----------------------------------------------------------------------------------------------------------


def test_equity_now_is_that_of_the_marks() -> None:
    row = account(positions=((1, -20_000), (2, 5_000), (3, 10_000)))
    now = equity_at(row, ROWS, NOW_S, 0.0)
    at_marks = row.cash_e6 / 1e6 + sum(size / 1e4 * ROWS[one].mark_e2 / 100 for one, size in row.positions)
    assert now == pytest.approx(at_marks, abs=0.05)


def test_who_sold_a_call_fears_a_rise_and_who_sold_a_put_a_fall() -> None:
    call = distance(account(values_e6=(300_000_000, *(0,) * 16)), ROWS, NOW_S)
    put = distance(account(positions=((2, -20_000),), values_e6=(300_000_000, *(0,) * 16)), ROWS, NOW_S)
    assert call is not None
    assert put is not None
    assert call.down is None
    assert call.up is not None
    assert put.up is None
    assert put.down is not None
    assert 0.0 < call.up < 2.0
    assert -1.0 < put.down < 0.0


def test_at_the_distance_equity_is_the_requirement() -> None:
    row = account(values_e6=(300_000_000, *(0,) * 16))
    found = distance(row, ROWS, NOW_S)
    assert found is not None
    assert found.up is not None
    equity = equity_at(row, ROWS, NOW_S, found.up)
    assert equity == pytest.approx(row.maintenance_requirement_e6 / 1e6, abs=0.05)


def test_nobody_knows_the_distance_of_what_has_no_price() -> None:
    assert distance(account(positions=((9, 1),)), ROWS, NOW_S) is None
    assert distance(account(), {1: replace(ROWS[1], forward_e2=None)}, NOW_S) is None


def test_greeks_are_summed_by_underlying() -> None:
    rows = {**ROWS, 4: replace(ROWS[1], series_id=4, underlying=2), 5: replace(ROWS[1], series_id=5, delta=None)}
    row = account(positions=((1, -20_000), (2, 10_000), (3, 10_000), (4, 30_000), (5, 10_000), (9, 1)))
    first, second = sensitivities(row, rows)
    assert (first.underlying, first.delta, first.unknown) == (1, -1.0 + 0.5 + 0.5, 1)
    assert (second.underlying, second.delta, second.vega, second.theta) == (2, 1.5, 3.0, -3.0)


# -- the frame ---------------------------------------------------------------------------------------------------------


def summary(facts: RunFacts = FACTS, updated_ms: int = 0, lost: int = 0, alarms: int = 0) -> Summary:
    counts = RunCounts({}, {}, {}, 12, 0, lost)
    return Summary(facts, counts, RunState(1, 9, 8, 7, 6, 5, 4, updated_ms), alarms)


@pytest.mark.parametrize("width", range(30, 200, 7))
def test_the_header_fits(width: int) -> None:
    line = header(summary(lost=3, alarms=2), "a/folder", 1_000, width, DARK_PALETTE)
    assert len(line.plain) <= max(width, 54)
    assert "2 alarms" in line.plain


def test_health() -> None:
    assert run_age(summary(updated_ms=1_000), 2_000) == ("live", True)
    assert run_age(summary(updated_ms=1_000), 62_000) == ("quiet for 61 s", False)
    assert run_age(summary(replace(FACTS, ended_ms=2_000)), 5_000) == ("ended 3 s ago", False)
    assert run_age(summary(replace(FACTS, ended_ms=2_000)), 10**12) == ("ended on 1970-01-01", False)
    assert run_age(summary(updated_ms=1_000), 10**12) == ("last heard of on 1970-01-01", False)


def test_a_run_in_a_time_of_its_own_lives_while_it_says_something() -> None:
    in_the_past = summary(updated_ms=1_000)
    assert run_age(in_the_past, 10**12, seen_ms=10**12 - 500) == ("live", True)
    assert run_age(in_the_past, 10**12, seen_ms=10**12 - 60_000) == ("quiet for 60 s", False)
    assert "3 not recorded" in header(summary(lost=3), "f", 0, 120, DARK_PALETTE).plain


def test_sparks() -> None:
    path = [SpotRow(at, 1, 100 + at) for at in range(80)]
    assert spark(path, 8) == "▁▂▃▄▅▆▇█"
    assert spark(path[:1], 8) == "▁"
    assert spark([], 8) == ""
