"""For every rule of a batch, batches at its boundary: the last that passes, and the first that is refused.

Each case works with three accounts of its own, so that two cases fit into one batch.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final, TypeAlias

from primitives.babyjubjub import SUBGROUP_ORDER
from primitives.eddsa import Signature
from rollup import errors
from rollup.errors import RuleBroken
from rollup.parameters import MAINTENANCE_WEIGHT
from rollup.types.batches import Batch
from rollup.types.orders import Cancel, SignedOperation, Transfer
from rollup.types.transactions import Deposit, ForcedCloseOut, ForcedWithdrawal, Registration, Settlement
from rollup.units import INSURANCE_ACCOUNT
from tests.support.rollup import (
    CONTRACT,
    HIGH,
    LIVE,
    MAKER_PPM,
    MARK,
    NOW,
    OTHER,
    RICH,
    SETTLED,
    TAKER_PPM,
    World,
    liquidation_of,
    public_key,
    trade_of,
)

Sections: TypeAlias = dict[str, tuple[Any, ...]]


@dataclass(frozen=True)
class Cast:
    """Who plays in a case: three funded accounts, and an id that is free."""

    world: World
    a: int
    b: int
    c: int
    new: int

    def buyer(self, **changes: Any) -> Any:
        return self.world.order(self.a, "buy", **changes)

    def seller(self, **changes: Any) -> Any:
        return self.world.order(self.b, "sell", **changes)

    def trade(self, buyer: dict[str, Any] | None = None, seller: dict[str, Any] | None = None, **how: Any) -> Sections:
        return {"trades": (trade_of(self.buyer(**(buyer or {})), self.seller(**(seller or {})), **how),)}

    def liquidation(self, size_e4: int = CONTRACT, price_e2: int = MARK, **how: Any) -> Sections:
        """C sells to B, who is short, what B needs."""
        order = self.world.order(self.c, "sell", size_e4=size_e4, limit_price_e2=min(price_e2, MARK))
        return {"liquidations": (liquidation_of(order, self.b, price_e2, **how),)}

    def short(self, cash_e6: int, size_e4: int = CONTRACT) -> None:
        """B is short: initial margin 30 million, maintenance 25, worth 10, for one contract."""
        self.world.put(self.b, cash_e6, {0: (LIVE, -size_e4)})


@dataclass(frozen=True)
class Case:
    """`build` sets the cast's accounts up and gives what happens; broken or not differ by one unit where one can."""

    name: str
    rule: type[RuleBroken]
    build: Callable[[Cast, bool], Sections]

    def batch(self, world: World, broken: bool) -> Batch:
        """Alone in a world."""
        return world.batch(**self.build(cast(world), broken))

    def build_only(self, world: World) -> None:
        """The accounts of the batch that passes, without the batch."""
        self.build(cast(world), False)


CASES: Final[list[Case]] = []
INITIAL = HIGH * CONTRACT
MAINTENANCE = (MARK + MAINTENANCE_WEIGHT * HIGH) * CONTRACT // (MAINTENANCE_WEIGHT + 1)
SHORT_CASH = MAINTENANCE - 1


def cast(world: World, which: int = 0) -> Cast:
    """The first three accounts after the venue's own, or the next three."""
    first = 2 + 3 * which
    return Cast(world, first, first + 1, first + 2, world.accounts + which)


def case(rule: type[RuleBroken]) -> Callable[[Callable[[Cast, bool], Sections]], Callable[[Cast, bool], Sections]]:
    """Adds a case under the function's name."""

    def add(build: Callable[[Cast, bool], Sections]) -> Callable[[Cast, bool], Sections]:
        CASES.append(Case(build.__name__, rule, build))
        return build

    return add


# -- what a transaction says of itself ---------------------------------------------------------------------------------


@case(errors.OwnCounterparty)
def trade_with_oneself(who: Cast, broken: bool) -> Sections:
    taker = who.world.order(who.a if broken else who.b, "sell", slot=1)
    return {"trades": (trade_of(who.buyer(), taker, slots=(0, 1)),)}


@case(errors.OwnCounterparty)
def transfer_to_oneself(who: Cast, broken: bool) -> Sections:
    return {"operations": (who.world.operation(Transfer(who.a, 0, 1, who.a if broken else who.b, 5)),)}


@case(errors.OwnCounterparty)
def liquidation_by_oneself(who: Cast, broken: bool) -> Sections:
    who.short(SHORT_CASH)
    order = who.world.order(who.b if broken else who.c, "sell")
    return {"liquidations": (liquidation_of(order, who.b, liquidator_position_slot=1),)}


@case(errors.OwnCounterparty)
def forced_close_out_of_the_fund_itself(who: Cast, broken: bool) -> Sections:
    who.world.put(who.a, RICH, {0: (LIVE, 5)})
    return {"queue": (ForcedCloseOut(INSURANCE_ACCOUNT if broken else who.a, 0, LIVE),)}


@case(errors.SeriesMismatch)
def orders_of_two_series(who: Cast, broken: bool) -> Sections:
    return who.trade(seller={"series_id": OTHER if broken else LIVE})


@case(errors.SidesNotOpposite)
def two_buyers(who: Cast, broken: bool) -> Sections:
    return {"trades": (trade_of(who.buyer(), who.world.order(who.b, "buy" if broken else "sell")),)}


@case(errors.SidesNotOpposite)
def two_sellers(who: Cast, broken: bool) -> Sections:
    return {"trades": (trade_of(who.world.order(who.a, "sell" if broken else "buy"), who.seller()),)}


@case(errors.LimitViolated)
def buyer_pays_more(who: Cast, broken: bool) -> Sections:
    return who.trade(buyer={"limit_price_e2": MARK - broken})


@case(errors.LimitViolated)
def seller_gets_less(who: Cast, broken: bool) -> Sections:
    return who.trade(seller={"limit_price_e2": MARK + broken})


@case(errors.OrderExpired)
def last_second_of_maker(who: Cast, broken: bool) -> Sections:
    return who.trade(buyer={"expiry_s": NOW - broken})


@case(errors.OrderExpired)
def last_second_of_taker(who: Cast, broken: bool) -> Sections:
    return who.trade(seller={"expiry_s": NOW - broken})


@case(errors.FeeAboveCap)
def cap_of_maker(who: Cast, broken: bool) -> Sections:
    return who.trade(buyer={"max_fee_ppm": MAKER_PPM - broken})


@case(errors.FeeAboveCap)
def cap_of_taker(who: Cast, broken: bool) -> Sections:
    return who.trade(seller={"max_fee_ppm": TAKER_PPM - broken})


@case(errors.FeeAboveCap)
def cap_of_liquidator(who: Cast, broken: bool) -> Sections:
    who.short(SHORT_CASH)
    order = who.world.order(who.c, "sell", max_fee_ppm=TAKER_PPM - broken)
    return {"liquidations": (liquidation_of(order, who.b),)}


# -- accounts and signatures -------------------------------------------------------------------------------------------


@case(errors.UnknownAccount)
def deposit_before_registration(who: Cast, broken: bool) -> Sections:
    first = () if broken else (Registration(who.new, 0, public_key(who.new)),)
    return {"queue": (*first, Deposit(who.new, 5))}


@case(errors.UnknownAccount)
def order_of_nobody(who: Cast, broken: bool) -> Sections:
    return {"trades": (trade_of(who.buyer(), who.world.order(who.new if broken else who.b, "sell")),)}


@case(errors.UnknownAccount)
def transfer_to_nobody(who: Cast, broken: bool) -> Sections:
    return {"operations": (who.world.operation(Transfer(who.a, 0, 1, who.new if broken else who.b, 5)),)}


@case(errors.UnknownAccount)
def forced_request_of_nobody(who: Cast, broken: bool) -> Sections:
    return {"queue": (ForcedWithdrawal(who.new if broken else who.a, 5),)}


@case(errors.UnknownAccount)
def settlement_of_nobody(who: Cast, broken: bool) -> Sections:
    who.world.put(who.a, RICH, {0: (SETTLED, 7)})
    return {"settlements": (Settlement(who.new if broken else who.a, 0, SETTLED),)}


@case(errors.AlreadyRegistered)
def id_given_out_before(who: Cast, broken: bool) -> Sections:
    return {"queue": (Registration(who.a if broken else who.new, 5, public_key(who.new)),)}


@case(errors.AlreadyRegistered)
def id_given_out_to_two(who: Cast, broken: bool) -> Sections:
    second = Registration(who.new, 5, public_key(who.a)) if broken else Deposit(who.new, 5)
    return {"queue": (Registration(who.new, 5, public_key(who.new)), second)}


@case(errors.BadSignature)
def signature_plus_the_order_of_the_group(who: Cast, broken: bool) -> Sections:
    signed = who.seller()
    shifted = Signature(signed.signature.r, signed.signature.s + SUBGROUP_ORDER * broken)
    return {"trades": (trade_of(who.buyer(), replace(signed, signature=shifted)),)}


@case(errors.BadSignature)
def operation_signed_by_another(who: Cast, broken: bool) -> Sections:
    signed = who.world.operation(Cancel(who.a, 0, 1))
    if broken:
        signed = SignedOperation(Cancel(who.b, 0, 1), signed.signature)
    return {"operations": (signed,)}


@case(errors.BadSignature)
def liquidator_signed_something_else(who: Cast, broken: bool) -> Sections:
    who.short(SHORT_CASH)
    signed = who.world.order(who.c, "sell")
    order = replace(signed.order, limit_price_e2=MARK - broken)
    return {"liquidations": (liquidation_of(replace(signed, order=order), who.b),)}
