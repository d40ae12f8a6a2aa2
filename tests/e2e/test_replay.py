"""Trades through a whole node to dollars on L1: every balance as calculated from the trades alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from pathlib import Path

import pytest

from sequencer.markets import deribit
from sequencer.markets.collateral import FeeRates
from sequencer.markets.errors import DataMissing
from sequencer.markets.expectation import Balances
from sequencer.markets.replay_plan import ReplayPlan
from sequencer.replay.scenarios import ReplayOptions, Scenario, deribit_chain, spxw_day
from sequencer.replay.sources import scenario_of
from sequencer.replay.stage import play
from tests.support.chain import needs_anvil
from tests.support.markets import CHAIN, SPX
from tests.support.source_tree import ROOT
from tests.support.spx_files import CLOSE, write_spx_files

VECTORS = ROOT / "tests/vectors/markets"
OPTIONS = ReplayOptions(FeeRates(300, 500), table_every_s=600)


@pytest.fixture(scope="module")
def keys() -> Path:
    """Development keys, made once and kept."""
    return ROOT / ".zkclear" / "keys"


def made_up(folder: Path, trades: int) -> Scenario:
    return spxw_day(write_spx_files(folder / "data", trades), OPTIONS)


@needs_anvil
def test_a_made_up_day(tmp_path: Path, keys: Path) -> None:
    found = play(made_up(tmp_path, 6), "tiny", keys=keys)
    assert found.differences == []
    assert (found.trades, found.orders) == (6, 12)
    assert found.withdrawn_e6 + found.fees_e6 == found.deposited_e6
    assert found.fees_e6 > 0


class Misjudged(ReplayPlan):
    """A plan that expects what a dollar more at the close would bring."""

    def expected(self, settlements_e2: Mapping[tuple[int, int], int]) -> Balances:
        return super().expected({place: price_e2 + 100 for place, price_e2 in settlements_e2.items()})


@needs_anvil
def test_a_made_up_day_twin(tmp_path: Path, keys: Path) -> None:
    scenario = made_up(tmp_path, 2)
    wrong = Misjudged(**{field.name: getattr(scenario.plan, field.name) for field in fields(scenario.plan)})
    found = play(replace(scenario, plan=wrong), "tiny", keys=keys)
    assert {one.what for one in found.differences} == {"cash"}


def test_what_is_settled_is_the_close(tmp_path: Path) -> None:
    scenario = made_up(tmp_path, 4)
    assert list(scenario.settlements_e2.values()) == [round(CLOSE * 100)]
    assert all(row.is_settled for row in scenario.tables[-1].rows)
    assert not any(row.is_settled for table in scenario.tables[:-1] for row in table.rows)


def test_a_folder_without_trades_of_the_day(tmp_path: Path) -> None:
    with pytest.raises(DataMissing, match="2021-01-04"):
        spxw_day(write_spx_files(tmp_path, 0), OPTIONS)


@pytest.mark.deep
@needs_anvil
def test_trades_of_deribits_history(keys: Path) -> None:
    """Two trades, three weeks before their options expire."""
    found = play(scenario_of(VECTORS / "deribit_trades.json", OPTIONS), "tiny", keys=keys)
    assert (found.trades, found.orders, found.differences) == (2, 4, [])
    assert found.withdrawn_e6 + found.fees_e6 == found.deposited_e6


@pytest.mark.deep
@needs_anvil
def test_trades_of_tardis(tmp_path: Path, keys: Path) -> None:
    for name in ("tardis_trades.csv", "tardis_options_chain.csv"):
        (tmp_path / name).write_bytes((VECTORS / name).read_bytes())
    found = play(scenario_of(tmp_path, OPTIONS), "tiny", keys=keys)
    assert (found.trades, found.differences) == (3, [])


@pytest.mark.deep
@needs_anvil
@pytest.mark.skipif(not SPX.is_dir(), reason="the SPX data are not beside this repository")
def test_the_whole_spxw_day(keys: Path) -> None:
    found = play(spxw_day(SPX, OPTIONS), "demo", keys=keys)
    assert (found.trades, found.differences) == (836, [])


@pytest.mark.deep
@needs_anvil
@pytest.mark.skipif(not CHAIN.is_file(), reason="the Deribit chain is not beside this repository")
def test_the_deribit_chain(keys: Path) -> None:
    assert len(deribit.chain(CHAIN)) == 676
    found = play(deribit_chain(CHAIN, OPTIONS), "demo", keys=keys)
    assert (found.trades, found.differences) == (200, [])
