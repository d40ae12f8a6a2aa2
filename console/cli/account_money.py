"""Money between L1 and the rollup: registrations, deposits, payments."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from console.amounts import cash
from console.cli.account_domain import LOCAL_CHAIN, deployed_domain, domain_of
from console.cli.l1_options import Place
from console.cli.market_node import NodeRefused, node_at
from console.cli.output import PROGRESS_AFTER_S
from console.errors import CommandError, CommandRefused
from rollup.types.orders import Domain
from sequencer.l1.bindings.clearing_house import AccountRegistered, ClearingHouse
from sequencer.l1.bindings.test_dollar import TestDollar
from sequencer.l1.preflight import require_domain
from sequencer.l1.sending import Sender

if TYPE_CHECKING:
    from eth_account.signers.local import LocalAccount

    from console.cli.market_node import NodeClient
    from console.cli.output import Output
    from console.settings import Settings
    from sequencer.api.signer import Signer
    from sequencer.l1.binding import Call
    from sequencer.l1.client import Chain
    from sequencer.l1.receipts import Receipt

FAUCET_WEI: Final = 10 * 10**18
POLL_S: Final = 0.5


class TooFewDollars(CommandRefused):
    """The wallet does not have what is to be paid in."""

    def __init__(self, address: str, has_e6: int, wanted_e6: int) -> None:
        super().__init__(
            f"{address} has {cash(has_e6)} dollars on L1, and {cash(wanted_e6)} are wanted: send it some, or on a "
            "local chain use `zkclear account faucet`",
            address=address,
            has_e6=str(has_e6),
            wanted_e6=str(wanted_e6),
        )
        self.address, self.has_e6, self.wanted_e6 = address, has_e6, wanted_e6


class NoFaucet(CommandError):
    """Not a chain where money comes out of nothing."""

    def __init__(self, chain_id: int) -> None:
        super().__init__(f"chain {chain_id} is no local chain: there nobody makes dollars out of nothing")
        self.chain_id = chain_id


class NotYet(CommandRefused):
    """What was waited for did not come to be in time."""

    def __init__(self, what: str, waited_s: float) -> None:
        super().__init__(f"it did not come true within {waited_s:g} s that {what}: try again later", waited_s=waited_s)
        self.what, self.waited_s = what, waited_s


class TakenBack(CommandRefused):
    """The batch of an operation was not sent, and none that came after it has the operation."""

    def __init__(self, operation_id: str) -> None:
        super().__init__(
            f"{operation_id} was taken back: it is in no batch, and nothing left the account; ask again",
            operation_id=operation_id,
        )
        self.operation_id = operation_id


@dataclass(frozen=True, slots=True)
class Treasury:
    """The clearing house and its dollar, on a chain."""

    chain: Chain
    house: ClearingHouse
    dollar: TestDollar
    domain: Domain

    @classmethod
    def of(cls, settings: Settings) -> Treasury:
        """By the deployment, or on a local chain by what the node says.

        Raises `WrongChainId`, `NoContract`, `WrongContract`, `ChainDown`, `NoNode` and as `domain_of`.
        """
        domain = deployed_domain(settings)
        if domain is None:
            with node_at(settings.url) as node:
                domain = domain_of(settings, node)
        chain = Place.of(settings.rpc, None).chain()
        chain.require_chain_id(domain.chain_id)
        house = ClearingHouse(chain, f"{domain.contract:#042x}")
        chain.require_code(house.address)
        require_domain(house, domain.element)
        return cls(chain, house, TestDollar(chain, house.dollar()), domain)

    def register(self, account: LocalAccount, key: tuple[int, int], amount_e6: int) -> tuple[int, Receipt]:
        """Opens an account with a first deposit; its number. Raises `TooFewDollars` and what the contract says."""
        receipt = self._pay(account, amount_e6, self.house.register(amount_e6, *key))
        (registered,) = receipt.events(AccountRegistered, self.house.address)
        return registered.account, receipt

    def deposit(self, payer: LocalAccount, account: int, amount_e6: int) -> Receipt:
        """Pays into an account, anybody's. Raises as `register`."""
        return self._pay(payer, amount_e6, self.house.deposit(account, amount_e6))

    def collect(self, account: LocalAccount) -> tuple[int, Receipt]:
        """What the house owed, in 0.000001 USDC. Raises `NothingOwed`."""
        owed_e6 = self.house.owed_e6(account.address)
        receipt = Sender(self.chain, account).send(self.house.collect(account.address))
        return owed_e6, receipt

    def faucet(self, address: str, amount_e6: int) -> None:
        """Ether and test dollars out of nothing. Raises `NoFaucet`."""
        if self.chain.chain_id != LOCAL_CHAIN:
            raise NoFaucet(self.chain.chain_id)
        self.chain.rpc("anvil_setBalance", address, hex(self.chain.balance_wei(address) + FAUCET_WEI))
        from sequencer.l1.accounts import development_account

        Sender(self.chain, development_account(1)).send(self.dollar.mint(address, amount_e6))

    def accounts_of(self, address: str, first_block: int) -> list[int]:
        """All accounts that an address registered, by L1's logs."""
        logs = self.chain.logs([self.house], first_block, events=(AccountRegistered,))
        return [log.event.account for log in logs if log.event.owner.lower() == address.lower()]

    def balances(self, address: str) -> dict[str, str]:
        """What an address has on L1, and what the house owes it."""
        return {
            "ether_wei": str(self.chain.balance_wei(address)),
            "dollars_e6": str(self.dollar.balance_of(address)),
            "owed_e6": str(self.house.owed_e6(address)),
        }

    def _pay(self, payer: LocalAccount, amount_e6: int, call: Call[Any]) -> Receipt:
        has_e6 = self.dollar.balance_of(payer.address)
        if has_e6 < amount_e6:
            raise TooFewDollars(payer.address, has_e6, amount_e6)
        sender = Sender(self.chain, payer)
        if self.dollar.allowance(payer.address, self.house.address) < amount_e6:
            sender.send(self.dollar.approve(self.house.address, amount_e6))
        return sender.send(call)


def is_registered(node: NodeClient, signer: Signer) -> bool:
    """Whether the node knows the account. Raises what else the node refuses."""
    try:
        node.asked(lambda: node.client.login(signer))
    except NodeRefused as refusal:
        if refusal.rule != "UnknownAccount":
            raise
        return False
    return True


def came_true(holds: Callable[[], bool], what: str, wait_s: float, output: Output) -> bool:
    """Asks twice a second until something holds; after two seconds a person is told for what one waits."""
    began_s, is_told = time.monotonic(), False
    while not holds():
        waited_s = time.monotonic() - began_s
        if waited_s >= wait_s:
            return False
        if waited_s > PROGRESS_AFTER_S and not is_told:
            output.note(f"waiting until {what}, for at most {wait_s:g} s")
            is_told = True
        time.sleep(min(POLL_S, wait_s - waited_s))
    return True
