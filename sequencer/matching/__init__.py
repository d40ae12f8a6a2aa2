"""Orders become trades that the rollup accepts: one engine over all books."""

from sequencer.matching.engine import MatchingEngine
from sequencer.matching.quotes import QuoteLeg
from sequencer.matching.requests import Ending, OrderRequest, Removal, Report, SelfTradePolicy, TimeInForce
from sequencer.matching.terms import Terms

__all__ = [
    "Ending",
    "MatchingEngine",
    "OrderRequest",
    "QuoteLeg",
    "Removal",
    "Report",
    "SelfTradePolicy",
    "Terms",
    "TimeInForce",
]
