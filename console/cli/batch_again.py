"""A batch of a run from its log: the venue takes every message again, and the batch is proven as it was then."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Final

import typer

from console.cli.proof_checks import HOUSE, preset_of_run
from prover.formats.zkey import read_zkey
from rollup.types.orders import Domain
from sequencer.development_keys import settlement_key
from sequencer.native_crypto import NativeCrypto
from sequencer.node.errors import NodeError
from sequencer.settlement_prover import ProvenBatch, SettlementProver
from sequencer.store.log_reader import read_head, verified_entries
from sequencer.store.reading import open_reader
from sequencer.submitter.from_trace import batch_to_send
from sequencer.venue import CutBatch, Genesis, Venue
from sequencer.venue.sequenced import replay

if TYPE_CHECKING:
    from prover.kernels.interface import Kernels
    from rollup.crypto import Crypto
    from sequencer.record.node_types import RunFacts

LOG_NAME: Final = "node.db"
TOLD_EVERY: Final = 500

Tell = Callable[[str, int, int], None]
"""Phase, how much is done, how much there is."""


class BatchNotInLog(NodeError):
    """The log ends before the batch does."""

    def __init__(self, log: Path, number: int, last: int) -> None:
        super().__init__(f"{log} has batches up to {last} and no batch {number}: is it the log of this run?")
        self.path, self.number, self.last = log, number, last


@dataclass(frozen=True, slots=True)
class ProvenAgain:
    """A batch out of the log, and its new proof, which was verified. `digest` is that of its commitment."""

    cut: CutBatch
    digest: int
    proven: ProvenBatch


def prove_again(
    folder: Path, number: int, facts: RunFacts, kernels: Kernels, key: Path | None, tell: Tell
) -> ProvenAgain:
    """Some 0.2 ms an entry of the log, and the time of one proof.

    Raises `StoreError`, `BatchNotInLog`, the errors of keys, and `RuleViolated` where circuit and specification
    disagree: with the name of the rule and the constraint.
    """
    crypto = NativeCrypto(kernels)
    began = perf_counter()
    cut = cut_again(folder / LOG_NAME, number, genesis_of(facts), crypto, tell)
    spent = {"log": perf_counter() - began}
    if cut.trace is None:
        raise BatchNotInLog(folder / LOG_NAME, number, number - 1)
    tell("proof", 0, 1)
    preset = preset_of_run(facts)
    proving_key = settlement_key(preset, kernels) if key is None else read_zkey(key)
    ready = batch_to_send(cut.trace, cut.report_time_s, crypto)
    proven = SettlementProver(preset, proving_key, kernels).prove_trace(cut.trace, ready.point, spent)
    tell("proof", 1, 1)
    return ProvenAgain(cut, ready.commitment.digest, proven)


def genesis_of(facts: RunFacts) -> Genesis:
    """What the run's venue was before its first message. Raises `BadParameter` where the record does not say."""
    house = facts.contracts.get(HOUSE)
    if house is None:
        raise typer.BadParameter("the record does not name the clearing house, for which orders are signed")
    domain = Domain(facts.chain_id, int(house, 16))
    fees = (facts.maker_fee_ppm, facts.taker_fee_ppm)
    return Genesis(preset_of_run(facts), domain, *fees, report_age_s=facts.report_age_s)


def cut_again(log: Path, number: int, genesis: Genesis, crypto: Crypto, tell: Tell) -> CutBatch:
    """The batch as the log gives it, with its trace. Raises `StoreError`, `BatchNotInLog`."""
    venue = Venue(genesis, crypto, first_traced=number)
    with open_reader(log) as reader:
        head = read_head(reader.execute, log)
        for entry in verified_entries(reader.execute, log, head):
            for batch in replay(venue, entry).outcome.batches:
                if batch.number == number:
                    tell("log", head.sequence, head.sequence)
                    return batch
            if entry.sequence % TOLD_EVERY == 0:
                tell("log", entry.sequence, head.sequence)
    raise BatchNotInLog(log, number, venue.next_batch - 1)
