"""What a record might say in the middle of a demo: rows made by hand, for what draws them."""

from __future__ import annotations

from dataclasses import replace

from console.demo.chronicle import EquitySample, MarginSample, Note, Promise
from console.demo.evidence import Evidence
from console.demo.look import Look
from rollup.units import COLUMNS
from sequencer.record.types import (
    AccountRow,
    BatchCounts,
    BatchRow,
    BatchStatus,
    BookRow,
    LevelRow,
    ProofRow,
    SpotRow,
    StageTimes,
    TableRow,
    TradeRow,
    TransactionRow,
    WorkerRow,
)

START_MS = 1_800_000_000_000
NAMES = {1: "BTC-27DEC26-100000-C", 2: "BTC-27DEC26-100000-P", 3: "BTC-21NOV26T200742-100000-C"}
SECONDS = {"inputs": 0.1, "witness": 0.2, "proof": 0.7, "verification": 0.01, "handover": 0.02, "check": 0.01}


def batch(number: int, status: BatchStatus = BatchStatus.EXECUTED, **changes: int) -> BatchRow:
    """One of 16 trades, sealed as many seconds after the beginning as its number says."""
    sealed_ms = START_MS + 1_000 * number
    is_done = status is BatchStatus.EXECUTED
    done_ms = sealed_ms + 2_000 if is_done else None
    counts = replace(BatchCounts(trades=16, words=300), **changes)
    return BatchRow(
        number,
        status,
        is_done,
        START_MS // 1_000 + number,
        START_MS // 1_000,
        10 * number,
        StageTimes(sealed_ms, done_ms, done_ms, done_ms, done_ms),
        number,
        number + 1,
        7,
        counts,
        350_000 + number if is_done else None,
        1.04 if is_done else None,
        False if is_done else None,
    )


def proof(number: int, proof_s: float = 0.7) -> ProofRow:
    """One that took about a second."""
    seconds = SECONDS | {"proof": proof_s}
    g2 = ((1, 2), (3, 4))
    return ProofRow(number, START_MS, (1, 2), g2, (1, 2), (5, 6, 7), (0,) * 8, seconds, 1, "worker 1", False)


def account(number: int, equity_e6: int, worst_e6: int, *, is_liquidated: bool = False) -> AccountRow:
    """With one position, by whose worst scenario it would have so much left."""
    values = (equity_e6, *(worst_e6 for _ in range(COLUMNS - 1)))
    return AccountRow(
        number, 3, START_MS, (1, 2), equity_e6, ((2, -20_000),), (1,) * 8, values, is_liquidated, is_subsidised=False
    )


def trade(number: int, batch_number: int | None, liquidated: int | None = None) -> TradeRow:
    """A fill of two contracts."""
    return TradeRow(
        number, number, number, number, START_MS, 2, 330_000, 20_000, True, 3, 7, batch_number, liquidated=liquidated
    )


def transaction(nonce: int, kind: str, first: int | None = None, state: str = "done") -> TransactionRow:
    """One that is in a block, if it is done."""
    is_done = state == "done"
    subject = "" if first is None else str(first)
    return TransactionRow(
        nonce=nonce,
        kind=kind,
        subject=subject,
        state=state,
        hash=bytes([nonce]) * 32,
        attempts=1,
        answer="accepted",
        data_bytes=900,
        sent_ms=START_MS + 500 * nonce,
        settled_ms=START_MS + 500 * nonce + 200 if is_done else None,
        block_number=nonce if is_done else None,
        gas_used=300_000 + nonce if is_done else None,
        gas_price_wei=10**9 if is_done else None,
        first_batch=first,
        last_batch=first,
    )


def row(series_id: int, *, is_settled: bool = False) -> TableRow:
    """A series with a mark."""
    values = (330_000, *(300_000 + 1_000 * column for column in range(COLUMNS - 1)))
    return TableRow(series_id, 1, 1_900_000_000, 10_000_000, series_id % 2 == 1, is_settled, values, 10_000_000, 0.6)


def full_look() -> Look:
    """Some seconds after the shock: an account is liquidated, a batch fills, another is being proved."""
    book = BookRow(2, START_MS, (LevelRow(320_000, 20_000, 1),), (LevelRow(340_000, 15_000, 2),))
    return Look(
        second=23.4,
        act="trading",
        subject="BTC",
        trades_a_batch=16,
        batches=(
            batch(5, BatchStatus.SEALED, liquidations=1),
            *(batch(number, settlements=number % 2) for number in (4, 3, 2, 1)),
        ),
        proofs=tuple(proof(number) for number in (4, 3, 2, 1)),
        workers=(WorkerRow("worker 1", START_MS, "proving", "proof", 5, 0.35, 77, 4, 0, ""),),
        transactions=(
            transaction(9, "commit and prove", 5, "sent"),
            transaction(8, "commit and prove", 4),
            transaction(7, "report"),
        ),
        trades=(trade(20, None, liquidated=11), trade(19, None), trade(18, None), trade(17, 4)),
        accounts=(
            account(2, 2_000_000 * 10**6, 1_900_000 * 10**6),
            account(7, 1_000_000 * 10**6, 990_000 * 10**6),
            account(11, 9_000 * 10**6, -4_000 * 10**6, is_liquidated=True),
        ),
        table=(row(1), row(2), row(3, is_settled=True)),
        books=(book,),
        spots=tuple(SpotRow(START_MS + 1_000 * i, 1, 10_000_000 - 120_000 * max(0, i - 5)) for i in range(12)),
        notes=(
            Note(0.1, START_MS, "deploying", "act"),
            Note(10.0, START_MS + 10_000, "SHOCK: the made-up market's price is moved by -12%", "announcement"),
            Note(12.0, START_MS + 12_000, "account 11 is liquidated"),
        ),
        promises=(
            Promise("the oracles saw the shock", is_kept=True, evidence="from 100,000.00 to 88,000.00"),
            Promise("a withdrawal was paid", is_kept=False, evidence="0.00 USD of 250,000.00"),
        ),
        names=NAMES,
        roles={2: "maker", 7: "taker", 11: "seller"},
    )


def samples() -> tuple[MarginSample, ...]:
    """Of the seller, at three moments."""
    return tuple(
        MarginSample(11, when, tuple((shift + 1_000 * column) * 10**6 for column in range(COLUMNS)))
        for when, shift in (("before the shock", 10_000), ("after the shock", -9_000), ("after the liquidation", 2_000))
    )


def full_evidence() -> Evidence:
    """Of the same demo, at its end."""
    look = full_look()
    return Evidence(
        "A market, cleared and proven",
        START_MS,
        START_MS,
        41.5,
        "demo",
        "BTC",
        batches=tuple(batch(number, liquidations=number == 4, settlements=6 * (number == 5)) for number in range(1, 6)),
        proofs=tuple(proof(number, 0.5 + number / 10) for number in range(1, 6)),
        transactions=look.transactions[::-1],
        trades=look.trades[::-1],
        spots=look.spots,
        market=tuple((one.time_ms, one.price_e2 / 100 + 3) for one in look.spots),
        margins=samples(),
        notes=(*look.notes, Note(13.0, START_MS, "<script>alert(1)</script> & more")),
        promises=look.promises,
        act_seconds={"deploying": 2.5, "trading": 30.0},
        expected=("the oracles saw the shock",),
        watched=11,
        equity=tuple(EquitySample(float(i), (50_000 - 4_000 * i) * 10**6, 37_000 * 10**6) for i in range(9)),
    )
