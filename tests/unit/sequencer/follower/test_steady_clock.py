"""A clock that costs a request is asked now and then."""

from __future__ import annotations

from sequencer.follower.steady_clock import SteadyClock


def test_it_is_asked_once_a_second_and_goes_on_in_between() -> None:
    asked: list[float] = []
    now = {"s": 10.0}

    def clock() -> float:
        asked.append(now["s"])
        return 1_000.0 + 5 * now["s"]

    steady = SteadyClock(clock, monotonic=lambda: now["s"])
    assert steady() == 1_050.0
    now["s"] = 10.5
    assert steady() == 1_050.5
    assert asked == [10.0]
    now["s"] = 11.0
    assert steady() == 1_055.0
    assert asked == [10.0, 11.0]
