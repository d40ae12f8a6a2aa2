"""`zkclear bench pipeline`: how many trades a second become proofs, where the time goes, and whether provers starve.

This process does what a node's does: it applies and traces batches of signed orders, hands them to the prover pool as
far as that takes them, and verifies what comes back. One batch for each worker comes before the clock is started.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random
from statistics import median
from time import perf_counter, process_time
from typing import TYPE_CHECKING, Final

from circuits.settlement.sample import Sample, Venue, sample
from console.cli.l1_options import preset_of
from console.cli.output import seconds
from prover.kernels import load_kernels
from rollup.presets import Preset
from rollup.trace import trace_batch
from sequencer.development_keys import settlement_key_file
from sequencer.native_crypto import NativeCrypto
from sequencer.prover_pool import (
    BatchProof,
    PoolFigures,
    PoolSettings,
    ProverPool,
    ProverSetup,
    ProvingJob,
    threads_per_worker,
)

if TYPE_CHECKING:
    from console.cli.output import Output
    from prover.kernels.interface import Kernels

JOBS_PER_WORKER: Final = 3
"""One being proved, one that waits, and one that comes while the first is handed out."""

TRACE: Final = "transition and trace"
SUBMIT: Final = "submit"
IN_THE_NODE: Final = (TRACE, SUBMIT, "check")
"""Phases that are spent in the node's process; the others are the workers'."""


@dataclass(frozen=True, slots=True)
class PipelineOptions:
    """What to measure."""

    preset: Preset
    workers: int
    batches: int
    threads: int
    cluster: str | None
    kernel: str | None

    @classmethod
    def parse(
        cls, preset: str, workers: int, batches: int, threads: int | None, cluster: str | None, kernel: str | None
    ) -> PipelineOptions:
        """From the command line. Raises `typer.BadParameter`."""
        return cls(preset_of(preset), workers, batches, threads or threads_per_worker(workers), cluster, kernel)


@dataclass(frozen=True, slots=True)
class PipelineRun:
    """What was measured, `phases` by batch.

    `node_cpu_s` is the time of all cores that this process took, `workers_cpu_s` that of the workers where the system
    says so: None elsewhere, and on a cluster.
    """

    trades: int
    wall_s: float
    node_cpu_s: float
    workers_cpu_s: float | None
    phases: tuple[dict[str, float], ...]
    figures: PoolFigures

    @property
    def trades_per_s(self) -> float:
        """From the first batch applied to the last proof verified."""
        return self.trades / self.wall_s


def run_pipeline(output: Output, options: PipelineOptions) -> None:
    """Measures and prints. Raises `KeyRefused`, `BatchUnprovable` and `PoolBroken`."""
    kernels = load_kernels(options.kernel)
    output.note(f"{options.preset.name}: the development key, made once and kept")
    key = settlement_key_file(options.preset, kernels)
    setup = ProverSetup.with_key(options.preset, key, threads=options.threads, kernel=options.kernel)
    settings = PoolSettings(options.workers, JOBS_PER_WORKER * options.workers, cluster=options.cluster)
    samples = _samples(options.preset, options.workers + options.batches, kernels)
    with ProverPool(setup, settings) as pool:
        pool.wait_ready()
        output.note("warming up")
        _push(pool, options.preset, samples[: options.workers], 0)
        run = measure(pool, options.preset, samples[options.workers :], options.workers)
    _print(output, options, run)


def measure(pool: ProverPool, preset: Preset, samples: Sequence[Sample], first_number: int) -> PipelineRun:
    """Applies, traces and proves batches one after the other, as fast as the pool takes them."""
    before, began, node_cpu, workers_cpu = pool.figures(), perf_counter(), process_time(), _workers_cpu_s(pool)
    phases = _push(pool, preset, samples, first_number)
    wall_s, node_cpu_s, after = perf_counter() - began, process_time() - node_cpu, pool.figures()
    workers_cpu_after = _workers_cpu_s(pool)
    workers_cpu_s = None
    if workers_cpu is not None and workers_cpu_after is not None:
        workers_cpu_s = workers_cpu_after - workers_cpu
    spent = {name: getattr(after, name) - value for name, value in asdict(before).items()}
    trades = sum(len(found.batch.trades) for found in samples)
    return PipelineRun(trades, wall_s, node_cpu_s, workers_cpu_s, tuple(phases), PoolFigures(**spent))


def _push(pool: ProverPool, preset: Preset, samples: Sequence[Sample], first_number: int) -> list[dict[str, float]]:
    """Seconds by phase of each batch, all of them proved and verified; in the order in which proofs came."""
    waiting: set[Future[BatchProof]] = set()
    phases: dict[int, dict[str, float]] = {}
    done: list[BatchProof] = []
    for number, found in enumerate(samples, first_number):
        began = perf_counter()
        trace = trace_batch(found.state, found.table, found.batch, preset)
        phases[number] = {TRACE: perf_counter() - began}
        if len(waiting) >= pool.settings.jobs_limit:
            proven, waiting = wait(waiting, return_when=FIRST_COMPLETED)
            done += [future.result() for future in proven]
        began = perf_counter()
        waiting.add(pool.submit(ProvingJob(number, trace, point=number + 2)))
        phases[number][SUBMIT] = perf_counter() - began
    done += [future.result() for future in waiting]
    return [{**phases[proof.number], **proof.seconds} for proof in done]


def _samples(preset: Preset, count: int, kernels: Kernels) -> list[Sample]:
    crypto = NativeCrypto(kernels)
    return [sample(Venue(preset, Random(seed), crypto, crypto.sign, crypto.public_key)) for seed in range(count)]


def _print(output: Output, options: PipelineOptions, run: PipelineRun) -> None:
    medians = {name: median(one[name] for one in run.phases) for name in run.phases[0]}
    totals = {name: sum(one[name] for one in run.phases) for name in medians}
    everything = sum(totals.values())
    where = "a cluster" if options.cluster else "this machine"
    output.table(
        f"{options.preset.name}: {options.workers} x {options.threads} threads on {where}",
        columns=("phase", "where", "median", "share"),
        left=("phase", "where"),
        rows=[
            (name, "node" if name in IN_THE_NODE else "worker", seconds(spent), f"{totals[name] / everything:.1%}")
            for name, spent in medians.items()
        ],
    )
    figures = run.figures
    output.result(
        {
            "preset": options.preset.name,
            "workers": options.workers,
            "threads": options.threads,
            "batches": options.batches,
            "trades": run.trades,
            "wall_s": run.wall_s,
            "trades_per_s": run.trades_per_s,
            "seconds": medians,
            "node_cpu_s": run.node_cpu_s,
            "workers_cpu_s": run.workers_cpu_s,
            "starvation": figures.starvation,
            **asdict(figures),
        },
        [
            f"{run.trades_per_s:.1f} trades/s: {run.trades} trades in {seconds(run.wall_s)}, every proof verified",
            f"provers were idle although a batch waited for {figures.starvation:.2%} of their time",
            f"they were idle for want of batches, at the end, for {seconds(figures.idle_s)}",
            f"the node itself took {seconds(run.node_cpu_s)} of one core, {run.node_cpu_s / run.wall_s:.1%}",
            *_cores(options, run),
        ],
    )


def _cores(options: PipelineOptions, run: PipelineRun) -> list[str]:
    """What the workers got of the cores that they were to have: less when others use the machine."""
    if run.workers_cpu_s is None:
        return []
    share = run.workers_cpu_s / run.wall_s / (options.workers * options.threads)
    batch = seconds(run.workers_cpu_s / options.batches)
    return [f"workers took {batch} of one core for a batch, and had {share:.0%} of their cores' time"]


def _workers_cpu_s(pool: ProverPool) -> float | None:
    """Seconds of all cores that the workers have used so far, as Linux counts them."""
    ticks = 0
    for worker in pool.workers():
        path = Path(f"/proc/{worker.process_id}/stat")
        if worker.process_id is None or not path.is_file():
            return None
        user, system = path.read_text().rpartition(")")[2].split()[11:13]
        ticks += int(user) + int(system)
    return ticks / os.sysconf("SC_CLK_TCK")
