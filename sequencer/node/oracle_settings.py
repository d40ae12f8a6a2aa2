"""The oracles' reporter by a settings file of their own, for a node: with what L1 and its log know already."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from prover.kernels.interface import Kernels
from rollup.types.series import SeriesRow
from sequencer.l1.bindings.oracle import Oracle
from sequencer.l1.client import Chain
from sequencer.l1.deployment import RollupDeployment
from sequencer.l1.errors import L1Error
from sequencer.l1.reports import OracleDomain
from sequencer.native_crypto import NativeCrypto
from sequencer.node.node import Node
from sequencer.oracles.assembly import CommitteeOnL1, check_members, reporter_of
from sequencer.oracles.errors import BadOracleSettings, SourceDown
from sequencer.oracles.keys import account_from_file
from sequencer.oracles.medians import middle
from sequencer.oracles.rolling_reporter import Memory, RollingReporter
from sequencer.oracles.settings import OracleSettings, read_oracle_settings

if TYPE_CHECKING:
    from eth_account.signers.local import LocalAccount

ENDING: Final = ".toml"
"""What `oracles` in a node's settings ends with if it is a file, and no function."""


@dataclass(frozen=True, slots=True)
class OraclesByFile:
    """A settings file that was read, keys that were opened, and the committee as L1 has it: they fit together."""

    path: Path
    settings: OracleSettings
    accounts: tuple[LocalAccount, ...]
    committee: CommitteeOnL1
    oracle: Oracle

    def reporter(self, node: Node, kernels: Kernels) -> RollingReporter:
        """For a node that runs. It asks nobody before its first look."""
        memory = memory_of(node, self.oracle)
        return reporter_of(self.path, self.settings, self.accounts, self.committee, NativeCrypto(kernels), memory)


def oracles_by_file(
    path: Path,
    underlyings: Mapping[str, int],
    deployment: RollupDeployment,
    url: str,
    ask: Callable[[Path], str],
) -> OraclesByFile:
    """Everything that can be wrong before a node runs. `ask` gives the password of a keystore.

    Raises `BadOracleSettings`, also where the node's settings name other underlyings, and `L1Error`.
    """
    settings = read_oracle_settings(path)
    _check_names(path, settings, underlyings)
    oracle = Oracle(Chain(url), deployment.oracle)
    committee = CommitteeOnL1(
        tuple(oracle.signers()),
        oracle.threshold(),
        OracleDomain(deployment.chain_id, deployment.oracle),
        deployment.preset.series_depth,
    )
    files = [path.parent / name for name in settings.keys]
    accounts = tuple(account_from_file(file, partial(ask, file)) for file in files)
    check_members(path, settings, accounts, committee)
    return OraclesByFile(path, settings, accounts, committee, oracle)


def _check_names(path: Path, settings: OracleSettings, underlyings: Mapping[str, int]) -> None:
    for one in settings.underlyings:
        number = underlyings.get(one.name)
        if number != one.number:
            known = "does not name it" if number is None else f"gives it number {number}"
            raise BadOracleSettings(path, f"{one.name} has number {one.number} here, and the node's settings {known}")


def memory_of(node: Node, oracle: Oracle) -> Memory:
    """What the log, L1, and what was on its way there know of runs before."""

    def rows() -> tuple[SeriesRow, ...]:
        table = node.sequencer.ask(lambda venue: venue.table).result()
        return () if table is None else tuple(table.rows())

    def settled_on_l1(underlying: int, expiry_s: int) -> int | None:
        try:
            price_e2 = oracle.settlement_price_e2(underlying, expiry_s)
        except (L1Error, OSError) as error:
            raise SourceDown("L1", str(error)) from error
        if price_e2:
            return price_e2
        on_its_way = node.follower.settlements_before.get((underlying, expiry_s))
        return None if on_its_way is None else middle(price_e2 for price_e2, _ in on_its_way)

    return Memory(rows, settled_on_l1)
