"""What follows the log: batches with their proofs, on their way to L1."""

from sequencer.follower.door import Fed, FollowerDoor, FollowerStatus, Listener
from sequencer.follower.errors import FollowerClosed, FollowerError, FollowerFailed, L1NotSeen, RootsDisagree
from sequencer.follower.follower import Follower
from sequencer.follower.parts import FollowerParts, OpenL1, QueueSource
from sequencer.follower.pipeline import Pipeline
from sequencer.follower.thread import FollowerThread

__all__ = [
    "Fed",
    "Follower",
    "FollowerClosed",
    "FollowerDoor",
    "FollowerError",
    "FollowerFailed",
    "FollowerParts",
    "FollowerStatus",
    "FollowerThread",
    "L1NotSeen",
    "Listener",
    "OpenL1",
    "Pipeline",
    "QueueSource",
    "RootsDisagree",
]
