"""Where the local chain's program is, and how it is called."""

from __future__ import annotations

import os
import platform
import shutil
import socket
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from prover.solidity.node import node_modules
from sequencer.l1.errors import AnvilMissing, PortTaken

PROGRAM_VARIABLE: Final = "ZKCLEAR_ANVIL"
"""Names another anvil than that of `contracts/node_modules`."""

HOST: Final = "127.0.0.1"
LOCAL_CHAIN_ID: Final = 31_337
BLOCK_GAS_LIMIT: Final = 30_000_000
HARDFORK: Final = "osaka"
MNEMONIC: Final = "test test test test test test test test test test test junk"
"""The development mnemonic that every local chain has: its accounts are rich there, and worthless anywhere else."""

DEVELOPMENT_ACCOUNTS: Final = 10
_ARCHITECTURES: Final = {"x86_64": "amd64", "amd64": "amd64", "aarch64": "arm64", "arm64": "arm64"}


@dataclass(frozen=True, slots=True)
class AnvilOptions:
    """A local chain. `port` 0 is a free one; without `block_time_s` a block is made for each transaction.

    Its time goes on from `start_time_s`, by default from now. `state` is a file from which the chain goes on, and into
    which it is written when it is stopped. `transaction_gas_limit` is that of EIP-7825, 2^24.
    """

    port: int = 0
    chain_id: int = LOCAL_CHAIN_ID
    block_time_s: int | None = None
    block_gas_limit: int = BLOCK_GAS_LIMIT
    transaction_gas_limit: bool = True
    state: Path | None = None
    start_time_s: int | None = None

    def command(self, program: Path, port: int) -> list[str]:
        """The command line, for a port that is not 0. It prints nothing but errors."""
        command = [str(program), "--quiet", "--host", HOST, "--port", str(port), "--hardfork", HARDFORK]
        command += ["--chain-id", str(self.chain_id), "--gas-limit", str(self.block_gas_limit)]
        command += ["--accounts", str(DEVELOPMENT_ACCOUNTS), "--mnemonic", MNEMONIC, "--no-cors"]
        if self.transaction_gas_limit:
            command.append("--enable-tx-gas-limit")
        if self.block_time_s is not None:
            command += ["--block-time", str(self.block_time_s)]
        if self.start_time_s is not None:
            command += ["--timestamp", str(self.start_time_s)]
        if self.state is not None:
            command += ["--state", str(self.state)]
        return command


def find_anvil() -> Path:
    """The program: named by `ZKCLEAR_ANVIL`, from `contracts/node_modules`, or on the PATH. Raises `AnvilMissing`."""
    named = os.environ.get(PROGRAM_VARIABLE)
    packaged = node_modules() / "@foundry-rs" / f"anvil-{platform_name()}" / "bin" / "anvil"
    candidate = Path(named) if named else packaged
    if candidate.is_file():
        return candidate
    on_path = None if named else shutil.which("anvil")
    if on_path is None:
        raise AnvilMissing((str(candidate),))
    return Path(on_path)


def platform_name() -> str:
    """As npm packages of native programs are named: `linux-amd64`, `darwin-arm64`."""
    machine = platform.machine().lower()
    return f"{sys.platform}-{_ARCHITECTURES.get(machine, machine)}"


def free_port() -> int:
    """One that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def refuse_taken_port(port: int) -> None:
    """Raises `PortTaken` when somebody listens there."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise PortTaken(port) from error
