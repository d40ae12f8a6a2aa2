"""Flags that commands share: they stand where `flags` stands, and come before everything else that settings say."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import pytest
import typer
from typer.testing import CliRunner

from console.cli.flags import LOOKER, NODE, TRADER, Flags, takes
from tests.support.command_line import TREE

app = typer.Typer()


@app.command()
@takes("url", "password_file", "config")
def ask(
    what: Annotated[str, typer.Argument()],
    count: Annotated[int, typer.Option("--count")] = 1,
    *,
    flags: Flags,
    last: Annotated[bool, typer.Option("--last")] = False,
) -> None:
    """A command."""
    settings = flags.settings(wallet=what)
    print(what, count, settings.url, settings.wallet, flags.password_file, last)


def test_a_command_gets_what_was_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZKCLEAR_URL", "http://there")
    file = tmp_path / "config.toml"
    file.write_text('url = "http://written"\n')
    run = CliRunner().invoke
    assert run(app, ["a", "--config", str(file)]).stdout == "a 1 http://there a None False\n"
    given = ["a", "--url", "http://flag", "--password-file", "p", "--count", "2", "--last", "--config", str(file)]
    assert run(app, given).stdout == "a 2 http://flag a p True\n"
    assert run(app, ["a", "--config", str(tmp_path / "none")]).exit_code != 0


def test_flags_stand_where_the_parameter_does() -> None:
    command = typer.main.get_command(app)
    assert [one.name for one in command.params[:6]] == ["what", "count", "url", "password_file", "config", "last"]


@pytest.mark.parametrize(
    ("group", "name", "names"),
    [("account", "show", TRADER), ("order", "place", TRADER), ("account", "find", LOOKER), ("market", "book", NODE)],
)
def test_commands_have_the_flags_of_their_kind(group: str, name: str, names: tuple[str, ...]) -> None:
    tree: Any = TREE
    has = [one.name for one in tree.commands[group].commands[name].params]
    place = has.index(names[0])
    assert tuple(has[place : place + len(names)]) == names


def test_a_flag_that_is_none_is_noticed_when_the_command_is_made() -> None:
    def command(*, flags: Flags) -> None:
        """Never called."""

    with pytest.raises(KeyError, match="nothing"):
        takes("nothing")(command)
