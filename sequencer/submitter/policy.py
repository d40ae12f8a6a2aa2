"""How patient, how generous and how sure the submitter is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

MOST_PROOFS: Final = 8
TRANSACTION_GAS_LIMIT: Final = 1 << 24
"""Of one transaction, by EIP-7825."""

GWEI: Final = 10**9


@dataclass(frozen=True, slots=True)
class FeePolicy:
    """What is offered for gas, and how it is raised.

    A replacement offers at least an eighth more than before (nodes want a tenth), after `patience_blocks` without
    inclusion; never more than `most_wei`. `usual_tip_wei` is the most that is believed of a node that is asked what
    to offer whoever makes the block; only replacements offer more.
    """

    most_wei: int = 500 * GWEI
    usual_tip_wei: int = 5 * GWEI
    base_fee_factor: int = 2
    patience_blocks: int = 3


@dataclass(frozen=True, slots=True)
class SubmitterPolicy:
    """`confirmations`: blocks that must stand on a block before what is in it counts as final: 0 on a local chain.

    `proof_patience_s`: how long a batch waits for its proof, to be committed and proven in one transaction.
    `receipt_patience_s`: how long a used nonce may be without a receipt before somebody else must have used it.
    `time_margin_s`: how old reports and batches must be before they are sent, where the blocks of a reorganisation can
    be older than those that they replace.
    `head_patience_s`: how long nodes may be behind a block that was seen before the chain counts as shorter now.
    `resend_s` and `look_again_s`: how often nodes are asked for a transaction that they may not, or do, have.
    `most_tries`: how often one thing may fail before it is left alone, with an alarm, until L1 has moved.
    `most_in_flight`: transactions that wait to be mined at the same time.
    """

    confirmations: int = 12
    fees: FeePolicy = FeePolicy()
    proof_patience_s: float = 10.0
    receipt_patience_s: float = 60.0
    time_margin_s: float = 0.0
    head_patience_s: float = 30.0
    resend_s: float = 1.0
    look_again_s: float = 15.0
    most_tries: int = 5
    most_in_flight: int = 4
    most_proofs: int = MOST_PROOFS
    gas_margin_percent: int = 20
