"""Two lanes: the node's own messages first, traders' up to a bound."""

from __future__ import annotations

import threading

import pytest

from sequencer.node.errors import IntakeFull, NotSequencing
from sequencer.node.intake import Intake


def filled(most: int) -> Intake[int]:
    intake: Intake[int] = Intake(most)
    for i in range(most):
        intake.put(i)
    return intake


def test_own_messages_come_first_and_order_is_kept() -> None:
    intake: Intake[str] = Intake(8)
    for name in ("a", "b"):
        intake.put(name)
    intake.put_own("table")
    assert intake.take(2) == ["table", "a"]
    assert intake.take(2) == ["b"]
    assert intake.take(2, wait_s=0) == []


def test_g109_a_full_lane_refuses_and_says_how_full_it_is() -> None:
    intake = filled(20)
    with pytest.raises(IntakeFull, match="20 messages wait, 20 may") as refused:
        intake.put(99)
    assert (refused.value.waiting, refused.value.most_waiting) == (20, 20)
    assert len(intake) == 20
    intake.put_own(100)


def test_g109_what_reduces_risk_has_a_reserve_that_ends_too() -> None:
    intake = filled(20)
    for i in range(2):
        intake.put(i, reduces_risk=True)
    with pytest.raises(IntakeFull):
        intake.put(99, reduces_risk=True)


def test_g109_of_several_those_are_refused_for_which_there_is_no_room() -> None:
    intake: Intake[int] = Intake(20)
    for i in range(18):
        intake.put(i)
    errors = intake.put_many([(18, False), (19, False), (20, False), (21, True), (22, True), (23, True)])
    found = [None if error is None else (error.waiting, error.most_waiting) for error in errors]
    assert found == [None, None, (20, 20), None, None, (22, 22)]
    assert intake.take(99) == [*range(20), 21, 22]


def test_g109_room_comes_back() -> None:
    intake = filled(4)
    intake.take(1)
    intake.put(4)
    assert intake.take(10) == [1, 2, 3, 4]


def test_who_takes_is_woken() -> None:
    intake: Intake[int] = Intake(4)
    taken: list[int] = []
    thread = threading.Thread(target=lambda: taken.extend(intake.take(4)))
    thread.start()
    intake.put(7)
    thread.join(5)
    assert taken == [7]


def test_after_the_end_nothing_comes_in_and_what_waits_goes_out() -> None:
    intake = filled(3)
    intake.close("the disk is full")
    intake.close("another reason")
    for put in (intake.put, intake.put_own):
        with pytest.raises(NotSequencing, match="the disk is full"):
            put(1)
    assert intake.take(10) == [0, 1, 2]
    taken: list[list[int]] = []
    thread = threading.Thread(target=lambda: taken.append(intake.take(10)), daemon=True)
    thread.start()
    thread.join(10)
    assert taken == [[]], "nobody waits for what will not come"


def test_who_waits_for_several_is_woken_by_the_last_of_them() -> None:
    intake: Intake[int] = Intake(8)
    taken: list[int] = []
    thread = threading.Thread(target=lambda: taken.extend(intake.take_before(lambda: False, 3, 8)))
    thread.start()
    for i in range(3):
        intake.put(i)
    thread.join(10)
    assert taken == [0, 1, 2]


def test_fewer_are_left_when_that_is_over_for_which_nobody_waits_longer() -> None:
    intake: Intake[int] = Intake(8)
    is_over = threading.Event()
    taken: list[list[int]] = []
    thread = threading.Thread(target=lambda: taken.append(intake.take_before(is_over.is_set, 3, 8)))
    thread.start()
    intake.put(7)
    is_over.set()
    intake.wake()
    thread.join(10)
    assert taken == [[]]
    assert intake.take(8) == [7]


def test_a_closed_intake_ends_the_wait_for_several() -> None:
    intake: Intake[int] = Intake(8)
    taken: list[list[int]] = []
    thread = threading.Thread(target=lambda: taken.append(intake.take_before(lambda: False, 3, 8)))
    thread.start()
    intake.close("closed")
    thread.join(10)
    assert taken == [[]]
