"""Every error has a code of its own, and a fault shows nothing of itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

import pytest

from rollup.errors import RULES, BelowInitialMargin, FieldOutOfRange, OrderExpired, RollupError
from sequencer.api import error_table
from sequencer.api.error_table import CODES, answer_of, documented
from sequencer.api.errors import OWN_ERRORS, ApiError, NotAuthenticated
from sequencer.api.openapi import STATUSES, document
from sequencer.matching.errors import MatchingError, NotFilled
from sequencer.venue.errors import VenueError


def subclasses(base: type[Any]) -> Iterator[type[Any]]:
    for one in base.__subclasses__():
        yield one
        yield from subclasses(one)


def lacking() -> list[str]:
    """Errors that could reach a trader and have no code of their own."""
    rules = {*RULES, *subclasses(MatchingError), *subclasses(VenueError)}
    return sorted(one.__name__ for one in rules if one not in CODES)


def test_every_rule_has_its_code() -> None:
    assert lacking() == []


def test_every_rule_has_its_code_twin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(error_table.CODES, OrderExpired)
    assert lacking() == ["OrderExpired"]


def test_codes_are_given_out_once() -> None:
    counts = Counter(code for code, *_ in documented())
    assert [code for code, count in counts.items() if count > 1] == []
    assert set(subclasses(ApiError)) == set(OWN_ERRORS)


def test_statuses_are_documented() -> None:
    assert {status for _, status, *_ in documented()} <= set(STATUSES)
    assert all(HTTPStatus(status).phrase for status in STATUSES)
    text = document()["info"]["description"]
    assert all(f"| {code} | {status} | {rule} |" in text for code, status, rule, _ in documented())


def test_data_goes_along() -> None:
    found = answer_of(OrderExpired("order", time_s=5, expiry_s=4))
    assert found is not None
    assert (found.code, found.status, found.rule) == (11005, 422, "OrderExpired")
    assert found.data == {"rule": "OrderExpired", "where": "order", "time_s": 5, "expiry_s": 4}
    found = answer_of(NotFilled(10, 3))
    assert found is not None
    assert found.data == {"rule": "NotFilled", "wanted_e4": 10, "available_e4": 3}


def test_integers_that_are_too_large_for_others_are_texts() -> None:
    found = answer_of(BelowInitialMargin("account 2", value_e6=-(2**70)))
    assert found is not None
    assert found.data["value_e6"] == str(-(2**70))
    found = answer_of(FieldOutOfRange("size_e4", "9" * 10_000, 0, 2**80))
    assert found is not None
    assert len(found.message) <= 200
    assert len(str(found.data["value"])) <= 200


def test_an_error_without_a_code_has_its_base_s() -> None:
    class New(RollupError):
        pass

    found = answer_of(New("something"))
    assert found is not None
    assert (found.code, found.rule) == (11000, "New")


def test_faults_have_no_answer() -> None:
    assert answer_of(RuntimeError("secret")) is None
    assert answer_of(KeyError("path")) is None
    found = answer_of(NotAuthenticated())
    assert found is not None
    assert found.status == 401
