"""What `zkclear account register`, `deposit`, `withdraw`, `collect`, `find` and `faucet` do."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from console.amounts import cash
from console.cli.account_domain import described
from console.cli.account_money import NotYet, TakenBack, Treasury, came_true, is_registered
from console.cli.account_trader import Trader, account_number
from console.cli.market_node import NodeClient, NodeLost, NoNode, node_at
from console.cli.wallet_signing import crypto, opened
from rollup.types.orders import Withdrawal
from sequencer.api.signer import Signer
from sequencer.l1.keystores import BadKeystore
from sequencer.wallets.errors import NotWritten
from sequencer.wallets.folder import WalletFolder
from sequencer.wallets.known_accounts import KnownAccounts
from sequencer.wallets.trading_key import trading_secret

if TYPE_CHECKING:
    from console.cli.output import Output
    from console.settings import Settings
    from sequencer.l1.receipts import Receipt


TAKEN_BACK: Final = "taken_back"


def register(output: Output, settings: Settings, password_file: Path | None, amount_e6: int, wait_s: float) -> None:
    """Remembers the number that L1 gives. What is damaged or missing is noticed before anything is paid."""
    treasury = Treasury.of(settings)
    ethereum = opened(settings, password_file)
    signing = crypto()
    secret = trading_secret(ethereum, treasury.domain)
    known = KnownAccounts(settings.wallets)
    known.of(ethereum.address, treasury.domain)
    number, receipt = treasury.register(ethereum, signing.public_key(secret), amount_e6)
    output.note(f"account {number} is open on L1: {_paid(receipt)}")
    try:
        known.add(ethereum.address, treasury.domain, number)
    except NotWritten as error:
        # The deposit is paid: nothing may keep its owner from being told the number.
        output.note(f"{error}; name the account by --account {number}")
    is_known = _node_knows(output, settings, Signer(number, secret, treasury.domain, signing), wait_s)
    found = {
        "account": number,
        "address": ethereum.address,
        "amount_e6": str(amount_e6),
        "is_known_to_node": is_known,
        **_facts(receipt),
    }
    state = "" if is_known else "; no node knows it yet, and orders have to wait until one does"
    output.result(found, [f"account {number} at {described(treasury.domain)} has {cash(amount_e6)}{state}"])


def deposit(output: Output, settings: Settings, password_file: Path | None, amount_e6: int) -> None:
    """Into the wallet's account, or any that is named."""
    treasury = Treasury.of(settings)
    ethereum = opened(settings, password_file)
    number = account_number(settings, ethereum.address, treasury.domain)
    receipt = treasury.deposit(ethereum, number, amount_e6)
    found = {"account": number, "amount_e6": str(amount_e6), **_facts(receipt)}
    output.result(found, [f"{cash(amount_e6)} for account {number}: {_paid(receipt)}"])


def withdraw(
    output: Output,
    settings: Settings,
    password_file: Path | None,
    amount_e6: int,
    place: tuple[int | None, int | None],
    wait_s: float,
) -> None:
    """`place` is slot and nonce, if they were given."""
    with node_at(settings.url) as node:
        trader = Trader.log_in(settings, node, password_file)
        where = trader.free_place(*place)
        operation = Withdrawal(trader.signer.account, where.slot, where.nonce, amount_e6)
        found = trader.operate("private/withdraw", operation)
        if wait_s > 0:
            found = _executed(output, node, found["operation_id"], wait_s)
    line = f"{cash(amount_e6)} leave account {found['account']} ({found['operation_id']}): {found['finality']}"
    output.result(found, [line, "`zkclear account collect` fetches them on L1 when they are executed"])


def collect(output: Output, settings: Settings, password_file: Path | None, wait_s: float) -> None:
    """Waits until there is something, if that was asked for."""
    treasury = Treasury.of(settings)
    ethereum = opened(settings, password_file)
    owes = f"the house owes {ethereum.address} something"
    came_true(lambda: treasury.house.owed_e6(ethereum.address) > 0, owes, wait_s, output)
    amount_e6, receipt = treasury.collect(ethereum)
    found = {"address": ethereum.address, "amount_e6": str(amount_e6), **_facts(receipt)}
    output.result(found, [f"{ethereum.address} received {cash(amount_e6)}: {_paid(receipt)}"])


def find(output: Output, settings: Settings) -> None:
    """Needs no password."""
    treasury, address = Treasury.of(settings), _address(settings)
    accounts = treasury.accounts_of(address, _first_block(settings))
    for number in accounts:
        KnownAccounts(settings.wallets).add(address, treasury.domain, number)
    found: dict[str, Any] = {"address": address, "accounts": accounts, **treasury.balances(address)}
    lines = [f"{address} has account {number} at {described(treasury.domain)}" for number in accounts]
    lines = lines or [f"{address} has no account at {described(treasury.domain)}"]
    lines.append(
        f"on L1 it has {cash(found['dollars_e6'])} dollars and {int(found['ether_wei']) / 10**18:.4f} ether, "
        f"and {cash(found['owed_e6'])} to collect"
    )
    output.result(found, lines)


def faucet(output: Output, settings: Settings, amount_e6: int) -> None:
    """Needs no password."""
    treasury, address = Treasury.of(settings), _address(settings)
    treasury.faucet(address, amount_e6)
    output.result(
        {"address": address, **treasury.balances(address)}, [f"{address} has {cash(amount_e6)} test dollars more"]
    )


def _node_knows(output: Output, settings: Settings, signer: Signer, wait_s: float) -> bool:
    """The account is open on L1 whatever the node says, so that no node is no error."""
    try:
        with node_at(settings.url) as node:
            what = f"the node knows account {signer.account}"
            return came_true(lambda: is_registered(node, signer), what, wait_s, output)
    except (NoNode, NodeLost):
        return False


def _executed(output: Output, node: NodeClient, operation_id: str, wait_s: float) -> dict[str, Any]:
    """Raises `NotYet` and `TakenBack`."""
    found: dict[str, Any] = {}

    def is_executed() -> bool:
        found.update(node.call("private/get_operation_state", operation_id=operation_id))
        return found["finality"] in ("executed", TAKEN_BACK)

    if not came_true(is_executed, f"{operation_id} is executed", wait_s, output):
        raise NotYet(f"{operation_id} is executed", wait_s)
    if found["finality"] == TAKEN_BACK:
        raise TakenBack(operation_id)
    return found


def _address(settings: Settings) -> str:
    folder = WalletFolder(settings.wallets)
    keystore = folder.keystore(folder.choose(settings.wallet))
    if keystore.address is None:
        raise BadKeystore(keystore.path, "it does not say its address: import it by `zkclear wallet import`")
    return keystore.address


def _first_block(settings: Settings) -> int:
    if settings.deployment is None:
        return 0
    from sequencer.l1.deployment import RollupDeployment

    return RollupDeployment.load(settings.deployment).first_block


def _facts(receipt: Receipt) -> dict[str, Any]:
    return {
        "transaction": "0x" + receipt.transaction_hash.hex(),
        "block": receipt.block_number,
        "gas": receipt.gas.used,
    }


def _paid(receipt: Receipt) -> str:
    return f"transaction 0x{receipt.transaction_hash.hex()}, {receipt.gas.used:,} gas"
