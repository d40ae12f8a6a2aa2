"""What holds for an order wherever it is filled."""

from __future__ import annotations

from rollup.errors import FeeAboveCap, LimitViolated, OrderExpired
from rollup.ledger import Holding, Ledger
from rollup.transition.bench import Bench, fill_of
from rollup.types.orders import SignedOrder
from rollup.units import FEE_ACCOUNT, MILLION


def fee_of(premium_e6: int, rate_ppm: int) -> int:
    """The fee on a premium, rounded up, in `_e6`."""
    return -(-premium_e6 * rate_ppm // MILLION)


def fill_order(
    bench: Bench, signed: SignedOrder, price_e2: int, size_e4: int, position_slot: int, rate_ppm: int, where: str
) -> None:
    """Fills an order: posts premium, fee and size, and takes the size off what is left of it.

    Broken rules: `LimitViolated`, `OrderExpired`, `FeeAboveCap`, `UnknownAccount`, `BadSignature`.
    """
    order, referee = signed.order, bench.referee
    within = price_e2 <= order.limit_price_e2 if order.is_buy else price_e2 >= order.limit_price_e2
    referee.require(within, LimitViolated, where, price_e2=price_e2, limit_price_e2=order.limit_price_e2)
    referee.require(bench.batch.time_s <= order.expiry_s, OrderExpired, where, expiry_s=order.expiry_s)
    referee.require(rate_ppm <= order.max_fee_ppm, FeeAboveCap, where, rate_ppm=rate_ppm, cap_ppm=order.max_fee_ppm)
    if bench.known(order.account, where) is not None:
        bench.check_signature(signed, order.account, where)
    post_fill(
        bench.ledger, order.account, Holding(position_slot, order.series_id), order.sign * size_e4, price_e2, rate_ppm
    )
    bench.fills.append(fill_of(order, size_e4, where))


def post_fill(ledger: Ledger, account: int, holding: Holding, amount_e4: int, price_e2: int, rate_ppm: int) -> None:
    """Posts size, premium and fee: `amount_e4` is above 0 for who buys."""
    ledger.exchange(account, holding, amount_e4, price_e2)
    ledger.pay(account, FEE_ACCOUNT, fee_of(price_e2 * abs(amount_e4), rate_ppm))
