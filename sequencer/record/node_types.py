"""The node, its queue, its workers and its log lines as a reader of the record gives them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class RunFacts:
    """What does not change in a run. Addresses are hexadecimal; `names` are of underlyings, by number.

    `ended_ms` is None while the node runs, or where it ended without saying so. `notes` are whatever else is worth
    showing, by name.
    """

    preset: str
    chain_id: int
    contracts: Mapping[str, str]
    started_ms: int
    names: Mapping[int, str] = field(default_factory=dict)
    maker_fee_ppm: int = 0
    taker_fee_ppm: int = 0
    report_age_s: int = 0
    api_url: str | None = None
    l1_url: str | None = None
    process_id: int | None = None
    is_local: bool = False
    ended_ms: int | None = None
    notes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RunCounts:
    """All that was counted. `messages` by kind (`PlaceOrder`, …) as taken, `refused` by rule, `removals` by ending.

    `lost` is how many things the record had to leave out.
    """

    messages: Mapping[str, int]
    refused: Mapping[str, int]
    removals: Mapping[str, int]
    trades: int
    liquidations: int
    lost: int


@dataclass(frozen=True, slots=True)
class RunState:
    """How far everything is: numbers of the last batches, 0 before the first."""

    first_batch: int
    sealed: int
    proved: int
    """The last of those from the first on that all have proofs."""
    committed: int
    proven: int
    executed: int
    final_executed: int
    updated_ms: int
    """When the record was last written."""


@dataclass(frozen=True, slots=True)
class QueueRow:
    """An entry of L1's queue, by its place. `kind`: register, deposit, forced_withdrawal or forced_close_out.

    `batch` is None until one has it; `is_served` says what became of a forced request then.
    """

    index: int
    kind: str
    account: int
    amount_e6: int
    series_id: int | None
    position_slot: int | None
    received_ms: int
    batch: int | None
    is_served: bool | None


@dataclass(frozen=True, slots=True)
class WorkerRow:
    """A place for a prover's worker, as it was at `time_ms`; `for_s` is how long it had been in that state or phase."""

    name: str
    time_ms: int
    state: str
    phase: str
    number: int | None
    for_s: float
    process_id: int | None
    proofs: int
    failures: int
    last_failure: str


@dataclass(frozen=True, slots=True)
class LogRow:
    """A line: `level` is debug, info, warning, error or alarm; `source` who said it."""

    id: int
    time_ms: int
    level: str
    source: str
    text: str
    fields: Mapping[str, str]
