"""What the engine refuses beyond the rollup's own rules: each says what to do."""

from __future__ import annotations


class MatchingError(ValueError):
    """Something that the engine does not take."""


class NotFilled(MatchingError):
    """Fill-or-kill that cannot be filled whole, at once, in one batch."""

    def __init__(self, wanted_e4: int, available_e4: int) -> None:
        super().__init__(
            f"only {available_e4} of {wanted_e4} (in 0.0001 contracts) can be filled at once: "
            "sign a smaller size, a better limit, or send it as immediate-or-cancel"
        )
        self.wanted_e4, self.available_e4 = wanted_e4, available_e4


class WouldTake(MatchingError):
    """A post-only order that meets an order of the book."""

    def __init__(self, limit_price_e2: int, best_price_e2: int) -> None:
        super().__init__(
            f"post-only at {limit_price_e2} would meet an order at {best_price_e2} (prices in 0.01 USD): "
            "sign a limit that does not cross"
        )
        self.limit_price_e2, self.best_price_e2 = limit_price_e2, best_price_e2


class NothingToReduce(MatchingError):
    """A reduce-only order without a position on the other side."""

    def __init__(self, series_id: int, held_e4: int) -> None:
        super().__init__(
            f"the account holds {held_e4} (in 0.0001 contracts) of series {series_id}, which this order would not make "
            "smaller: send it without reduce-only"
        )
        self.series_id, self.held_e4 = series_id, held_e4


class OwnOrderInTheWay(MatchingError):
    """Two orders of one account met."""

    def __init__(self, account: int, slot: int, nonce: int) -> None:
        super().__init__(
            f"the order in slot {slot} under nonce {nonce} is of the same account {account}: cancel it first"
        )
        self.account, self.slot, self.nonce = account, slot, nonce


class NewRiskWaits(MatchingError):
    """Under stress orders that raise their account's stress loss are taken only from those who can bear it thrice."""

    def __init__(self, account: int, loss_before_e6: int, loss_after_e6: int) -> None:
        super().__init__(
            f"the venue is under stress, and this order would raise the stress loss of account {account} from "
            f"{loss_before_e6} to {loss_after_e6} (in 0.000001 USDC): bring more cash, or send it again afterwards"
        )
        self.account, self.loss_before_e6, self.loss_after_e6 = account, loss_before_e6, loss_after_e6


class EquityOutOfRange(MatchingError):
    """An account whose equity could leave its field, so that it had to be examined like a distressed one."""

    def __init__(self, account: int) -> None:
        super().__init__(f"equity of account {account} could reach 2^63 micro-USDC: trade a smaller size")
        self.account = account


class NoSuchOrder(MatchingError):
    """Nothing rests in this slot under this nonce."""

    def __init__(self, account: int, slot: int, nonce: int) -> None:
        super().__init__(
            f"account {account} has no open order in slot {slot} under nonce {nonce}: "
            "it was filled, replaced or removed"
        )
        self.account, self.slot, self.nonce = account, slot, nonce


class ClockWentBack(MatchingError):
    """A batch that would be earlier than the one before."""

    def __init__(self, before_s: int, now_s: int) -> None:
        super().__init__(f"a batch at {now_s} cannot follow one at {before_s} (unix seconds): keep the later time")
        self.before_s, self.now_s = before_s, now_s


class QuoteMismatch(MatchingError):
    """Legs of a quote that cannot be filled together."""

    def __init__(self, leg: int, problem: str) -> None:
        super().__init__(f"leg {leg}: {problem}")
        self.leg, self.problem = leg, problem


class InLiquidation(MatchingError):
    """The account is being liquidated in this batch."""

    def __init__(self, account: int) -> None:
        super().__init__(f"account {account} is being liquidated in this batch: send the order again in the next")
        self.account = account


class LiquidationWaits(MatchingError):
    """The account has traded in this batch, so that it must be judged anew by the next."""

    def __init__(self, account: int) -> None:
        super().__init__(f"account {account} has traded since the batch began: begin the next batch, then liquidate")
        self.account = account
