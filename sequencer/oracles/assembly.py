"""From settings to a reporter: sources, members of the committee that run here, and what the run knows already."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rollup.crypto import Crypto
from rollup.risk.scenarios import ScanRange
from sequencer.l1.reports import OracleDomain
from sequencer.oracles.committee import Committee
from sequencer.oracles.errors import BadOracleSettings
from sequencer.oracles.node import NodeRules, OracleNode
from sequencer.oracles.proposals import TableRules
from sequencer.oracles.refresh import RefreshPolicy
from sequencer.oracles.reporter import OracleReporter
from sequencer.oracles.rolling_reporter import Memory, RollingReporter
from sequencer.oracles.series_book import SeriesBook
from sequencer.oracles.settings import OracleSettings
from sequencer.oracles.sourcing import listing_rules, source_rules, sources_of

if TYPE_CHECKING:
    from eth_account.signers.local import LocalAccount


@dataclass(frozen=True, slots=True)
class CommitteeOnL1:
    """Who may sign on L1, how many of them must, and for which contract; `depth` is that of the risk table's tree."""

    signers: tuple[str, ...]
    threshold: int
    domain: OracleDomain
    depth: int


def reporter_of(
    path: Path,
    settings: OracleSettings,
    accounts: Sequence[LocalAccount],
    committee: CommitteeOnL1,
    crypto: Crypto,
    memory: Memory,
) -> RollingReporter:
    """Members of one process share sources: they are asked once a look. Raises as `check_members`."""
    check_members(path, settings, accounts, committee)
    listings, rules = listing_rules(settings), source_rules(settings)
    scans = {
        one.number: ScanRange(one.scan.price, one.scan.volatility_up, one.scan.volatility_down)
        for one in settings.underlyings
    }
    signers = tuple(sorted(committee.signers, key=lambda address: int(address, 16)))
    node_rules = NodeRules(
        Committee(signers, committee.threshold, committee.domain),
        rules,
        TableRules(scans, rules.spreads),
        committee.depth,
    )
    sources = [source for several in sources_of(settings).values() for source in several]
    oracles = [OracleNode(account, sources, node_rules, crypto) for account in accounts]
    policy = RefreshPolicy(settings.refresh.every_s, settings.refresh.move_ppm)
    reporter = OracleReporter(oracles, node_rules, SeriesBook(committee.depth), crypto, policy)
    return RollingReporter(reporter, oracles, sources, rules, listings, memory)


def check_members(
    path: Path, settings: OracleSettings, accounts: Sequence[LocalAccount], committee: CommitteeOnL1
) -> None:
    """Raises `BadOracleSettings`: keys of strangers, too few keys, more series than the table has places for."""
    places = (1 << 2 * committee.depth) - 1
    most = sum(one.most_series for one in listing_rules(settings).values())
    if most > places:
        raise BadOracleSettings(path, f"up to {most} series would be listed, and the risk table has {places} places")
    addresses = [str(account.address) for account in accounts]
    for address in addresses:
        if address not in committee.signers:
            raise BadOracleSettings(path, f"{address} is not in the committee of {committee.domain.contract} on L1")
    if len(set(addresses)) != len(addresses):
        raise BadOracleSettings(path, "two of its keys are the same")
    if len(addresses) < committee.threshold:
        raise BadOracleSettings(
            path,
            f"{committee.threshold} of {len(committee.signers)} members must sign, and keys of {len(addresses)} are "
            "named: name as many, since members on other hosts are not reached by this node",
        )
