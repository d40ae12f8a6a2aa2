"""`zkclear oracle read` and what `zkclear node init` writes for it."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from console.cli.main import app
from tests.support.oracle_files import example_at, exchange_at
from tests.support.price_server import PriceServer, Reply, price_server


@pytest.fixture
def server() -> Iterator[PriceServer]:
    with price_server(exchange_at(int(time.time()))) as made:
        yield made


def read(server: PriceServer, folder: Path, *options: str, **changes: str) -> Result:
    server.exchange.now_s = int(time.time())
    path = folder / "oracles.toml"
    path.write_text(example_at(server.url, **({"limit_s": "10.0", "age_s": "120"} | changes)), encoding="utf-8")
    return CliRunner().invoke(app, ["oracle", "read", "--config", str(path), *options])


def data(result: Result) -> Any:
    return json.loads(result.stdout)


def test_all_sources_at_one_glance(server: PriceServer, tmp_path: Path) -> None:
    server.exchange.prices = {"kraken": "92100.00"}
    result = read(server, tmp_path)
    assert result.exit_code == 0, result.output
    for text in ("92,000.50", "+0.108 %", "92,310.12", "good", "55.25%", "BTC: 92,000.50 by 5 of 5 sources"):
        assert text in result.stdout
    assert "84 of 84 series are valued" in result.stdout
    assert "BTC-" not in read(server, tmp_path, "--no-series").stdout


def test_programs_get_everything(server: PriceServer, tmp_path: Path) -> None:
    found = data(read(server, tmp_path, "--json"))
    assert (found["agree"], [one["name"] for one in found["underlyings"]]) == (True, ["BTC"])
    (one,) = found["underlyings"]
    assert (one["index_e2"], one["problem"], len(one["series"])) == (9_200_050, None, 84)
    assert {row["name"]: row["index_e2"] for row in one["sources"]} == dict.fromkeys(
        ("deribit", "okx", "coinbase", "kraken", "bitstamp"), 9_200_050
    )
    assert all(row["volatility_ppm"] == 552_500 for row in one["series"])
    assert all(row["said_ppm"] == {"deribit": 552_500, "okx": 552_500} for row in one["series"])


def test_who_is_wrong_is_named_and_the_others_count(server: PriceServer, tmp_path: Path) -> None:
    server.exchange.prices = {"coinbase": "95000"}
    server.faults["/0/public"] = lambda good: Reply(good, status=503)
    result = read(server, tmp_path)
    assert result.exit_code == 0, result.output
    for text in ("far off", "silent", "BTC, kraken: source kraken gives no price (it answers 503", "3 of 5 sources"):
        assert text in result.stdout


def test_no_agreement_is_a_no(server: PriceServer, tmp_path: Path) -> None:
    server.faults["/api/v5/public"] = lambda good: Reply(good, status=500)
    result = read(server, tmp_path, "--json")
    assert (result.exit_code, data(result)["agree"]) == (1, False), "a price, and no volatility"
    server.faults["/"] = lambda good: Reply(good, status=500)
    result = read(server, tmp_path)
    assert result.exit_code == 1
    assert "BTC: no agreement: 0 of 2 needed sources" in result.stdout


def test_a_file_that_cannot_be_used_is_malformed(server: PriceServer, tmp_path: Path) -> None:
    for changes in ({"least": "9"}, {"strikes": "many"}):
        result = read(server, tmp_path, "--json", **changes)
        assert (result.exit_code, data(result)["error"]["type"]) == (2, "BadOracleSettings")
    missing = CliRunner().invoke(app, ["oracle", "read", "--config", str(tmp_path / "none.toml")])
    assert missing.exit_code == 2
    assert server.asked == []


def test_a_node_begins_with_an_example(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["node", "init", str(tmp_path / "node.toml")])
    assert result.exit_code == 0, result.output
    assert {path.name for path in tmp_path.iterdir()} == {"node.toml", "oracles.toml"}
    assert "oracles.toml is an example" in result.stdout.replace("\n", "")
