"""The deterministic heart of the node: messages go in, batches come out."""

from sequencer.venue.digest import digest
from sequencer.venue.errors import VenueError
from sequencer.venue.genesis import Genesis
from sequencer.venue.outcomes import CutBatch, Dropped, Origins, Outcome, Unliquidated, Unsettled
from sequencer.venue.pending import Weight
from sequencer.venue.signatures import Verdict
from sequencer.venue.venue import NEVER_TRACED, Venue
from sequencer.venue.views import AccountView, OpenOrder, Ticker, VenueReader

__all__ = [
    "NEVER_TRACED",
    "AccountView",
    "CutBatch",
    "Dropped",
    "Genesis",
    "OpenOrder",
    "Origins",
    "Outcome",
    "Ticker",
    "Unliquidated",
    "Unsettled",
    "Venue",
    "VenueError",
    "VenueReader",
    "Verdict",
    "Weight",
    "digest",
]
