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


def test_it_never_goes_back_where_a_chain_makes_no_blocks() -> None:
    said, now = {"s": 1_000.0}, {"s": 0.0}
    steady = SteadyClock(lambda: said["s"], monotonic=lambda: now["s"])
    times = []
    for now["s"] in (0.0, 0.9, 1.0, 1.5, 2.0):
        times.append(steady())
    assert times == [1_000.0, 1_000.9, 1_000.9, 1_000.9, 1_000.9]
    said["s"], now["s"] = 1_002.0, 3.0
    assert steady() == 1_002.0
