"""Transactions: fees, signing, waiting, and why one failed."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

from sequencer.l1 import receipts
from sequencer.l1.binding import Binding, Call, Deployment
from sequencer.l1.client import Chain
from sequencer.l1.errors import BadAnswer, InsufficientFunds, NotMined, OutOfGas, RpcRefused, TransactionFailed
from sequencer.l1.receipts import Receipt, Transaction, hex_bytes
from sequencer.l1.reverts import ContractReverted

if TYPE_CHECKING:
    from eth_account.signers.local import LocalAccount

B = TypeVar("B", bound=Binding)
BASE_FEE_FACTOR: Final = 2
"""How much the base fee may rise before a transaction is stuck: it doubles in six full blocks."""

GAS_MARGIN_PERCENT: Final = 10
"""Added to the estimate, for a state that changes before the transaction comes to its turn."""

WAIT_S: Final = 180.0
FIRST_POLL_S: Final = 0.01
SLOWEST_POLL_S: Final = 2.0


@dataclass(frozen=True, slots=True)
class Deployed(Generic[B]):
    """A new contract, and the transaction that made it."""

    contract: B
    receipt: Receipt


class TransactionReverted(ContractReverted):
    """A transaction that is in a block, paid for, and did nothing. `error` is what the contract said."""

    NOTICE = "A transaction reached the chain and reverted; its gas is spent."

    def __init__(self, transaction_hash: bytes, gas_used: int, error: Exception) -> None:
        super().__init__(transaction=transaction_hash, gas_used=gas_used, error=str(error))
        self.transaction_hash = transaction_hash
        self.gas_used = gas_used
        self.error = error


class Sender:
    """Sends transactions of one account. Not for two threads or programs at once: they would take the same nonces."""

    def __init__(self, chain: Chain, account: LocalAccount) -> None:
        self.chain = chain
        self.account = account

    @property
    def address(self) -> str:
        """The account's."""
        return str(self.account.address)

    def send(self, call: Call[Any], *, gas_limit: int | None = None, wait_s: float = WAIT_S) -> Receipt:
        """Signs and sends a call, and returns when it is in a block.

        Without `gas_limit` it is tried first: one that would revert raises the contract's error and costs nothing.
        Raises `ContractReverted`, `TransactionReverted` when it did so on the chain, `NoContract`,
        `InsufficientFunds`, `OutOfGas`, `NotMined` and `RpcRefused`.
        """
        self.chain.require_code(call.to)
        submitted = self.submit(call, gas_limit=gas_limit)
        return self.wait(submitted, call, wait_s=wait_s)

    def deploy(self, deployment: Deployment[B], *, wait_s: float = WAIT_S) -> Deployed[B]:
        """Creates a contract. Raises as `send`."""
        receipt = self.wait(self.submit(deployment), deployment, wait_s=wait_s)
        if receipt.created is None:
            raise BadAnswer(self.chain.url, "the creation of a contract without its address")
        return Deployed(deployment.binding(self.chain, receipt.created), receipt)

    def submit(self, call: Call[Any] | Deployment[Any], *, gas_limit: int | None = None) -> Transaction:
        """Signs and sends, without waiting; for a call whose contract is known to be there. Raises as `send`."""
        request = self._request(call)
        limit = self._estimate(request, call.errors) if gas_limit is None else gas_limit
        nonce = self.chain.quantity("eth_getTransactionCount", self.address, "pending")
        raw = self._signed(request, limit, nonce)
        try:
            answer = self.chain.rpc("eth_sendRawTransaction", "0x" + raw.hex())
        except RpcRefused as refusal:
            raise _refused(refusal, self.address) from refusal
        to = call.to if isinstance(call, Call) else None
        value = call.value_wei if isinstance(call, Call) else 0
        return Transaction(hex_bytes(answer), self.address, to, call.data, value, limit, nonce, None)

    def wait(self, transaction: Transaction, call: Call[Any] | Deployment[Any], *, wait_s: float = WAIT_S) -> Receipt:
        """The receipt, when the transaction is in a block. Raises `NotMined`, `TransactionReverted`, `OutOfGas`."""
        deadline = time.monotonic() + wait_s
        pause = FIRST_POLL_S
        while (answer := self.chain.rpc("eth_getTransactionReceipt", "0x" + transaction.hash.hex())) is None:
            if time.monotonic() > deadline:
                raise NotMined(transaction.hash, wait_s)
            time.sleep(pause)
            pause = min(2 * pause, SLOWEST_POLL_S)
        receipt = receipts.receipt(self.chain.url, answer, transaction)
        if int(answer["status"], 16) != 1:
            raise self._why(transaction, receipt, call)
        return receipt

    def _request(self, call: Call[Any] | Deployment[Any]) -> dict[str, str]:
        request = {"from": self.address, "data": "0x" + call.data.hex()}
        if isinstance(call, Call):
            request |= {"to": call.to, "value": hex(call.value_wei)}
        return request

    def _estimate(self, request: dict[str, str], errors: tuple[type[ContractReverted], ...]) -> int:
        try:
            estimate = self.chain.quantity("eth_estimateGas", request)
        except RpcRefused as refusal:
            raise _refused(refusal, self.address, self.chain.reverted(refusal, errors)) from refusal
        return estimate + estimate * GAS_MARGIN_PERCENT // 100

    def _signed(self, request: dict[str, str], gas_limit: int, nonce: int) -> bytes:
        """By EIP-1559."""
        tip = self.chain.quantity("eth_maxPriorityFeePerGas")
        base_fee = int(self.chain.rpc("eth_getBlockByNumber", "latest", False)["baseFeePerGas"], 16)
        transaction: dict[str, Any] = {
            "type": 2,
            "chainId": self.chain.chain_id,
            "nonce": nonce,
            "gas": gas_limit,
            "maxFeePerGas": BASE_FEE_FACTOR * base_fee + tip,
            "maxPriorityFeePerGas": tip,
            "value": int(request.get("value", "0x0"), 16),
            "data": request["data"],
        }
        if "to" in request:
            transaction["to"] = bytes.fromhex(request["to"][2:])
        return bytes(self.account.sign_transaction(transaction).raw_transaction)

    def _why(self, transaction: Transaction, receipt: Receipt, call: Call[Any] | Deployment[Any]) -> Exception:
        """The contract's error, by doing it again on the state before the block, and on that after it."""
        request = {**self._request(call), "gas": hex(transaction.gas_limit)}
        for block in (receipt.block_number - 1, receipt.block_number):
            try:
                self.chain.rpc("eth_call", request, hex(block))
            except RpcRefused as refusal:
                error = self.chain.reverted(refusal, call.errors)
                if isinstance(error, ContractReverted):
                    return TransactionReverted(transaction.hash, receipt.gas.used, error)
        if receipt.gas.used >= transaction.gas_limit:
            return OutOfGas(transaction.hash, transaction.gas_limit)
        return TransactionFailed(transaction.hash, receipt.gas.used)


def _refused(refusal: RpcRefused, address: str, error: Exception | None = None) -> Exception:
    """A node's refusal by name, as far as its words are known."""
    if "insufficient funds" in refusal.message.lower():
        return InsufficientFunds(address, refusal.message)
    return refusal if error is None else error
