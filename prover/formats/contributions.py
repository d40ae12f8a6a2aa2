"""What `.zkey` and `.ptau` say of a contribution's author, in one encoding.

::

    kind u32: 0 a person, 1 a beacon | length u32 | parameters, ids strictly increasing
    parameter: 1 name:       length u8, UTF-8
               2 iterations: exponent u8      (beacon only: 2^exponent hashes)
               3 beacon:     length u8, bytes (beacon only)

Source: snarkjs 0.7.6, `zkey_utils.js` and `powersoftau_utils.js`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from prover.errors import InconsistentFile, MalformedText, SectionLength, UnsupportedFeature
from prover.formats.binfile import SectionReader

PERSON: Final = 0
BEACON: Final = 1
MAX_NAME_UNITS: Final = 64
_NAME, _ITERATIONS, _BEACON_HASH = 1, 2, 3


@dataclass(frozen=True, slots=True)
class Author:
    """Who contributed: a name, and for a beacon its public randomness and the exponent of its number of hashes.

    Raises `ValueError` for a name over 64 UTF-16 units (snarkjs cuts longer ones), and for half a beacon.
    """

    name: str = ""
    beacon_hash: bytes = b""
    iterations_exponent: int = 0

    def __post_init__(self) -> None:
        if len(self.name.encode("utf-16-le")) > 2 * MAX_NAME_UNITS:
            raise ValueError(f"a contribution's name has at most {MAX_NAME_UNITS} characters: shorten {self.name!r}")
        if len(self.beacon_hash) > 255 or not 0 <= self.iterations_exponent <= 255:
            raise ValueError("a beacon has at most 255 bytes and 2^255 iterations")
        if self.iterations_exponent and not self.beacon_hash:
            raise ValueError("iterations are given, but no beacon")

    @property
    def is_beacon(self) -> bool:
        """Whether this is the public beacon that ends a ceremony."""
        return bool(self.beacon_hash)

    def encode(self) -> bytes:
        """As the files hold it."""
        name = self.name.encode()
        parameters = bytes((_NAME, len(name))) + name if name else b""
        if self.is_beacon:
            parameters += bytes((_ITERATIONS, self.iterations_exponent, _BEACON_HASH, len(self.beacon_hash)))
            parameters += self.beacon_hash
        kind = BEACON if self.is_beacon else PERSON
        return kind.to_bytes(4, "little") + len(parameters).to_bytes(4, "little") + parameters


def read_author(reader: SectionReader) -> Author:
    """The author at the reader's place. Refuses every encoding but the one that `encode` writes."""
    file, name = reader.section.file, reader.section.name
    kind = reader.u32()
    if kind not in (PERSON, BEACON):
        raise UnsupportedFeature(file, name, f"a contribution of kind {kind}; 0 is a person and 1 a beacon")
    length = reader.u32()
    end = reader.position + length
    found: dict[int, bytes] = {}
    while reader.position < end:
        parameter = reader.integer(1)
        if parameter not in (_NAME, _ITERATIONS, _BEACON_HASH):
            raise UnsupportedFeature(file, name, f"a contribution has the unknown parameter {parameter}")
        if found and parameter <= max(found):
            raise InconsistentFile(file, name, "a contribution's parameters are not in increasing order")
        found[parameter] = reader.bytes(1 if parameter == _ITERATIONS else reader.integer(1))
    if reader.position != end:
        raise SectionLength(file, name, f"a contribution's parameters end at byte {reader.position}, not {end}")
    required = {_ITERATIONS, _BEACON_HASH} if kind == BEACON else set()
    if set(found) - {_NAME} != required or found.get(_NAME) == b"" or found.get(_BEACON_HASH) == b"":
        raise InconsistentFile(
            file, name, f"a contribution of kind {kind} has the parameters {sorted(found)}, or empty ones"
        )
    try:
        return Author(found.get(_NAME, b"").decode(), found.get(_BEACON_HASH, b""), found.get(_ITERATIONS, b"\0")[0])
    except ValueError as error:  # not UTF-8, or too long
        raise MalformedText(file, name, f"a contribution's author: {error}") from error
