"""Laws for all commands: help, JSON, no traceback, no slow import, no secret among arguments."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.command_line import TREE, run_command

HEAVY = ("numpy", "galois", "matplotlib", "textual", "web3", "eth_account", "websockets", "rich.markdown")
SECRET = re.compile(r"password$|secret|mnemonic|private")


def commands(group: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """All commands and groups, with their names."""
    yield path, group
    for name, command in sorted(getattr(group, "commands", {}).items()):
        yield from commands(command, (*path, name))


EVERY = list(commands(TREE))
LEAVES = [(path, command) for path, command in EVERY if not hasattr(command, "commands")]
NAMES = [" ".join(path) or "zkclear" for path, _ in EVERY]


@pytest.mark.parametrize(("path", "command"), EVERY, ids=NAMES)
def test_show_2_help(path: tuple[str, ...], command: Any) -> None:
    result = run_command(*path, "--help")
    assert result.exit_code == 0
    assert len(result.stdout.splitlines()) > 3
    assert command.help or command.short_help


TALKS_TO_PEOPLE = {("node", "run")}
"""Commands that print no data."""


def test_show_2_every_command_can_speak_to_programs() -> None:
    without = {path for path, command in LEAVES if "--json" not in option_names(command)}
    assert without == TALKS_TO_PEOPLE


@pytest.mark.parametrize(("path", "command"), EVERY, ids=NAMES)
def test_show_2_a_wrong_command_line_is_told_to_programs_as_json(path: tuple[str, ...], command: Any) -> None:
    result = run_command(*path, "--no-such-option", "--json")
    assert result.exit_code == 2
    error = json.loads(result.stdout)["error"]
    assert "--no-such-option" in error["message"]
    assert error["type"] == "NoSuchOption"
    assert result.stderr == ""
    for_people = run_command(*path, "--no-such-option")
    assert (for_people.exit_code, for_people.stdout) == (2, "")
    assert "--no-such-option" in for_people.stderr


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("order place buy --json", "INSTRUMENT"),
        ("order place hold X 1 1 --json", "hold"),
        ("fly --json", "fly"),
        ("market book X --depth 0 --json", "--depth"),
        ("l1 deploy --preset none --json", "none"),
    ],
)
def test_show_2_missing_and_bad_arguments_are_told_as_json(line: str, says: str) -> None:
    result = run_command(*line.split())
    assert result.exit_code == 2
    assert says in json.loads(result.stdout)["error"]["message"]


def option_names(command: Any) -> list[str]:
    return [name for one in command.params for name in (*one.opts, *one.secondary_opts)]


def test_no_secret_is_an_argument() -> None:
    found = {name.lstrip("-") for _, command in LEAVES for name in option_names(command)}
    assert [name for name in sorted(found) if SECRET.search(name)] == []


def test_no_secret_is_an_argument_twin() -> None:
    assert [name for name in ("password-file", "password", "wallet-password", "mnemonic") if SECRET.search(name)] == [
        "password",
        "wallet-password",
        "mnemonic",
    ]


def imported_by(*arguments: str) -> set[str]:
    """Modules that are there when a command has ended, in a process of its own."""
    script = (
        "import sys\nfrom console.cli.main import app\n"
        "try:\n    app(sys.argv[1:])\nexcept SystemExit:\n    pass\n"
        "print(*sys.modules, sep=chr(10), file=sys.stderr)"
    )
    environment = {**os.environ, "XDG_CONFIG_HOME": "/nonexistent", "ZKCLEAR_WALLETS": "/nonexistent"}
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments], capture_output=True, text=True, check=True, env=environment
    )
    return set(done.stderr.splitlines())


def test_show_5_the_page_of_all_commands_imports_nothing_heavy() -> None:
    assert imported_by("--help").isdisjoint((*HEAVY, "rich", "rollup", "sequencer", "prover.bn254"))


def test_show_5_twin() -> None:
    assert "numpy" in imported_by("circuit", "list")


@pytest.mark.parametrize(
    ("arguments", "light"),
    [
        (("wallet", "list"), HEAVY),
        (("wallet", "show"), HEAVY),
        (("config", "show"), HEAVY),
        (("wallet", "new", "../a"), HEAVY),
        (("market", "list", "--url", "http://127.0.0.1:9"), ("galois", "matplotlib", "textual", "web3", "eth_account")),
    ],
    ids=" ".join,
)
def test_show_5_commands_import_what_they_need(arguments: tuple[str, ...], light: tuple[str, ...]) -> None:
    assert imported_by(*arguments).isdisjoint(light)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_is_printed(shell: str) -> None:
    """The script that a shell keeps."""
    environment = {**os.environ, "_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1"}
    script = subprocess.run(
        [sys.executable, "-m", "console.cli.main", "--show-completion", shell],
        capture_output=True,
        text=True,
        check=True,
        env=environment,
    )
    assert "_COMPLETE" in script.stdout


def test_what_a_tab_answers() -> None:
    """As bash asks."""
    asked = "import sys\nfrom console.cli.main import app\napp(prog_name='zkclear')"
    environment = {
        **os.environ,
        "_ZKCLEAR_COMPLETE": "complete_bash",
        "COMP_WORDS": "zkclear wallet ",
        "COMP_CWORD": "2",
    }
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True, env=environment)
    assert set(done.stdout.split()) >= {"new", "import", "list", "show", "derive", "sign"}
