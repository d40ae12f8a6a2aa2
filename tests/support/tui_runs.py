"""Runs to look at: one that tells a story and is the same every time, and ones of as many batches as are asked for."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from hashlib import sha256
from pathlib import Path

from textual.pilot import Pilot

from circuits.settlement.inputs import settlement_values
from console.tui.app import ZkclearTui
from console.tui.run import Run
from console.tui.screenshots import settled
from prover.formats.groth16_types import Proof
from prover.formats.zkey import read_zkey
from prover.groth16.prove import prove
from prover.groth16.randomness import ProofRandomness
from sequencer.prover_pool import BatchProof
from sequencer.record.connection import open_writer, record_path
from sequencer.record.encoding import word_bytes
from sequencer.record.recorder import Recorder
from sequencer.record.sheet import Sheet
from sequencer.record.writing_batches import BATCHES
from sequencer.record.writing_node import write_fact, write_facts
from sequencer.submitter.from_trace import batch_to_send
from tests.support.kernels import fastest
from tests.support.native_crypto import native_crypto
from tests.support.prover_pool import _prover, key_file
from tests.support.recorded_run import FACTS, RecordedRun, recorded_run

PROVEN, MOCK = 2, 9
"""Batches with a proof that verifies, and up to which they have one that does not."""
PHASES = {"inputs": 0.031, "witness": 0.012, "proof": 0.184, "verification": 0.0021, "handover": 0.004, "check": 0.002}
FIRST_MS = 1_800_000_000_000


def told_run(folder: Path) -> RecordedRun:
    """`recorded_run` with proofs and times that are the same every time; about two seconds."""
    run = recorded_run(folder, proofs=0)
    last_ms = run.batches[-1].time_s * 1_000
    with Recorder(run.path, clock=lambda: last_ms / 1_000 + 2, group_s=0.0) as recorder:
        recorder.facts(FACTS)
        proven = [fixed_proof(run, number) for number in range(1, PROVEN + 1)]
        for batch in run.batches[:MOCK]:
            assert batch.trace is not None
            ready = batch_to_send(batch.trace, batch.report_time_s, native_crypto())
            number = batch.number
            proof, signals = proven[min(number, PROVEN) - 1]
            if number > PROVEN:
                signals = (ready.commitment.digest, 0, ready.point)
            made = BatchProof(number, signals, proof, PHASES, 1, f"worker {1 + number % 2}", is_mock=number > PROVEN)
            run.proofs.append(made)
            recorder.proof(made, batch.time_s * 1_000 + 900)
    return run


def fixed_proof(run: RecordedRun, number: int) -> tuple[Proof, tuple[int, ...]]:
    """A proof of a batch by randomness that everybody knows: worth nothing but for being the same every time."""
    batch = run.batches[number - 1]
    assert batch.trace is not None
    ready = batch_to_send(batch.trace, batch.report_time_s, native_crypto())
    maker = _prover().maker
    witness = maker.unchecked_witness(settlement_values(batch.trace, ready.point), fastest())
    randomness = ProofRandomness(number + 1, number + 2)
    proven = prove(read_zkey(key_file()), witness, kernels=fastest(), randomness=randomness)
    return proven.proof, tuple(maker.public_signals(witness))


def many_batches(folder: Path, count: int, first: int = 1) -> Path:
    """A record of so many batches, each executed but the last few; a second for 10,000. May be called to add more."""
    folder.mkdir(parents=True, exist_ok=True)
    connection = open_writer(record_path(folder))
    sheet = Sheet(connection)
    connection.execute("BEGIN")
    write_facts(sheet, FACTS)
    write_fact(sheet, "updated_ms", FIRST_MS + (first + count) * 1_000)
    numbers = range(first, first + count)
    for number in numbers:
        roots = (word_bytes(_root(number - 1)), word_bytes(_root(number)), word_bytes(_root(-1)))
        trades = number % 65
        at_ms = FIRST_MS + number * 1_000
        sheet.add(BATCHES, (number, at_ms // 1_000, at_ms // 1_000, 10 * number, at_ms, *roots, trades, *(0,) * 8))
    sheet.flush()
    rows = [_stages(number, first + count - 1) for number in numbers]
    connection.executemany("INSERT INTO stages VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
    connection.execute("COMMIT")
    connection.close()
    return folder


def _root(number: int) -> int:
    return int.from_bytes(sha256(f"root {number}".encode()).digest()) >> 3


def _stages(number: int, last: int) -> tuple[int | None, ...]:
    sealed_ms = FIRST_MS + number * 1_000
    behind = last - number
    times = (800, 1_500, 4_000, 6_500)
    here = [sealed_ms + after if behind > place else None for place, after in enumerate(times)]
    return (number, *here, int(behind > 6), 200_000 + number % 1_000, 780_000, 0)


def pilot_run(
    folder: Path,
    size: tuple[int, int],
    scene: Callable[[ZkclearTui, Pilot[None]], Awaitable[None]],
    *,
    light: bool = False,
    now_ms: Callable[[], int] | None = None,
    key: Path | None = None,
) -> None:
    """Opens a run on a screen of a size, and plays a scene; the record is looked at only when the scene says so."""

    async def play() -> None:
        run = Run(folder)
        recorded_ms = run.reader.state().updated_ms
        tui = ZkclearTui(run, now_ms or (lambda: recorded_ms), light=light, key_file=key, polls=False)
        try:
            async with tui.run_test(size=size, notifications=True) as pilot:
                await settled(tui, pilot)
                await scene(tui, pilot)
        finally:
            run.close()

    asyncio.run(play())


async def press(tui: ZkclearTui, pilot: Pilot[None], *keys: str) -> None:
    """Keys, each when all is done that the one before it led to."""
    for key in keys:
        await pilot.press(key)
        await settled(tui, pilot)


async def type_in(tui: ZkclearTui, pilot: Pilot[None], text: str) -> None:
    """A text, as quickly as it comes."""
    await pilot.press(*("space" if letter == " " else letter for letter in text))
    await settled(tui, pilot)


def seen(tui: ZkclearTui) -> str:
    """What is on the screen, line by line, without colours."""
    lines = tui.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in line).rstrip() for line in lines)
