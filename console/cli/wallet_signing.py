"""What `zkclear wallet derive` and `sign` do, and how a wallet is opened."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from console.cli.account_domain import deployed_domain, domain_of
from console.cli.wallet_secrets import password
from console.errors import CommandError
from sequencer.wallets.folder import WalletFolder
from sequencer.wallets.trading_key import is_trading_key_message, trading_key_message, trading_secret
from sequencer.wallets.trading_keystore import TradingKey, TradingKeys

if TYPE_CHECKING:
    from eth_account.signers.local import LocalAccount

    from console.settings import Settings
    from rollup.types.orders import Domain
    from sequencer.native_crypto import NativeCrypto


class BadTypedData(CommandError):
    """A file that is no typed data, or some that must not be signed."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(f"{path}: {why}", path=str(path))
        self.path, self.why = path, why


def opened(settings: Settings, password_file: Path | None) -> LocalAccount:
    """The account of the wallet that the settings name. Raises as `WalletFolder`, `Keystore.open` and `password` do."""
    folder = WalletFolder(settings.wallets)
    keystore = folder.keystore(folder.choose(settings.wallet))
    return keystore.open(password(password_file))


def trading_key(settings: Settings, domain: Domain, password_file: Path | None) -> TradingKey:
    """The key that trades: from its own file where there is one, else out of the wallet. Raises as `opened`."""
    wallets = WalletFolder(settings.wallets)
    name = wallets.choose(None) if settings.wallet is None else settings.wallet
    kept = TradingKeys(wallets).find(name, domain)
    if kept is not None:
        return kept.open(password(password_file))
    account = opened(settings, password_file)
    return TradingKey(account.address, trading_secret(account, domain))


def crypto() -> NativeCrypto:
    """Hashes and signatures of the rollup, on the kernels."""
    from prover.kernels import load_kernels
    from sequencer.native_crypto import NativeCrypto

    return NativeCrypto(load_kernels(threads=1))


def derived_message(settings: Settings) -> dict[str, Any]:
    """The typed data of the trading key."""
    return trading_key_message(_domain(settings))


def derived_key(settings: Settings, password_file: Path | None, *, save: bool) -> dict[str, Any]:
    """The public half of the trading key, and what it is for; it is kept in a file if that was asked for."""
    domain = _domain(settings)
    wallets = WalletFolder(settings.wallets)
    given = password(password_file)
    name = wallets.choose(settings.wallet)
    account = wallets.keystore(name).open(given)
    secret = trading_secret(account, domain)
    file = TradingKeys(wallets).add(name, domain, TradingKey(account.address, secret), given) if save else None
    key = crypto().public_key(secret)
    return {
        "address": account.address,
        "file": None if file is None else str(file),
        "chain_id": domain.chain_id,
        "contract": f"{domain.contract:#042x}",
        "key_x": str(key[0]),
        "key_y": str(key[1]),
    }


def signature_of(
    settings: Settings, password_file: Path | None, text: str | None, typed_data: Path | None
) -> dict[str, Any]:
    """Of a text by EIP-191, or of typed data by EIP-712. Raises `BadTypedData`."""
    from eth_account.messages import encode_defunct, encode_typed_data

    if (text is None) == (typed_data is None):
        raise CommandError("give a text to sign, or a file by --typed-data: one of them")
    if typed_data is None:
        signable = encode_defunct(text=text)
    else:
        try:
            signable = encode_typed_data(full_message=_typed_data(typed_data))
        except (ValueError, TypeError, LookupError, AttributeError) as error:
            raise BadTypedData(typed_data, f"it is no typed data of EIP-712 ({error})") from error
    account = opened(settings, password_file)
    signed = account.sign_message(signable)
    return {
        "address": account.address,
        "hash": "0x" + bytes(signed.message_hash).hex(),
        "signature": "0x" + bytes(signed.signature).hex(),
    }


def _typed_data(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadTypedData(path, error.strerror or "it cannot be read") from error
    except (ValueError, RecursionError) as error:
        raise BadTypedData(path, "it is no JSON") from error
    if not isinstance(found, dict):
        raise BadTypedData(path, "it is no typed data of EIP-712")
    if is_trading_key_message(found):
        raise BadTypedData(
            path, "whoever has this signature can trade with your money: zkclear alone makes it for itself"
        )
    return found


def _domain(settings: Settings) -> Domain:
    known = deployed_domain(settings)
    if known is not None:
        return known
    from console.cli.market_node import node_at

    with node_at(settings.url) as node:
        return domain_of(settings, node)
