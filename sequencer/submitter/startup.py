"""Before anything is sent: whether this is the chain, the contracts, the key and the history that we think."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from sequencer.l1.bindings.clearing_house import ClearingHouse, WrongKey
from sequencer.l1.bindings.i_batch_verifier import IBatchVerifier
from sequencer.l1.deployment import RollupDeployment
from sequencer.l1.errors import NoContract, WrongChainId
from sequencer.submitter.errors import RootsDiffer, WrongCode
from sequencer.submitter.house import House
from sequencer.submitter.port import L1Port


@dataclass(frozen=True, slots=True)
class Expected:
    """What L1 must be. `code_digests`: address -> SHA-256 of the code, hexadecimal, as `code_digests_of` reads them.

    `key_digest` is of the key that batches are proven under.
    """

    code_digests: Mapping[str, str]
    key_digest: bytes


def code_digests_of(port: L1Port, deployment: RollupDeployment) -> dict[str, str]:
    """To be written down when a rollup was deployed and inspected (`zkclear l1 inspect`). Raises `NoContract`."""
    found = {}
    for address in (deployment.clearing_house, deployment.oracle, deployment.batch_verifier):
        code = port.code(address)
        if not code:
            raise NoContract(f"chain {deployment.chain_id}", address)
        found[address] = sha256(code).hexdigest()
    return found


def require_chain(port: L1Port, deployment: RollupDeployment, expected: Expected) -> None:
    """Raises `WrongChainId`, `NoContract`, `WrongCode` and `WrongKey`."""
    chain_id = port.chain_id()
    if chain_id != deployment.chain_id:
        raise WrongChainId("L1", deployment.chain_id, chain_id)
    for address, digest in expected.code_digests.items():
        code = port.code(address)
        if not code:
            raise NoContract("L1", address)
        given = sha256(code).hexdigest()
        if given != digest:
            raise WrongCode(address, digest, given)
    house = ClearingHouse(port, deployment.clearing_house)
    verifier = IBatchVerifier(port, house.batch_verifier())
    for on_l1 in (house.batch_key_digest(), verifier.key_digest()):
        if on_l1 != expected.key_digest:
            raise WrongKey(on_l1, expected.key_digest)


def require_roots(house: House, root_of: Callable[[int], int | None], reverting_to: Sequence[int] = ()) -> None:
    """The last committed and the last proven batch end where ours do, but for batches that are being taken back.

    Raises `RootsDiffer`.
    """
    for number in {min([house.committed, *reverting_to]), max(house.proven, house.forgotten)}:
        struct = house.struct(number)
        if struct is not None and struct.state_root != root_of(number):
            raise RootsDiffer(number, struct.state_root, root_of(number))
