"""A node whose oracles are named in a settings file, over exchanges on this machine: tables, an expiry, restarts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep

import pytest

from sequencer.l1.bindings.oracle import Oracle
from sequencer.node.oracle_settings import oracles_by_file
from sequencer.node.pricing import Pricing
from sequencer.oracles.errors import BadOracleSettings, OracleError
from sequencer.oracles.signed_table import SignedTable
from tests.support.chain import needs_anvil
from tests.support.oracle_files import example_at, exchange_at
from tests.support.price_server import PriceServer, price_server
from tests.support.whole_node import PATIENCE_S, Stand, stand, until

pytestmark = needs_anvil
UNDERLYING = 1


def settings_of(one: Stand, server: PriceServer, folder: Path, name: str = "oracles.toml") -> Path:
    names = []
    for number, account in enumerate(one.rollup.oracles[:2]):
        path = folder / f"oracle-{number}.key"
        path.write_text(account.key.hex(), encoding="ascii")
        path.chmod(0o600)
        names.append(path.name)
    path = folder / name
    text = example_at(server.url, strikes="1", days="1", fridays="0", limit_s="10.0")
    path.write_text(text.replace("keys = [", f"keys = {names} # [", 1).replace("\n]", "\n# ]", 1), encoding="utf-8")
    return path


@contextmanager
def priced(one: Stand, path: Path) -> Iterator[Pricing]:
    """A node, and what brings it prices."""
    with one.node() as node:
        made = oracles_by_file(path, {"BTC": 1}, one.rollup.deployment, one.rollup.chain.url, str)
        yield Pricing(node, made.reporter(node, one.rollup.kernels), clock=one.plan.clock)


def looked(pricing: Pricing, one: Stand, server: PriceServer) -> SignedTable:
    """Looks until a table comes into force."""
    deadline = monotonic() + PATIENCE_S
    while True:
        server.exchange.now_s = one.rollup.now_s()
        try:
            found = pricing.look()
        except OracleError:
            if monotonic() > deadline:
                raise
            found = None
        if found is not None:
            return found
        assert monotonic() < deadline
        sleep(0.05)


def cannot_be_priced(one: Stand, path: Path) -> None:
    """By settings that do not fit the node's, and without a key."""
    arguments = (one.rollup.deployment, one.rollup.chain.url, str)
    wrong: tuple[tuple[dict[str, int], str], ...] = (({}, "does not name it"), ({"BTC": 2}, "gives it number 2"))
    for underlyings, why in wrong:
        with pytest.raises(BadOracleSettings, match=why):
            oracles_by_file(path, underlyings, *arguments)
    key = path.parent / "oracle-1.key"
    hidden = key.rename(path.parent / "hidden")
    with pytest.raises(BadOracleSettings, match=r"oracle-1.key: No such file"):
        oracles_by_file(path, {"BTC": 1}, *arguments)
    hidden.rename(key)


def test_a_node_is_priced_by_its_settings(tmp_path: Path) -> None:
    with stand(tmp_path) as one, price_server(exchange_at(one.rollup.now_s())) as server:
        path = settings_of(one, server, tmp_path)
        oracle = Oracle(one.rollup.chain, one.rollup.deployment.oracle)
        cannot_be_priced(one, path)
        assert server.asked == []
        with priced(one, path) as pricing:
            first = looked(pricing, one, server)
            assert (first.spots, len(first.rows), len(first.signatures)) == ({UNDERLYING: 9_200_050}, 2, 2)
            until(lambda: oracle.last_time_s() == first.time_s, "L1 has the table")
            assert oracle.table_at(first.time_s).risk_root == first.report.risk_root
        server.exchange.price = "96000"
        expiry_s = first.rows[0].series.expiry_s
        with priced(one, path) as pricing:
            one.rollup.set_time(one.rollup.now_s() + 30)
            second = looked(pricing, one, server)
            assert {row.series for row in second.rows} > {row.series for row in first.rows}
            until(lambda: oracle.last_time_s() == second.time_s, "L1 has the second table")
            one.rollup.set_time(expiry_s + 10)
            server.exchange.expiry_s = expiry_s
            settled = looked(pricing, one, server)
            assert {row.is_settled for row in settled.rows if row.series.expiry_s == expiry_s} == {True}
            until(lambda: oracle.settlement_price_e2(UNDERLYING, expiry_s) > 0, "L1 has the settlement")
        with priced(one, path) as pricing:
            one.rollup.set_time(one.rollup.now_s() + 30)
            last = looked(pricing, one, server)
            assert last.settlements == ()
            assert {row for row in last.rows if row.is_settled} == {row for row in settled.rows if row.is_settled}
