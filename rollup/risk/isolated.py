"""Standard margin, position by position, as venues without a portfolio model ask for it: a report to compare with.

The rules are Derive's standard manager's, which are Deribit's with a bound by the worst payoff. Per underlying and
expiry, a portfolio needs the smaller of two amounts:

* the sum over its short options of the *isolated margin*: the mark, plus a share of the index that shrinks with the
  distance out of the money (initial), or a fixed share (maintenance; a put's is at least a share of its mark);
* its *worst payoff* at expiry over all prices, and for calls sold beyond those held, which have no worst payoff,
  a multiple of the forward each. Deribit does not have this bound.

Long options alone need nothing. Money is in one unit, whichever, and what is needed is positive; sizes are in
contracts, negative if sold. Sources: Derive, "Standard Margin" and its `StandardManager`; Deribit, "Standard Margin".
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from rollup.risk.black76 import PricingError, price
from rollup.types.series import OptionKind


@dataclass(frozen=True, slots=True)
class Leg:
    """A position in one option of the portfolio's underlying and expiry; `volatility` per square root of a year."""

    kind: OptionKind
    strike: float
    size: float
    volatility: float

    def payoff(self, settlement: float) -> float:
        """What the whole position pays if the underlying settles there; negative if the holder has to pay."""
        return self.size * max(0.0, self.kind.sign * (settlement - self.strike))


@dataclass(frozen=True, slots=True)
class Parameters:
    """Shares of the index, unless said otherwise; by default Derive's, as its documentation gives them."""

    initial: float = 0.15
    initial_floor: float = 0.10
    maintenance: float = 0.075
    maintenance_of_put_mark: float = 0.075
    initial_over_maintenance: float = 1.05
    """The initial margin of an option is at least this many times its maintenance margin."""

    is_bounded_by_payoff: bool = True
    unpaired_initial: float = 1.2
    unpaired_maintenance: float = 1.1
    """Shares of the forward, for each call sold beyond those held."""


DERIVE: Final = Parameters()
DERIBIT: Final = Parameters(initial_over_maintenance=1.0, is_bounded_by_payoff=False)


@dataclass(frozen=True, slots=True)
class Margin:
    """What a portfolio needs to open a position, and to keep it."""

    initial: float
    maintenance: float

    @classmethod
    def total(cls, margins: Iterable[Margin]) -> Margin:
        """The sum: of short options, or of groups of one underlying and expiry, which do not offset each other."""
        listed = list(margins)
        return cls(
            initial=math.fsum(margin.initial for margin in listed),
            maintenance=math.fsum(margin.maintenance for margin in listed),
        )


def standard_margin(
    legs: Sequence[Leg], index: float, forward: float, years: float, parameters: Parameters = DERIVE
) -> Margin:
    """The margin of legs of one underlying and expiry, in the unit of the index. Raises as `isolated_margin` does."""
    isolated = Margin.total(isolated_margin(leg, index, forward, years, parameters) for leg in legs if leg.size < 0)
    if not parameters.is_bounded_by_payoff:
        return isolated
    worst = worst_loss(legs)
    unpaired = max(0.0, -sum(leg.size for leg in legs if leg.kind is OptionKind.CALL)) * forward
    return Margin(
        initial=min(isolated.initial, worst + unpaired * parameters.unpaired_initial),
        maintenance=min(isolated.maintenance, worst + unpaired * parameters.unpaired_maintenance),
    )


def isolated_margin(leg: Leg, index: float, forward: float, years: float, parameters: Parameters = DERIVE) -> Margin:
    """The margin of one short option by itself, in the unit of the index.

    Raises `PricingError` for an index that is not finite and positive, and as `price` does.
    """
    if not math.isfinite(index) or index <= 0:
        raise PricingError(f"index is {index}: it must be finite and positive")
    size = abs(leg.size)
    mark = price(leg.kind, forward, leg.strike, years, leg.volatility)
    out_of_the_money = max(0.0, leg.kind.sign * (leg.strike - index)) / index
    maintenance = parameters.maintenance * index
    if leg.kind is OptionKind.PUT:
        maintenance = max(maintenance, parameters.maintenance_of_put_mark * mark)
    share = max(parameters.initial - out_of_the_money, parameters.initial_floor)
    kept = maintenance + mark
    return Margin(
        initial=size * max(share * index + mark, parameters.initial_over_maintenance * kept), maintenance=size * kept
    )


def worst_loss(legs: Sequence[Leg]) -> float:
    """The largest loss at expiry if the underlying settles at 0 or at a strike, 0 if there is none.

    Between those the payoff is linear, and beyond the last strike only calls sold beyond those held lose more.
    """
    prices = [0.0, *(leg.strike for leg in legs)]
    return max(0.0, *(-math.fsum(leg.payoff(settlement) for leg in legs) for settlement in prices))
