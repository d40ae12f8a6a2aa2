"""The deterministic heart of the node: messages go in, batches come out."""

from sequencer.venue.errors import VenueError
from sequencer.venue.genesis import Genesis
from sequencer.venue.outcomes import CutBatch, Dropped, Origins, Outcome, Unliquidated, Unsettled
from sequencer.venue.pending import Weight
from sequencer.venue.signatures import Verdict
from sequencer.venue.venue import Venue

__all__ = [
    "CutBatch",
    "Dropped",
    "Genesis",
    "Origins",
    "Outcome",
    "Unliquidated",
    "Unsettled",
    "Venue",
    "VenueError",
    "Verdict",
    "Weight",
]
