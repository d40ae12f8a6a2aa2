"""Who says so: the account's key must have signed exactly this message."""

from __future__ import annotations

from collections.abc import Sequence

from primitives.babyjubjub import Point
from rollup.crypto import Claim, Crypto
from rollup.errors import BadSignature
from rollup.types.orders import Domain, SignedOperation, SignedOrder, operation_message_inputs


class SignatureCheck:
    """Messages of one deployment."""

    def __init__(self, crypto: Crypto, domain: Domain) -> None:
        self.crypto, self.domain = crypto, domain

    def require(self, signed: Sequence[SignedOrder | SignedOperation], keys: Sequence[Point]) -> None:
        """Raises `BadSignature` for the first that its key did not sign."""
        claims = [Claim(key, self._inputs(one), one.signature) for one, key in zip(signed, keys, strict=True)]
        for one, good in zip(signed, self.crypto.verify_many(claims), strict=True):
            if not good:
                account = one.order.account if isinstance(one, SignedOrder) else one.operation.account
                raise BadSignature("order" if isinstance(one, SignedOrder) else "operation", account=account)

    def _inputs(self, signed: SignedOrder | SignedOperation) -> tuple[int, int]:
        if isinstance(signed, SignedOrder):
            return signed.order.message_inputs(self.domain)
        return operation_message_inputs(signed.operation, self.domain)
