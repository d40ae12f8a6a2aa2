"""Takes a view of L1: everything as of one block, or nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sequencer.l1.binding import BlockId
from sequencer.l1.bindings.clearing_house import ClearingHouse
from sequencer.l1.bindings.oracle import Oracle
from sequencer.l1.deployment import RollupDeployment
from sequencer.submitter.chain_types import BlockHead
from sequencer.submitter.errors import ChainShifted, NodesBehind
from sequencer.submitter.events import Event, Reorganised
from sequencer.submitter.house_follower import HouseFollower
from sequencer.submitter.intents import Kind, Meaning
from sequencer.submitter.policy import SubmitterPolicy
from sequencer.submitter.port import L1Port
from sequencer.submitter.view import View
from sequencer.submitter.work import Task


class Lookout:
    """Reads L1. A view of the same block is not read twice, as long as the tasks are the same."""

    def __init__(
        self,
        port: L1Port,
        deployment: RollupDeployment,
        genesis_root: int,
        address: str,
        policy: SubmitterPolicy,
        tell: Callable[[Event], None],
    ) -> None:
        self.follower = HouseFollower(port, deployment.clearing_house, genesis_root, deployment.first_block)
        self._port = port
        self._deployment = deployment
        self._address = address
        self._policy = policy
        self._tell = tell
        self._view: View | None = None
        self._asked: tuple[Task, ...] = ()
        self._top: BlockHead | None = None
        self._behind_since_s: float | None = None

    def look(self, tasks: Sequence[Task], now_s: float) -> View:
        """Raises `NodesBehind`, `ChainShifted`, `LogsMissing`, and what asking nodes raises."""
        head = self._head(now_s)
        if self._view is not None and self._view.head == head and self._asked == tuple(tasks):
            return self._view
        depth = self.follower.follow(head)
        if depth:
            self._tell(Reorganised(depth, head.mark))
        self._view = self._read(head, tasks)
        self._asked = tuple(tasks)
        return self._view

    def _head(self, now_s: float) -> BlockHead:
        """A head that is lower than one before is waited for: nodes are behind, unless that lasts."""
        head = self._port.head()
        if self._top is not None and head.number < self._top.number:
            self._behind_since_s = now_s if self._behind_since_s is None else self._behind_since_s
            if now_s < self._behind_since_s + self._policy.head_patience_s:
                raise NodesBehind(self._top.number, head.number)
        self._behind_since_s = None
        self._top = head
        return head

    def _read(self, head: BlockHead, tasks: Sequence[Task]) -> View:
        block = head.number
        house = ClearingHouse(self._port, self._deployment.clearing_house, block)
        final_block = block - self._policy.confirmations
        last_report_s = Oracle(self._port, self._deployment.oracle, block).last_time_s()
        done = frozenset(task.meaning for task in tasks if self._is_done(task.meaning, block))
        final: frozenset[Meaning] = frozenset()
        lost: frozenset[Meaning] = frozenset()
        if tasks and final_block >= self._deployment.first_block:
            final = frozenset(what for what in done if self._is_done(what, final_block))
            last_final_s = Oracle(self._port, self._deployment.oracle, final_block).last_time_s()
            reports = {task.meaning for task in tasks if task.meaning.kind is Kind.REPORT} - done
            lost = frozenset(what for what in reports if what.numbers[0] <= last_final_s)
        view = View(
            head=head,
            final_block=final_block,
            nonce=self._port.nonce(self._address, block),
            house=self.follower.house,
            is_frozen=house.frozen_at_s() != 0,
            last_report_time_s=last_report_s,
            done=done,
            final=final,
            lost=lost,
        )
        found = self._port.block(block)
        if found is None or found.hash != head.hash:
            raise ChainShifted(block)
        return view

    def _is_done(self, what: Meaning, block: BlockId) -> bool:
        """Whoever did it. Whether batches were taken back is told by intents: they may be committed again since."""
        oracle = Oracle(self._port, self._deployment.oracle, block)
        if what.kind is Kind.REPORT:
            return oracle.table_at(what.numbers[0]).risk_root != 0
        return what.kind is Kind.SETTLEMENT and oracle.settlement_price_e2(*what.numbers) != 0
