"""Who signs: Ethereum accounts, and how many of them it takes. Signatures are EIP-712, as the contract checks them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sequencer.l1.reports import (
    OracleDomain,
    Report,
    TypedMessage,
    recovered_signer,
    report_message,
    settlement_message,
    sign_message,
)
from sequencer.oracles.errors import BadCommittee, BadSignature, OracleError, QuorumMissing
from sequencer.oracles.medians import is_near, middle
from sequencer.oracles.readings import Reading

if TYPE_CHECKING:
    from eth_account.signers.local import LocalAccount

MOST_SIGNERS: Final = 16
MOST_SPREAD_PPM: Final = 10_000
"""Of the prices behind one settlement: the contract's 1 %."""

_READING: Final = [{"name": "timeS", "type": "uint256"}, {"name": "content", "type": "bytes"}]


@dataclass(frozen=True, slots=True)
class Committee:
    """The signers, ascending, of whom `threshold` must agree: more than half. Raises `BadCommittee`."""

    signers: tuple[str, ...]
    threshold: int
    domain: OracleDomain

    def __post_init__(self) -> None:
        numbers = [int(signer, 16) for signer in self.signers]
        if numbers != sorted(set(numbers)):
            raise BadCommittee("signers must ascend, each once")
        if not self.threshold <= len(numbers) < 2 * self.threshold or len(numbers) > MOST_SIGNERS:
            raise BadCommittee(f"{self.threshold} of {len(numbers)} is no majority of at most {MOST_SIGNERS}")

    def signer(self, message: TypedMessage, signature: bytes, what: str) -> str:
        """Whose signature it is. Raises `BadSignature` unless a signer's."""
        recovered = recovered_signer(self.domain, message, signature)
        if recovered not in self.signers:
            raise BadSignature(what, recovered)
        return recovered

    def require_signer(self, address: str, message: TypedMessage, signature: bytes) -> None:
        """Raises `BadSignature` unless this very signer's."""
        if self.signer(message, signature, f"oracle {address}") != address:
            raise BadSignature(f"oracle {address}", "another oracle")

    def require_report(self, report: Report, signatures: Sequence[bytes]) -> None:
        """What the contract asks of a report's signatures. Raises `BadSignature`, `QuorumMissing`."""
        message = report_message(report)
        found = [self.signer(message, signature, "a report") for signature in signatures]
        self._require_ascending(found, "the report")

    def settlement_price_e2(self, underlying: int, expiry_s: int, observations: Sequence[tuple[int, bytes]]) -> int:
        """What the contract makes of observations, pairs of price_e2 and signature.

        Raises `BadSignature`, `QuorumMissing`, also for prices further apart than the contract allows.
        """
        found = [
            self.signer(settlement_message(underlying, expiry_s, price_e2), signature, "a settlement price")
            for price_e2, signature in observations
        ]
        what = f"the price of underlying {underlying} at {expiry_s}"
        self._require_ascending(found, what)
        prices = [price_e2 for price_e2, _ in observations]
        if not is_near(min(prices), max(prices), MOST_SPREAD_PPM):
            raise QuorumMissing(f"{what}, {min(prices)} to {max(prices)},", 0, self.threshold, {})
        return middle(prices)

    def _require_ascending(self, found: Sequence[str], what: str) -> None:
        numbers = [int(signer, 16) for signer in found]
        if numbers != sorted(set(numbers)):
            raise BadSignature(what, "a signer twice, or out of order")
        if len(numbers) < self.threshold:
            raise self.lacking(what, found, {})

    def lacking(self, what: str, have: Sequence[str], problems: Mapping[str, OracleError]) -> QuorumMissing:
        """Too few stand behind something."""
        return QuorumMissing(what, len(have), self.threshold, problems)


@dataclass(frozen=True, slots=True)
class SignedReading:
    """A reading, and the signature of the oracle whose it is: nobody can say it in its place."""

    reading: Reading
    signature: bytes


def reading_message(reading: Reading) -> TypedMessage:
    """What an oracle signs of its reading, for the other oracles alone."""
    return TypedMessage({"Reading": _READING}, {"timeS": reading.time_s, "content": reading.encoded()})


def sign_reading(signer: LocalAccount, domain: OracleDomain, reading: Reading) -> SignedReading:
    """With the oracle's key."""
    return SignedReading(reading, sign_message(signer, domain, reading_message(reading)))
