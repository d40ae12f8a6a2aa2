"""A submitter on a real local chain: a deployed rollup of TINY, real batches, real proofs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic, sleep, time
from typing import Any

from prover.solidity.calldata import proof_words
from rollup.state import State
from rollup.trace import Trace, trace_batch
from rollup.types.batches import Batch
from sequencer.l1.accounts import development_account
from sequencer.l1.anvil_program import AnvilOptions
from sequencer.l1.reports import OracleDomain, Report, report_of, sign_report
from sequencer.rehearsal.market import UNDERLYING
from sequencer.rehearsal.venue import RehearsalVenue
from sequencer.store.opening import open_database
from sequencer.submitter.confirmed_queue import ConfirmedQueue
from sequencer.submitter.events import Event
from sequencer.submitter.from_trace import batch_to_send
from sequencer.submitter.policy import FeePolicy, SubmitterPolicy
from sequencer.submitter.signing import AccountSigner
from sequencer.submitter.startup import Expected, code_digests_of
from sequencer.submitter.submitter import Submitter
from sequencer.submitter.web3_port import Web3Port
from tests.support.rehearsals import rehearsal

LOCAL = SubmitterPolicy(
    confirmations=0, fees=FeePolicy(patience_blocks=2), proof_patience_s=0.0, resend_s=0.05, look_again_s=0.5
)


@dataclass(slots=True)
class Rollup:
    """The node's side of it: cuts batches, proves them, hands over, and takes turns."""

    venue: RehearsalVenue
    folder: Path
    policy: SubmitterPolicy
    urls: Sequence[str]
    submitter: Submitter = field(init=False)
    port: Web3Port = field(init=False)
    queue: ConfirmedQueue = field(init=False)
    state: State = field(init=False)
    roots: list[int] = field(default_factory=list)
    traces: dict[int, Trace] = field(default_factory=dict)
    points: dict[int, int] = field(default_factory=dict)
    waiting: list[Any] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    database: Any = None

    def __post_init__(self) -> None:
        self.state = State(self.venue.preset.account_depth, self.venue.workshop.crypto)
        self.roots.append(self.state.root)
        self.start()
        straight = Web3Port([self.venue.chain.url])
        self.queue = ConfirmedQueue(straight, self.venue.deployment, self.policy.confirmations)

    def start(self) -> None:
        """As after a crash: on the same database, knowing nothing else."""
        if self.database is not None:
            self.database.close()
        self.database = open_database(self.folder / "node.db")
        self.port = Web3Port(self.urls, answer_timeout_s=0.5)
        straight = Web3Port([self.venue.chain.url])
        self.submitter = Submitter(
            self.port,
            self.database,
            self.now_s,
            signer=AccountSigner(development_account(0)),
            deployment=self.venue.deployment,
            expected=Expected(
                code_digests_of(straight, self.venue.deployment), self.venue.workshop.batches.verification_key.digest()
            ),
            root_of=lambda number: self.roots[number] if number < len(self.roots) else None,
            policy=self.policy,
        )

    def now_s(self) -> float:
        return time()

    def mine(self, blocks: int = 1) -> None:
        self.venue.rollup.running.rpc("anvil_mine", hex(blocks))

    def reorganise(self, depth: int) -> None:
        """Blocks that replace others are older than they were, here as elsewhere; then time goes on."""
        self.venue.rollup.running.rpc("anvil_reorg", depth, [])
        last_s = max((trace.batch.time_s for trace in self.traces.values()), default=0)
        self.venue.wait(max(2, last_s - self.venue.now_s() + 1))

    def hold_blocks(self) -> None:
        """No block comes but by `mine`."""
        self.venue.rollup.running.rpc("evm_setAutomine", False)

    def set_base_fee(self, wei: int) -> None:
        self.venue.rollup.running.rpc("anvil_setNextBlockBaseFeePerGas", hex(wei))

    def turns(self, count: int) -> list[Event]:
        found: list[Event] = []
        for _ in range(count):
            found += self.submitter.step()
        self.events += found
        return found

    def cut(self, **sections: Any) -> int:
        """The next batch, with what is confirmed of the queue. Returns its number."""
        self.waiting += self.queue.poll()
        taken = self.waiting[: self.venue.preset.queue]
        del self.waiting[: len(taken)]
        number = len(self.roots)
        table, report_time_s = self.venue.reported()
        batch = Batch(
            number=number,
            time_s=max([self.venue.now_s(), *(trace.batch.time_s for trace in self.traces.values())]),
            domain=self.venue.deployment.domain,
            maker_fee_ppm=300,
            taker_fee_ppm=500,
            queue=tuple(_entry(one) for one in taken),
            **sections,
        )
        trace = trace_batch(self.state, table, batch, self.venue.preset)
        made = batch_to_send(trace, report_time_s, self.venue.workshop.crypto)
        self.points[number] = made.point
        self.roots.append(self.state.root)
        self.traces[number] = trace
        self.submitter.add_batch(made)
        return number

    def prove(self, number: int) -> tuple[int, ...]:
        proven = self.venue.workshop.batches.prove_trace(self.traces[number], self.points[number])
        words = tuple(proof_words(proven.proof))
        self.submitter.add_proof(number, words)
        return words

    def report(self) -> int:
        """A new table by way of the submitter, of now. Returns its time."""
        time_s = self.venue.now_s()
        report = report_of(self.venue.reported()[0], time_s, {UNDERLYING: 10_000})
        domain = OracleDomain(self.venue.chain.chain_id, self.venue.deployment.oracle)
        self.submitter.report(report, sign_report(self.venue.rollup.oracles, domain, report))
        return time_s

    def pump(self, until: Callable[[], bool], most_s: float = 90.0) -> None:
        """Turns until something is so. Raises `AssertionError` with the last events when it does not become so."""
        deadline = monotonic() + most_s
        while not until():
            told = self.submitter.step()
            self.events += told
            if not told:
                sleep(0.02)
            assert monotonic() < deadline, "\n".join(map(repr, self.events[-25:]))

    def is_executed(self, number: int) -> bool:
        progress = self.submitter.progress
        return progress is not None and progress.executed >= number and not self.submitter.on_their_way

    def told(self, kind: type[Any]) -> list[Any]:
        return [event for event in self.events if isinstance(event, kind)]


@contextmanager
def submitted_rollup(
    folder: Path,
    policy: SubmitterPolicy = LOCAL,
    *,
    urls: Callable[[str], Sequence[str]] = lambda url: [url],
    options: AnvilOptions | None = None,
) -> Iterator[Rollup]:
    with rehearsal(options=options) as venue:
        rollup = Rollup(venue, folder, policy, urls(venue.chain.url))
        try:
            yield rollup
        finally:
            rollup.database.close()


def _entry(entry: Any) -> Any:
    from rollup.recover import decode_queue_entry

    return decode_queue_entry(entry.words)


__all__ = ["LOCAL", "Report", "Rollup", "submitted_rollup"]
