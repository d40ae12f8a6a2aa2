"""The oracles' settings: the example can be used as it is, and what cannot work is refused with a reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from sequencer.l1.accounts import account_from_key
from sequencer.l1.keystores import locked
from sequencer.node.settings import write_settings
from sequencer.oracles.assembly import CommitteeOnL1, reporter_of
from sequencer.oracles.errors import BadOracleSettings
from sequencer.oracles.keys import account_from_file
from sequencer.oracles.listings import ListingRules
from sequencer.oracles.medians import Spreads
from sequencer.oracles.rolling_reporter import Memory
from sequencer.oracles.settings import OracleSettings, read_oracle_settings
from sequencer.oracles.settings_example import EXAMPLE
from sequencer.oracles.sources import SourceRules
from sequencer.oracles.sourcing import listing_rules, source_rules, sources_of
from tests.support.markets_oracles import DOMAIN, keys
from tests.support.native_crypto import native_crypto

CANDLES = '[underlyings.sources.candles]\nurl = "https://x.example/{}"\nrows = []\ntime = [0]\nclose = [4]'
FORGETS = Memory(lambda: (), lambda _underlying, _expiry_s: None)


def read(folder: Path, text: str) -> OracleSettings:
    path = folder / "oracles.toml"
    path.write_text(text, encoding="utf-8")
    return read_oracle_settings(path)


def test_the_example_can_be_used(tmp_path: Path) -> None:
    settings = read_oracle_settings(write_settings(tmp_path / "node.toml"))
    names = [source.name for source in sources_of(settings)[1]]
    assert names == ["deribit", "okx", "coinbase", "kraken", "bitstamp"]
    assert source_rules(settings) == SourceRules(2, 30, 2, Spreads(10_000, 300_000), 2)
    assert listing_rules(settings) == {1: ListingRules(7, 200_000, 2, 4, 3_600)}


def test_the_commented_part_of_the_example_can_be_used_too(tmp_path: Path) -> None:
    begin = EXAMPLE.index("# [[underlyings.sources]]")
    lines = [line.removeprefix("# ") for line in EXAMPLE[begin:].splitlines()]
    settings = read(tmp_path, EXAMPLE[:begin] + "\n".join(lines))
    assert sources_of(settings)[1][-1].name == "another"


def test_a_file_that_is_there_stays(tmp_path: Path) -> None:
    (tmp_path / "oracles.toml").write_text("mine", encoding="utf-8")
    assert write_settings(tmp_path / "node.toml").read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize(
    ("line", "instead", "why"),
    [
        ("least = 2 ", "least = 0", r"rules\.least"),
        ("age_s = 30 ", 'age_s = "soon"', r"rules\.age_s"),
        ("least = 2 ", "lest = 2", "lest"),
        ("least = 2 ", "least = 6", "6 sources must agree .*and 5 are named"),
        ("least_volatilities = 2", "least_volatilities = 3", "3 sources must agree on a volatility .*and 2 say any"),
        ('exchange = "kraken"', 'exchange = "krakn"', "'krakn' is none of coinbase, kraken, bitstamp, okx"),
        ('exchange = "kraken"', 'exchange = "coinbase"', "source coinbase is there 2 times"),
        ('market = "XXBTZUSD"', 'market = "XXBT/../ZUSD"', "use letters, digits"),
        ('market = "XXBTZUSD"', 'market = ""', "use letters, digits"),
        ('kind = "deribit"', 'kind = "deribit"\nbase = "http://www.deribit.com"', "not https"),
        ('kind = "deribit"', 'kind = "drbit"', "drbit"),
        ('prefix = "BTC"', 'prefix = "btc"', "prefix"),
        ('name = "BTC"', 'name = "bitcoin"', "underlying is 'bitcoin'"),
        ("number = 1", "number = 65536", "number"),
        ("strikes = 7", "strikes = 0", "strikes"),
        ("step_e2 = 200_000", "step_e2 = 0.5", "step_e2"),
        ("limit_s = 3.0", "limit_s = 0.0", "limit_s"),
        ("limit_s = 3.0", "limit_s = nan", "limit_s"),
        ("shortest_s = 3_600", "shortest_s = 99_999_999_999", "shortest_s"),
        ("price = 0.16", "price = -0.16", "price"),
        ("[rules]", "[rulez]", "rulez"),
        ("[rules]", "[rules", "oracles.toml"),
    ],
)
def test_what_cannot_work_is_refused(tmp_path: Path, line: str, instead: str, why: str) -> None:
    assert line in EXAMPLE
    with pytest.raises(BadOracleSettings, match=why):
        read(tmp_path, EXAMPLE.replace(line, instead, 1))


@pytest.mark.parametrize(
    ("extra", "why"),
    [
        ('url = "https://x.example/"\nprice = ["p"]', "must agree on what settles, and 1 can"),
        ('url = "http://x.example/"\nprice = ["p"]', "not https"),
        ('url = "https://x.example/"\nprice = ["p"]\ntime_unit = "h"', "time_unit"),
        ('url = "https://x.example/"\nprice = [0.5]', "price"),
        (f'url = "https://x.example/"\nprice = ["p"]\n{CANDLES.format("{begin_s}")}', "only start_s, end_s"),
        (f'url = "https://x.example/"\nprice = ["p"]\n{CANDLES.format("{start_s.day}")}', "only start_s, end_s"),
    ],
)
def test_a_ticker_that_cannot_work(tmp_path: Path, extra: str, why: str) -> None:
    begin = EXAMPLE.index("[[underlyings.sources]]                # index, forwards, volatilities\n")
    text = EXAMPLE[:begin].replace("least_volatilities = 2", "least_volatilities = 1")
    with pytest.raises(BadOracleSettings, match=why):
        read(tmp_path, f'{text}[[underlyings.sources]]\nkind = "ticker"\nname = "mine"\n{extra}\n')


def test_nothing_to_list_and_nothing_to_price(tmp_path: Path) -> None:
    with pytest.raises(BadOracleSettings, match="nothing would ever be listed"):
        read(tmp_path, EXAMPLE.replace("days = 2 ", "days = 0 ").replace("fridays = 4 ", "fridays = 0 "))
    with pytest.raises(BadOracleSettings, match="names no underlying"):
        read(tmp_path, "underlyings = []")
    with pytest.raises(BadOracleSettings, match="No such file"):
        read_oracle_settings(tmp_path / "none.toml")
    (tmp_path / "bytes.toml").write_bytes(b"\xff")
    with pytest.raises(BadOracleSettings):
        read_oracle_settings(tmp_path / "bytes.toml")


def committee(threshold: int = 2, depth: int = 4) -> CommitteeOnL1:
    return CommitteeOnL1(tuple(str(key.address) for key in keys(3)), threshold, DOMAIN, depth)


def test_members_are_those_of_l1(tmp_path: Path) -> None:
    settings = read(tmp_path, EXAMPLE)
    path, crypto = tmp_path / "oracles.toml", native_crypto()
    assert reporter_of(path, settings, keys(3)[:2], committee(), crypto, FORGETS).series == ()
    for accounts, on_l1, why in (
        (keys(3)[:1], committee(), "2 of 3 members must sign, and keys of 1 are named"),
        ([*keys(3), account_from_key(b"\x01" * 32)], committee(), "is not in the committee"),
        ([keys(3)[0]] * 2, committee(), "the same"),
        (keys(3), committee(depth=3), "up to 84 series would be listed, and the risk table has 63 places"),
    ):
        with pytest.raises(BadOracleSettings, match=why):
            reporter_of(path, settings, accounts, on_l1, crypto, FORGETS)


def test_keys_come_from_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ZKCLEAR_KEYSTORE_PASSWORD", raising=False)
    account, path = keys(1)[0], tmp_path / "oracle.key"
    path.write_text("0x" + account.key.hex().removeprefix("0x") + "\n", encoding="ascii")
    path.chmod(0o600)
    assert account_from_file(path, str).address == account.address
    path.chmod(0o640)
    with pytest.raises(BadOracleSettings, match="others may read"):
        account_from_file(path, str)
    path.chmod(0o600)
    keystore = tmp_path / "oracle.json"
    keystore.write_bytes(locked(bytes(account.key), "open", scrypt_n=1 << 10))
    assert account_from_file(keystore, lambda: "open").address == account.address
    for content, why in (
        (b"5" * 63, "neither a keystore"),
        (b"0" * 64, "neither"),
        (b"", "neither"),
        (b"{}", "keystore"),
    ):
        path.write_bytes(content)
        with pytest.raises(BadOracleSettings, match=why) as caught:
            account_from_file(path, str)
        assert "5" * 60 not in str(caught.value)
    with pytest.raises(BadOracleSettings, match="wrong password"):
        account_from_file(keystore, lambda: "shut")
    with pytest.raises(BadOracleSettings, match="No such file"):
        account_from_file(tmp_path / "none", str)
