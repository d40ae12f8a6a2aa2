"""Errors and logs tell nobody what they should not."""

from __future__ import annotations

import hmac
import io
import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import structlog

from sequencer.api import authentication, incidents
from sequencer.api.client import ApiRefusal
from sequencer.api.errors import NotAuthenticated
from sequencer.api.incidents import REDACTED, configure_logging, redacted
from sequencer.api.methods import market
from tests.support.api_node import NAME, Stand, Trader
from tests.support.rollup import private_key

SECRET = private_key(2).hex()
LEAK = re.compile(r"Traceback|File \"|/srv|/usr|\.py\b|site-packages|0x[0-9a-f]{9,}|object at|Error\(|line \d+")


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    before = structlog.get_config()
    stream = io.StringIO()
    configure_logging(stream)
    yield stream
    structlog.configure(**before)


def fault(*_: Any) -> None:
    token = "a" * 43
    raise RuntimeError(f"cannot read /srv/operator/keys/{SECRET}.json with password=hunter2 and Bearer {token}")


def answer_of_a_fault(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(market, "count_of", fault)
    response = stand.http.get(f"/api/v2/public/get_last_trades?instrument_name={NAME}")
    monkeypatch.undo()
    return response


def test_i124_a_fault_shows_an_id_and_nothing_else(
    stand: Stand, monkeypatch: pytest.MonkeyPatch, logged: io.StringIO
) -> None:
    response = answer_of_a_fault(stand, monkeypatch)
    assert response.status_code == 500
    assert not LEAK.search(response.text)
    assert "hunter2" not in response.text
    assert SECRET not in response.text
    data = response.json()["error"]["data"]
    assert set(data) == {"rule", "incident"}
    (line,) = [json.loads(line) for line in logged.getvalue().splitlines() if '"incident"' in line]
    assert line["incident"] == data["incident"]
    assert "RuntimeError" in line["stack"]


def test_j131_logs_hold_no_secrets(stand: Stand, monkeypatch: pytest.MonkeyPatch, logged: io.StringIO) -> None:
    answer_of_a_fault(stand, monkeypatch)
    text = logged.getvalue()
    assert "cannot read" in text
    assert "hunter2" not in text
    assert SECRET not in text
    assert "a" * 43 not in text


def test_j131_logs_hold_no_secrets_twin(stand: Stand, monkeypatch: pytest.MonkeyPatch, logged: io.StringIO) -> None:
    """A log that is written as it comes."""
    with pytest.MonkeyPatch.context() as planted:
        planted.setattr(incidents, "_SECRET_TEXTS", ())
        with pytest.raises(AssertionError):
            test_j131_logs_hold_no_secrets(stand, monkeypatch, logged)


def test_j131_what_is_redacted() -> None:
    assert redacted({"Authorization": "x", "a": {"private_key": b"1"}, "b": [b"123"], "c": "Bearer abc.def"}) == {
        "Authorization": REDACTED,
        "a": {"private_key": REDACTED},
        "b": ["3 bytes"],
        "c": f"Bearer {REDACTED}",
    }
    assert redacted("nothing here") == "nothing here"
    assert repr(Trader(2).signer).find(private_key(2).hex()) == -1
    assert "private_key" not in repr(Trader(2).signer)


def refusals(stand: Stand) -> list[str]:
    """What all kinds of wrong requests are answered with."""
    client, stranger, trader = stand.client(2), stand.client(), Trader(2, {0: 1_000})
    found = []
    wrong: list[tuple[Any, str, Any]] = [
        (client, "private/buy", trader.parameters("buy") | {"signature_s": "5"}),
        (client, "private/buy", trader.parameters("buy") | {"size_e4": "x"}),
        (client, "private/buy", {}),
        (client, "private/sell", trader.parameters("sell", 0, (1 << 40) - 2)),
        (client, "private/withdraw", {"account": 2, "slot": 9, "nonce": 1, "amount_e6": -1}),
        (client, "private/cancel", {"order_id": "2-0-77"}),
        (client, "private/get_order_state", {"order_id": "3-0-1"}),
        (client, "public/subscribe", {"channels": ["book.x.raw"]}),
        (client, "public/subscribe", {"channels": ["user.orders"]}),
        (stranger, "private/get_positions", {}),
        (stranger, "public/ticker", {"instrument_name": "ETH-29DEC23-500-C"}),
        (stranger, "../../etc/passwd", {}),
        (stranger, "public/get_batch", {"number": str(10**60)}),
    ]
    for who, name, given in wrong:
        with pytest.raises(ApiRefusal) as error:
            who.call(name, given)
        found.append(f"{error.value.message} {error.value.data}")
    for path in ("/", "/..%2f..%2fetc/passwd", "/api/v2/x/y", "/static/../server.py"):
        found.append(stand.http.get(path).text)
    found.append(stand.http.get("/api/v2/private/get_positions", headers={"authorization": "Bearer x"}).text)
    return found


def test_i124_refusals_show_no_insides(stand: Stand) -> None:
    assert [text for text in refusals(stand) if LEAK.search(text)] == []


def test_i124_refusals_show_no_insides_twin(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer that says where the error came from."""
    monkeypatch.setattr("sequencer.api.error_table._short", lambda text: f'{text} File "/srv/x.py"')
    assert [text for text in refusals(stand) if LEAK.search(text)] != []


def test_i124_tokens_are_kept_as_hashes_and_compared_in_constant_time(
    stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = authentication.Authentication(lambda: 0.0, lambda count: b"\1" * count)
    token, _ = known.give_token(2, authentication.Scope.ACCOUNT, (1, 2))
    assert token.encode() not in known._tokens
    assert {len(digest) for digest in known._tokens} == {32}
    compared = []
    exact: Callable[[bytes, bytes], bool] = hmac.compare_digest

    def watched(one: bytes, other: bytes) -> bool:
        compared.append((one, other))
        return exact(one, other)

    monkeypatch.setattr("hmac.compare_digest", watched)
    challenge, expiry_s = known.challenge(2)
    with pytest.raises(NotAuthenticated):
        known.use_challenge(2, challenge ^ 1, expiry_s)
    assert len(compared) == 1
    assert {len(part) for pair in compared for part in pair} == {32}


def test_logs_go_to_what_is_standard_error_when_they_are_written(
    monkeypatch: pytest.MonkeyPatch, logged: io.StringIO
) -> None:
    first, second = io.StringIO(), io.StringIO()
    monkeypatch.setattr("sys.stderr", first)
    configure_logging()
    first.close()
    monkeypatch.setattr("sys.stderr", second)
    structlog.get_logger("test").warning("written")
    assert json.loads(second.getvalue())["event"] == "written"
