"""How a rollup on L1 stands, from a few views: for people who want to know whether it works."""

from __future__ import annotations

from dataclasses import dataclass

from sequencer.l1.bindings.oracle import Oracle
from sequencer.l1.bindings.structs import Terms
from sequencer.l1.client import Chain
from sequencer.l1.deployment import RollupDeployment
from sequencer.l1.preflight import require_deployment


@dataclass(frozen=True, slots=True)
class Status:
    """As of one block. `last_report_age_s` is None before the first, `next_deadline_s` when nothing waits.

    Amounts are in `_e6`, times in seconds since 1970.
    """

    chain_id: int
    block: int
    block_time_s: int
    committed: int
    proven: int
    executed: int
    accounts: int
    queue_length: int
    queue_served: int
    next_deadline_s: int | None
    last_report_age_s: int | None
    is_report_fresh: bool
    frozen_at_s: int | None
    operator: str
    reserve_e6: int
    owed_e6: int
    claims_e6: int
    terms: Terms

    @property
    def is_overdue(self) -> bool:
        """Whether anybody may freeze it."""
        return self.next_deadline_s is not None and self.block_time_s > self.next_deadline_s and not self.frozen_at_s


def read_status(chain: Chain, deployment: RollupDeployment) -> Status:
    """Everything as of the latest block. Raises as `require_deployment`, and what asking the node raises."""
    block = chain.block_number()
    house = require_deployment(chain, deployment).at_block(block)
    oracle = Oracle(chain, deployment.oracle, block)
    time_s = chain.block_time_s(block)
    progress, length, last_report_s = house.progress(), house.queue_length(), oracle.last_time_s()
    terms = Terms(
        operator_silence_s=house.operator_silence_s(),
        proof_deadline_s=house.proof_deadline_s(),
        queue_deadline_s=house.queue_deadline_s(),
        claim_period_s=house.claim_period_s(),
        batch_age_s=house.batch_age_s(),
        report_age_s=house.report_age_s(),
        report_grace_s=house.report_grace_s(),
    )
    waiting = progress.served < length
    return Status(
        chain_id=chain.chain_id,
        block=block,
        block_time_s=time_s,
        committed=progress.committed,
        proven=progress.proven,
        executed=progress.executed,
        accounts=house.account_count(),
        queue_length=length,
        queue_served=progress.served,
        next_deadline_s=house.entry(progress.served).time_s + terms.queue_deadline_s if waiting else None,
        last_report_age_s=time_s - last_report_s if last_report_s else None,
        is_report_fresh=bool(last_report_s) and time_s - last_report_s <= terms.report_age_s,
        frozen_at_s=house.frozen_at_s() or None,
        operator=house.operator(),
        reserve_e6=house.reserve_e6(),
        owed_e6=house.total_owed_e6(),
        claims_e6=house.total_claims_e6(),
        terms=terms,
    )
