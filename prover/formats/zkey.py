"""`.zkey`: a Groth16 proving key.

::

    1 protocol       1 u32
    2 header         32 u32 | q | 32 u32 | r | wires u32 | public u32 | domain size u32
                     | alpha G1 | beta G1 | beta G2 | gamma G2 | delta G1 | delta G2
    3 ic             G1 per public input, and one
    4 coefficients   count u32, then records: matrix u32 (0 A, 1 B) | constraint u32 | wire u32 | value * R^2, 32 bytes
    5 a   6 b in G1   7 b in G2   8 c   9 h         points, Montgomery
    10 contributions circuit hash 64 | count u32 | per contribution: delta after, s, sx in G1, spx in G2
                     | transcript 64 | author (`prover.formats.contributions`)

A key holds these ten sections at exactly the lengths that its header gives, or it is refused: extra elements of a
reference string can be enough to forge with.

Source: snarkjs 0.7.6, `zkey_utils.js` and `zkey_new.js`.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from prover.bn254 import FIELD_BYTES, FQ, FR, TWO_ADICITY, first_not_below, g1_from_ints, g2_from_ints
from prover.errors import InconsistentFile, UnsupportedFeature, ValueOutOfRange
from prover.formats.atomic import Bytes, byte_length
from prover.formats.binfile import FileKind, Section, SectionReader, read_binary_file, write_binary_file
from prover.formats.contributions import read_author
from prover.formats.points import check_vector, g1_point, g2_point
from prover.formats.proving_key import COEFFICIENT_BYTES, COEFFICIENT_RECORD, KeyContribution, ProvingKey
from prover.kernels.interface import Kernels

__all__ = ["KeyContribution", "ProvingKey", "check_points", "read_zkey", "write_zkey"]

PROTOCOL, HEADER, IC, COEFFICIENTS, A, B_G1, B_G2, C, H, CONTRIBUTIONS = range(1, 11)
NAMES: Final = {
    PROTOCOL: "protocol",
    HEADER: "header",
    IC: "ic",
    COEFFICIENTS: "coefficients",
    A: "a query",
    B_G1: "b query in G1",
    B_G2: "b query in G2",
    C: "c query",
    H: "h query",
    CONTRIBUTIONS: "contributions",
}
KIND: Final = FileKind(b"zkey", 1, NAMES, frozenset(NAMES))

GROTH16: Final = 1
OTHER_PROTOCOLS: Final = {2: "PLONK", 10: "FFLONK"}
NEW_ORDER: Final = (PROTOCOL, HEADER, COEFFICIENTS, IC, H, C, A, B_G1, B_G2, CONTRIBUTIONS)
"""As `snarkjs groth16 setup` writes a key that nobody has contributed to."""

CONTRIBUTED_ORDER: Final = tuple(range(1, 11))
"""As `snarkjs zkey contribute` and `beacon` write it."""

G1_BYTES: Final = 2 * FIELD_BYTES
G2_BYTES: Final = 4 * FIELD_BYTES


def read_zkey(path: Path | str) -> ProvingKey:
    """Map a key. Nothing of its long vectors is read or copied; header, ic, coefficients and contributions are checked.

    Checked are: the structure, every length, the header's points (curve and subgroup), ic and contributions (curve),
    and that coefficients are below r and in their tables. `check_points` checks the rest. Costs about 40 ms and 10 ns
    per coefficient. Raises a `FormatError`; says nothing of whether the key is sound (`prover.groth16.keys`).
    """
    file = read_binary_file(path, KIND)
    _check_protocol(file[PROTOCOL])
    header = file[HEADER].reader()
    header.modulus(FQ, "the base field")
    header.modulus(FR, "the scalar field")
    n_wires, n_public, domain_size = (header.u32() for _ in range(3))
    _check_counts(file[HEADER], n_wires, n_public, domain_size)
    alpha_g1, beta_g1 = _header_g1(header, "alpha in G1"), _header_g1(header, "beta in G1")
    beta_g2, gamma_g2 = _header_g2(header, "beta in G2"), _header_g2(header, "gamma in G2")
    delta_g1, delta_g2 = _header_g1(header, "delta in G1"), _header_g2(header, "delta in G2")
    header.end()
    ic = _points(file[IC], n_public + 1, G1_BYTES)
    for index in range(n_public + 1):
        g1_point(file[IC], f"point {index}", ic[index])
    circuit_hash, contributions = _read_contributions(file[CONTRIBUTIONS])
    return ProvingKey(
        n_wires=n_wires,
        n_public=n_public,
        domain_size=domain_size,
        alpha_g1=alpha_g1,
        beta_g1=beta_g1,
        beta_g2=beta_g2,
        gamma_g2=gamma_g2,
        delta_g1=delta_g1,
        delta_g2=delta_g2,
        ic=ic,
        coefficients=_read_coefficients(file[COEFFICIENTS], n_wires, domain_size),
        a_query=_points(file[A], n_wires, G1_BYTES),
        b_g1_query=_points(file[B_G1], n_wires, G1_BYTES),
        b_g2_query=_points(file[B_G2], n_wires, G2_BYTES),
        c_query=_points(file[C], n_wires - n_public - 1, G1_BYTES),
        h_query=_points(file[H], domain_size, G1_BYTES),
        circuit_hash=circuit_hash,
        contributions=contributions,
        section_order=file.order,
    )


def check_points(path: Path | str, kernels: Kernels) -> None:
    """Check every point of a key's long vectors: reduced, on its curve, in G2's subgroup. Raises a `FormatError`.

    Costs about 0.1 µs per point of G1 and 10 µs per point of G2.
    """
    key = read_zkey(path)
    file = read_binary_file(path, KIND)
    vectors = {A: key.a_query, B_G1: key.b_g1_query, B_G2: key.b_g2_query, C: key.c_query, H: key.h_query}
    for section_id, points in vectors.items():
        check_vector(file[section_id], points, kernels)


def write_zkey(path: Path | str, key: ProvingKey, section_order: tuple[int, ...] = ()) -> None:
    """Write a key, streamed from its arrays. The order of sections is the one given, the key's own, or snarkjs's.

    Raises `ValueError` when an array does not have the shape that the counts need; then nothing is written.
    """
    order = section_order or key.section_order or (CONTRIBUTED_ORDER if key.contributions else NEW_ORDER)
    if sorted(order) != list(CONTRIBUTED_ORDER):
        raise ValueError(f"a key has each of the sections 1 to 10 once, not {order}")
    _check_shapes(key)
    count = key.n_coefficients.to_bytes(4, "little")
    contributions = _encode_contributions(key)
    contents: dict[int, list[Bytes]] = {
        PROTOCOL: [GROTH16.to_bytes(4, "little")],
        HEADER: [_encode_header(key)],
        IC: [key.ic],
        COEFFICIENTS: [count, key.coefficients],
        A: [key.a_query],
        B_G1: [key.b_g1_query],
        B_G2: [key.b_g2_query],
        C: [key.c_query],
        H: [key.h_query],
        CONTRIBUTIONS: [contributions],
    }
    sections: Iterable[tuple[int, int, list[Bytes]]] = (
        (section_id, sum(byte_length(chunk) for chunk in contents[section_id]), contents[section_id])
        for section_id in order
    )
    write_binary_file(path, KIND, sections)


# -- reading -------------------------------------------------------------------------------------------------------


def _check_protocol(section: Section) -> None:
    section.require_length(4, "the protocol's number")
    protocol = section.reader().u32()
    if protocol != GROTH16:
        name = OTHER_PROTOCOLS.get(protocol, f"protocol {protocol}")
        raise UnsupportedFeature(section.file, section.name, f"a key for {name}; this prover takes Groth16 keys")


def _check_counts(section: Section, n_wires: int, n_public: int, domain_size: int) -> None:
    if n_wires < n_public + 1:
        reason = f"{n_wires} wires cannot hold the constant 1 and {n_public} public inputs"
        raise InconsistentFile(section.file, section.name, reason)
    if domain_size & (domain_size - 1) or not 2 <= domain_size <= 1 << TWO_ADICITY:
        reason = f"a domain of {domain_size} is not a power of two in 2..2^{TWO_ADICITY}"
        raise ValueOutOfRange(section.file, section.name, reason)
    if domain_size < n_public + 1:
        reason = f"a domain of {domain_size} has no room for the rows that bind {n_public} public inputs"
        raise InconsistentFile(section.file, section.name, reason)


def _header_g1(header: SectionReader, what: str) -> NDArray[np.uint64]:
    limbs = header.limbs(8)
    g1_point(header.section, what, limbs)
    return limbs


def _header_g2(header: SectionReader, what: str) -> NDArray[np.uint64]:
    limbs = header.limbs(16)
    g2_point(header.section, what, limbs, subgroup=True)
    return limbs


def _points(section: Section, n: int, point_bytes: int) -> NDArray[np.uint64]:
    section.require_length(n * point_bytes, f"a vector of {n} points")
    return section.limbs(n, point_bytes // 8)


def _read_coefficients(section: Section, n_wires: int, domain_size: int) -> NDArray[np.uint8]:
    count = section.reader().u32()
    section.require_length(4 + COEFFICIENT_BYTES * count, f"a table of {count} coefficients")
    if count == 0:
        return np.zeros((0, COEFFICIENT_BYTES), dtype=np.uint8)
    records = section.array("u1", 4).view(COEFFICIENT_RECORD)
    for name, bound in (("matrix", 2), ("constraint", domain_size), ("wire", n_wires)):
        found = records[name]
        if int(found.max()) >= bound:
            index = int(np.argmax(found >= bound))
            raise ValueOutOfRange(section.file, section.name, f"record {index} names {name} {found[index]} of {bound}")
    bad = first_not_below(records["value"], FR)
    if bad is not None:
        raise ValueOutOfRange(section.file, section.name, f"the value of record {bad} is not below r")
    return section.array("u1", 4).reshape(count, COEFFICIENT_BYTES)


def _read_contributions(section: Section) -> tuple[bytes, tuple[KeyContribution, ...]]:
    reader = section.reader()
    circuit_hash = reader.bytes(64)
    contributions = []
    for index in range(reader.u32()):
        what = f"contribution {index},"
        contributions.append(
            KeyContribution(
                delta_after=g1_point(section, f"{what} delta after", reader.limbs(8)),
                delta_g1_s=g1_point(section, f"{what} s", reader.limbs(8)),
                delta_g1_sx=g1_point(section, f"{what} sx", reader.limbs(8)),
                delta_g2_spx=g2_point(section, f"{what} spx", reader.limbs(16), subgroup=False),
                transcript=reader.bytes(64),
                author=read_author(reader),
            )
        )
    reader.end()
    return circuit_hash, tuple(contributions)


# -- writing -------------------------------------------------------------------------------------------------------


def _check_shapes(key: ProvingKey) -> None:
    expected: dict[str, tuple[int, ...]] = {
        "ic": (key.n_public + 1, 8),
        "coefficients": (key.n_coefficients, COEFFICIENT_BYTES),
        "a_query": (key.n_wires, 8),
        "b_g1_query": (key.n_wires, 8),
        "b_g2_query": (key.n_wires, 16),
        "c_query": (key.n_private, 8),
        "h_query": (key.domain_size, 8),
    }
    expected |= dict.fromkeys(("alpha_g1", "beta_g1", "delta_g1"), (8,))
    expected |= dict.fromkeys(("beta_g2", "gamma_g2", "delta_g2"), (16,))
    for name, shape in expected.items():
        array = getattr(key, name)
        if array.shape != shape or array.dtype != (np.uint8 if name == "coefficients" else np.uint64):
            raise ValueError(f"{name} of the key must have shape {shape}: it is {array.dtype} of {array.shape}")
    if len(key.circuit_hash) != 64 or any(len(found.transcript) != 64 for found in key.contributions):
        raise ValueError("the circuit hash and every transcript of a key have 64 bytes")


def _encode_header(key: ProvingKey) -> bytes:
    size = FIELD_BYTES.to_bytes(4, "little")
    fields = size + FQ.to_bytes(FIELD_BYTES, "little") + size + FR.to_bytes(FIELD_BYTES, "little")
    counts = b"".join(count.to_bytes(4, "little") for count in (key.n_wires, key.n_public, key.domain_size))
    points = (key.alpha_g1, key.beta_g1, key.beta_g2, key.gamma_g2, key.delta_g1, key.delta_g2)
    return fields + counts + b"".join(point.astype("<u8").tobytes() for point in points)


def _encode_contributions(key: ProvingKey) -> bytes:
    encoded = [key.circuit_hash, len(key.contributions).to_bytes(4, "little")]
    for found in key.contributions:
        for point in (found.delta_after, found.delta_g1_s, found.delta_g1_sx):
            encoded.append(g1_from_ints(point).astype("<u8").tobytes())
        encoded.append(g2_from_ints(found.delta_g2_spx).astype("<u8").tobytes())
        encoded += [found.transcript, found.author.encode()]
    return b"".join(encoded)
