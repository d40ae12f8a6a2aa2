"""Enter leads deeper and Escape back; filters, the palette, copies, the help, themes."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from textual.command import CommandPalette, Hit
from textual.pilot import Pilot

from console.tui.app import ZkclearTui
from console.tui.commands import RunCommands
from console.tui.panes.accounts import AccountsPane
from console.tui.panes.batch import BatchPane
from console.tui.panes.batches import BatchesPane
from console.tui.panes.l1 import L1Pane
from console.tui.panes.logs import LogsPane
from console.tui.panes.market import MarketPane
from console.tui.panes.proof import ProofPane
from console.tui.panes.provers import ProversPane
from console.tui.screenshots import settled
from console.tui.tabs import BATCH, PROOF, TABS
from console.tui.themes import DARK_NAME, LIGHT_NAME
from console.tui.windows import HelpWindow, TextWindow
from tests.support.recorded_run import RecordedRun
from tests.support.tui_runs import pilot_run, press, seen, type_in

SMALL, LARGE = (80, 24), (160, 50)


def pane_of(tui: ZkclearTui) -> object:
    return type(tui.stage.pane)


def test_numbers_lead_to_panes_and_escape_back(told: RecordedRun) -> None:
    async def scene(tui: ZkclearTui, pilot: Pilot[None]) -> None:
        for index, tab in enumerate(TABS):
            await press(tui, pilot, str(index + 1))
            assert pane_of(tui) is tab.load()
            assert tab.name == tab.load().NAME
        for tab in reversed(TABS[:-1]):
            await press(tui, pilot, "escape")
            assert pane_of(tui) is tab.load()
        await press(tui, pilot, "escape")
        assert pane_of(tui) is BatchesPane

    pilot_run(told.folder, SMALL, scene)


def test_from_batch_to_proof_to_account_and_back(told: RecordedRun) -> None:
    async def scene(tui: ZkclearTui, pilot: Pilot[None]) -> None:
        tui.go_to_batch(4)
        await press(tui, pilot, "enter")
        batch = tui.stage.pane
        assert isinstance(batch, BatchPane)
        assert batch.number == 4
        await press(tui, pilot, "p")
        proof = tui.stage.pane
        assert isinstance(proof, ProofPane)
        assert proof.number == 4
        await press(tui, pilot, "b", "o")
        assert batch.number == 3
        await press(tui, pilot, "right_square_bracket", "enter")
        accounts = tui.stage.pane
        assert isinstance(accounts, AccountsPane)
        was_open = accounts.is_open
        assert "Account " in seen(tui)
        await press(tui, pilot, "escape")
        assert (was_open, accounts.is_open) == (True, False)
        await press(tui, pilot, "escape", "escape", "escape", "escape")
        assert pane_of(tui) is BatchesPane
        assert batch.number == 3

    pilot_run(told.folder, SMALL, scene)


def test_a_filter_narrows_stays_and_goes(told: RecordedRun) -> None:
    async def scene(tui: ZkclearTui, pilot: Pilot[None]) -> None:
        pane = tui.stage.pane
        assert isinstance(pane, BatchesPane)
        await press(tui, pilot, "slash")
        await type_in(tui, pilot, "EXEC")
        executed = sum("● executed" in line for line in seen(tui).split("\n"))
        assert executed == pane.table.row_count > 0
        assert "○ sealed" not in seen(tui)
        await press(tui, pilot, "enter")
        assert "/ “EXEC”" in seen(tui)
        assert pane.table.has_focus
        await press(tui, pilot, "escape")
        assert pane.table.row_count == len(told.batches)
        await press(tui, pilot, "slash")
        await type_in(tui, pilot, "no such")
        await press(tui, pilot, "enter")
        assert "no batch has “no such”" in seen(tui)
        await press(tui, pilot, "slash", "escape")
        assert pane.table.row_count == len(told.batches)

    pilot_run(told.folder, SMALL, scene)


def test_all_words_of_a_filter_count(told: RecordedRun) -> None:
    async def scene(tui: ZkclearTui, pilot: Pilot[None]) -> None:
        root = f"{told.batches[4].applied.roots.after:#066x}"
        await press(tui, pilot, "slash")
        await type_in(tui, pilot, f"{root[:12]} {root[-8:]}")
        pane = tui.stage.pane
        assert isinstance(pane, BatchesPane)
        assert pane.table.current is not None
        assert 5 in {pane.table.current.number, pane.table.current.number - 1}
        assert pane.table.row_count <= 2

    pilot_run(told.folder, SMALL, scene)


@pytest.mark.parametrize(
    ("key", "text", "found"),
    [("4", "insurance", "1 insurance"), ("5", "40000-c", "40000-C"), ("8", "PORT", "port=7070")],
)
def test_other_panes_filter_too(told: RecordedRun, key: str, text: str, found: str) -> None:
    async def scene(tui: ZkclearTui, pilot: Pilot[None]) -> None:
        await press(tui, pilot, key, "slash")
        await type_in(tui, pilot, text)
        await press(tui, pilot, "enter")
        assert found in seen(tui)
        table = next(iter(tui.stage.pane.query("VirtualTable"))) if tui.stage.pane else None
        assert table is not None
        assert getattr(table, "row_count", 0) == 1

    pilot_run(told.folder, SMALL, scene)


def test_sections_filter_their_rows(told: RecordedRun) -> None:
    async def scene(tui: ZkclearTui, pilot: Pilot[None]) -> None:
        await press(tui, pilot, "6", "right_square_bracket", "slash")
        await type_in(tui, pilot, "prove reverted")
        pane = tui.stage.pane
        assert isinstance(pane, L1Pane)
        assert pane.table.row_count == 0
        assert "nothing here has" in seen(tui)
        await press(tui, pilot, "escape", "slash")
        await type_in(tui, pilot, "execute")
        await press(tui, pilot, "enter", "enter")
        assert isinstance(tui.screen, TextWindow)
        assert "gas price" in seen(tui)
        await press(tui, pilot, "escape")
        assert pane.table.has_focus

    pilot_run(told.folder, LARGE, scene)


def test_a_pane_without_rows_says_that_there_is_nothing_to_filter(told: RecordedRun) -> None:
    async def scene(tui: ZkclearTui, pilot: Pilot[None]) -> None:
        await press(tui, pilot, "3", "slash")
        assert "nothing to filter in Proof" in seen(tui)

    pilot_run(told.folder, SMALL, scene)


def test_y_copies_whole_hashes(told: RecordedRun) -> None:
    async def scene(tui: ZkclearTui, pilot: Pilot[None]) -> None:
        tui.go_to_batch(2)
        await press(tui, pilot, "y")
        assert tui.clipboard == f"{told.batches[1].applied.roots.after:#066x}"
        await press(tui, pilot, "p", "y")
        assert len(tui.clipboard) == 2 + 8 * 64
        await press(tui, pilot, "6", "right_square_bracket", "y")
        assert len(tui.clipboard) == 2 + 64
        await press(tui, pilot, "4", "y")
        assert len(tui.clipboard.split()) == 2
        await press(tui, pilot, "8", "y")
        assert "UTC" in tui.clipboard
        await press(tui, pilot, "7", "y")
        assert "nothing to copy here" in seen(tui)

    pilot_run(told.folder, LARGE, scene)


def test_the_palette_opens_batches_and_accounts_by_number(told: RecordedRun) -> None:
    async def scene(tui: ZkclearTui, pilot: Pilot[None]) -> None:
        async def choose(wanted: str) -> None:
            hits = [hit async for hit in RunCommands(tui.screen).search(wanted)]
            best = max(hits, key=lambda hit: hit.score if isinstance(hit, Hit) else 0)
            assert isinstance(best, Hit)
            best.command()
            await settled(tui, pilot)

        await choose("batch 7")
        assert isinstance(pane := tui.stage.pane, BatchPane)
        assert pane.number == 7
        await choose("proof 2")
        assert pane_of(tui) is ProofPane
        await choose("account 3")
        assert "Account 3" in seen(tui)
        await choose("go to provers")
        assert pane_of(tui) is ProversPane
        assert len([hit async for hit in RunCommands(tui.screen).discover()]) == len(TABS) + 7
        await press(tui, pilot, "colon")
        assert isinstance(tui.screen, CommandPalette)

    pilot_run(told.folder, LARGE, scene)


def test_a_number_that_is_not_there_says_what_is(told: RecordedRun) -> None:
    async def scene(tui: ZkclearTui, pilot: Pilot[None]) -> None:
        (await tui.stage.prepare(BATCH)).open(999)
        await press(tui, pilot, "2")
        assert f"there is no batch 999: the last is {len(told.batches)}" in seen(tui)
        (await tui.stage.prepare(PROOF)).open(999)
        await press(tui, pilot, "3")
        assert "999: the last is 9" in seen(tui)

    pilot_run(told.folder, LARGE, scene)


def test_help_is_of_the_pane(told: RecordedRun) -> None:
    async def scene(tui: ZkclearTui, pilot: Pilot[None]) -> None:
        await press(tui, pilot, "8", "question_mark")
        assert isinstance(tui.screen, HelpWindow)
        assert "warnings and worse" in seen(tui)
        await press(tui, pilot, "escape")
        assert pane_of(tui) is LogsPane

    pilot_run(told.folder, LARGE, scene)


def test_levels_of_the_log(told: RecordedRun) -> None:
    async def scene(tui: ZkclearTui, pilot: Pilot[None]) -> None:
        await press(tui, pilot, "8", "l")
        assert "8 Logs warn" in seen(tui)
        assert "info" not in seen(tui)
        await press(tui, pilot, "l")
        assert "warning" not in seen(tui).split("\n", 2)[2]
        assert "ALARM" in seen(tui)
        await press(tui, pilot, "l")
        assert "info" in seen(tui)

    pilot_run(told.folder, SMALL, scene)


def test_trades_of_one_series(told: RecordedRun) -> None:
    async def scene(tui: ZkclearTui, pilot: Pilot[None]) -> None:
        await press(tui, pilot, "5", "t")
        pane = tui.stage.pane
        assert isinstance(pane, MarketPane)
        assert pane.series.current is not None
        wanted = pane.series.current.row.series_id
        assert pane.only_series == wanted
        assert pane.trades.row_count == sum(
            trade.maker.order.series_id == wanted for batch in told.batches for trade in batch.batch.trades
        )
        await press(tui, pilot, "t", "tab", "enter")
        assert isinstance(tui.screen, TextWindow)
        assert "premium" in seen(tui)

    pilot_run(told.folder, SMALL, scene)


def test_sorting_accounts(told: RecordedRun) -> None:
    async def scene(tui: ZkclearTui, pilot: Pilot[None]) -> None:
        pane = await tui.stage.prepare(3)
        assert isinstance(pane, AccountsPane)
        await press(tui, pilot, "4")
        assert pane.table.current is not None
        assert pane.table.current.positions
        await press(tui, pilot, "s", "g")
        assert pane.table.current.account == 0

    pilot_run(told.folder, SMALL, scene)


def test_light_dark_and_a_picture(told: RecordedRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    async def scene(tui: ZkclearTui, pilot: Pilot[None]) -> None:
        assert tui.theme == DARK_NAME
        await press(tui, pilot, "d")
        assert tui.theme == LIGHT_NAME
        tui.action_picture()

    pilot_run(told.folder, SMALL, scene)
    assert len(list(tmp_path.glob("*.svg"))) == 1


def test_no_color_leaves_signs(told: RecordedRun, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")

    async def scene(tui: ZkclearTui, pilot: Pilot[None]) -> None:
        assert tui.context.palette.is_plain
        await press(tui, pilot, "4", "m")
        plain = seen(tui)
        assert "^" in plain
        assert "v" in plain.split("acc", 1)[1]
        await press(tui, pilot, "d", "d")
        assert seen(tui) == plain
        for strip in tui.screen._compositor.render_strips():
            colours = {style.color for segment in strip if (style := segment.style) and style.color}
            assert all(len({*colour.get_truecolor()}) == 1 for colour in colours)

    pilot_run(told.folder, LARGE, scene)
    os.environ.pop("NO_COLOR", None)


def test_a_picture_that_cannot_be_written_is_said_and_no_end(
    told: RecordedRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scene(tui: ZkclearTui, pilot: Pilot[None]) -> None:
        tui.action_picture()
        monkeypatch.chdir(gone)
        gone.rmdir()
        tui.action_picture()
        await pilot.pause()
        assert "no picture can be written here" in seen(tui)

    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(tmp_path)
    pilot_run(told.folder, LARGE, scene)
    assert len(list(tmp_path.glob("*.svg"))) == 1
