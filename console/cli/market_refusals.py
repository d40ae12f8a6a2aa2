"""What to do about what a node refuses, by the name of the rule."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

SLOT: Final = "nonces of a slot only grow: leave --slot and --nonce out, and free ones are taken"
MARGIN: Final = "`zkclear account margin` shows the room there is: deposit, close something, or trade less"
LATER: Final = "try again in a moment"

WHAT_TO_DO: Final[Mapping[str, str]] = {
    "NotAuthenticated": "does the account belong to this wallet? `zkclear wallet show` lists what is known of it",
    "NotAllowed": "choose the wallet of that account by --wallet",
    "TooManyRequests": LATER,
    "Overloaded": "the node is overloaded: " + LATER,
    "Unavailable": "the node is starting, stopping or behind: `zkclear node status` says which",
    "Undecided": "`zkclear order list` shows what became of it",
    "TooManyConnections": "the node is overloaded: " + LATER,
    "UnknownInstrument": "`zkclear market list` prints all instruments",
    "UnknownRecord": "`zkclear order list` prints open orders",
    "InvalidParameters": "`--help` says what the command takes",
    "OwnCounterparty": "take your own order out first",
    "OrderExpired": "let it be good for longer by --good-for",
    "FeeAboveCap": "the venue takes more than you allow: raise --max-fee-ppm, if that is what you want to pay",
    "UnknownAccount": "is the number right? The node learns of a new one from L1, which takes a moment",
    "BadSignature": "`zkclear order sign --debug` shows what was signed, and what the node makes of it",
    "UnknownSeries": "`zkclear market list` prints all instruments",
    "SeriesNotLive": "the option has expired: `zkclear market list` prints those that trade",
    "PriceOutsideBand": "the price is too far from the mark: `zkclear market greeks` shows it",
    "OrderNotOpen": SLOT,
    "AlreadyKnown": SLOT,
    "CashOutOfRange": MARGIN,
    "BelowInitialMargin": MARGIN,
    "ShortfallGrew": MARGIN,
    "EquityOutOfRange": MARGIN,
    "PositionSlotTaken": "an account holds at most 16 series: close one",
    "PositionOutOfRange": "trade less",
    "FieldOutOfRange": "a number does not fit",
    "NotFilled": "there is not enough at this price: another price, less, or without --fill-or-kill",
    "WouldTake": "it would trade at once: another price, or without --post-only",
    "NothingToReduce": "there is no position that this order would reduce: without --reduce-only",
    "OwnOrderInTheWay": "take your own order out first: `zkclear order cancel`",
    "NewRiskWaits": "prices move too fast for new risk: reduce, or wait for the next risk table",
    "NoSuchOrder": "`zkclear order list` prints what is open",
    "InLiquidation": "the account is below maintenance margin: deposit",
    "LiquidationWaits": "the account is below maintenance margin: deposit",
    "VenueNotOpen": "there is no risk table yet: " + LATER,
    "TableTooOld": "the oracles' last risk table is too old to trade by: wait for the next one",
}


def what_to_do(rule: str, data: Mapping[str, Any]) -> str | None:
    """A clause, `None` where nothing can be advised. Where the node says how long to wait, so does this."""
    wait_ms = data.get("retry_after_ms")
    if isinstance(wait_ms, int) and wait_ms > 0:
        return f"try again in {wait_ms:,} ms"
    return WHAT_TO_DO.get(rule)
