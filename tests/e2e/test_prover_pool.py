"""Real workers with real keys: on this machine, and on a cluster of two worker processes."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from typer.testing import CliRunner

from circuits.settlement.sample import sample
from console.cli.main import app
from prover.groth16.verify import verify
from rollup.presets import TINY
from rollup.referee import Referee
from rollup.trace import trace_batch
from sequencer.development_keys import FOLDER_VARIABLE
from sequencer.prover_pool import (
    BatchUnprovable,
    MockProofRefused,
    MockProverAllowed,
    PoolBroken,
    PoolSettings,
    ProverPool,
    ProverSetup,
    ProvingJob,
    RealProver,
    WorkerState,
    require_real,
)
from sequencer.prover_pool.giving_way import LOWEST
from tests.support.kernels import fastest
from tests.support.prover_pool import (
    PATIENCE_S,
    cluster_of,
    eventually,
    job,
    key_file,
    pool_of,
    real_setup,
    submit_all,
)
from tests.support.prover_pool_checks import true_proof
from tests.support.settlement import venue_of
from tests.support.settlement_mutations import signature


@pytest.fixture(scope="module")
def two_workers() -> Iterator[str]:
    with cluster_of(2) as address:
        yield address


def real_prover() -> RealProver:
    prover = real_setup().prover
    assert isinstance(prover, RealProver)
    return prover


def test_two_processes_prove_what_they_get() -> None:
    """Each loads its key once, maps it, and gives way to everything else."""
    with pool_of(real_setup(), 2) as pool:
        before = [worker.process_id for worker in pool.workers()]
        futures = submit_all(pool, range(3))
        assert all(true_proof(future, number) for number, future in futures.items())
        assert [worker.process_id for worker in pool.workers()] == before
        assert sum(worker.proofs for worker in pool.workers()) == 3
        assert pool.figures().proving_s > 0
        for process_id in before:
            assert process_id is not None
            assert str(key_file()) in Path(f"/proc/{process_id}/maps").read_text()
            has_lowest = os.getpriority(os.PRIO_PROCESS, process_id) == LOWEST
            assert has_lowest or os.sched_getscheduler(process_id) == os.SCHED_IDLE
        proof = futures[0].result()
        assert list(proof.seconds) == ["inputs", "witness", "proof", "verification", "handover", "check"]
        require_real(proof, chain_id=1)


def test_two_workers_of_a_cluster_prove_what_they_get(two_workers: str) -> None:
    with pool_of(real_setup(), 2, cluster=two_workers) as pool:
        futures = submit_all(pool, range(2))
        assert eventually(lambda: any(worker.phase == "proof" for worker in pool.workers())), "phases are told"
        assert all(true_proof(future, number) for number, future in futures.items())
        assert {future.result().worker for future in futures.values()} == {"place 1", "place 2"}
        assert [worker.process_id for worker in pool.workers()] == [None, None]


def test_a_key_with_another_digest_is_refused(two_workers: str) -> None:
    for cluster in (None, two_workers):
        other = RealProver(replace(real_prover().key, sha256=bytes(32)), real_prover().verification_key)
        with ProverPool(replace(real_setup(), prover=other), PoolSettings(cluster=cluster)) as pool:
            with pytest.raises(PoolBroken, match="KeyFileRefused"):
                pool.wait_ready(PATIENCE_S)
            assert [worker.state for worker in pool.workers()] == [WorkerState.BROKEN]


def test_a_key_that_leads_to_another_verification_key_is_refused() -> None:
    key = real_prover().verification_key
    other = RealProver(real_prover().key, replace(key, ic=key.ic[::-1]))
    with (
        ProverPool(replace(real_setup(), prover=other)) as pool,
        pytest.raises(PoolBroken, match="another verification key"),
    ):
        pool.wait_ready(PATIENCE_S)


def test_a_batch_that_breaks_a_rule_is_unprovable_and_says_which() -> None:
    """Traced with a referee that lets a false signature pass: circuit and specification disagree."""
    venue = venue_of(Random(3))
    found = signature(venue, sample(venue), Random(1))
    bad = ProvingJob(5, trace_batch(found.state, found.table, found.batch, TINY, Referee()), 99)
    with pool_of(real_setup(), tries=1) as pool, pytest.raises(BatchUnprovable, match="InvalidSignature"):
        pool.submit(bad).result(PATIENCE_S)


def test_mocks_say_what_they_are() -> None:
    setup = ProverSetup(TINY, MockProverAllowed())
    with pool_of(setup) as pool:
        assert pool.is_mock
        proof = pool.submit(job(0)).result(PATIENCE_S)
    assert proof.is_mock
    assert not verify(real_prover().verification_key, proof.public_signals, proof.proof, fastest())
    with pytest.raises(MockProofRefused):
        require_real(proof, chain_id=31_337)
    require_real(proof, chain_id=31_337, is_local=True)


def test_the_pipeline_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(FOLDER_VARIABLE, str(key_file().parent))
    command = ["bench", "pipeline", "--preset", "tiny", "--batches", "2", "--json"]
    measured = json.loads(CliRunner().invoke(app, command).stdout)
    assert measured["trades"] == 2 * TINY.trades
    assert measured["trades_per_s"] == pytest.approx(measured["trades"] / measured["wall_s"])
    assert 0 <= measured["starvation"] < 0.5
    assert measured["seconds"]["proof"] > measured["seconds"]["transition and trace"]
    assert CliRunner().invoke(app, ["bench", "pipeline", "--preset", "huge"]).exit_code == 2
