"""Keys on the rollup out of signatures: the same from the same wallet, others for others, and no two meanings."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Any

import pytest
from eth_account import Account
from eth_account.messages import encode_typed_data
from eth_hash.auto import keccak

from primitives.babyjubjub import is_in_subgroup
from primitives.eddsa import public_key
from rollup.types.orders import Domain
from sequencer.l1.accounts import account_from_key, development_account
from sequencer.l1.anvil_program import MNEMONIC
from sequencer.wallets.errors import BadSecret, BadSignature
from sequencer.wallets.importing import key_from_digits, key_from_words, new_key
from sequencer.wallets.trading_key import (
    PURPOSE,
    SECP256K1_ORDER,
    TAG,
    is_trading_key_message,
    secret_of_signature,
    trading_key_message,
    trading_secret,
)

FIRST = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"
DOMAIN = Domain(31_337, 0x5FBDB2315678AFECB367F032D93F642F64180AA3)
KNOWN_SECRET = "1b4d71b49441923169905215e8c0b43d1d743ca15c8036dd841c9c847a33fee5"


def digest_by_hand(domain: Domain) -> bytes:
    """EIP-712 as it is written, without a library for it."""
    domain_type = b"EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
    numbers = domain.chain_id.to_bytes(32, "big") + domain.contract.to_bytes(32, "big")
    separator = keccak(keccak(domain_type) + keccak(b"zkclear") + keccak(b"1") + numbers)
    message = keccak(keccak(b"TradingKey(string purpose)") + keccak(PURPOSE.encode()))
    return bytes(keccak(b"\x19\x01" + separator + message))


def test_the_address_is_that_of_any_wallet() -> None:
    assert account_from_key(key_from_words(MNEMONIC)).address == FIRST
    for index in range(3):
        key = key_from_words(MNEMONIC, f"m/44'/60'/0'/0/{index}")
        assert account_from_key(key).address == development_account(index).address


def test_the_message_is_signed_as_eip_712_says() -> None:
    account = development_account(0)
    signable = encode_typed_data(full_message=trading_key_message(DOMAIN))
    signed = account.sign_message(signable)
    assert bytes(signed.message_hash) == digest_by_hand(DOMAIN)
    assert Account.recover_message(signable, signature=signed.signature) == FIRST
    tag = hashlib.sha256(TAG).digest()
    expected = hashlib.sha256(tag + tag + bytes(signed.signature[:64])).digest()
    assert trading_secret(account, DOMAIN) == expected


def test_the_key_never_changes() -> None:
    """Whoever loses this value has lost the way to every account."""
    assert trading_secret(development_account(0), DOMAIN).hex() == KNOWN_SECRET


def test_others_have_other_keys() -> None:
    secrets = {
        trading_secret(account, domain)
        for account in (development_account(0), development_account(1))
        for domain in (DOMAIN, replace(DOMAIN, chain_id=1), replace(DOMAIN, contract=1))
    }
    assert len(secrets) == 6
    assert all(is_in_subgroup(public_key(secret)) for secret in secrets)


def test_both_halves_of_s_are_one_key() -> None:
    assert secret_of_signature(5, 7) == secret_of_signature(5, SECP256K1_ORDER - 7)
    assert secret_of_signature(5, 7) != secret_of_signature(5, 8)
    assert secret_of_signature(5, 7) != secret_of_signature(7, 5)


@pytest.mark.parametrize("numbers", [(0, 1), (1, 0), (SECP256K1_ORDER, 1), (1, SECP256K1_ORDER), (-1, 1)])
def test_numbers_that_are_no_signature(numbers: tuple[int, int]) -> None:
    with pytest.raises(BadSignature):
        secret_of_signature(*numbers)


def test_the_message_is_known_again() -> None:
    message = trading_key_message(DOMAIN)
    assert is_trading_key_message(message)
    assert is_trading_key_message(message | {"message": {"purpose": "harmless"}})
    assert is_trading_key_message(message | {"primaryType": "Other"})
    other = {"types": {"Permit": []}, "primaryType": "Permit", "domain": {"name": "USD Coin"}}
    assert not is_trading_key_message(message | other)
    assert all(is_trading_key_message(other | {name: message[name]}) for name in other)
    assert not is_trading_key_message({})


def disguised() -> dict[str, Any]:
    """Without the type's name on top, and with the bytes of the domain's name as a number."""
    message = trading_key_message(DOMAIN)
    del message["primaryType"]
    message["domain"]["name"] = int.from_bytes(message["domain"]["name"].encode(), "big")
    return message


def test_the_message_is_known_again_in_disguise() -> None:
    assert encode_typed_data(full_message=disguised()) == encode_typed_data(full_message=trading_key_message(DOMAIN))
    assert is_trading_key_message(disguised())


def test_the_message_is_known_again_in_disguise_twin() -> None:
    """It is the name among the types that gives it away; without it the signature is another."""
    message = disguised()
    message["types"]["Harmless"] = message["types"].pop("TradingKey")
    assert not is_trading_key_message(message)
    assert encode_typed_data(full_message=message) != encode_typed_data(full_message=trading_key_message(DOMAIN))


@pytest.mark.parametrize("words", ["", "test", MNEMONIC + " test", MNEMONIC.replace("junk", "test")])
def test_words_that_are_none(words: str) -> None:
    with pytest.raises(BadSecret) as refusal:
        key_from_words(words)
    assert "test" not in str(refusal.value)


def test_a_path_that_is_none() -> None:
    for path in ("", "m/x", "44'/60'"):
        with pytest.raises(BadSecret):
            key_from_words(MNEMONIC, path)


@pytest.mark.parametrize("text", ["", "0x", "zz", "0" * 64, "f" * 64, "12" * 31])
def test_digits_that_are_no_key(text: str) -> None:
    with pytest.raises(BadSecret) as refusal:
        key_from_digits(text)
    assert not text or text not in str(refusal.value)


def test_digits_and_new_keys() -> None:
    key = new_key()
    assert key_from_digits(f" 0x{key.hex()}\n") == key_from_digits(key.hex()) == key
    assert key != new_key()
