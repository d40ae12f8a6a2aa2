"""Wallets: Ethereum keys in keystore files, and the keys on the rollup that come from them."""

from sequencer.wallets.errors import WalletError
from sequencer.wallets.folder import WalletFolder
from sequencer.wallets.known_accounts import KnownAccounts
from sequencer.wallets.trading_key import trading_key_message, trading_secret

__all__ = ["KnownAccounts", "WalletError", "WalletFolder", "trading_key_message", "trading_secret"]
