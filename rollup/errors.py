"""Every rule that a batch can break, one class each.

The spec raises it, the circuit labels its constraints with it, the vectors name it, the API returns it. `RULES` lists
them in the order in which they are looked at: first what a transaction says of itself, then what it asks of accounts
and series, then the books of the whole batch, then the health of every touched account.

Two more errors come before any rule: a number that does not fit its field, and a batch with more of a kind than the
preset has room for. Neither can be written down as a batch at all.
"""

from __future__ import annotations

from typing import ClassVar, Final


class RollupError(ValueError):
    """Something that the rollup refuses."""


class FieldOutOfRange(RollupError):
    """A number that does not fit its field: never reduced, never cut."""

    def __init__(self, name: str, value: object, minimum: int, maximum: int) -> None:
        super().__init__(f"{name} is {value}: it must be an integer in {minimum} .. {maximum}")
        self.name, self.value, self.minimum, self.maximum = name, value, minimum, maximum


class SectionFull(RollupError):
    """More of a kind than the preset has room for."""

    def __init__(self, section: str, count: int, capacity: int) -> None:
        super().__init__(f"{count} {section}, but the preset has room for {capacity}: leave the rest to the next batch")
        self.section, self.count, self.capacity = section, count, capacity


class RuleBroken(RollupError):
    """A rule of the state transition does not hold. `where` says for which transaction or account."""

    says: ClassVar[str] = ""

    def __init__(self, where: str, **data: int) -> None:
        details = "".join(f", {name} {value}" for name, value in data.items())
        super().__init__(f"{self.rule()}: {self.says} ({where}{details})")
        self.where, self.data = where, data

    @classmethod
    def rule(cls) -> str:
        """The name that every part of the house uses."""
        return cls.__name__


class OwnCounterparty(RuleBroken):
    """An account trades with itself, or sends to itself."""

    says = "the two accounts must differ"


class SeriesMismatch(RuleBroken):
    """Two orders of a trade name different series."""

    says = "both orders must be of one series"


class SidesNotOpposite(RuleBroken):
    """Two orders of a trade both buy, or both sell."""

    says = "one order must buy and the other sell"


class LimitViolated(RuleBroken):
    """The price is worse than an order's limit."""

    says = "the price must be within the order's limit"


class OrderExpired(RuleBroken):
    """The batch is later than the last second at which the order is good."""

    says = "the order must still be good at the batch's time"


class FeeAboveCap(RuleBroken):
    """The venue's rate is above what the order allows."""

    says = "the fee rate must be within the order's cap"


class BadSignature(RuleBroken):
    """The signature is not that of the account's key on this message."""

    says = "the account's key must have signed the message"


class UnknownAccount(RuleBroken):
    """No account has this id yet."""

    says = "the account must be registered"


class AlreadyRegistered(RuleBroken):
    """An account with this id exists."""

    says = "the account id must be new"


class UnknownSeries(RuleBroken):
    """The risk table has no row for the series."""

    says = "the series must have a row in the risk table"


class SeriesNotLive(RuleBroken):
    """The series has expired or is settled."""

    says = "the series must be before its expiry"


class SeriesNotSettled(RuleBroken):
    """The series has no settlement price yet."""

    says = "the series must be settled"


class NothingToSettle(RuleBroken):
    """The position slot does not hold the series at the start of the batch, or is settled twice in it."""

    says = "the slot must hold a position in the series, settled once"


class OrderNotOpen(RuleBroken):
    """The order slot has moved on to a larger nonce, or the order does not have this much left."""

    says = "the order slot must have this much left under the order's nonce"


class NotLiquidatable(RuleBroken):
    """The account was above maintenance margin at the start of the batch."""

    says = "the account must have been below maintenance margin"


class PriceOutsideBand(RuleBroken):
    """The price of a liquidation is too far from the mark."""

    says = "the price must lie inside the band around the mark"


class PenaltyTooLarge(RuleBroken):
    """The penalty of a liquidation is above the highest rate."""

    says = "the penalty must be within the highest rate of the premium"


class WrongQueueResult(RuleBroken):
    """A queue entry that can be served is not, or one that cannot be is."""

    says = "a forced request is served exactly if the state before the batch allows it"


class PositionSlotTaken(RuleBroken):
    """The position slot holds another series, or takes two in one batch."""

    says = "a position slot holds one series during a batch"


class PositionOutOfRange(RuleBroken):
    """A position outgrows its field."""

    says = "a position must lie in -2^39 <= size_e4 < 2^39"


class CashOutOfRange(RuleBroken):
    """Cash falls below zero or outgrows its field."""

    says = "cash must lie in 0 <= cash_e6 < 2^63"


class LiquidationNotReducing(RuleBroken):
    """A position of a liquidated account grows, turns, or is new."""

    says = "positions of a liquidated account must shrink"


class SubsidyTooLarge(RuleBroken):
    """The insurance fund pays in more than an account's losses."""

    says = "a subsidised account must not end with equity above zero"


class BelowInitialMargin(RuleBroken):
    """An account ends the batch below zero in a scenario."""

    says = "equity must not be negative in any scenario"


class ShortfallGrew(RuleBroken):
    """An examined account ends the batch below zero in a scenario, and worse than before."""

    says = "no scenario of an examined account may end below zero and below where it was"


RULES: Final[tuple[type[RuleBroken], ...]] = (
    OwnCounterparty,
    SeriesMismatch,
    SidesNotOpposite,
    LimitViolated,
    OrderExpired,
    FeeAboveCap,
    UnknownAccount,
    AlreadyRegistered,
    BadSignature,
    UnknownSeries,
    SeriesNotLive,
    SeriesNotSettled,
    PriceOutsideBand,
    PenaltyTooLarge,
    OrderNotOpen,
    NothingToSettle,
    WrongQueueResult,
    NotLiquidatable,
    PositionSlotTaken,
    PositionOutOfRange,
    CashOutOfRange,
    LiquidationNotReducing,
    SubsidyTooLarge,
    BelowInitialMargin,
    ShortfallGrew,
)
"""In order of precedence."""


def check_range(name: str, value: int, bits: int, *, minimum: int = 0, maximum: int | None = None) -> None:
    """Raises `FieldOutOfRange` unless minimum <= value <= maximum, by default 2^bits - 1."""
    most = (1 << bits) - 1 if maximum is None else maximum
    if type(value) is not int or not minimum <= value <= most:
        raise FieldOutOfRange(name, value, minimum, most)
