"""What stands for proofs and words on the simulated chain, and what a transaction means."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import Any, Final

from primitives.field import FR
from sequencer.l1.bindings import clearing_house as ch
from sequencer.l1.bindings import oracle as orc
from sequencer.l1.bindings.i_batch_verifier import IBatchVerifier
from sequencer.l1.bindings.structs import Batch, Commitment
from sequencer.submitter.work import BatchToSend

HOUSE: Final = "0x1000000000000000000000000000000000000001"
ORACLE: Final = "0x2000000000000000000000000000000000000002"
VERIFIER: Final = "0x3000000000000000000000000000000000000003"
OPERATOR: Final = "0x4000000000000000000000000000000000000004"
STRANGER: Final = "0x5000000000000000000000000000000000000005"
KEY_DIGEST: Final = bytes(range(32))


def toy_point(given: Commitment, previous_root: int, risk_root: int, queue_words: list[int]) -> int:
    """Binds all that the words of a batch say."""
    told = repr((given.digest, given.state_root, given.words, previous_root, risk_root, queue_words))
    return int.from_bytes(hashlib.sha256(told.encode()).digest(), "big") % FR


def toy_proof(digest: int, point: int) -> tuple[int, ...]:
    return (digest, point, 0, 0, 0, 0, 0, 0)


def toy_payouts(given: Commitment) -> tuple[int, ...]:
    """The last byte of the words says how many."""
    return tuple(given.digest % 1000 + i for i in range(given.words[-1] % 3))


def meaning_of(to: str, data: bytes) -> str:
    """What a transaction is for, as the test sees it: by calldata alone."""
    if not data:
        return "cancel"
    name, given = decoded(to, data)
    match name:
        case "report":
            return f"report {given['time_s']}"
        case "settle":
            return f"settle {given['underlying']}-{given['expiry_s']}"
        case "commitBatch" | "commitAndProve":
            return f"{name} {BatchToSend(0, given['given'], 0).header_number}"
        case "proveBatches":
            return f"{name} {given['batches'][0].number}-{given['batches'][-1].number}"
        case "executeBatch":
            return f"{name} {given['batch'].number}"
        case _:
            return f"{name} {given['last']}"


def structs_in(to: str, data: bytes) -> list[Batch]:
    """Batches of L1 that a transaction brings along."""
    if not data or to != HOUSE:
        return []
    name, given = decoded(to, data)
    match name:
        case "commitBatch" | "commitAndProve":
            return [given["previous"]]
        case "proveBatches":
            return list(given["batches"])
        case "executeBatch":
            return [given["batch"]]
        case _:
            return [given["overdue"]]


def function_in(to: str, data: bytes) -> Any:
    kind = {HOUSE: ch.ClearingHouse, ORACLE: orc.Oracle, VERIFIER: IBatchVerifier}[to]
    return kind.function_of(data)


@lru_cache(maxsize=4096)
def decoded(to: str, data: bytes) -> tuple[str, dict[str, Any]]:
    function = function_in(to, data)
    return function.signature.split("(")[0], function.decode_arguments(data)
