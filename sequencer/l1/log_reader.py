"""The history of a rollup from the logs of its contracts, with the data of the transactions that wrote them.

Data stand in a transaction's input when the transaction called the contract, else in `Published`, right after the log.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from sequencer.l1 import history
from sequencer.l1.binding import Binding, Event
from sequencer.l1.bindings import clearing_house, oracle
from sequencer.l1.bindings.clearing_house import ClearingHouse
from sequencer.l1.bindings.oracle import Oracle
from sequencer.l1.bindings.structs import Commitment
from sequencer.l1.client import Chain
from sequencer.l1.deployment import RollupDeployment
from sequencer.l1.errors import L1Error
from sequencer.l1.history import Fact, History
from sequencer.l1.receipts import Log
from sequencer.l1.records import payouts_of

EVENTS: Final[tuple[type[Event], ...]] = (
    clearing_house.AccountRegistered,
    clearing_house.Queued,
    clearing_house.BatchCommitted,
    clearing_house.BatchesProven,
    clearing_house.BatchExecuted,
    clearing_house.BatchesReverted,
    clearing_house.RollupFrozen,
    clearing_house.Published,
    oracle.Reported,
    oracle.Published,
)


class DataMissing(L1Error):
    """A log whose data are neither in the transaction's input nor in the next log."""

    def __init__(self, transaction_hash: bytes, what: str) -> None:
        super().__init__(f"transaction 0x{transaction_hash.hex()} does not show {what}: ask a node with whole history")
        self.transaction_hash = transaction_hash
        self.what = what


class HistoryReader:
    """Reads what is new since the last time. A chain that was reorganised in between needs another reader."""

    def __init__(self, chain: Chain, deployment: RollupDeployment) -> None:
        self.history = History()
        self._chain = chain
        self._deployment = deployment
        self._next_block = deployment.first_block

    def update(self, last_block: int | None = None) -> History:
        """Up to a block (the latest). Raises as `read_history`; what was read before the error stays."""
        end = self._chain.block_number() if last_block is None else last_block
        for fact in facts(self._chain, self._deployment, self._next_block, end):
            self.history.add(fact)
        self._next_block = end + 1
        return self.history


def read_history(chain: Chain, deployment: RollupDeployment, last_block: int | None = None) -> History:
    """Everything that happened to a rollup, up to a block (the latest).

    Raises `DataMissing`, `InconsistentHistory`, `BadEncoding`, and what asking the node raises.
    """
    return HistoryReader(chain, deployment).update(last_block)


def facts(chain: Chain, deployment: RollupDeployment, first_block: int, last_block: int) -> Iterator[Fact]:
    """One after another. Raises as `read_history`."""
    contracts: tuple[Binding, ...] = (
        ClearingHouse(chain, deployment.clearing_house),
        Oracle(chain, deployment.oracle),
    )
    logs = list(chain.logs(contracts, first_block, last_block, events=EVENTS))
    keys: dict[int, tuple[int, int]] = {}
    for i, log in enumerate(logs):
        match log.event:
            case clearing_house.AccountRegistered(account, _, x, y):
                keys[account] = x, y
            case clearing_house.Queued(index, account, word, deadline_s):
                x, y = keys.pop(account, (0, 0))
                yield history.EntryQueued(index, account, (word, x, y), deadline_s)
            case clearing_house.BatchCommitted(_, batch, payouts):
                arguments = _arguments(chain, log, logs[i + 1 : i + 2], ClearingHouse, deployment.clearing_house)
                yield history.BatchCommitted(batch, _commitment(log, arguments), payouts_of(payouts))
            case clearing_house.BatchesProven(last, _):
                yield history.BatchesProven(last)
            case clearing_house.BatchExecuted(number):
                yield history.BatchExecuted(number)
            case clearing_house.BatchesReverted(last):
                yield history.BatchesReverted(last)
            case clearing_house.RollupFrozen(queue_index, _):
                yield history.RollupFrozen(queue_index)
            case oracle.Reported(time_s, risk_root, _, _):
                yield history.TableReported(time_s, risk_root, _rows(chain, log, logs[i + 1 : i + 2], deployment))


def _commitment(log: Log[Any], arguments: Mapping[str, Any]) -> Commitment:
    given = arguments.get("given")
    if not isinstance(given, Commitment):
        raise DataMissing(log.raw.transaction_hash, "a commitment")
    return given


def _rows(chain: Chain, log: Log[Any], following: list[Log[Any]], deployment: RollupDeployment) -> bytes:
    published = _published(log, following)
    if published is not None:
        return published
    rows = _arguments(chain, log, [], Oracle, deployment.oracle).get("rows")
    if not isinstance(rows, bytes):
        raise DataMissing(log.raw.transaction_hash, "the rows of a table")
    return rows


def _arguments(
    chain: Chain, log: Log[Any], following: list[Log[Any]], kind: type[Binding], address: str
) -> Mapping[str, Any]:
    """Of the call that wrote a log."""
    data = _published(log, following)
    if data is None:
        sent = chain.transaction(log.raw.transaction_hash)
        if sent is None or sent.to is None or sent.to.lower() != address.lower():
            raise DataMissing(log.raw.transaction_hash, "the call of the contract")
        data = sent.data
    function = kind.function_of(data)
    if function is None:
        raise DataMissing(log.raw.transaction_hash, "a function of the contract")
    return function.decode_arguments(data)


def _published(log: Log[Any], following: list[Log[Any]]) -> bytes | None:
    """What the next log has, if it belongs to this one."""
    for other in following:
        is_next = other.raw.transaction_hash == log.raw.transaction_hash and other.raw.address == log.raw.address
        if is_next and isinstance(other.event, clearing_house.Published | oracle.Published):
            return other.event.data
    return None
