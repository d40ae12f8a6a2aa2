"""Small things: what rows say of themselves, and what writers make of single values."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from rollup.types.series import OptionKind, Series, SeriesRow
from sequencer.messages import AllowSession, CancelOrder, EndBatch, Operate, PlaceOrder, SetStress, TakeQuote
from sequencer.record import types
from sequencer.record.batch_types import BatchCounts, TransactionRow
from sequencer.record.encoding import packed_values, squeezed, unpacked_values, unsqueezed, words_bytes, words_of_bytes
from sequencer.record.errors import NoSuchRow, RecordBusy
from sequencer.record.market_types import AccountRow, TableRow
from sequencer.record.sheet import Table, insert_of, stored
from sequencer.record.valuing import table_rows, values_of
from sequencer.record.writing_batches import runs
from sequencer.record.writing_market import settlement_prices, who_asked
from tests.support.recorded_run import TAKER, RecordedRun
from tests.support.rollup import NOW, public_key

ROW = AccountRow(4, 7, 1, (1, 2), 100, ((1, 5),), (0,) * 8, (400, 100, 900), is_liquidated=False, is_subsidised=False)


@pytest.mark.parametrize(
    ("values", "initial", "maintenance", "passes_initial", "passes_maintenance"),
    [
        ((400, 100, 900), 300, 225, True, True),
        ((400, -100, 900), 500, 375, False, True),
        ((400, -200, 900), 600, 450, False, False),
        ((400, 400, 401), 0, 0, True, True),
    ],
)
def test_margins_of_an_account(
    values: tuple[int, ...], initial: int, maintenance: int, passes_initial: bool, passes_maintenance: bool
) -> None:
    row = replace(ROW, values_e6=values)
    assert (row.equity_e6, row.worst_e6) == (values[0], min(values))
    assert (row.initial_requirement_e6, row.maintenance_requirement_e6) == (initial, maintenance)
    assert (row.passes_initial, row.passes_maintenance) == (passes_initial, passes_maintenance)
    assert row.distance == (values[0] / maintenance - 1 if maintenance else None)


def test_an_account_whose_series_has_no_row_is_worth_its_cash() -> None:
    assert values_of(100, ((1, 5), (2, 1)), {1: [1] * 17}) == ()
    row = replace(ROW, values_e6=())
    assert (row.equity_e6, row.worst_e6, row.distance) == (100, 100, None)


def test_what_is_not_priced_has_no_greeks() -> None:
    body = [
        [1, 1, NOW + 86_400, 3_600_000, 0, 0, *[100] * 17],  # below its intrinsic value
        [2, 1, NOW, 3_700_000, 1, 0, *[5] * 17],  # expired
        [3, 9, NOW + 86_400, 3_700_000, 1, 0, *[5] * 17],  # of an underlying without a price
    ]
    rows = table_rows(NOW, {1: 3_700_000}, body)
    assert [row.implied_volatility for row in rows] == [None] * 3
    assert [row.forward_e2 for row in rows] == [3_700_000, 3_700_000, None]
    assert isinstance(rows[0], TableRow)
    assert (rows[0].mark_e2, rows[0].is_call, rows[1].is_call) == (100, True, False)


def test_settlement_prices_follow_from_payoffs() -> None:
    calls = [Series(i, 1, NOW, strike, OptionKind.CALL) for i, strike in ((1, 90), (2, 110))]
    put = Series(3, 2, NOW, 120, OptionKind.PUT)
    rows = [SeriesRow.settled(one, 100) for one in (*calls, put)]
    live = SeriesRow(Series(4, 3, NOW, 5, OptionKind.CALL), is_settled=False, values_e2=(7,) * 17)
    assert settlement_prices([*rows, live]) == {(1, NOW): 100, (2, NOW): 100}


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [((), []), ((4,), [(4, 4)]), ((1, 2, 3), [(1, 3)]), ((1, 2, 4, 7, 8), [(1, 2), (4, 4), (7, 8)])],
)
def test_runs(numbers: tuple[int, ...], expected: list[tuple[int, int]]) -> None:
    assert list(runs(numbers)) == expected


def test_who_asked(run_without_proofs: RecordedRun) -> None:
    messages = [message for message, _ in run_without_proofs.outcomes]
    order = next(one for one in messages if isinstance(one, PlaceOrder))
    operation = next(one for one in messages if isinstance(one, Operate))
    signed = order.request.signed
    quote: Any = TakeQuote.__new__(TakeQuote)
    leg = type("Leg", (), {"taker": signed})
    object.__setattr__(quote, "legs", (leg,))
    assert who_asked(order) == ("order", signed.order.account)
    assert who_asked(operation) == ("transfer", operation.signed.operation.account)
    assert who_asked(quote) == ("quote", signed.order.account)
    assert who_asked(CancelOrder(TAKER, 1, 1)) == ("cancel", TAKER)
    assert who_asked(AllowSession(TAKER, public_key(TAKER), NOW)) == ("session", TAKER)
    assert who_asked(SetStress(is_under_stress=True)) == ("SetStress", None)
    assert who_asked(EndBatch(NOW)) == ("EndBatch", None)


def test_what_goes_in_comes_out() -> None:
    words = (0, 1, (1 << 254) - 7)
    assert words_of_bytes(words_bytes(words)) == words
    for values in ((-5, 0, 1 << 62), (1 << 63, -(1 << 90))):
        assert unpacked_values(packed_values(values)) == values
    assert isinstance(packed_values((1,)), bytes)
    assert unsqueezed(squeezed({"a": [1 << 80]})) == {"a": [1 << 80]}
    assert (stored(1 << 63), stored((1 << 63) - 1), stored(None)) == (None, (1 << 63) - 1, None)


def test_statements_of_many_rows() -> None:
    assert insert_of(Table("t", 2), 2) == "INSERT INTO t VALUES (?, ?), (?, ?)"
    assert insert_of(Table("t", 1, replaces=True), 1) == "INSERT OR REPLACE INTO t VALUES (?)"


def test_rows_of_transactions_and_gas(run_without_proofs: RecordedRun) -> None:
    row = TransactionRow(1, "report", "5", "done", b"", 1, "", 0, 1, 2, 3, 4, 5, None, None)
    assert (row.batches, replace(row, first_batch=3, last_batch=5).batches) == (0, 3)
    assert BatchCounts().trades == 0


def test_errors_say_what_to_do(run_without_proofs: RecordedRun) -> None:
    path = run_without_proofs.path
    assert "there is none at all" in str(NoSuchRow(path, "batch", 3))
    assert "the last is 2" in str(NoSuchRow(path, "batch", 3, 2))
    assert "try again" in str(RecordBusy(path))


def test_all_types_are_in_one_place() -> None:
    assert sorted(types.__all__) == types.__all__
    assert all(hasattr(types, name) for name in types.__all__)
