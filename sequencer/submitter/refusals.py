"""What nodes say when they do not take a transaction: each program has words of its own, and codes mean nothing."""

from __future__ import annotations

from typing import Final

from sequencer.l1.errors import RpcRefused
from sequencer.submitter.chain_types import SendAnswer, SendResult

WORDS: Final[tuple[tuple[SendAnswer, tuple[str, ...]], ...]] = (
    (SendAnswer.KNOWN, ("already known", "already imported", "known transaction", "alreadyknown", "already exists")),
    (SendAnswer.UNDERPRICED, ("underpriced", "feetoolow", "fee too low", "less than block base fee", "replacement")),
    (SendAnswer.NONCE_TOO_LOW, ("nonce too low", "oldnonce", "nonce is too low", "invalid nonce; too low")),
    (SendAnswer.NONCE_TOO_HIGH, ("nonce too high", "noncegap", "nonce gap", "nonce is too high", "too distant")),
    (SendAnswer.NO_FUNDS, ("insufficient funds", "insufficientfunds", "upfront cost exceeds", "insufficient balance")),
)
"""Of geth, erigon, nethermind, besu, reth and anvil."""


def send_answer(refusal: RpcRefused | None) -> SendResult:
    """What a refusal means; none is acceptance."""
    if refusal is None:
        return SendResult(SendAnswer.ACCEPTED)
    said = refusal.message.lower()
    for answer, words in WORDS:
        if any(word in said for word in words):
            return SendResult(answer, refusal.message)
    return SendResult(SendAnswer.REFUSED, refusal.message)
