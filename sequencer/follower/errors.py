"""What ends a follower, or keeps it from beginning."""

from __future__ import annotations

from typing import Final

from sequencer.l1.errors import L1Error
from sequencer.messages import MalformedMessage
from sequencer.prover_pool import ProverPoolError
from sequencer.store import StoreError
from sequencer.venue.sequenced import REFUSALS


class FollowerError(Exception):
    """Any failure of what follows the log."""


class FollowerClosed(FollowerError):
    """It takes nothing any more."""

    def __init__(self, why: str) -> None:
        super().__init__(f"what follows the log takes nothing more: {why}")
        self.why = why


class FollowerFailed(FollowerError):
    """It ended in its own process by an error of this `kind`, whose sentence is `why`."""

    def __init__(self, kind: str, why: str) -> None:
        super().__init__(f"{kind}: {why}" if why else kind)
        self.kind, self.why = kind, why


class L1NotSeen(FollowerError):
    """No node of L1 gives an answer that counts."""

    def __init__(self, looks: int) -> None:
        super().__init__(
            f"L1 was not seen in {looks} tries (why is in the log): nothing is sequenced before it is known to be the "
            "right one; look at the nodes' URLs, and start again"
        )
        self.looks = looks


class RootsDisagree(FollowerError):
    """Two replays of one log have come to different states: a defect, and nothing of it may go to L1."""

    def __init__(self, sequence: int, ours: int, theirs: int) -> None:
        super().__init__(
            f"after entry {sequence} of the log the follower's state root is {ours:#x} and the sequencer's "
            f"{theirs:#x}: stop, keep the folder, and report it"
        )
        self.sequence, self.ours, self.theirs = sequence, ours, theirs


FAILURES: Final = (FollowerError, StoreError, L1Error, ProverPoolError, MalformedMessage, *REFUSALS)
"""What may end a follower, and is no fault of its program."""
