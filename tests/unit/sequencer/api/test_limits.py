"""Credits, places, challenges and tokens."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sequencer.api import authentication
from sequencer.api.authentication import Authentication, Scope
from sequencer.api.errors import NotAuthenticated, Overloaded, TooManyRequests
from sequencer.api.in_flight import InFlight
from sequencer.api.rate_limits import Allowance, RateLimiter

KEY = (1, 2)


@dataclass
class Clock:
    now_s: float = 1_000.0

    def __call__(self) -> float:
        return self.now_s


def test_credits_come_back_with_time() -> None:
    clock = Clock()
    limiter = RateLimiter(Allowance(per_second=10, most=20), clock, "account")
    for _ in range(20):
        limiter.take(2, 1)
    with pytest.raises(TooManyRequests) as refused:
        limiter.take(2, 5)
    assert refused.value.data["retry_after_ms"] == 500
    limiter.take(3, 20)
    clock.now_s += 0.5
    limiter.take(2, 5)
    clock.now_s += 1_000
    limiter.take(2, 20)
    with pytest.raises(TooManyRequests):
        limiter.take(2, 1)


def test_a_clock_that_goes_back_gives_no_credits() -> None:
    clock = Clock()
    limiter = RateLimiter(Allowance(per_second=10, most=20), clock, "account")
    limiter.take(2, 20)
    clock.now_s -= 100
    with pytest.raises(TooManyRequests):
        limiter.take(2, 1)


def test_buckets_are_bounded() -> None:
    limiter = RateLimiter(Allowance(per_second=10, most=20), Clock(), "address", kept=10)
    for address in range(1_000):
        limiter.take(address, 1)
    assert len(limiter._buckets) == 10


def newcomer_gets_a_place(flood: InFlight) -> bool:
    """After one account has taken all that it may have."""
    with ExitStack() as held:
        refused = 0
        while refused < 3:
            try:
                held.enter_context(flood.place(2))
            except Overloaded:
                refused += 1
        try:
            held.enter_context(flood.place(3))
        except Overloaded:
            return False
    return True


def test_g109_a_flood_of_one_leaves_room_for_others() -> None:
    flood = InFlight(100)
    assert newcomer_gets_a_place(flood)
    assert flood.taken == 0
    with ExitStack() as held:
        for _ in range(50):
            held.enter_context(flood.place(2))
        with pytest.raises(Overloaded) as refused:
            held.enter_context(flood.place(2))
        assert refused.value.status == 429
        for account in range(3, 60):
            try:
                held.enter_context(flood.place(account))
            except Overloaded:
                break
        assert flood.taken <= 100
    assert flood.taken == 0


@given(st.integers(0, 12), st.integers(0, 6), st.integers(0, 6), st.integers(0, 20))
def test_g109_several_places_are_as_many_as_one_after_the_other(
    capacity: int, own: int, others: int, most: int
) -> None:
    def crowded() -> tuple[InFlight, ExitStack]:
        flood, held = InFlight(capacity), ExitStack()
        for account, count in ((2, own), (3, others)):
            held.enter_context(flood.places(account, count))
        return flood, held

    (one, held_one), (many, held_many) = crowded(), crowded()
    assert one.taken == many.taken
    count = 0
    with suppress(Overloaded):
        while count < most:
            held_one.enter_context(one.place(2))
            count += 1
    assert held_many.enter_context(many.places(2, most)) == count
    assert many.taken == one.taken
    for flood, held in ((one, held_one), (many, held_many)):
        held.close()
        assert (flood.taken, flood._of_account) == (0, {})


def test_g109_cancels_have_room_where_orders_have_none() -> None:
    flood = InFlight(16)
    with ExitStack() as held:
        for account in range(16):
            with suppress(Overloaded):
                held.enter_context(flood.place(account))
        while flood.taken < 16:
            held.enter_context(flood.place(2, is_urgent=True))
        with pytest.raises(Overloaded):
            held.enter_context(flood.place(99))
        for _ in range(2):
            held.enter_context(flood.place(2, is_urgent=True))
        with pytest.raises(Overloaded):
            held.enter_context(flood.place(2, is_urgent=True))
    assert flood.taken == 0


def test_g109_a_flood_of_one_leaves_room_for_others_twin(monkeypatch: pytest.MonkeyPatch) -> None:
    flood = InFlight(100)

    @contextmanager
    def first_come(account: int, **_: bool) -> Iterator[None]:
        if flood.taken >= flood.capacity:
            raise Overloaded
        flood.taken += 1
        yield
        flood.taken -= 1

    monkeypatch.setattr(flood, "place", first_come)
    assert not newcomer_gets_a_place(flood)


def authority(clock: Clock) -> Authentication:
    return Authentication(clock, Random(3).randbytes)


def test_a_challenge_is_good_once_and_for_a_minute() -> None:
    clock = Clock()
    known = authority(clock)
    challenge, expiry_s = known.challenge(2)
    other, _ = known.challenge(2)
    assert challenge != other
    known.use_challenge(2, challenge, expiry_s)
    with pytest.raises(NotAuthenticated, match="used before"):
        known.use_challenge(2, challenge, expiry_s)
    for account, value, end_s in ((3, other, expiry_s), (2, other + 1, expiry_s), (2, other, expiry_s + 1), (2, 0, 0)):
        with pytest.raises(NotAuthenticated, match="no challenge"):
            known.use_challenge(account, value, end_s)
    clock.now_s += authentication.CHALLENGE_S + 1
    with pytest.raises(NotAuthenticated, match="expired"):
        known.use_challenge(2, other, expiry_s)
    with pytest.raises(NotAuthenticated, match="no challenge"):
        Authentication(clock, Random(4).randbytes).use_challenge(2, other, expiry_s)


def test_used_challenges_are_forgotten_when_they_expire() -> None:
    clock = Clock()
    known = authority(clock)
    for _ in range(200):
        clock.now_s += 1
        known.use_challenge(2, *known.challenge(2))
    assert len(known._used) <= authentication.CHALLENGE_S + 2


def test_a_token_is_good_for_a_while() -> None:
    clock = Clock()
    known = authority(clock)
    token, login = known.give_token(2, Scope.ACCOUNT, KEY)
    assert known.login_of(token) == login
    for wrong in ("", token[:-1], token + "A", token.swapcase(), "\udcff", "x" * 10**5):
        with pytest.raises(NotAuthenticated):
            known.login_of(wrong.encode(errors="replace").decode())
    clock.now_s += authentication.TOKEN_S
    with pytest.raises(NotAuthenticated):
        known.login_of(token)
    assert not known._tokens
    assert not known._of_account


def test_a_session_s_token_ends_with_it() -> None:
    clock = Clock()
    known = authority(clock)
    token, _ = known.give_token(2, Scope.SESSION, KEY, clock.now_s + 5)
    other, _ = known.give_token(2, Scope.ACCOUNT, (3, 4))
    known.login_of(token)
    clock.now_s += 5
    with pytest.raises(NotAuthenticated):
        known.login_of(token)
    token, _ = known.give_token(2, Scope.SESSION, KEY, clock.now_s + 5)
    known.forget(2, KEY)
    with pytest.raises(NotAuthenticated):
        known.login_of(token)
    known.login_of(other)


def test_an_account_has_so_many_tokens() -> None:
    known = authority(Clock())
    tokens = [known.give_token(2, Scope.ACCOUNT, KEY)[0] for _ in range(authentication.MOST_OF_AN_ACCOUNT + 1)]
    with pytest.raises(NotAuthenticated):
        known.login_of(tokens[0])
    known.login_of(tokens[1])


def test_all_accounts_together_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(authentication, "MOST_TOKENS", 5)
    known = authority(Clock())
    for account in range(20):
        known.give_token(account, Scope.ACCOUNT, KEY)
    assert len(known._tokens) == len(known._of_account) == 5
