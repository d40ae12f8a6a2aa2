"""What can be told before anything is proven, paid for or sent: refusals by the contract's own names, asked for first.

The contract checks all of this again. `expected` and `given` mean what they mean there: what the chain has, and what
one came with.
"""

from __future__ import annotations

from sequencer.l1.address import NO_ADDRESS
from sequencer.l1.bindings import clearing_house as contract
from sequencer.l1.bindings.clearing_house import ClearingHouse
from sequencer.l1.bindings.i_exit_verifier import IExitVerifier
from sequencer.l1.bindings.oracle import Oracle
from sequencer.l1.client import Chain
from sequencer.l1.deployment import RollupDeployment
from sequencer.l1.errors import BadEncoding
from sequencer.l1.reverts import RevertedWithoutData


def require_deployment(chain: Chain, deployment: RollupDeployment) -> ClearingHouse:
    """The clearing house, when it is the one of the deployment.

    Raises `WrongChain`, `NoContract`, and `WrongContract` for a contract that is no clearing house, or one of other
    contracts than the deployment names.
    """
    if chain.chain_id != deployment.chain_id:
        raise contract.WrongChain(chain.chain_id, deployment.chain_id)
    house = ClearingHouse(chain, deployment.clearing_house)
    chain.require_code(house.address)
    try:
        domain = house.domain()
        linked = (
            (house.oracle(), deployment.oracle),
            (house.dollar(), deployment.dollar),
            (house.batch_verifier(), deployment.batch_verifier),
            (house.exit_verifier(), deployment.exit_verifier),
        )
    except (RevertedWithoutData, BadEncoding) as error:
        raise contract.WrongContract(NO_ADDRESS, deployment.clearing_house) from error
    require_domain(house, domain)
    for expected, given in linked:
        if expected != given:
            raise contract.WrongContract(expected, given)
    return house


def require_domain(house: ClearingHouse, given: int) -> None:
    """For messages that were signed for a domain. Raises `WrongChain` and `WrongContract`."""
    expected = house.domain()
    if given >> 160 != expected >> 160:
        raise contract.WrongChain(expected >> 160, given >> 160)
    if given != expected:
        raise contract.WrongContract(house.address, f"0x{given & ((1 << 160) - 1):040x}")


def require_batch_key(house: ClearingHouse, given: bytes) -> None:
    """For proofs of batches under the key of this digest. Raises `WrongKey`."""
    expected = house.batch_key_digest()
    if given != expected:
        raise contract.WrongKey(expected, given)


def require_exit_key(house: ClearingHouse, given: bytes) -> None:
    """For proofs of exits under the key of this digest. Raises `WrongKey`."""
    expected = IExitVerifier(house.chain, house.exit_verifier()).key_digest()
    if given != expected:
        raise contract.WrongKey(expected, given)


def require_open(house: ClearingHouse) -> None:
    """Raises `Frozen`."""
    if house.frozen_at_s():
        raise contract.Frozen


def require_fresh_table(house: ClearingHouse, batch_time_s: int, report_time_s: int, last_report_time_s: int) -> None:
    """For a batch of this time, judged by the table of that report, after a batch that was judged by the last one.

    Raises `UnknownReport`, `FutureReport`, `StaleReport` and `ReportSuperseded`.
    """
    found = Oracle(house.chain, house.oracle()).table_at(report_time_s)
    if found.risk_root == 0:
        raise contract.UnknownReport(report_time_s)
    if report_time_s > batch_time_s:
        raise contract.FutureReport(report_time_s, batch_time_s)
    oldest_s = max(batch_time_s - house.report_age_s(), last_report_time_s)
    if report_time_s < oldest_s:
        raise contract.StaleReport(report_time_s, oldest_s)
    if found.next_time_s and batch_time_s > found.next_time_s + house.report_grace_s():
        raise contract.ReportSuperseded(report_time_s, found.next_time_s)


def require_ready(chain: Chain, deployment: RollupDeployment, batch_key_digest: bytes) -> ClearingHouse:
    """Whether a batch of now could be committed by the newest table, and proven under a key.

    Raises `Frozen`, `WrongKey`, `UnknownReport` before the first report, `StaleReport`, and as `require_deployment`.
    """
    house = require_deployment(chain, deployment)
    require_open(house)
    require_batch_key(house, batch_key_digest)
    last_s = Oracle(chain, deployment.oracle).last_time_s()
    require_fresh_table(house, max(chain.block_time_s(), last_s), last_s, 0)
    return house
