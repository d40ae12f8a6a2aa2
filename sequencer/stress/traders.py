"""Keys and signatures of simulated traders, and what they send."""

from __future__ import annotations

from typing import Final

from primitives.babyjubjub import Point
from rollup.crypto import hash_one
from rollup.types.orders import Domain, Order, SignedOrder
from rollup.types.transactions import Registration
from sequencer.markets.collateral import PlannedTrade
from sequencer.markets.intents import CancelIntent, Intent, Nonces
from sequencer.matching import OrderRequest, QuoteLeg
from sequencer.messages import CancelOrder, Message, PlaceOrder, TakeQuote
from sequencer.native_crypto import NativeCrypto

MAX_FEE_PPM: Final = 1_000
FIRST_SECRET: Final = 0x57E55
SECRET_BYTES: Final = 32
OPENING_LIFETIME_S: Final = 3_600


class Traders:
    """One key for each account, worth nothing but in a simulation."""

    def __init__(self, crypto: NativeCrypto, domain: Domain) -> None:
        self._crypto, self._domain = crypto, domain

    def registration(self, account: int, amount_e6: int) -> Registration:
        """As L1 would have it."""
        return Registration(account, amount_e6, self.key(account))

    def key(self, account: int) -> Point:
        """The public one."""
        return self._crypto.public_key(self._secret(account))

    def message(self, intent: Intent) -> Message:
        """Signed, if it is an order."""
        if isinstance(intent, CancelIntent):
            return CancelOrder(intent.account, intent.slot, intent.nonce)
        signed = self._signed(intent.order(MAX_FEE_PPM))
        return PlaceOrder(OrderRequest(signed, intent.time_in_force, intent.post_only, intent.reduce_only))

    def opening(self, trade: PlannedTrade, nonces: Nonces) -> Message:
        """Both sides of a position that is there from the beginning, as a quote that was accepted."""
        signed = []
        for account, bought_e4, _ in trade.sides:
            slot = nonces.slot(account)
            order = Order(
                account,
                trade.series_id,
                bought_e4 > 0,
                trade.price_e2,
                trade.size_e4,
                MAX_FEE_PPM,
                trade.time_s + OPENING_LIFETIME_S,
                slot,
                nonces.next(account, slot),
            )
            signed.append(self._signed(order))
        return TakeQuote((QuoteLeg(signed[0], signed[1], trade.price_e2, trade.size_e4),))

    def _signed(self, order: Order) -> SignedOrder:
        message = hash_one(self._crypto, order.message_inputs(self._domain))
        return SignedOrder(order, self._crypto.sign(self._secret(order.account), message))

    def _secret(self, account: int) -> bytes:
        return (FIRST_SECRET + account).to_bytes(SECRET_BYTES, "big")
