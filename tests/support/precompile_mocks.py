"""Contracts that stand in for the precompiles of BN254: honest ones, and ones with a fault."""

from __future__ import annotations

from tests.support.evm import Machine

MOCK_ECADD, MOCK_ECMUL, MOCK_PAIRING = 0xA6A6A6, 0xA7A7A7, 0xA8A8A8

RETURNS_NOTHING = bytes.fromhex("00")
REVERTS = bytes.fromhex("60006000fd")
BURNS_ALL = bytes.fromhex("fe")
RETURNS_31_BYTES = bytes.fromhex("600019600052601f6000f3")
RETURNS_32_BYTES_OF_ONE = bytes.fromhex("600160005260206000f3")
RETURNS_32_BYTES_OF_TWO = bytes.fromhex("600260005260206000f3")
RETURNS_64_BYTES_FROM_ONE = bytes.fromhex("600160005260406000f3")


def forwards_to(precompile: int, size: int) -> bytes:
    """Code that hands its calldata to the real precompile and answers with `size` bytes of its answer."""
    return bytes.fromhex(f"3660006000376040600036600060{precompile:02x}5afa50" + f"60{size:02x}6000f3")


HONEST = {
    MOCK_ECADD: forwards_to(6, 0x40),
    MOCK_ECMUL: forwards_to(7, 0x40),
    MOCK_PAIRING: forwards_to(8, 0x20),
}
FAULTS = {
    "missing": b"",
    "returns nothing": RETURNS_NOTHING,
    "reverts": REVERTS,
    "burns all": BURNS_ALL,
    "31 bytes": RETURNS_31_BYTES,
    "two": RETURNS_32_BYTES_OF_TWO,
}


def address(number: int) -> str:
    return f"0x{number:040x}"


def failing_for(first_word: int, precompile: int, size: int) -> bytes:
    """Code that reverts if its calldata begin with this word, and else does as `forwards_to`."""
    return bytes.fromhex(f"6000357f{first_word:064x}1415602e5760006000fd5b") + forwards_to(precompile, size)


def install_mocks(machine: Machine, **faults: bytes) -> None:
    """Honest mocks but for those in `faults` (ecadd, ecmul, pairing); empty code is none at all."""
    codes = dict(HONEST)
    for name, code in faults.items():
        codes[{"ecadd": MOCK_ECADD, "ecmul": MOCK_ECMUL, "pairing": MOCK_PAIRING}[name]] = code
    for number, code in codes.items():
        if code:
            machine.install(address(number), code)
