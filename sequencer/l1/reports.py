"""What oracles sign (EIP-712): risk tables with their rows, and settlement prices. `contracts/src/Oracle.sol` checks.

Signers are Ethereum accounts; how they come to agree is not decided here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from rollup.recover import decode_rows
from rollup.risk_table import RiskTable
from rollup.types.rows import row_words
from rollup.types.series import SeriesRow
from sequencer.l1.words import packed_words, unpacked_words

if TYPE_CHECKING:
    from eth_account.signers.local import LocalAccount

SIGNATURE_BYTES: Final = 65
SECP256K1_ORDER: Final = 0xFFFFFFFF_FFFFFFFF_FFFFFFFF_FFFFFFFE_BAAEDCE6_AF48A03B_BFD25E8C_D0364141

_SPOT: Final = [{"name": "underlying", "type": "uint256"}, {"name": "priceE2", "type": "uint256"}]
_REPORT: Final = [
    {"name": "timeS", "type": "uint256"},
    {"name": "riskRoot", "type": "uint256"},
    {"name": "spots", "type": "Spot[]"},
    {"name": "rowsHash", "type": "bytes32"},
]
_SETTLEMENT: Final = [
    {"name": "underlying", "type": "uint256"},
    {"name": "expiryS", "type": "uint256"},
    {"name": "priceE2", "type": "uint256"},
]


@dataclass(frozen=True, slots=True)
class OracleDomain:
    """For which oracle a signature is good."""

    chain_id: int
    contract: str

    @property
    def fields(self) -> dict[str, Any]:
        """As EIP-712 has them."""
        return {"name": "zkclear oracle", "version": "1", "chainId": self.chain_id, "verifyingContract": self.contract}


@dataclass(frozen=True, slots=True)
class TypedMessage:
    """Something to sign, as EIP-712 has it: its types by name, the last being that of the message."""

    types: Mapping[str, list[dict[str, str]]]
    fields: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Report:
    """A risk table at a time, with the underlyings' prices, underlying -> price_e2. `rows` are its words on L1."""

    time_s: int
    risk_root: int
    rows: bytes
    spots: Mapping[int, int] = field(default_factory=dict)

    @property
    def spot_pairs(self) -> list[tuple[int, int]]:
        """Ascending by underlying, as the contract wants them."""
        return sorted(self.spots.items())


def report_of(table: RiskTable, time_s: int, spots: Mapping[int, int]) -> Report:
    """What there is to sign of a table."""
    return Report(time_s, table.root, rows_data(table.rows()), dict(spots))


def rows_data(rows: Iterable[SeriesRow]) -> bytes:
    """All rows in words of 31 bytes, big-endian."""
    return packed_words([word for row in rows for word in row_words(row)])


def rows_from_data(data: bytes) -> list[SeriesRow]:
    """The inverse. Raises `WordsNotWhole` and `MalformedWords`."""
    return decode_rows(unpacked_words(data))


def report_message(report: Report) -> TypedMessage:
    """What is signed of a report."""
    from eth_utils.crypto import keccak

    fields = {
        "timeS": report.time_s,
        "riskRoot": report.risk_root,
        "spots": [{"underlying": underlying, "priceE2": price_e2} for underlying, price_e2 in report.spot_pairs],
        "rowsHash": keccak(report.rows),
    }
    return TypedMessage({"Spot": _SPOT, "Report": _REPORT}, fields)


def settlement_message(underlying: int, expiry_s: int, price_e2: int) -> TypedMessage:
    """What is signed of a settlement price."""
    fields = {"underlying": underlying, "expiryS": expiry_s, "priceE2": price_e2}
    return TypedMessage({"SettlementPrice": _SETTLEMENT}, fields)


def sign_report(signers: Sequence[LocalAccount], domain: OracleDomain, report: Report) -> list[bytes]:
    """A signature of each, by ascending address."""
    message = report_message(report)
    return [sign_message(signer, domain, message) for signer in _sorted(signers)]


def sign_settlement(
    prices: Mapping[LocalAccount, int], domain: OracleDomain, underlying: int, expiry_s: int
) -> list[tuple[int, bytes]]:
    """What each signer saw, in `_e2`, with its signature, by ascending address."""
    return [
        (prices[signer], sign_message(signer, domain, settlement_message(underlying, expiry_s, prices[signer])))
        for signer in _sorted(prices)
    ]


def sign_message(signer: LocalAccount, domain: OracleDomain, message: TypedMessage) -> bytes:
    """65 bytes: r, s and v."""
    signed = signer.sign_typed_data(domain.fields, dict(message.types), dict(message.fields))
    return bytes(signed.signature)


def recovered_signer(domain: OracleDomain, message: TypedMessage, signature: bytes) -> str | None:
    """The address whose signature it is, None of bytes that are none: v must be 27 or 28, s in the lower half.

    About 7 ms without a native secp256k1; of what was asked lately the answer is kept.
    """
    from eth_account.messages import encode_typed_data
    from eth_utils.crypto import keccak

    signable = encode_typed_data(domain.fields, dict(message.types), dict(message.fields))
    return _recovered(keccak(b"\x19" + signable.version + signable.header + signable.body), bytes(signature))


@lru_cache(maxsize=1_024)
def _recovered(digest: bytes, signature: bytes) -> str | None:
    from eth_keys.datatypes import Signature
    from eth_keys.exceptions import BadSignature
    from eth_utils.exceptions import ValidationError

    if len(signature) != SIGNATURE_BYTES or signature[-1] not in (27, 28):
        return None
    r, s = (int.from_bytes(signature[at : at + 32], "big") for at in (0, 32))
    if s > SECP256K1_ORDER // 2:
        return None
    try:
        known = Signature(vrs=(signature[-1] - 27, r, s))
        return str(known.recover_public_key_from_msg_hash(digest).to_checksum_address())
    except (BadSignature, ValidationError):
        return None


def _sorted(signers: Iterable[LocalAccount]) -> list[LocalAccount]:
    return sorted(signers, key=lambda signer: int(signer.address, 16))
