"""What an L1 that mines every second would have told of some batches: transactions with gas, blocks, finality."""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import sha256

from sequencer.record.recorder import Recorder
from sequencer.submitter.chain_types import BlockMark, Inclusion
from sequencer.submitter.events import Alarm, NodesTroubled, Sent, Settled
from sequencer.submitter.intents import Kind, Meaning, meaning
from sequencer.submitter.progress import BatchProgress, L1Progress, Step

COMMIT_GAS, PROVE_GAS, EXECUTE_GAS, REPORT_GAS = 171_331, 268_012, 61_204, 88_750
GAS_PRICE_WEI = 1_250_000_000


def mark_of(number: int) -> BlockMark:
    return BlockMark(number, sha256(f"block {number}".encode()).digest())


@dataclass
class RecordedL1:
    """Commits one by one, proofs of two batches together where there are two, executions; the last three are open.

    Of the last batch nothing is on L1; the one before is on its way; the one before that is committed and not proven.
    """

    reports: list[tuple[int, int]] = field(default_factory=list)
    batches: list[tuple[int, int]] = field(default_factory=list)
    nonce: int = 5
    block: int = 100

    def reported(self, time_s: int, at_ms: int) -> None:
        self.reports.append((time_s, at_ms))

    def sent(self, number: int, at_ms: int) -> None:
        self.batches.append((number, at_ms))

    def tell(self, recorder: Recorder, numbers: list[int]) -> None:
        for time_s, at_ms in self.reports:
            self._done(recorder, meaning(Kind.REPORT, time_s), REPORT_GAS, 4_260, at_ms)
        times = dict(self.batches)
        on_l1, closed = numbers[:-2], numbers[:-3]
        for number in on_l1:
            self._done(recorder, meaning(Kind.COMMIT, number), COMMIT_GAS, 1_700, times[number])
        for first in closed[::2]:
            last = min(first + 1, closed[-1])
            gas = PROVE_GAS + 120_000 * (last - first)
            self._done(recorder, meaning(Kind.PROVE, first, last), gas, 900, times[last] + 2_000)
        for number in closed:
            self._done(recorder, meaning(Kind.EXECUTE, number), EXECUTE_GAS, 600, times[number] + 4_000)
        waiting = meaning(Kind.COMMIT_AND_PROVE, numbers[-2])
        at_ms = times[numbers[-2]]
        recorder.l1(Sent(self.nonce, waiting, 1, self._hash("first"), "accepted", data_bytes=2_000), at_ms)
        recorder.l1(Sent(self.nonce, waiting, 2, self._hash("second"), "accepted", data_bytes=2_000), at_ms + 9_000)
        recorder.l1(NodesTroubled("NodeTimedOut: no answer in time"), at_ms)
        recorder.l1(NodesTroubled("NodeTimedOut: no answer in time"), at_ms + 1_000)
        recorder.l1(Alarm("nonce 9 waits: the cap is reached", waiting), at_ms + 9_500)
        for count in range(1, len(on_l1) + 1):
            seen = on_l1[:count]
            recorder.progress(self.progress(seen, closed[: max(0, count - 1)]), times[seen[-1]] + 1_500)
        recorder.progress(self.progress(on_l1, closed), times[on_l1[-1]] + 2_000)

    def progress(self, on_l1: list[int], closed: list[int]) -> L1Progress:
        """All executed but the last are final."""
        step, final = Step(mark_of(self.block), is_final=False), Step(mark_of(50), is_final=True)
        batches = {
            number: BatchProgress(number, True, final, *((final, final) if number in closed[:-1] else (step, step)))
            if number in closed
            else BatchProgress(number, True, step, None, None)
            for number in on_l1
        }
        done = closed[-1] if closed else 0
        last = on_l1[-1] if on_l1 else 0
        return L1Progress(0, last, done, done, max(0, done - 1), max(0, done - 1), max(0, done - 1), batches)

    def _done(self, recorder: Recorder, what: Meaning, gas: int, data_bytes: int, at_ms: int) -> None:
        digest = self._hash(str(what))
        recorder.l1(Sent(self.nonce, what, 1, digest, "accepted", data_bytes=data_bytes), at_ms)
        mark = mark_of(self.block)
        inclusion = Inclusion(digest, mark, succeeded=True, gas_used=gas, gas_price_wei=GAS_PRICE_WEI)
        recorder.l1(Settled(self.nonce, what, "done", mark, inclusion), at_ms + 1_000)
        self.nonce += 1
        self.block += 1

    def _hash(self, what: str) -> bytes:
        return sha256(f"{self.nonce} {what}".encode()).digest()
