"""Signs by an account of eth_account."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sequencer.submitter.port import SignedTransaction, UnsignedTransaction

if TYPE_CHECKING:
    from eth_account.signers.local import LocalAccount


class AccountSigner:
    """A `Signer`. Signatures are deterministic (RFC 6979). About 5 ms each."""

    def __init__(self, account: LocalAccount) -> None:
        self._account = account

    @property
    def address(self) -> str:
        """The account's."""
        return str(self._account.address)

    def sign(self, transaction: UnsignedTransaction) -> SignedTransaction:
        """By EIP-1559."""
        fields: dict[str, Any] = {
            "type": 2,
            "chainId": transaction.chain_id,
            "nonce": transaction.nonce,
            "gas": transaction.gas_limit,
            "maxFeePerGas": transaction.most_fee_wei,
            "maxPriorityFeePerGas": transaction.tip_wei,
            "value": 0,
            "data": "0x" + transaction.data.hex(),
            "to": bytes.fromhex(transaction.to[2:]),
        }
        signed = self._account.sign_transaction(fields)
        return SignedTransaction(bytes(signed.raw_transaction), bytes(signed.hash))
