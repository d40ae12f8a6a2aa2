"""From errors of rollup, matching, venue and node to what an answer says: code, HTTP status, rule, message, data.

Codes never change their meaning and are never given out twice; `documented` is what the API's description is made from.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from rollup import errors as rules
from rollup.errors import FieldOutOfRange, RollupError, RuleBroken, SectionFull
from sequencer.api import errors
from sequencer.api.errors import ApiError, Data
from sequencer.api.numbers import NotAnInteger
from sequencer.api.port import NodeBusy, NodeStopped, OutcomeUnknown
from sequencer.api.strict_json import LARGEST_INTEGER, NotStrictJson
from sequencer.markets.errors import BadInstrumentName
from sequencer.matching import errors as matching
from sequencer.matching.errors import MatchingError
from sequencer.venue import errors as venue
from sequencer.venue.errors import VenueError

UNPROCESSABLE: Final = 422
NOT_FOUND: Final = 404
CONFLICT: Final = 409
BAD: Final = 400
BUSY: Final = 503
LONGEST_TEXT: Final = 200

RETRY: Final = "retry_after_ms"


@dataclass(frozen=True, slots=True)
class Answer:
    """An error as it is written: JSON-RPC's code and message, `data` with the rule's name first."""

    code: int
    status: int
    rule: str
    message: str
    data: Data

    @property
    def retry_after_ms(self) -> int | None:
        """How long to wait, where that is known."""
        found = self.data.get(RETRY)
        return found if isinstance(found, int) else None


CODES: Final[dict[type[Exception], tuple[int, int]]] = {
    RollupError: (11000, UNPROCESSABLE),
    rules.OwnCounterparty: (11001, UNPROCESSABLE),
    rules.SeriesMismatch: (11002, UNPROCESSABLE),
    rules.SidesNotOpposite: (11003, UNPROCESSABLE),
    rules.LimitViolated: (11004, UNPROCESSABLE),
    rules.OrderExpired: (11005, UNPROCESSABLE),
    rules.FeeAboveCap: (11006, UNPROCESSABLE),
    rules.UnknownAccount: (11007, NOT_FOUND),
    rules.AlreadyRegistered: (11008, CONFLICT),
    rules.BadSignature: (11009, UNPROCESSABLE),
    rules.UnknownSeries: (11010, NOT_FOUND),
    rules.SeriesNotLive: (11011, UNPROCESSABLE),
    rules.SeriesNotSettled: (11012, UNPROCESSABLE),
    rules.PriceOutsideBand: (11013, UNPROCESSABLE),
    rules.PenaltyTooLarge: (11014, UNPROCESSABLE),
    rules.OrderNotOpen: (11015, CONFLICT),
    rules.NothingToSettle: (11016, UNPROCESSABLE),
    rules.WrongQueueResult: (11017, UNPROCESSABLE),
    rules.NotLiquidatable: (11018, UNPROCESSABLE),
    rules.PositionSlotTaken: (11019, CONFLICT),
    rules.PositionOutOfRange: (11020, UNPROCESSABLE),
    rules.CashOutOfRange: (11021, UNPROCESSABLE),
    rules.LiquidationNotReducing: (11022, UNPROCESSABLE),
    rules.SubsidyTooLarge: (11023, UNPROCESSABLE),
    rules.BelowInitialMargin: (11024, UNPROCESSABLE),
    rules.ShortfallGrew: (11025, UNPROCESSABLE),
    FieldOutOfRange: (11050, BAD),
    SectionFull: (11051, UNPROCESSABLE),
    MatchingError: (12000, UNPROCESSABLE),
    matching.NotFilled: (12001, UNPROCESSABLE),
    matching.WouldTake: (12002, UNPROCESSABLE),
    matching.NothingToReduce: (12003, UNPROCESSABLE),
    matching.OwnOrderInTheWay: (12004, CONFLICT),
    matching.NewRiskWaits: (12005, UNPROCESSABLE),
    matching.EquityOutOfRange: (12006, UNPROCESSABLE),
    matching.NoSuchOrder: (12007, NOT_FOUND),
    matching.ClockWentBack: (12008, CONFLICT),
    matching.QuoteMismatch: (12009, UNPROCESSABLE),
    matching.InLiquidation: (12010, CONFLICT),
    matching.LiquidationWaits: (12011, CONFLICT),
    VenueError: (13000, UNPROCESSABLE),
    venue.VenueNotOpen: (13001, BUSY),
    venue.AlreadyKnown: (13002, CONFLICT),
    venue.QueueOutOfStep: (13003, CONFLICT),
    venue.QueueEntryRefused: (13004, UNPROCESSABLE),
    venue.TableNotNewer: (13005, CONFLICT),
    venue.TableLacksSeries: (13006, UNPROCESSABLE),
    venue.SeriesChanged: (13007, UNPROCESSABLE),
    venue.SettledEarly: (13008, UNPROCESSABLE),
    venue.TableTooOld: (13009, BUSY),
    venue.SessionRefused: (13010, CONFLICT),
    venue.NoSuchSession: (13011, NOT_FOUND),
}
"""Each error of the venue with its code and status. A subclass that is not here has those of its base."""


def answer_of(error: Exception) -> Answer | None:
    """What to say of an error; `None` for a fault, of which nothing may be shown."""
    own = own_error(error)
    if own is not None:
        return Answer(own.code, own.status, own.rule(), own.message, _named(own.rule(), own.data))
    if isinstance(error, RollupError | MatchingError | VenueError):
        code, status = next(CODES[base] for base in type(error).__mro__ if base in CODES)
        rule = type(error).__name__
        return Answer(code, status, rule, _short(str(error)), _named(rule, _data(error)))
    return None


def own_error(error: Exception) -> ApiError | None:
    """The API's own error for what its parts and the node raise."""
    match error:
        case ApiError():
            return error
        case NotStrictJson():
            return errors.MalformedJson(str(error), why=error.why)
        case NotAnInteger() | BadInstrumentName():
            return errors.InvalidParameters(str(error), parameter=error.name[:LONGEST_TEXT])
        case NodeBusy():
            return errors.Overloaded(str(error), retry_after_ms=error.retry_after_ms)
        case NodeStopped():
            return errors.Unavailable()
        case OutcomeUnknown():
            return errors.Undecided()
    return None


def documented() -> list[tuple[int, int, str, str]]:
    """Code, status, rule and meaning of every error there is, by code."""
    own = [(one.code, one.status, one.rule(), one.says) for one in errors.OWN_ERRORS]
    taken = [(code, status, kind.__name__, _meaning(kind)) for kind, (code, status) in CODES.items()]
    return sorted(own + taken)


def _named(rule: str, data: Data) -> Data:
    return {"rule": rule, **data}


def _meaning(kind: type[Exception]) -> str:
    says = kind.says if issubclass(kind, RuleBroken) else ""
    return says or (kind.__doc__ or "").partition("\n")[0]


def _data(error: Exception) -> Data:
    """The error's attributes: texts short, integers beyond 2^53 - 1 as decimal strings."""
    found: Data = {}
    listed = {"where": error.where, **error.data} if isinstance(error, RuleBroken) else vars(error)
    for name, value in listed.items():
        if isinstance(value, bool) or value is None:
            found[name] = value
        elif isinstance(value, int):
            found[name] = value if abs(value) <= LARGEST_INTEGER else _short(str(value))
        else:
            found[name] = _short(str(value))
    return found


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - 1] + "…"
