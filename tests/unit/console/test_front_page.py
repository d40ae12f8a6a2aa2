"""The page of `zkclear --help`: every command on a line that fits."""

from __future__ import annotations

from console.cli.front_page import OTHERS, PANELS, page

COMMANDS = {"node": "Start and stop a node. And more.", "frobnicate": "What nobody has put into a panel", "exit": "Go"}


def test_commands_stand_under_what_people_come_for() -> None:
    lines = page("zkclear", "A title", COMMANDS, 80)
    assert lines[0] == "A title"
    assert [line.split()[:2] for line in lines[2:-2]] == [["Run", "node"], ["Leave", "exit"], [OTHERS, "frobnicate"]]
    assert next(iter(PANELS)) == "Begin"


def test_a_line_is_cut_between_words() -> None:
    for columns in range(30, 100):
        for line in page("zkclear", "", COMMANDS, columns)[2:-2]:
            assert len(line) <= columns
            said = line.split("frobnicate")[-1].strip().rstrip("…") if "frobnicate" in line else ""
            assert COMMANDS["frobnicate"].startswith(said)


def test_panels_are_bold_on_a_terminal_alone() -> None:
    assert "\x1b" not in "".join(page("zkclear", "", COMMANDS, 80))
    bold = page("zkclear", "", COMMANDS, 80, is_bold=True)
    assert [line for line in bold if line.startswith("\x1b[1mRun")]
