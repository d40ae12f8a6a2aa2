"""A rollup on a chain of one's own, from nothing: what a rehearsal, a replay and a bench run on.

Keys of batches are development keys, and the accounts of operator and oracles are known to everybody.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from prover.formats.groth16_types import VerificationKey
from prover.groth16.keys import verification_key_of
from prover.kernels.interface import Kernels
from rollup.presets import Preset
from sequencer.development_keys import exit_key, settlement_key
from sequencer.l1.accounts import account_from_key, development_account
from sequencer.l1.anvil import RunningChain, running_anvil
from sequencer.l1.anvil_program import AnvilOptions, find_anvil
from sequencer.l1.bindings.clearing_house import ClearingHouse
from sequencer.l1.bindings.oracle import Oracle
from sequencer.l1.bindings.structs import Terms
from sequencer.l1.bindings.test_dollar import TestDollar
from sequencer.l1.client import Chain
from sequencer.l1.deploying import Plan, deploy
from sequencer.l1.deployment import STANDARD_REPORT_DELAY_S, STANDARD_TERMS, RollupDeployment
from sequencer.l1.sending import Sender
from sequencer.native_crypto import NativeCrypto

if TYPE_CHECKING:
    from eth_account.signers.local import LocalAccount

OPERATOR: Final = 0
FUNDER: Final = 1
"""The development account that gives traders their ether and dollars."""

ORACLES: Final = (7, 8, 9)
THRESHOLD: Final = 2
ENOUGH_WEI: Final = 10**20
EVERYTHING: Final = (1 << 256) - 1
TRADER_SECRETS: Final = 0x7AADE5


@dataclass(frozen=True, slots=True)
class LocalTrader:
    """An Ethereum account, its secret key on the rollup, and the id that L1 gave it."""

    ethereum: LocalAccount
    secret: bytes
    account: int


@dataclass(frozen=True, slots=True)
class LocalRollup:
    """A fresh chain with a fresh rollup."""

    running: RunningChain
    chain: Chain
    deployment: RollupDeployment
    operator: LocalAccount
    oracles: tuple[LocalAccount, ...]
    verification_key: VerificationKey
    kernels: Kernels
    crypto: NativeCrypto

    @property
    def preset(self) -> Preset:
        """Sizes of its batches."""
        return self.deployment.preset

    @property
    def house(self) -> ClearingHouse:
        """The clearing house."""
        return ClearingHouse(self.chain, self.deployment.clearing_house)

    @property
    def oracle(self) -> Oracle:
        """The oracle."""
        return Oracle(self.chain, self.deployment.oracle)

    @property
    def dollar(self) -> TestDollar:
        """The test dollar."""
        return TestDollar(self.chain, self.deployment.dollar)

    def now_s(self) -> int:
        """The time of the latest block."""
        return self.chain.block_time_s()

    def set_time(self, time_s: int) -> None:
        """The next block has this time, and is made now. Nothing happens when that is over."""
        if time_s > self.now_s():
            self.running.rpc("evm_setNextBlockTimestamp", time_s)
            self.running.rpc("evm_mine")

    def register(self, number: int, deposit_e6: int) -> LocalTrader:
        """Trader `number` registers from an Ethereum key of its own, with ether and dollars out of nothing."""
        ethereum = account_from_key((TRADER_SECRETS + number).to_bytes(32, "big"))
        secret = (TRADER_SECRETS + number).to_bytes(32, "little")
        self.running.rpc("anvil_setBalance", ethereum.address, hex(ENOUGH_WEI))
        sender = Sender(self.chain, ethereum)
        sender.send(self.dollar.mint(ethereum.address, deposit_e6))
        sender.send(self.dollar.approve(self.house.address, EVERYTHING))
        account = self.house.account_count()
        sender.send(self.house.register(deposit_e6, *self.crypto.public_key(secret)))
        return LocalTrader(ethereum, secret, account)

    def collect(self, trader: LocalTrader) -> int:
        """Has the house pay what it owes a trader; how much that was, in 0.000001 USDC."""
        before_e6 = self.dollar.balance_of(trader.ethereum.address)
        Sender(self.chain, trader.ethereum).send(self.house.collect(trader.ethereum.address))
        return int(self.dollar.balance_of(trader.ethereum.address)) - before_e6


@dataclass(frozen=True, slots=True)
class LocalKeys:
    """Whose proofs the rollup takes, and what they are made and checked with."""

    batches: VerificationKey
    exits: VerificationKey
    kernels: Kernels
    crypto: NativeCrypto


@contextmanager
def local_rollup(
    preset: Preset,
    kernels: Kernels,
    *,
    keys: Path | None = None,
    options: AnvilOptions | None = None,
    terms: Terms = STANDARD_TERMS,
    report_delay_s: int = STANDARD_REPORT_DELAY_S,
) -> Iterator[LocalRollup]:
    """Under development keys. Two seconds when these are on disk, else as long as making them.

    Raises `AnvilMissing` before that, and as `deployed_rollup`.
    """
    find_anvil()
    batches = verification_key_of(settlement_key(preset, kernels, keys))
    exits = verification_key_of(exit_key(preset, kernels, keys))
    known = LocalKeys(batches, exits, kernels, NativeCrypto(kernels))
    with deployed_rollup(preset, known, options=options, terms=terms, report_delay_s=report_delay_s) as rollup:
        yield rollup


@contextmanager
def deployed_rollup(
    preset: Preset,
    keys: LocalKeys,
    *,
    options: AnvilOptions | None = None,
    terms: Terms = STANDARD_TERMS,
    report_delay_s: int = STANDARD_REPORT_DELAY_S,
) -> Iterator[LocalRollup]:
    """Stands as long as the block. Two seconds. Raises as `running_anvil` and `deploy`."""
    with running_anvil(options) as running:
        chain = Chain(running.url)
        operator = development_account(OPERATOR)
        oracles = tuple(development_account(index) for index in ORACLES)
        plan = Plan(
            preset,
            [oracle.address for oracle in oracles],
            THRESHOLD,
            operator.address,
            terms=terms,
            report_delay_s=report_delay_s,
            fee_owner=operator.address,
            is_local=True,
        )
        sender = Sender(chain, operator)
        deployment = deploy(sender, plan, keys.batches, keys.exits, keys.crypto, kernels=keys.kernels)
        yield LocalRollup(running, chain, deployment, operator, oracles, keys.batches, keys.kernels, keys.crypto)
