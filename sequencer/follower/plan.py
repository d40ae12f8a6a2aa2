"""What a follower in a process of its own has to know, and how one is made of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import time
from typing import Final

import structlog

from prover.kernels.interface import Kernels
from sequencer.follower.door import Listener
from sequencer.follower.follower import Follower
from sequencer.follower.known_code import known_code
from sequencer.follower.parts import FollowerParts, NoRecording, QueueSource
from sequencer.follower.prepared import L1Door
from sequencer.follower.steady_clock import SteadyClock
from sequencer.l1.accounts import account_from_key
from sequencer.l1.deployment import RollupDeployment
from sequencer.native_crypto import NativeCrypto
from sequencer.prover_pool import PoolSettings, ProverPool, ProverSetup, RealProver
from sequencer.record.connection import record_path
from sequencer.record.errors import RecordError
from sequencer.record.log_lines import copy_log_lines
from sequencer.record.recorder import Recorder
from sequencer.record.recording import Recording
from sequencer.store import Database, open_database
from sequencer.submitter.confirmed_queue import ConfirmedQueue
from sequencer.submitter.policy import SubmitterPolicy
from sequencer.submitter.signing import AccountSigner
from sequencer.submitter.startup import Expected, code_digests_of
from sequencer.submitter.submitter import Submitter
from sequencer.submitter.web3_port import Web3Port
from sequencer.venue import Genesis

FILE_NAME: Final = "follower.db"


@dataclass(frozen=True, slots=True)
class FollowerPlan:
    """All of it can be sent to another process. `clock` is in unix seconds; `operator_key` signs transactions."""

    folder: Path
    genesis: Genesis
    deployment: RollupDeployment
    operator_key: bytes = field(repr=False)
    urls: Sequence[str]
    setup: ProverSetup
    pool: PoolSettings = field(default_factory=PoolSettings)
    submitter: SubmitterPolicy = field(default_factory=SubmitterPolicy)
    clock: Callable[[], float] = time
    poll_s: float = 1.0
    is_local: bool = False

    @property
    def key_digest(self) -> bytes:
        """Of the key that batches are proven under; empty for mocks, which no chain takes."""
        prover = self.setup.prover
        return prover.verification_key.digest() if isinstance(prover, RealProver) else b""


@contextmanager
def recorder_in(folder: Path, clock: Callable[[], float]) -> Iterator[Recorder | None]:
    """Writes the folder's record as long as the block, log lines included. A run that cannot be recorded runs on.

    All its times are by the node's clock, which in a replay is that of the chain.
    """
    folder.mkdir(parents=True, exist_ok=True)
    try:
        recorder = Recorder(record_path(folder), clock=SteadyClock(clock))
    except RecordError as error:
        structlog.get_logger("record").warning("nothing is recorded", why=str(error))
        yield None
        return
    with recorder:
        end = copy_log_lines(recorder)
        try:
            yield recorder
        finally:
            end()


@contextmanager
def follower_of(
    plan: FollowerPlan, listener: Listener, kernels: Kernels, recorder: Recorder | None = None
) -> Iterator[Follower]:
    """A follower with its provers and its file, as long as the block.

    Raises `PoolBroken`, `StoreError`; opening it raises what looking at L1 raises besides: `SubmitterStopped`,
    `WrongChainId`, `WrongKey`, `WrongCode`.
    """
    plan.folder.mkdir(parents=True, exist_ok=True)
    with ProverPool(plan.setup, plan.pool) as pool:
        database = open_database(plan.folder / FILE_NAME)
        try:
            parts = FollowerParts(
                plan.genesis,
                NativeCrypto(kernels),
                database,
                pool,
                _opener(plan),
                poll_s=plan.poll_s,
                is_local=plan.is_local,
                recording=NoRecording() if recorder is None else Recording(recorder, pool),
            )
            yield Follower(parts, listener)
        finally:
            database.close()


def _opener(plan: FollowerPlan) -> Callable[..., tuple[L1Door, QueueSource]]:
    def open_l1(
        database: Database, root_of: Callable[[int], int | None], handed_over: int
    ) -> tuple[L1Door, QueueSource]:
        port, deployment = Web3Port(plan.urls), plan.deployment
        submitter = Submitter(
            port,
            database,
            plan.clock,
            signer=AccountSigner(account_from_key(plan.operator_key)),
            deployment=deployment,
            expected=Expected(known_code(database, lambda: code_digests_of(port, deployment)), plan.key_digest),
            root_of=root_of,
            policy=plan.submitter,
        )
        return submitter, ConfirmedQueue(port, deployment, plan.submitter.confirmations, handed_over=handed_over)

    return open_l1
