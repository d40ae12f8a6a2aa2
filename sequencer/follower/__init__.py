"""What follows the log: batches with their proofs, on their way to L1."""

from sequencer.follower.door import Fed, FollowerDoor, FollowerStatus, Listener
from sequencer.follower.errors import FollowerClosed, FollowerError, FollowerFailed, L1NotSeen, RootsDisagree
from sequencer.follower.follower import Follower
from sequencer.follower.parts import FollowerParts, NoRecording, OpenL1, QueueSource, Recording
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
    "NoRecording",
    "OpenL1",
    "Pipeline",
    "QueueSource",
    "Recording",
    "RootsDisagree",
]
