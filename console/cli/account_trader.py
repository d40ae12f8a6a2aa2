"""A wallet that is open, logged in at a node, and knows its account."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from console.cli.account_domain import described, domain_of
from console.cli.wallet_signing import crypto, trading_key
from console.errors import CommandError
from sequencer.api.signer import Signer
from sequencer.wallets.folder import WalletFolder
from sequencer.wallets.known_accounts import KnownAccounts

if TYPE_CHECKING:
    from console.cli.market_node import NodeClient
    from console.settings import Settings
    from rollup.types.orders import Domain, Operation

LAST_NONCE: Final = (1 << 32) - 1


class NoAccount(CommandError):
    """Nothing is known of an account of this wallet."""

    def __init__(self, address: str, domain: Domain) -> None:
        super().__init__(
            f"no account of {address} is known at {described(domain)}: `zkclear account register` opens one, "
            "`zkclear account find` looks for one on L1, and --account names one",
            address=address,
        )
        self.address, self.domain = address, domain


class SeveralAccounts(CommandError):
    """Which one is meant?"""

    def __init__(self, address: str, numbers: tuple[int, ...]) -> None:
        super().__init__(
            f"{address} has several accounts ({', '.join(map(str, numbers))}): name one by --account",
            address=address,
            accounts=list(numbers),
        )
        self.address, self.numbers = address, numbers


class NoFreeSlot(CommandError):
    """All order slots have an open order."""

    def __init__(self, slots: int) -> None:
        super().__init__(
            f"all {slots} order slots have an open order: cancel one, or replace it by naming its slot by --slot"
        )
        self.slots = slots


class SlotUsedUp(CommandError):
    """There is no larger nonce."""

    def __init__(self, slot: int) -> None:
        super().__init__(f"all nonces of order slot {slot} are used up: name another one by --slot", slot=slot)
        self.slot = slot


@dataclass(frozen=True, slots=True)
class Place:
    """Where an order or an operation lives."""

    slot: int
    nonce: int


@dataclass(frozen=True, slots=True)
class Trader:
    """Asks and signs for one account; `owner` is its Ethereum address."""

    node: NodeClient
    owner: str
    signer: Signer

    @classmethod
    def log_in(cls, settings: Settings, node: NodeClient, password_file: Path | None) -> Trader:
        """Opens the wallet and logs in. Raises `NoAccount`, `SeveralAccounts`, and what wallet and node refuse."""
        domain = domain_of(settings, node)
        key = trading_key(settings, domain, password_file)
        number = account_number(settings, key.owner, domain)
        signer = Signer(number, key.secret, domain, crypto())
        node.asked(lambda: node.client.login(signer))
        return cls(node, key.owner, signer)

    def summary(self) -> dict[str, Any]:
        """The account at one glance."""
        found: dict[str, Any] = self.node.call("private/get_account_summary")
        return found

    def free_place(self, slot: int | None, nonce: int | None) -> Place:
        """A slot without an open order and the next nonce in it, unless they are given.

        Raises `NoFreeSlot` and `SlotUsedUp`.
        """
        used = self.summary()["nonces"]
        if slot is None:
            taken = {one["slot"] for one in self.node.call("private/get_open_orders")}
            slot = next((one for one in range(len(used)) if one not in taken and used[one] < LAST_NONCE), None)
            if slot is None:
                raise NoFreeSlot(len(used))
        if nonce is None:
            nonce = used[slot] + 1
            if nonce > LAST_NONCE:
                raise SlotUsedUp(slot)
        return Place(slot, nonce)

    def operate(self, method: str, operation: Operation) -> dict[str, Any]:
        """Signs an operation and hands it in."""
        found: dict[str, Any] = self.node.given(method, self.signer.operation(operation))
        return found


def account_number(settings: Settings, address: str, domain: Domain) -> int:
    """By the settings, or what is remembered. Raises `NoAccount`, `SeveralAccounts` and `BadKnownAccounts`."""
    if settings.account is not None:
        return settings.account
    numbers = KnownAccounts(WalletFolder(settings.wallets).path).of(address, domain)
    if not numbers:
        raise NoAccount(address, domain)
    if len(numbers) > 1:
        raise SeveralAccounts(address, numbers)
    return numbers[0]
