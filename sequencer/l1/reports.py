"""What oracles sign (EIP-712): risk tables with their rows, and settlement prices. `contracts/src/Oracle.sol` checks.

Signers are Ethereum accounts; how they come to agree is not decided here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from rollup.recover import decode_rows
from rollup.risk_table import RiskTable
from rollup.types.rows import row_words
from rollup.types.series import SeriesRow
from sequencer.l1.words import packed_words, unpacked_words

if TYPE_CHECKING:
    from eth_account.signers.local import LocalAccount

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


def sign_report(signers: Sequence[LocalAccount], domain: OracleDomain, report: Report) -> list[bytes]:
    """A signature of each, by ascending address."""
    from eth_utils.crypto import keccak

    message = {
        "timeS": report.time_s,
        "riskRoot": report.risk_root,
        "spots": [{"underlying": underlying, "priceE2": price_e2} for underlying, price_e2 in report.spot_pairs],
        "rowsHash": keccak(report.rows),
    }
    types = {"Spot": _SPOT, "Report": _REPORT}
    return [_signed(signer, domain, types, message) for signer in _sorted(signers)]


def sign_settlement(
    prices: Mapping[LocalAccount, int], domain: OracleDomain, underlying: int, expiry_s: int
) -> list[tuple[int, bytes]]:
    """What each signer saw, in `_e2`, with its signature, by ascending address."""
    types = {"SettlementPrice": _SETTLEMENT}
    return [
        (
            prices[signer],
            _signed(signer, domain, types, {"underlying": underlying, "expiryS": expiry_s, "priceE2": prices[signer]}),
        )
        for signer in _sorted(prices)
    ]


def _sorted(signers: Iterable[LocalAccount]) -> list[LocalAccount]:
    return sorted(signers, key=lambda signer: int(signer.address, 16))


def _signed(signer: LocalAccount, domain: OracleDomain, types: dict[str, Any], message: dict[str, Any]) -> bytes:
    return bytes(signer.sign_typed_data(domain.fields, types, message).signature)
