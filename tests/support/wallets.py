"""Wallets that open at once, traders who have them, and the command line as they use it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from console.settings import CONFIG_VARIABLE, SETTINGS
from rollup.types.transactions import Registration
from sequencer.api.services import Limits
from sequencer.l1.accounts import development_account
from sequencer.l1.signing_keys import UNLOCKING_VARIABLE
from sequencer.messages import ReceiveQueue
from sequencer.wallets import KnownAccounts, WalletFolder, trading_secret
from tests.support.api_node import ApiNode, Stand, running
from tests.support.command_line import Ran, run_command
from tests.support.native_crypto import native_crypto
from tests.support.rollup import DOMAIN

PASSWORD = "correct horse"
QUICK_N = 1 << 4
ALICE, BOB = "alice", "bob"
FIRST, CASH_E6 = 4, 10_000 * 10**6
"""The account of the first wallet, and what each begins with."""


@contextmanager
def own_settings(folder: Path) -> Iterator[pytest.MonkeyPatch]:
    """Nothing of this machine is heard; wallets are in `folder / "wallets"`, and their password is known."""
    with pytest.MonkeyPatch.context() as environment:
        for setting in SETTINGS:
            environment.delenv(setting.variable, raising=False)
        environment.delenv(CONFIG_VARIABLE, raising=False)
        environment.setenv("ZKCLEAR_NODE", str(folder / "no node"))
        environment.setenv("ZKCLEAR_L1", str(folder / "no chain"))
        environment.setenv("XDG_CONFIG_HOME", str(folder / "config"))
        environment.setenv("XDG_DATA_HOME", str(folder / "data"))
        environment.setenv("ZKCLEAR_WALLETS", str(folder / "wallets"))
        environment.setenv(UNLOCKING_VARIABLE, PASSWORD)
        yield environment


def add_wallet(folder: Path, name: str, index: int) -> None:
    """With the key of a development account, under little work."""
    WalletFolder(folder / "wallets").add(name, development_account(index).key, PASSWORD, QUICK_N)


@dataclass
class Traders:
    """A node without L1, and two wallets with an account each."""

    stand: Stand
    folder: Path
    environment: pytest.MonkeyPatch


@contextmanager
def traders(folder: Path, limits: Limits | None = None) -> Iterator[Traders]:
    """Their settings name the node."""

    def register(node: ApiNode) -> None:
        keys = [
            native_crypto().public_key(trading_secret(development_account(index), DOMAIN))
            for index in range(len((ALICE, BOB)))
        ]
        entries = tuple(Registration(FIRST + index, CASH_E6, key) for index, key in enumerate(keys))
        node.say(ReceiveQueue(FIRST, entries))

    with own_settings(folder) as environment, running(folder, limits, register, accounts=FIRST) as stand:
        for index, name in enumerate((ALICE, BOB)):
            add_wallet(folder, name, index)
            KnownAccounts(folder / "wallets").add(development_account(index).address, DOMAIN, FIRST + index)
        environment.setenv("ZKCLEAR_URL", stand.api.url)
        yield Traders(stand, folder, environment)


def zkclear(*arguments: object) -> Ran:
    """Never a traceback, and the password never shown."""
    result = run_command(*arguments)
    assert "Traceback" not in result.output, result.output
    assert PASSWORD not in result.output
    return result


def said(*arguments: object, code: int = 0) -> Any:
    """What a command says to programs."""
    result = zkclear(*arguments, "--json")
    assert result.exit_code == code, result.output
    return json.loads(result.stdout)


def shown(*arguments: object) -> str:
    """What a command says to people."""
    result = zkclear(*arguments)
    assert result.exit_code == 0, result.output
    return result.stdout


def refused(*arguments: object, code: int) -> str:
    """A clear sentence on standard error for people, the same for programs as JSON; returns it."""
    for_people = zkclear(*arguments)
    assert for_people.exit_code == code, for_people.output
    assert for_people.stdout == ""
    error = said(*arguments, code=code)["error"]
    assert error["type"]
    assert for_people.stderr.startswith("error: ")
    return str(error["message"])
