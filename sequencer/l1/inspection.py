"""Whether a deployment is what the sources say: code, keys, sizes, and how its contracts came to be.

Everything is made here from the sources: circuits, keys, verifiers, contracts. From the chain come code, what views
answer, and the transactions that created the contracts. Views can be believed when the code is the sources' own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

from prover.formats.groth16_types import VerificationKey
from prover.groth16.development import is_development_key
from prover.kernels.interface import Kernels
from rollup.crypto import Crypto
from rollup.presets import Preset
from rollup.state import State
from sequencer.l1.abi_types import UINT256, Address, Array, Struct
from sequencer.l1.anvil_program import LOCAL_CHAIN_ID
from sequencer.l1.bindings.clearing_house import ClearingHouse
from sequencer.l1.bindings.i_batch_verifier import IBatchVerifier
from sequencer.l1.bindings.i_exit_verifier import IExitVerifier
from sequencer.l1.bindings.oracle import Oracle
from sequencer.l1.bindings.structs import Configuration
from sequencer.l1.client import Chain
from sequencer.l1.code_walk import replacing_instructions
from sequencer.l1.contract_build import ContractBuild
from sequencer.l1.contracts import build_contracts
from sequencer.l1.creations import constructor_arguments, creations
from sequencer.l1.deploying import BATCH_VERIFIER, EXIT_VERIFIER, verifier_sources
from sequencer.l1.deployment import RollupDeployment, sizes_of
from sequencer.l1.errors import BadEncoding, NoContract
from sequencer.l1.records import batch_hash, genesis_batch
from sequencer.l1.reverts import ContractReverted
from sequencer.l1.rosette import DeploymentFacts

NONE: Final = "none"
ORACLE_ARGUMENTS: Final = (Array(Address(), None), UINT256, UINT256)


@dataclass(frozen=True, slots=True)
class Check:
    """One question about a deployment. `expected` is what the sources say, `found` what the chain does."""

    name: str
    expected: str
    found: str

    @property
    def holds(self) -> bool:
        """Whether both are the same."""
        return self.expected == self.found


@dataclass(frozen=True, slots=True)
class Expectation:
    """What a deployment should be."""

    preset: Preset
    batch_key: VerificationKey
    exit_key: VerificationKey
    genesis_root: int
    builds: dict[str, ContractBuild]

    @classmethod
    def of(
        cls,
        preset: Preset,
        batch_key: VerificationKey,
        exit_key: VerificationKey,
        crypto: Crypto,
        kernels: Kernels | None = None,
    ) -> Expectation:
        """Compiles all contracts, with verifiers of these keys. Raises as `verifier_sources` and `build_contracts`."""
        builds = build_contracts(verifier_sources(batch_key, exit_key, production=False, kernels=kernels))
        return cls(preset, batch_key, exit_key, State(preset.account_depth, crypto).root, builds)


@dataclass(frozen=True, slots=True)
class Inspection:
    """All that was looked at."""

    checks: tuple[Check, ...]
    keys: tuple[VerificationKey, VerificationKey]

    @property
    def holds(self) -> bool:
        """Whether everything is as the sources say."""
        return all(check.holds for check in self.checks)

    def all_hold(self, *beginnings: str) -> bool:
        """Whether all checks do whose names begin with one of these."""
        return all(check.holds for check in self.checks if check.name.startswith(beginnings))


def inspect_deployment(chain: Chain, deployment: RollupDeployment, expected: Expectation) -> Inspection:
    """Every check, also after one that fails. Raises only what asking the node raises."""
    house = ClearingHouse(chain, deployment.clearing_house)
    named = (
        ("clearing house", deployment.clearing_house, expected.builds["ClearingHouse"]),
        ("oracle", deployment.oracle, expected.builds["Oracle"]),
        ("batch verifier", deployment.batch_verifier, expected.builds[BATCH_VERIFIER]),
        ("exit verifier", deployment.exit_verifier, expected.builds[EXIT_VERIFIER]),
    )
    checks = [Check("chain", str(deployment.chain_id), str(chain.chain_id))]
    for name, address, build in named:
        checks += code_checks(name, chain.code(address), build)
    checks += _creation_checks(chain, deployment, expected)
    checks += _link_checks(deployment, house)
    checks += _key_checks(chain, deployment, house, expected)
    checks += _size_checks(house, expected)
    genesis = batch_hash(genesis_batch(expected.genesis_root)).hex()
    checks += [
        Check("genesis: hash of the empty rollup", genesis, _seen(house.batch_hash, 0)),
        Check("domain", str(deployment.domain.element), _seen(house.domain)),
    ]
    return Inspection(tuple(checks), (expected.batch_key, expected.exit_key))


def code_checks(name: str, code: bytes, build: ContractBuild) -> list[Check]:
    """Code without immutables, and that nothing in it calls by delegation."""
    instructions = ", ".join(replacing_instructions(code)) or NONE
    found = sha256(build.without_immutables(code)).hexdigest() if code else "no code"
    return [
        Check(f"code: {name}", build.runtime_digest(), found),
        Check(f"no delegation: {name}", NONE, instructions),
    ]


def facts_of(
    chain: Chain, deployment: RollupDeployment, inspection: Inspection, *, recovered_root_matches: bool | None
) -> DeploymentFacts:
    """For the rosette. Raises what asking the contracts raises."""
    house, oracle = ClearingHouse(chain, deployment.clearing_house), Oracle(chain, deployment.oracle)
    return DeploymentFacts(
        code_matches=inspection.all_hold("chain", "code", "creation", "link", "genesis", "domain", "size"),
        keys_match=inspection.all_hold("key", "code: batch verifier", "code: exit verifier"),
        has_development_key=deployment.is_development or any(map(is_development_key, inspection.keys)),
        is_upgradeable=not inspection.all_hold("no delegation"),
        is_local_chain=chain.chain_id == LOCAL_CHAIN_ID,
        oracle_signers=len(oracle.signers()),
        oracle_threshold=oracle.threshold(),
        operator_silence_s=house.operator_silence_s(),
        proof_deadline_s=house.proof_deadline_s(),
        queue_deadline_s=house.queue_deadline_s(),
        claim_period_s=house.claim_period_s(),
        recovered_root_matches=recovered_root_matches,
    )


def _creation_checks(chain: Chain, deployment: RollupDeployment, expected: Expectation) -> list[Check]:
    """Constructors run once and may write anything: that they are the sources' own, and what they were given."""
    found = creations(chain, (deployment.clearing_house, deployment.oracle), deployment.first_block)
    given = constructor_arguments(
        expected.builds["ClearingHouse"], (Struct(Configuration),), found.get(deployment.clearing_house.lower())
    )
    of_oracle = constructor_arguments(expected.builds["Oracle"], ORACLE_ARGUMENTS, found.get(deployment.oracle.lower()))
    return [
        Check("creation: clearing house", "by the sources' code", _creation(given)),
        Check("creation: oracle", "by the sources' code", _creation(of_oracle)),
    ]


def _creation(arguments: tuple[Any, ...] | None) -> str:
    return "not found, or by other code" if arguments is None else "by the sources' code"


def _link_checks(deployment: RollupDeployment, house: ClearingHouse) -> list[Check]:
    return [
        Check("link: oracle", deployment.oracle, _seen(house.oracle)),
        Check("link: dollar", deployment.dollar, _seen(house.dollar)),
        Check("link: batch verifier", deployment.batch_verifier, _seen(house.batch_verifier)),
        Check("link: exit verifier", deployment.exit_verifier, _seen(house.exit_verifier)),
    ]


def _key_checks(chain: Chain, deployment: RollupDeployment, house: ClearingHouse, expected: Expectation) -> list[Check]:
    batches = IBatchVerifier(chain, deployment.batch_verifier)
    leaving = IExitVerifier(chain, deployment.exit_verifier)
    batch_key, exit_key = expected.batch_key.digest().hex(), expected.exit_key.digest().hex()
    return [
        Check("key: of batches, in the clearing house", batch_key, _seen(house.batch_key_digest)),
        Check("key: of batches, in its verifier", batch_key, _seen(batches.key_digest)),
        Check("key: of exits, in its verifier", exit_key, _seen(leaving.key_digest)),
    ]


def _size_checks(house: ClearingHouse, expected: Expectation) -> list[Check]:
    sizes = sizes_of(expected.preset)
    other_words = sizes.liquidation_words + sizes.settlement_words
    return [
        Check("size: accounts", str(sizes.accounts), _seen(house.accounts)),
        Check("size: queue entries", str(sizes.queue_entries), _seen(house.queue_entries)),
        Check("size: words of trades", str(sizes.trade_words), _seen(house.trade_words)),
        Check("size: words of operations", str(sizes.operation_words), _seen(house.operation_words)),
        Check("size: other words", str(other_words), _seen(house.other_words)),
    ]


def _seen(view: Callable[..., object], *arguments: object) -> str:
    """What a contract answers, as text; why it does not, if it is no such contract."""
    try:
        answer = view(*arguments)
    except (ContractReverted, NoContract, BadEncoding) as error:
        return f"no answer ({type(error).__name__})"
    return answer.hex() if isinstance(answer, bytes) else str(answer)
