"""Small defects, planted into the submitter to see that the simulation finds them."""

from __future__ import annotations

from typing import Any

from sequencer.submitter.building import Builder, Ready
from sequencer.submitter.chain_types import BlockHead
from sequencer.submitter.fees import first_offer
from sequencer.submitter.house_follower import HouseFollower
from sequencer.submitter.intents import Intent, Meaning, Status
from sequencer.submitter.keeping import Keeper
from sequencer.submitter.outbox import Outbox
from sequencer.submitter.view import View


def send_before_writing(self: Outbox, what: Meaning, ready: Ready, gas: int, view: View) -> Intent | None:
    """The intent is durable only after the transaction is out."""
    fees = first_offer(view.head.base_fee_wei, self._port.tip_wei(), self._policy.fees)
    nonce = self._store.next_nonce
    if fees is None or nonce is None:
        return None
    attempt = self._attempt(nonce, ready, self.with_margin(gas), fees, view, is_cancel=False)
    self.send(Intent(nonce, what, Status.LIVE, None, False, (attempt,)))
    return self._store.add(nonce, what, attempt)


def keep_old_words(self: Keeper, intent: Intent, _: Ready, __: Builder) -> None:
    """After a reorganisation the transaction is sent again as it was."""
    self._outbox.send(intent)


def never_go_back(_: HouseFollower, __: BlockHead) -> int:
    """What was read once is believed for ever."""
    return 0


def never(*_: Any, **__: Any) -> None:
    """Does nothing where something should be checked."""
