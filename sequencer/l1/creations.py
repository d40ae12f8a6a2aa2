"""How contracts came to be: the transactions that created them, with code and arguments of the constructor.

Code on the chain says what a contract does from now on; only its creation says what it began with.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from sequencer.l1.abi_codec import decode
from sequencer.l1.abi_types import AbiType
from sequencer.l1.client import Chain
from sequencer.l1.contract_build import ContractBuild
from sequencer.l1.errors import BadEncoding
from sequencer.l1.receipts import hex_bytes

MOST_BLOCKS: Final = 4_096
"""How far after the deployment's first block creations are looked for."""


def creations(chain: Chain, addresses: Iterable[str], first_block: int) -> dict[str, bytes]:
    """Address (lower case) -> data of the transaction that created it, for those found.

    Looks into blocks after `first_block` until all are found, and at most into `MOST_BLOCKS`. A contract that another
    contract created is not found.
    """
    wanted = {address.lower() for address in addresses}
    found: dict[str, bytes] = {}
    for block in range(first_block, min(chain.block_number(), first_block + MOST_BLOCKS) + 1):
        if wanted == found.keys():
            break
        answer = chain.rpc("eth_getBlockByNumber", hex(block), True)
        for transaction in answer["transactions"] if answer else ():
            if transaction.get("to") is None:
                address = _created(chain, transaction["hash"])
                if address in wanted:
                    found[address] = hex_bytes(transaction["input"])
    return found


def constructor_arguments(build: ContractBuild, kinds: Iterable[AbiType], data: bytes | None) -> tuple[Any, ...] | None:
    """What a creation by this build's code was given; None when it was by other code, or is not known."""
    if data is None or not data.startswith(build.creation_code):
        return None
    try:
        return decode(tuple(kinds), data[len(build.creation_code) :])
    except BadEncoding:
        return None


def _created(chain: Chain, transaction_hash: str) -> str:
    receipt = chain.rpc("eth_getTransactionReceipt", transaction_hash)
    succeeded = receipt is not None and int(receipt["status"], 16) == 1
    return str(receipt["contractAddress"]).lower() if succeeded else ""
