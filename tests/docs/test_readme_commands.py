"""Every command of every README is run by a test, or named with the reason why not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import typer.main

from console.cli.main import app
from tests.docs.readme_commands import ADAPTED, DEEP, HERE, NOT_RUN, SECTIONS, SLOW
from tests.support.chain import needs_anvil
from tests.support.readmes import Block, Command, commands, commands_of, environment, readmes, run_lines, spans
from tests.support.source_tree import ROOT, name_of

STORIES = [
    *(section for section, how in SECTIONS.items() if how == HERE),
    *(pytest.param(section, marks=pytest.mark.deep) for section in DEEP),
]
CLEANUP = "zkclear node down; zkclear l1 down; true"


def lost(found: list[Command]) -> list[str]:
    """Commands that nothing runs and no table names."""
    named = {**SLOW, **NOT_RUN}
    sections = {**SECTIONS, **DEEP}
    return [one.line for one in found if (one.readme, one.section) not in sections and one.line not in named]


def test_every_command_is_run_or_named() -> None:
    assert lost(commands()) == []


def test_every_command_is_run_or_named_twin() -> None:
    planted = Block("README.md", "Somewhere else", "sh", "", "zkclear brand-new   # a comment\n")
    assert lost([*commands(), *commands_of(planted)]) == ["zkclear brand-new"]


def test_tables_name_nothing_that_is_gone() -> None:
    lines = {one.line for one in commands()}
    assert [line for line in (*ADAPTED, *SLOW, *NOT_RUN) if line not in lines] == []
    assert {*SECTIONS, *DEEP} <= {(one.readme, one.section) for one in commands()}
    assert all([*NOT_RUN.values(), *SLOW.values(), *DEEP.values()])


@pytest.mark.parametrize("where", [how for how in SECTIONS.values() if how != HERE])
def test_what_runs_a_section_elsewhere_reads_it(where: str) -> None:
    (section,) = (section for section, how in SECTIONS.items() if how == where)
    assert Path(section[0]).name in (ROOT / where).read_text()


@needs_anvil
@pytest.mark.parametrize("story", STORIES, ids=" ".join)
def test_a_section_runs_as_it_stands(story: tuple[str, str], tmp_path: Path) -> None:
    named = {**SLOW, **NOT_RUN}
    lines = [one for one in commands() if (one.readme, one.section) == story and one.line not in named]
    assert lines
    try:
        run_lines(lines, tmp_path, ADAPTED)
    finally:
        run_lines([Command(*story, CLEANUP, fails=False)], tmp_path)


def test_a_command_that_fails_is_noticed_twin(tmp_path: Path) -> None:
    good, bad = (Command("README.md", "", f"zkclear circuit list {more}".strip(), fails=False) for more in ("", "x"))
    with pytest.raises(AssertionError, match=r"\+ zkclear circuit list x"):
        run_lines([good, bad], tmp_path)
    with pytest.raises(AssertionError):
        run_lines([Command("README.md", "", "true", fails=True)], tmp_path)
    assert "zkclear node up" not in str(environment(tmp_path))


@pytest.mark.deep
@needs_anvil
@pytest.mark.parametrize("line", SLOW)
def test_a_slow_command_runs(line: str, tmp_path: Path) -> None:
    (command,) = {one for one in commands() if one.line == line}
    run_lines([command], ROOT if line.startswith("python3 do.py") else tmp_path, ADAPTED)


def strange(span: str, root: Any) -> list[str]:
    """Words of a command in running text that zkclear does not know: commands and options; arguments may be any."""
    command, wrong = root, []
    for word in span.split()[1:]:
        below = getattr(command, "commands", {})
        if word in ("…", "COMMAND", "--help"):
            break
        if word.startswith("--"):
            known = [name for parameter in command.params for name in parameter.opts]
            wrong += [] if word.partition("=")[0] in known else [word]
        elif below and (lost := [one for one in word.split("|") if one not in below]):
            return [*wrong, *lost]
        else:
            command = below.get(word, command)
    return wrong


@pytest.mark.parametrize("path", readmes(), ids=name_of)
def test_commands_in_running_text_exist(path: Path) -> None:
    root = typer.main.get_command(app)
    assert {span: wrong for span in spans(path.read_text()) if (wrong := strange(span, root))} == {}


def test_commands_in_running_text_exist_twin() -> None:
    root = typer.main.get_command(app)
    said = "`zkclear l1 fly`, `zkclear l1 up --high`, `zkclear l1 up --port 0` and `zkclear l1 up|away`"
    assert [strange(span, root) for span in spans(said)] == [["fly"], ["--high"], [], ["away"]]
