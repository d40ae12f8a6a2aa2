"""Tables that a quorum signs: what the contract would refuse no oracle signs, and no reporter hands out."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from rollup.risk.table import risk_table
from rollup.risk_table import RiskTable
from sequencer.l1.reports import OracleDomain, report_message, report_of, rows_from_data, sign_message, sign_report
from sequencer.messages import NewTable, decode_message, encode_message
from sequencer.oracles import proposals
from sequencer.oracles.committee import Committee, reading_message, sign_reading
from sequencer.oracles.errors import BadCommittee, BadSignature, PricesApart, QuorumMissing, Refused, ValueMissing
from sequencer.oracles.node import OracleNode
from sequencer.oracles.proposals import Proposal, agreement_of
from sequencer.oracles.readings import Reading
from sequencer.oracles.refresh import RefreshPolicy
from tests.support.markets_oracles import DEPTH, DOMAIN, NOW, PRICE_E2, SERIES, UNDERLYING, Bench, keys
from tests.support.native_crypto import native_crypto

STRANGER = next(key for key in keys(6) if key.address not in {known.address for known in keys(5)})


def proposal_of(bench: Bench, now_s: int = NOW, members: int | None = None) -> Proposal:
    readings = tuple(node.read(bench.series, now_s) for node in bench.nodes[:members])
    return Proposal(now_s, bench.series, readings, {})


def test_a_table_is_signed_by_all() -> None:
    bench = Bench()
    table = bench.reporter.step(NOW).table
    assert table is not None
    assert len(table.signatures) == 5
    assert table.spots == {UNDERLYING: PRICE_E2}
    assert table.rows == tuple(rows_from_data(table.report.rows))
    assert table.report.risk_root == RiskTable(table.rows, DEPTH, native_crypto()).root
    bench.rules.committee.require_report(table.report, table.signatures)
    message = table.message()
    assert message == NewTable(NOW, table.rows, ((UNDERLYING, PRICE_E2),))
    assert decode_message(encode_message(message)) == message


def test_rows_are_the_models() -> None:
    bench = Bench()
    agreement = agreement_of(proposal_of(bench), bench.rules.table, 3)
    market = bench.nodes[0].read(bench.series, NOW).reading.underlyings[UNDERLYING]
    assert market == agreement.underlyings[UNDERLYING]
    assert [row.series for row in agreement.rows] == list(SERIES)
    assert all(row.mark_e2 > 0 and not row.is_settled for row in agreement.rows)


@pytest.mark.parametrize("silent", [1, 2, 3])
def test_f84_fewer_than_the_threshold_sign_nothing(silent: int) -> None:
    bench = Bench()
    for sources in bench.sources[:silent]:
        for source in sources:
            source.is_up = False
    if silent <= 2:
        assert len(bench.reporter.report(NOW).signatures) == 5 - silent
        return
    with pytest.raises(QuorumMissing) as caught:
        bench.reporter.report(NOW)
    assert (caught.value.have, caught.value.needed, len(caught.value.problems)) == (2, 3, 3)


def test_f84_fewer_than_the_threshold_sign_nothing_twin() -> None:
    """A committee of another threshold makes a table of the same two: it is the threshold that refuses."""
    bench = Bench(count=3, threshold=2)
    for source in bench.sources[0]:
        source.is_up = False
    assert len(bench.reporter.report(NOW).signatures) == 2


def test_f84_oracles_that_disagree_report_nothing() -> None:
    bench = Bench(count=3, threshold=3 - 1)
    for place, sources in enumerate(bench.sources):
        for source in sources:
            source.index_e2 = PRICE_E2 * (100 + 2 * place) // 100
    with pytest.raises(PricesApart):
        bench.reporter.report(NOW)
    assert bench.reporter.last is None


@pytest.mark.parametrize("age_s", [31, -3])
def test_f84_nobody_signs_a_table_of_another_time(age_s: int) -> None:
    bench = Bench()
    proposal = proposal_of(bench)
    with pytest.raises(Refused):
        bench.nodes[0].sign(proposal, NOW + age_s)
    assert bench.nodes[0].sign(proposal, NOW + 29)


def test_f84_nobody_signs_an_older_table_or_two_of_one_time() -> None:
    bench = Bench()
    first, node = proposal_of(bench), bench.nodes[0]
    signature = node.sign(first, NOW)
    assert node.sign(first, NOW) == signature, "the same once more is the same"
    bench.everybody_says(index_e2=PRICE_E2 + 1_000)
    with pytest.raises(Refused, match="another table"):
        node.sign(proposal_of(bench), NOW)
    later = proposal_of(bench, NOW + 5)
    node.sign(later, NOW + 5)
    with pytest.raises(Refused, match="signed a table of"):
        node.sign(first, NOW + 5)


class Forgetful(OracleNode):
    """A planted defect: it does not remember what it signed."""

    def sign(self, proposal: Proposal, now_s: int) -> bytes:
        self._signed_time_s = self._signed_root = 0
        return super().sign(proposal, now_s)


def test_f84_nobody_signs_an_older_table_or_two_of_one_time_twin() -> None:
    bench = Bench()
    bench.nodes[0] = Forgetful(keys(5)[0], bench.sources[0], bench.rules, native_crypto())
    first, node = proposal_of(bench), bench.nodes[0]
    signature = node.sign(first, NOW)
    bench.everybody_says(index_e2=PRICE_E2 + 1_000)
    assert node.sign(proposal_of(bench), NOW) != signature


def test_f84_readings_are_their_oracles_own() -> None:
    bench = Bench()
    good = proposal_of(bench)
    first = good.readings[0]
    moved = replace(first.reading.underlyings[UNDERLYING], index_e2=PRICE_E2 + 1)
    for readings, error in (
        ((first, first, *good.readings[1:]), Refused),
        ((replace(first, reading=Reading(NOW, {UNDERLYING: moved})), *good.readings[1:]), BadSignature),
        (good.readings[:2], QuorumMissing),
        ((sign_reading(STRANGER, DOMAIN, first.reading), *good.readings[1:]), BadSignature),
    ):
        with pytest.raises(error):
            bench.nodes[0].sign(replace(good, readings=readings), NOW)
    assert bench.nodes[0].sign(good, NOW)


def test_f84_old_readings_make_no_new_table() -> None:
    bench = Bench()
    old = proposal_of(bench).readings
    for node in bench.nodes:
        node.read(bench.series, NOW + 40)
    with pytest.raises(Refused, match="a reading is of"):
        bench.nodes[0].sign(Proposal(NOW + 40, bench.series, old, {}), NOW + 40)


def test_f84_another_assets_price_is_missing_not_taken() -> None:
    bench = Bench()
    foreign = replace(SERIES[0], series_id=7, underlying=9)
    proposal = proposal_of(bench)
    with pytest.raises(ValueMissing, match="underlying 9"):
        agreement_of(replace(proposal, series=(*SERIES, foreign)), bench.rules.table, 3)
    unvalued = replace(SERIES[0], series_id=8)
    with pytest.raises(ValueMissing, match="volatility of series 8"):
        agreement_of(replace(proposal, series=(*SERIES, unvalued)), bench.rules.table, 3)


@pytest.mark.parametrize(
    "change", ["time", "root", "rows", "spot", "chain", "contract", "twice", "order", "few", "stranger", "high s"]
)
def test_f84_a_report_is_checked_as_the_contract_checks_it(change: str) -> None:
    bench = Bench()
    table = bench.reporter.report(NOW)
    report, signatures, committee = table.report, list(table.signatures), bench.rules.committee
    if change == "time":
        report = replace(report, time_s=NOW + 1)
    elif change == "root":
        report = replace(report, risk_root=report.risk_root + 1)
    elif change == "rows":
        report = replace(report, rows=report.rows[:-1] + bytes([report.rows[-1] ^ 1]))
    elif change == "spot":
        report = replace(report, spots={UNDERLYING: PRICE_E2 + 1})
    elif change == "chain":
        committee = replace(committee, domain=OracleDomain(1, DOMAIN.contract))
    elif change == "contract":
        committee = replace(committee, domain=OracleDomain(DOMAIN.chain_id, "0x" + "11" * 20))
    elif change == "twice":
        signatures[1] = signatures[0]
    elif change == "order":
        signatures.reverse()
    elif change == "few":
        signatures = signatures[:2]
    elif change == "stranger":
        signatures[0] = sign_report([STRANGER], DOMAIN, report)[0]
    else:
        signatures[0] = other_half(signatures[0])
    with pytest.raises((BadSignature, QuorumMissing)):
        committee.require_report(report, signatures)


def other_half(signature: bytes) -> bytes:
    """The other signature of the same message: s against the group's order, v turned."""
    order = 0xFFFFFFFF_FFFFFFFF_FFFFFFFF_FFFFFFFE_BAAEDCE6_AF48A03B_BFD25E8C_D0364141
    high = order - int.from_bytes(signature[32:64], "big")
    return signature[:32] + high.to_bytes(32, "big") + bytes([55 - signature[64]])


def test_f84_a_report_is_checked_as_the_contract_checks_it_twin() -> None:
    """The very same check takes the report as it was signed, by three of five too."""
    bench = Bench()
    table = bench.reporter.report(NOW)
    bench.rules.committee.require_report(table.report, table.signatures)
    bench.rules.committee.require_report(table.report, table.signatures[1:4])


def test_a_live_series_keeps_its_row() -> None:
    bench = Bench()
    node = bench.nodes[0]
    node.sign(proposal_of(bench), NOW)
    later = proposal_of(bench, NOW + 5)
    with pytest.raises(Refused, match="must keep its row"):
        node.sign(replace(later, series=SERIES[1:]), NOW + 5)
    other = (replace(SERIES[0], strike_e2=1), *SERIES[1:])
    with pytest.raises(Refused, match="another than it was"):
        node.sign(replace(later, series=other), NOW + 5)
    assert node.sign(later, NOW + 5)


def test_a_series_that_nobody_values_any_more_keeps_its_last_volatility() -> None:
    bench = Bench()
    bench.reporter.report(NOW)
    for place, volatility in enumerate((1, 1_000, 1_000_000)):
        for sources in bench.sources:
            sources[place].volatility_ppm = volatility
    table = bench.reporter.report(NOW + 5)
    assert [row.series for row in table.rows] == list(SERIES)


def test_options_are_valued_only_for_a_table_that_is_due(monkeypatch: pytest.MonkeyPatch) -> None:
    bench, valued = Bench(), list[int]()

    def counted(series: Any, market: Any, now_s: int) -> Any:
        valued.append(now_s)
        return risk_table(series, market, now_s)

    monkeypatch.setattr(proposals, "risk_table", counted)
    for now_s in (NOW, NOW + 1, NOW + 29):
        bench.reporter.step(now_s)
    assert set(valued) == {NOW}


def test_tables_are_made_when_they_are_due_and_not_before() -> None:
    bench = Bench()
    assert bench.reporter.step(NOW).table is not None
    assert bench.reporter.step(NOW + 29).table is None
    bench.everybody_says(index_e2=PRICE_E2 * 1_003 // 1_000)
    assert bench.reporter.step(NOW + 29).table is not None, "0.3 % is a reason"
    assert bench.reporter.step(NOW + 58).table is None
    assert bench.reporter.step(NOW + 59).table is not None, "30 seconds are one too"


@pytest.mark.parametrize(
    ("last_time_s", "last", "spots", "due"),
    [
        (None, {}, {1: 5}, True),
        (NOW, {1: 1_000_000}, {1: 1_002_500}, False),
        (NOW, {1: 1_000_000}, {1: 1_002_501}, True),
        (NOW, {1: 1_000_000}, {1: 997_507}, False),
        (NOW, {1: 1_000_000}, {1: 997_000}, True),
        (NOW, {1: 1_000_000}, {1: 1_000_000, 2: 5}, True),
        (NOW - 10, {1: 1_000_000}, {1: 1_000_000}, False),
        (NOW - 11, {1: 1_000_000}, {1: 1_000_000}, True),
    ],
)
def test_the_policy(last_time_s: int | None, last: dict[int, int], spots: dict[int, int], due: bool) -> None:
    assert RefreshPolicy(every_s=30).is_due(last_time_s, last, NOW + 19, spots) is due


@pytest.mark.parametrize(("signers", "threshold"), [((1, 2), 1), ((2, 1), 2), ((1, 1), 2), ((1,), 2), ((), 0)])
def test_a_committee_that_no_contract_takes(signers: Any, threshold: int) -> None:
    with pytest.raises(BadCommittee):
        Committee(tuple(f"0x{number:040x}" for number in signers), threshold, DOMAIN)
    with pytest.raises(BadCommittee):
        Committee(tuple(f"0x{number:040x}" for number in range(17)), 17, DOMAIN)


def test_signatures_bind_what_they_are_of() -> None:
    """A signed reading is no signed report."""
    bench = Bench()
    table = bench.reporter.report(NOW)
    signed = bench.nodes[0].read(SERIES, NOW)
    with pytest.raises(BadSignature):
        bench.rules.committee.signer(report_message(table.report), signed.signature, "a report")
    with pytest.raises(BadSignature):
        bench.rules.committee.signer(reading_message(signed.reading), b"", "a reading")
    elsewhere = sign_message(keys(5)[0], OracleDomain(5, DOMAIN.contract), reading_message(signed.reading))
    with pytest.raises(BadSignature):
        bench.rules.committee.signer(reading_message(signed.reading), elsewhere, "a reading")
    assert report_of(RiskTable(table.rows, DEPTH, native_crypto()), NOW, table.spots) == table.report
