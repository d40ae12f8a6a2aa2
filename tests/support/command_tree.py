"""All commands of `zkclear`, as typer has them, and what each is tried with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import typer

from console.cli.main import app

NOWHERE: Final = "http://127.0.0.1:9"
"""Where nobody answers."""


@dataclass(frozen=True)
class Command:
    """A command by its words, with its parameters."""

    words: tuple[str, ...]
    command: Any

    @property
    def name(self) -> str:
        return " ".join(self.words)

    @property
    def tried(self) -> set[str]:
        """Those of them that are tried with what cannot be used, or need not be."""
        elsewhere = OF_TRADERS if self.words[0] in TRADERS else set()
        return {*TRIES.get(self.name, ()), *WRITTEN, *KEPT_FOR_LATER.get(self.name, ()), *elsewhere}

    @property
    def paths(self) -> set[str]:
        """Parameters that are files or folders."""
        return {one.name for one in self.command.params if "Path" in type(one.type).__name__ or _is_path(one)}


def _is_path(parameter: Any) -> bool:
    return "path" in str(parameter.type).lower()


def commands() -> list[Command]:
    """All that do something; groups are not among them."""
    return list(_walk(typer.main.get_command(app), ()))


def _walk(command: Any, words: tuple[str, ...]) -> Iterator[Command]:
    children = getattr(command, "commands", None)
    if not children:
        yield Command(words, command)
        return
    for name, child in children.items():
        yield from _walk(child, (*words, name))


TRIES: Final[Mapping[str, Mapping[str, str]]] = {
    "demo": {"data": "--data X --out {new} --plain"},
    "tui": {"folder": "X --measure"},
    "replay": {"data": "X"},
    "recover": {"deployment_file": "--rpc {url} --deployment X", "state_folder": "--state-dir X"},
    "exit": {
        "deployment_file": "--rpc {url} --deployment X",
        "keystore": "--rpc {url} --deployment {deployment} --keystore X",
        "state_folder": "--state-dir X",
    },
    "verify-deployment": {"deployment_file": "--rpc {url} --deployment X", "state_folder": "--state-dir X"},
    "rosette": {"deployment_file": "--rpc {url} --deployment X", "state_folder": "--state-dir X"},
    "config show": {"config": "--config X"},
    "wallet import": {"file": "one --file X --wallets {new}"},
    "wallet new": {"password_file": "one --password-file X --wallets {new}"},
    "wallet list": {"config": "--config X"},
    "market list": {"config": "--config X"},
    "order sign": {"config": "buy BTC-26DEC25-100000-C 1 1 --config X"},
    "account show": {"config": "--config X"},
    "node up": {"settings": "X --state-dir {new}"},
    "node down": {"state_folder": "--state-dir X"},
    "node status": {"state_folder": "--state-dir X"},
    "node run": {"settings": "X"},
    "node check": {"folder": "X"},
    "node backup": {"folder": "X {new}"},
    "node restore": {"source": "X {new}"},
    "oracle show": {"folder": "X"},
    "oracle verify": {"folder": "X"},
    "oracle read": {"config": "--config X"},
    "l1 down": {"state_folder": "--state-dir X"},
    "l1 deploy": {
        "batch_key": "--rpc {url} --local --batch-key X",
        "keystore": "--rpc {url} --keystore X",
        "terms": "--rpc {url} --terms X",
    },
    "l1 status": {"deployment_file": "--rpc {url} --deployment X", "state_folder": "--state-dir X"},
    "l1 preflight": {"deployment_file": "--rpc {url} --deployment X", "state_folder": "--state-dir X"},
    "batch list": {"folder": "X"},
    "batch show": {"where": "X 1"},
    "batch prove": {"where": "X 1"},
    "batch submit": {"settings": "X"},
    "batch bench": {"key": "tiny --key X"},
    "proof show": {"where": "X 1"},
    "proof verify": {"where": "X 1", "key": "{run} 1 --key X"},
    "circuit info": {"circuit": "X:name"},
    "circuit compile": {"circuit": "X:name --to {new}"},
    "circuit export": {"circuit": "X:name --to {new}", "inputs": "logic --inputs X --to {new}"},
    "circuit witness": {"circuit": "X:name {new}", "inputs": "logic {new} --inputs X"},
    "circuit check": {"circuit": "X:name", "inputs": "logic --inputs X"},
    "circuit audit": {"r1cs": "--r1cs X --wtns {wtns}", "wtns": "--r1cs {r1cs} --wtns X", "inputs": "logic --inputs X"},
    "prover info": {"file": "X"},
    "prover prove": {
        "zkey": "X {wtns} {new} {other}",
        "witness": "{zkey} X {new} {other}",
        "r1cs": "{zkey} {wtns} {new} {other} --r1cs X",
    },
    "prover verify": {
        "verification_key": "X {public} {proof}",
        "public": "{key} X {proof}",
        "proof": "{key} {public} X",
    },
    "prover setup": {"r1cs": "X {r1cs} {new}", "ptau": "{r1cs} X {new}"},
    "prover export-verifier": {"key": "X {new}"},
    "prover export-key": {"zkey": "X {new}"},
    "prover export-calldata": {"public": "X {proof}", "proof": "{public} X"},
    "prover contribute": {"old": "X {new}"},
    "prover beacon": {"old": "X {new} {beacon} 10"},
    "prover verify-key": {"r1cs": "X {r1cs} {zkey}", "ptau": "{r1cs} X {zkey}", "zkey": "{r1cs} {r1cs} X"},
    "prover powers-of-tau contribute": {"old": "X {new}"},
    "prover powers-of-tau beacon": {"old": "X {new} {beacon} 10"},
    "prover powers-of-tau prepare": {"old": "X {new}"},
    "prover powers-of-tau verify": {"ptau": "X"},
}
"""For each parameter that is read, the words after the command; X stands for what is wrong."""

WRITTEN: Final = {"out", "to", "target", "folder", "state_folder", "keys", "path", "contract", "new_zkey", "new_ptau"}
"""Parameters that name where something is written, and may name something new."""

KEPT_FOR_LATER: Final[Mapping[str, set[str]]] = {
    "tui": {"key"},  # of use when a proof is looked at
    "exit": {"exit_key"},  # after a freeze, on a chain: tests/e2e/test_l1_leaving.py
    "verify-deployment": {"batch_key", "exit_key", "powers_of_tau"},  # on a chain: tests/e2e/test_l1_inspection.py
    "rosette": {"batch_key", "exit_key", "powers_of_tau"},
    "l1 preflight": {"batch_key"},
    "l1 deploy": {"exit_key"},  # once the batch key is there: tests/e2e/test_l1_commands.py
    "batch prove": {"key"},  # with a log: tests/e2e/test_run_commands.py
    "prover bench": {"rapidsnark"},
    "prover prove": {"proof", "public"},
    "prover setup": {"zkey"},
    "prover export-key": {"verification_key"},
    "prover powers-of-tau new": {"ptau"},
    "prover powers-of-tau single-party": {"ptau"},
    "circuit witness": {"wtns"},
}
TRADERS: Final = {"wallet", "market", "order", "account", "config"}
OF_TRADERS: Final = {"wallets", "password_file", "deployment", "typed_data", "config"}
"""What traders' commands share; tests/unit/console/test_trader_commands.py tries these."""
