"""A market that is made up lists series while it is priced: on the thread that prices it, and on no other."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from rollup.types.series import OptionKind
from sequencer.node.local_market import COIN, ListingReporter, calls_and_puts
from sequencer.oracles.errors import NoRoom
from sequencer.oracles.reporter import Step
from sequencer.oracles.series_book import SeriesBook

EXPIRY_S = 1_900_000_000


class Reporter:
    """Notes on which thread it looks, and how many series there are then."""

    def __init__(self, depth: int) -> None:
        self.book = SeriesBook(depth)
        self.looks: list[tuple[int, int]] = []

    def step(self, now_s: int, held: Any = None) -> Step:
        assert (now_s, held) == (7, None)
        self.looks.append((threading.get_ident(), len(self.book.series)))
        return Step(None, None, {})


def listing(depth: int = 3) -> tuple[Any, ListingReporter]:
    reporter: Any = Reporter(depth)
    return reporter, ListingReporter(reporter)


def test_calls_and_puts_around_a_price() -> None:
    found = calls_and_puts(EXPIRY_S, 100_000.0, 500_000, 3)
    assert [(one.strike_e2, one.kind) for one in found] == [
        (strike_e2, kind) for strike_e2 in (9_500_000, 10_000_000, 10_500_000) for kind in OptionKind
    ]
    assert {(one.underlying, one.expiry_s) for one in found} == {(COIN, EXPIRY_S)}


def test_series_are_listed_before_the_next_look() -> None:
    reporter, listed = listing()
    future = listed.list_new(calls_and_puts(EXPIRY_S, 100.0, 1_000, 1))
    assert not future.done()
    assert reporter.book.series == ()
    listed.step(7)
    assert future.result(0) == reporter.book.series
    assert reporter.looks == [(threading.get_ident(), 2)]
    listed.step(7)
    assert len(reporter.book.series) == 2


def test_what_has_no_room_is_told_to_who_asked_and_to_nobody_else() -> None:
    reporter, listed = listing(depth=1)
    first = listed.list_new(calls_and_puts(EXPIRY_S, 100.0, 1_000, 1))
    second = listed.list_new(calls_and_puts(EXPIRY_S + 1, 100.0, 1_000, 1))
    listed.step(7)
    assert len(first.result(0)) == 2
    with pytest.raises(NoRoom):
        second.result(0)
    assert len(reporter.looks) == 1
