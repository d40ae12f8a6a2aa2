"""Puts a rollup on a chain: verifiers of its keys, oracle, dollar, clearing house."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from primitives.babyjubjub import Point
from prover.formats.groth16_types import VerificationKey
from prover.groth16.development import is_development_key
from prover.kernels.interface import Kernels
from prover.solidity.render import render_verifier
from rollup.crypto import Crypto
from rollup.presets import Preset
from rollup.state import State
from sequencer.l1.address import NO_ADDRESS
from sequencer.l1.binding import Binding, Deployment
from sequencer.l1.bindings.clearing_house import ClearingHouse
from sequencer.l1.bindings.i_batch_verifier import IBatchVerifier
from sequencer.l1.bindings.i_exit_verifier import IExitVerifier
from sequencer.l1.bindings.oracle import Oracle
from sequencer.l1.bindings.structs import Configuration, Terms
from sequencer.l1.bindings.test_dollar import TestDollar
from sequencer.l1.contracts import build_contracts
from sequencer.l1.deployment import STANDARD_REPORT_DELAY_S, STANDARD_TERMS, RollupDeployment, sizes_of
from sequencer.l1.errors import L1Error
from sequencer.l1.sending import Sender

BATCH_VERIFIER: Final = "BatchVerifier"
EXIT_VERIFIER: Final = "ExitVerifier"

NOBODY: Final[Point] = (0, 1)
"""The neutral point: of small order, so that no signature verifies under it. Who has this key signs nothing."""

B = TypeVar("B", bound=Binding)
Report = Callable[[str, str], None]
"""What was put on the chain, and where."""


class NoDollar(L1Error):
    """A rollup elsewhere than on a local chain, for a dollar that anybody can make."""

    def __init__(self, chain_id: int) -> None:
        super().__init__(f"chain {chain_id} is no local chain: name the token that accounts are kept in")
        self.chain_id = chain_id


@dataclass(frozen=True, slots=True)
class Plan:
    """What may be chosen. By default fees are locked like the insurance fund, and a new test dollar is made."""

    preset: Preset
    signers: Sequence[str]
    threshold: int
    operator: str
    terms: Terms = STANDARD_TERMS
    report_delay_s: int = STANDARD_REPORT_DELAY_S
    fee_owner: str = NO_ADDRESS
    fee_key: Point = NOBODY
    insurance_owner: str = NO_ADDRESS
    insurance_key: Point = NOBODY
    dollar: str | None = None
    is_local: bool = False
    """Whether the chain is one's own: only then keys whose secrets are published are taken, and a dollar is made."""


def deploy(
    sender: Sender,
    plan: Plan,
    batch_key: VerificationKey,
    exit_key: VerificationKey,
    crypto: Crypto,
    *,
    kernels: Kernels | None = None,
    report: Report | None = None,
) -> RollupDeployment:
    """Five transactions, or four with a dollar that is there.

    Raises `KeyRefused` for keys that are not sound, and for development keys unless the plan is for a local chain;
    `NoDollar` without a dollar elsewhere; `CompilationFailed`, and what sending raises.
    """
    if plan.dollar is None and not plan.is_local:
        raise NoDollar(sender.chain.chain_id)
    first_block = sender.chain.block_number()
    builds = build_contracts(verifier_sources(batch_key, exit_key, production=not plan.is_local, kernels=kernels))

    def put(name: str, deployment: Deployment[B]) -> str:
        address = sender.deploy(deployment).contract.address
        if report is not None:
            report(name, address)
        return address

    oracle = Oracle.deployment(builds["Oracle"], sorted_addresses(plan.signers), plan.threshold, plan.report_delay_s)
    configuration = Configuration(
        dollar=plan.dollar or put("test dollar", TestDollar.deployment(builds["TestDollar"])),
        oracle=put("oracle", oracle),
        batch_verifier=put("batch verifier", Deployment(IBatchVerifier, builds[BATCH_VERIFIER].creation_code)),
        exit_verifier=put("exit verifier", Deployment(IExitVerifier, builds[EXIT_VERIFIER].creation_code)),
        operator=plan.operator,
        fee_owner=plan.fee_owner,
        fee_key=plan.fee_key,
        insurance_owner=plan.insurance_owner,
        insurance_key=plan.insurance_key,
        genesis_root=State(plan.preset.account_depth, crypto).root,
        sizes=sizes_of(plan.preset),
        terms=plan.terms,
    )
    return RollupDeployment(
        chain_id=sender.chain.chain_id,
        preset_name=plan.preset.name,
        clearing_house=put("clearing house", ClearingHouse.deployment(builds["ClearingHouse"], configuration)),
        oracle=configuration.oracle,
        dollar=configuration.dollar,
        batch_verifier=configuration.batch_verifier,
        exit_verifier=configuration.exit_verifier,
        first_block=first_block,
        is_development=is_development_key(batch_key) or is_development_key(exit_key),
    )


def verifier_sources(
    batch_key: VerificationKey, exit_key: VerificationKey, *, production: bool, kernels: Kernels | None = None
) -> dict[str, str]:
    """Solidity of both verifiers, path -> text. Raises `KeyRefused`."""
    return {
        f"{name}.sol": render_verifier(key, contract_name=name, production=production, kernels=kernels)
        for name, key in ((BATCH_VERIFIER, batch_key), (EXIT_VERIFIER, exit_key))
    }


def sorted_addresses(addresses: Sequence[str]) -> list[str]:
    """Ascending, as the oracle wants its signers."""
    return sorted(addresses, key=lambda address: int(address, 16))
