"""What must be true of a pool whatever its workers do: each is said once, for the pool and for its planted twins."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, wait

from prover.groth16.verify import verify
from sequencer.prover_pool import BatchProof, PoolFull, ProverPool, RealProver
from tests.support.kernels import fastest
from tests.support.prover_pool import PATIENCE_S, Faults, eventually, job, real_setup, submit_all

LIMIT_S = 2.0
"""For jobs that hang; a recorded proof takes milliseconds, and a start a second."""


def true_proof(future: Future[BatchProof], number: int) -> bool:
    """Whether a future holds a proof of the batch of that number that verifies."""
    proof = future.result(PATIENCE_S)
    prover = real_setup().prover
    assert isinstance(prover, RealProver)
    return (
        proof.number == number
        and proof.public_signals[2] == job(number).point
        and verify(prover.verification_key, proof.public_signals, proof.proof, fastest())
    )


def all_true(pool: ProverPool, numbers: range, patience_s: float = PATIENCE_S) -> bool:
    """Whether every job is answered in time, and by a proof that verifies."""
    futures = submit_all(pool, numbers)
    done = wait(futures.values(), patience_s)
    return not done.not_done and all(true_proof(future, number) for number, future in futures.items())


def order_of_completion(pool: ProverPool, numbers: range) -> list[int]:
    """The numbers of batches in the order in which their futures were done."""
    order: list[int] = []

    def note(number: int) -> Callable[[Future[BatchProof]], None]:
        return lambda _: order.append(number)

    futures = submit_all(pool, numbers)
    for number, future in futures.items():
        future.add_done_callback(note(number))
    wait(futures.values(), PATIENCE_S)
    return order


def others_are_done_within(pool: ProverPool, faults: Faults, seconds: float) -> bool:
    """Whether two batches come through beside one that hangs for ever."""
    faults.plant(0, "hang")
    futures = submit_all(pool, range(3))
    return not wait([futures[1], futures[2]], seconds).not_done


def refuses_the_fourth(pool: ProverPool, faults: Faults) -> bool:
    """Whether a pool for three jobs says so, with its counts, while the first of them hangs."""
    faults.plant(0, "hang")
    futures = submit_all(pool, range(3))
    assert eventually(lambda: pool.n_working > 0)
    assert pool.submit(job(0)) is futures[0], "the same job again is no other job"
    try:
        pool.submit(job(3))
    except PoolFull as full:
        counted = full.waiting + full.working == full.limit == 3
        return counted and true_proof(futures[1], 1) and true_proof(pool.submit(job(3)), 3)
    return False
