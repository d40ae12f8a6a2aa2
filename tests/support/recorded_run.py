"""A recorded run for others' tests: a venue with real signatures, real batches, two real proofs, and what L1 said.

`shared_run()` is made once a process: less than three seconds, most of them for the proofs. `recorded_run(folder)` is
one of a test's own; with `proofs=0` it takes a quarter of a second.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from rollup.errors import RollupError
from rollup.presets import TINY
from rollup.risk.table import Market, UnderlyingMarket, risk_table
from rollup.types.orders import Transfer, Withdrawal
from rollup.types.series import OptionKind, Series
from rollup.types.transactions import Deposit, ForcedWithdrawal, Registration
from sequencer.markets.history import COIN_SCAN
from sequencer.matching.errors import MatchingError
from sequencer.messages import EndBatch, Message, NewTable, ReceiveQueue
from sequencer.prover_pool import BatchProof, WorkerState, WorkerStatus
from sequencer.record.node_types import RunFacts
from sequencer.record.recorder import Recorder
from sequencer.record.schema import RECORD_NAME
from sequencer.submitter.from_trace import batch_to_send
from sequencer.venue import CutBatch, Outcome, VenueError, VenueReader
from tests.support.native_crypto import native_crypto
from tests.support.recorded_l1 import RecordedL1
from tests.support.rollup import DOMAIN, NOW, public_key
from tests.support.venue import IMMEDIATE, Stall

NEAR_S, FAR_S, EARLY_S = NOW + 86_400, NOW + 30 * 86_400, NOW + 600
CALL, PUT, EXPIRING = 1, 2, 3
SERIES = (
    Series(CALL, 1, FAR_S, 4_000_000, OptionKind.CALL),
    Series(PUT, 1, NEAR_S, 3_600_000, OptionKind.PUT),
    Series(EXPIRING, 1, EARLY_S, 3_700_000, OptionKind.CALL),
)
BASE, WINGS = 0.55, {CALL: 0.6, PUT: 0.7, EXPIRING: 0.5}
DEPOSITS_E6 = {0: 0, 1: 50_000 * 10**6, 2: 4_500 * 10**6, 3: 90_000 * 10**6, 4: 250_000 * 10**6, 5: 20_000 * 10**6}
WEAK, MAKER, RICH, TAKER = 2, 3, 4, 5
CONTRACT_E4 = 10_000
FACTS = RunFacts(
    preset=TINY.name,
    chain_id=DOMAIN.chain_id,
    contracts={"clearing house": f"0x{DOMAIN.contract:040x}", "oracle": "0x" + "0c" * 20},
    started_ms=NOW * 1_000,
    names={1: "BTC"},
    maker_fee_ppm=200,
    taker_fee_ppm=500,
    report_age_s=600,
    l1_url="http://127.0.0.1:8545",
    is_local=True,
    notes={"key": "development"},
)
_FOLDER = tempfile.TemporaryDirectory(prefix="zkclear-recorded-run-")


@dataclass
class RecordedRun:
    """Where the record is, and what it must say. `lines` are what was logged."""

    path: Path
    stall: Stall
    l1: RecordedL1
    batches: list[CutBatch] = field(default_factory=list)
    outcomes: list[tuple[Message, Outcome]] = field(default_factory=list)
    refused: list[tuple[Message, Exception]] = field(default_factory=list)
    proofs: list[BatchProof] = field(default_factory=list)
    index_e2: int = 3_700_000

    @property
    def folder(self) -> Path:
        """As a node's."""
        return self.path.parent

    @property
    def payloads(self) -> list[bytes]:
        """The log."""
        return self.stall.log


class Narrator:
    """Says one thing after the other to the venue, and hands all of it to the recorder."""

    def __init__(self, run: RecordedRun, recorder: Recorder) -> None:
        self.run, self.recorder, self.stall = run, recorder, run.stall

    @property
    def now_ms(self) -> int:
        return max(self.stall.venue.time_s, NOW) * 1_000 + 10 * len(self.run.outcomes)

    def say(self, message: Message) -> Outcome:
        outcome = self.stall.say(message)
        self.run.outcomes.append((message, outcome))
        self.recorder.applied(len(self.stall.log), self.now_ms, message, outcome)
        for batch in outcome.batches:
            self.run.batches.append(batch)
            self.run.l1.sent(batch.number, self.now_ms + 300)
        return outcome

    def try_to(self, message: Message) -> None:
        try:
            self.say(message)
        except (RollupError, MatchingError, VenueError) as error:
            self.run.refused.append((message, error))
            self.recorder.refused(message, error, self.now_ms)

    def table(self, index: float, seconds: int, settlements_e2: dict[int, int] | None = None) -> Outcome:
        time_s = max(NOW, self.stall.venue.time_s) + seconds
        market = Market({1: UnderlyingMarket(index, WINGS, COIN_SCAN, settlements_e2=settlements_e2 or {})})
        self.run.index_e2 = round(index * 100)
        self.run.l1.reported(time_s, time_s * 1_000 + 200)
        return self.say(NewTable(time_s, risk_table(SERIES, market, time_s), ((1, self.run.index_e2),)))

    def end(self, seconds: int = 2) -> Outcome:
        return self.say(EndBatch(self.stall.venue.time_s + seconds))

    def mark_e2(self, series_id: int) -> int:
        table = self.stall.venue.table
        row = None if table is None else table.row(series_id)
        assert row is not None
        return row.mark_e2

    def cross(self, buyer: int, seller: int, series_id: int, size_e4: int = CONTRACT_E4, slot: int = 0) -> None:
        price_e2 = self.mark_e2(series_id)
        fields: dict[str, Any] = {"series_id": series_id, "slot": slot, "expiry_s": FAR_S}
        self.say(self.stall.order(seller, "sell", price_e2, size_e4, **fields))
        self.say(self.stall.order(buyer, "buy", price_e2, size_e4, IMMEDIATE, **fields))

    def quote(self, account: int, series_id: int, width_e2: int, slot: int) -> None:
        price_e2 = self.mark_e2(series_id)
        for side, sign in (("buy", -1), ("sell", 1)):
            fields: dict[str, Any] = {"series_id": series_id, "slot": slot + (sign > 0), "expiry_s": FAR_S}
            at_e2 = max(1, price_e2 + sign * width_e2)
            self.try_to(self.stall.order(account, side, at_e2, 2 * CONTRACT_E4, post_only=True, **fields))


def tell(story: Narrator) -> None:
    """Deposits, trades, refusals, a transfer, a withdrawal, a forced one, a shock, a liquidation, a settlement."""
    stall = story.stall
    entries = tuple(Registration(account, amount, public_key(account)) for account, amount in DEPOSITS_E6.items())
    story.say(ReceiveQueue(0, entries))
    story.table(37_000.0, 1)
    story.quote(MAKER, CALL, 2_000, 2)
    story.cross(RICH, WEAK, CALL)
    story.cross(TAKER, MAKER, PUT, 5_000)
    story.try_to(stall.order(WEAK, "sell", 1, 900_000, series_id=CALL, slot=5))
    story.try_to(stall.order(TAKER, "buy", 1_000, CONTRACT_E4, series_id=17, slot=5))
    story.end()
    story.say(stall.operation(Transfer(RICH, 7, 1, TAKER, 250 * 10**6)))
    story.say(ReceiveQueue(len(entries), (Deposit(TAKER, 75 * 10**6), ForcedWithdrawal(RICH, 40 * 10**6))))
    story.end()
    story.cross(RICH, MAKER, EXPIRING, 3_000, slot=1)
    story.say(stall.operation(Withdrawal(RICH, 7, 2, 1_000 * 10**6)))
    story.end()
    story.table(36_600.0, 10)
    story.cross(TAKER, RICH, PUT, 2_500, slot=1)
    story.end()
    story.say(stall.order(RICH, "sell", 255_000, 5 * CONTRACT_E4, series_id=CALL, slot=3, expiry_s=FAR_S))
    story.table(39_500.0, 20)
    story.end()
    story.table(38_000.0, EARLY_S - stall.venue.time_s, {EARLY_S: 3_800_000})
    story.recorder.settlement(1, EARLY_S, 3_800_000, story.now_ms)
    story.end()
    story.cross(RICH, TAKER, CALL, 1_500, slot=5)
    story.end()


def prove(run: RecordedRun, recorder: Recorder, real: int) -> None:
    """The first `real` batches are proved, the others but the last have proofs that verify nowhere."""
    from tests.support.prover_pool import _prover

    for batch in run.batches[:-1]:
        assert batch.trace is not None
        ready = batch_to_send(batch.trace, batch.report_time_s, native_crypto())
        recorder.commitment(batch.number, ready.commitment.digest, ready.point)
        at_ms = dict(run.l1.batches)[batch.number] + 800
        if len(run.proofs) < real:
            made = _prover().prove_trace(batch.trace, ready.point)
            seconds = {**made.seconds, "handover": 0.004, "check": made.seconds["verification"]}
            proof = BatchProof(batch.number, made.public_signals, made.proof, seconds, 1, "worker 1")
        elif run.proofs:
            signals = (ready.commitment.digest, 0, ready.point)
            proof = replace(run.proofs[0], number=batch.number, public_signals=signals, is_mock=True)
        else:
            continue
        run.proofs.append(proof)
        recorder.proof(proof, at_ms)


def recorded_run(folder: Path, *, proofs: int = 2, tale: Callable[[Narrator], None] = tell) -> RecordedRun:
    """The whole of it in `folder / record.db`, closed."""
    folder.mkdir(parents=True, exist_ok=True)
    stall = Stall(preset=TINY, opens=False, crypto=native_crypto())
    run = RecordedRun(folder / RECORD_NAME, stall, RecordedL1())
    with Recorder(run.path, clock=lambda: max(stall.venue.time_s, NOW) + 1.0, group_s=0.0) as recorder:
        recorder.facts(FACTS)
        story = Narrator(run, recorder)
        tale(story)
        prove(run, recorder, proofs)
        run.l1.tell(recorder, [batch.number for batch in run.batches])
        reader = VenueReader(stall.venue)
        recorder.books([reader.book(series.series_id, 10) for series in SERIES], story.now_ms)
        recorder.workers(workers_of(len(run.proofs)), 100.0, story.now_ms)
        recorder.spots({1: run.index_e2 + 1_000}, story.now_ms + 1_000)
        recorder.log("info", "the node is ready", {"port": 7_070}, time_ms=NOW * 1_000)
        recorder.log("warning", "no new table", {"why": "two of three sources are silent"}, source="pricing")
        recorder.log("alarm", "the insurance fund is low", {"cash_e6": 1}, time_ms=story.now_ms)
        with suppress(IndexError):
            recorder.log("debug", "a proof", {"batch": run.proofs[-1].number}, source="follower")
    return run


@cache
def shared_run() -> RecordedRun:
    """For tests that only read."""
    return recorded_run(Path(_FOLDER.name) / "node")


def workers_of(proofs: int) -> tuple[WorkerStatus, ...]:
    return (
        WorkerStatus("worker 1", WorkerState.PROVING, 99.25, 9, "witness", 4_711, proofs),
        WorkerStatus("worker 2", WorkerState.STARTING, 95.0, process_id=4_712, failures=1, last_failure="it ended"),
    )


def fingerprint(*parts: Any) -> bytes:
    """32 bytes of anything."""
    return sha256(repr(parts).encode()).digest()
