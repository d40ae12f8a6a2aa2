"""The bounded queue by itself."""

from __future__ import annotations

import pytest

from sequencer.prover_pool import NumberTaken, PoolFull
from sequencer.prover_pool.waiting import Entry, WaitingJobs
from tests.support.prover_pool import job


def numbers(jobs: WaitingJobs) -> list[int]:
    """What a worker would get, one after the other."""
    found = []
    while (entry := jobs.take()) is not None:
        found.append(entry.job.number)
    return found


def taken(jobs: WaitingJobs) -> Entry:
    entry = jobs.take()
    assert entry is not None
    return entry


def test_first_come_first_served_and_failures_last() -> None:
    jobs = WaitingJobs(4)
    for number in range(3):
        jobs.add(job(number), ())
    first = taken(jobs)
    first.failures.append("died")
    jobs.put_back(first)
    assert numbers(jobs) == [1, 2, 0]
    assert (jobs.n_waiting, jobs.n_working) == (0, 3)


def test_what_was_not_tried_is_the_next_again() -> None:
    jobs = WaitingJobs(4)
    for number in range(2):
        jobs.add(job(number), ())
    jobs.put_back(taken(jobs))
    assert numbers(jobs) == [0, 1]


def test_the_bound_counts_what_is_being_proved() -> None:
    jobs = WaitingJobs(2)
    jobs.add(job(0), ())
    jobs.add(job(1), ())
    first = taken(jobs)
    with pytest.raises(PoolFull, match="1 batches wait and 1 are being proved, and the limit is 2"):
        jobs.add(job(2), ())
    jobs.remove(first)
    jobs.add(job(2), ())
    assert numbers(jobs) == [1, 2]


def test_one_statement_for_a_number() -> None:
    jobs = WaitingJobs(2)
    future = jobs.add(job(0), (1, 2, 3))
    assert jobs.add(job(0), (1, 2, 3)) is future
    with pytest.raises(NumberTaken) as refused:
        jobs.add(job(0), (1, 2, 4))
    assert refused.value.number == 0


def test_a_job_may_be_cancelled_until_a_worker_has_it() -> None:
    jobs = WaitingJobs(2)
    first, second = jobs.add(job(0), ()), jobs.add(job(1), ())
    assert first.cancel()
    again = jobs.add(job(0), ())
    assert again is not first
    assert numbers(jobs) == [1, 0]
    assert not second.cancel()
    assert second.running()


def test_a_cancelled_job_is_dropped() -> None:
    jobs = WaitingJobs(2)
    assert jobs.add(job(0), ()).cancel()
    assert numbers(jobs) == []
    assert (jobs.n_waiting, jobs.n_working) == (0, 0)


def test_clearing_gives_everything() -> None:
    jobs = WaitingJobs(4)
    for number in range(3):
        jobs.add(job(number), ())
    taken(jobs)
    assert [entry.job.number for entry in jobs.clear()] == [0, 1, 2]
    assert jobs.n_waiting == jobs.n_working == 0
