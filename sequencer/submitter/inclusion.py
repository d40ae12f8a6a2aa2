"""Which intents are in blocks, by which of their attempts, and who else used our nonces."""

from __future__ import annotations

from collections.abc import Callable

from sequencer.submitter.chain_types import BlockMark, Inclusion
from sequencer.submitter.errors import FinalityLost, NonceTaken
from sequencer.submitter.events import Event, Settled, Unsettled
from sequencer.submitter.intent_store import Change, IntentStore
from sequencer.submitter.intents import Intent, Status
from sequencer.submitter.port import L1Port
from sequencer.submitter.view import View


class InclusionWatch:
    """Compares the account's nonce on L1 with what was written down."""

    def __init__(self, port: L1Port, store: IntentStore, address: str, patience_s: float) -> None:
        self._port = port
        self._store = store
        self._address = address
        self._patience_s = patience_s
        self._missing_since_s: dict[int, float] = {}

    def settle(self, view: View, now_s: float, tell: Callable[[Event], None]) -> list[Intent]:
        """Writes down where all intents stand by this view. Returns those that were found reverted just now.

        Raises `NonceTaken` when a nonce was used by a transaction that is none of ours.
        """
        next_nonce = self._store.next_nonce
        if next_nonce is not None and view.nonce > next_nonce:
            raise NonceTaken(self._address, next_nonce, f"the account is at nonce {view.nonce}")
        if view.nonce <= self._store.last_final_nonce:
            raise FinalityLost(self._store.last_final_nonce, view.nonce)
        changes: list[Change] = []
        for intent in self._store.open:
            status, block, inclusion = self._standing(intent, view, now_s)
            is_final = status is not Status.LIVE and view.is_final(block)
            if (status, block, is_final) != (intent.status, intent.block, intent.is_final):
                changes.append(Change(intent, status, block, is_final, inclusion))
        self._store.settle(changes)
        for change in changes:
            intent, status, block = change.intent, change.status, change.block
            if status is intent.status and block == intent.block:
                continue
            if status is Status.LIVE or block is None:
                tell(Unsettled(intent.nonce, intent.meaning))
            else:
                tell(Settled(intent.nonce, intent.meaning, status.value, block, change.inclusion))
        return [one.intent for one in changes if one.status is Status.REVERTED and one.block != one.intent.block]

    def _standing(self, intent: Intent, view: View, now_s: float) -> tuple[Status, BlockMark | None, Inclusion | None]:
        if intent.nonce >= view.nonce:
            self._missing_since_s.pop(intent.nonce, None)
            return Status.LIVE, None, None
        if intent.block is not None and self._is_on_chain(intent.block, view):
            return intent.status, intent.block, None
        for attempt in reversed(intent.attempts):
            found = self._port.receipt(attempt.hash)
            if found is None or not self._is_on_chain(found.block, view):
                continue
            self._missing_since_s.pop(intent.nonce, None)
            if not found.succeeded:
                return Status.REVERTED, found.block, found
            return (Status.CANCELLED if attempt.is_cancel else Status.DONE), found.block, found
        since_s = self._missing_since_s.setdefault(intent.nonce, now_s)
        if now_s >= since_s + self._patience_s:
            raise NonceTaken(self._address, intent.nonce, f"{intent.meaning} has no receipt, and the nonce is used")
        return Status.LIVE, None, None

    def _is_on_chain(self, mark: BlockMark, view: View) -> bool:
        """Whether a block is among those that the view is of."""
        if mark.number >= view.head.number:
            return mark == view.head.mark
        found = self._port.block(mark.number)
        return found is not None and found.hash == mark.hash
