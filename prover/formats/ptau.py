"""`.ptau`: powers of tau, the set-up that all circuits share. With n = 2^power:

::

    1 header              32 u32 | q | power u32 | power of the ceremony it was cut from u32
    2 tau G1              2n - 1 points tau^i
    3 tau G2              n points tau^i
    4 alpha tau G1        n points alpha tau^i
    5 beta tau G1         n points beta tau^i
    6 beta G2             1 point
    7 contributions       count u32 | per contribution: tau G1, tau G2, alpha G1, beta G1, beta G2 after it
                          | s, sx in G1 of tau, alpha, beta | spx in G2 of tau, alpha, beta
                          | partial hash 216 | next challenge 64 | author (`prover.formats.contributions`)
    12 lagrange tau G1    per level 0..power + 1: the Lagrange basis of a domain of 2^level, one after the other
    13, 14, 15            the same of sections 3, 4, 5, per level 0..power

Sections 12 to 15 are there when the file is prepared for phase 2. Points are in Montgomery form.

Source: snarkjs 0.7.6, `powersoftau_new.js`, `powersoftau_utils.js`, `powersoftau_preparephase2.js`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from prover.bn254 import FIELD_BYTES, FQ, TWO_ADICITY, G1Point, G2Point, g1_from_ints, g2_from_ints
from prover.errors import InconsistentFile, SectionMissing, ValueOutOfRange
from prover.formats.atomic import Bytes, byte_length
from prover.formats.binfile import FileKind, Section, SectionReader, read_binary_file, write_binary_file
from prover.formats.contributions import Author, read_author
from prover.formats.points import check_vector, g1_point, g2_point
from prover.kernels.interface import G1Array, G2Array, Kernels

HEADER, TAU_G1, TAU_G2, ALPHA_TAU_G1, BETA_TAU_G1, BETA_G2, CONTRIBUTIONS = range(1, 8)
LAGRANGE_TAU_G1, LAGRANGE_TAU_G2, LAGRANGE_ALPHA_TAU_G1, LAGRANGE_BETA_TAU_G1 = range(12, 16)
NAMES: Final = {
    HEADER: "header",
    TAU_G1: "tau in G1",
    TAU_G2: "tau in G2",
    ALPHA_TAU_G1: "alpha tau in G1",
    BETA_TAU_G1: "beta tau in G1",
    BETA_G2: "beta in G2",
    CONTRIBUTIONS: "contributions",
    LAGRANGE_TAU_G1: "lagrange tau in G1",
    LAGRANGE_TAU_G2: "lagrange tau in G2",
    LAGRANGE_ALPHA_TAU_G1: "lagrange alpha tau in G1",
    LAGRANGE_BETA_TAU_G1: "lagrange beta tau in G1",
}
LAGRANGE: Final = tuple(range(12, 16))
KIND: Final = FileKind(b"ptau", 1, NAMES, frozenset(range(1, 8)))
PARTIAL_HASH_BYTES: Final = 216
CHALLENGE_BYTES: Final = 64
G1_LIMBS: Final = 8
G2_LIMBS: Final = 16


@dataclass(frozen=True, slots=True)
class ContributorKey:
    """Proof of knowledge of one secret factor x: (s, x s) in G1, and x times a hash of them in G2."""

    g1_s: G1Point
    g1_sx: G1Point
    g2_spx: G2Point


@dataclass(frozen=True, slots=True)
class TauContribution:
    """One contribution of phase 1. Points are plain integers, on their curves; in G2 perhaps outside the subgroup.

    The first five are the values after it. `partial_hash` is the state of BLAKE2b over the response before the key is
    added (216 bytes), `next_challenge` the hash that the next contributor is bound to (64 bytes).
    """

    tau_g1: G1Point
    tau_g2: G2Point
    alpha_g1: G1Point
    beta_g1: G1Point
    beta_g2: G2Point
    tau_key: ContributorKey
    alpha_key: ContributorKey
    beta_key: ContributorKey
    partial_hash: bytes
    next_challenge: bytes
    author: Author


@dataclass(frozen=True, slots=True, eq=False)
class LagrangePoints:
    """The prepared part: every level's Lagrange basis, one after the other (level k begins at 2^k - 1)."""

    tau_g1: G1Array
    tau_g2: G2Array
    alpha_tau_g1: G1Array
    beta_tau_g1: G1Array

    @staticmethod
    def level(vector: NDArray[np.uint64], log2_domain: int) -> NDArray[np.uint64]:
        """The basis of the domain of 2^log2_domain points, a view of shape (2^log2_domain, 8 or 16)."""
        start = (1 << log2_domain) - 1
        return vector[start : start + (1 << log2_domain)]


@dataclass(frozen=True, slots=True, eq=False)
class PowersOfTau:
    """A `.ptau` of 2^power: read-only views of a mapped file, or arrays of a ceremony. Shapes: see the module."""

    power: int
    ceremony_power: int
    tau_g1: G1Array
    tau_g2: G2Array
    alpha_tau_g1: G1Array
    beta_tau_g1: G1Array
    beta_g2: G2Array
    contributions: tuple[TauContribution, ...]
    lagrange: LagrangePoints | None = None
    section_order: tuple[int, ...] = field(default=())
    """The order of sections in the file read; empty for the order that snarkjs would write."""

    def vectors(self) -> dict[int, NDArray[np.uint64]]:
        """Every section that is a vector of points, by its id."""
        found = {
            TAU_G1: self.tau_g1,
            TAU_G2: self.tau_g2,
            ALPHA_TAU_G1: self.alpha_tau_g1,
            BETA_TAU_G1: self.beta_tau_g1,
            BETA_G2: self.beta_g2.reshape(1, G2_LIMBS),
        }
        if self.lagrange is not None:
            found[LAGRANGE_TAU_G1] = self.lagrange.tau_g1
            found[LAGRANGE_TAU_G2] = self.lagrange.tau_g2
            found[LAGRANGE_ALPHA_TAU_G1] = self.lagrange.alpha_tau_g1
            found[LAGRANGE_BETA_TAU_G1] = self.lagrange.beta_tau_g1
        return found


def read_ptau(path: Path | str) -> PowersOfTau:
    """Map a file. Its long vectors are neither read nor copied: `check_points` checks them, a ceremony verifies them.

    Checked are the structure, every length, and that the contributions' points lie on their curves. Raises a
    `FormatError`.
    """
    file = read_binary_file(path, KIND)
    header = file[HEADER].reader()
    header.modulus(FQ, "the base field")
    power, ceremony_power = header.u32(), header.u32()
    header.end()
    if not 1 <= power <= TWO_ADICITY:
        raise ValueOutOfRange(file[HEADER].file, file[HEADER].name, f"power {power} is not in 1..{TWO_ADICITY}")
    if not power <= ceremony_power <= TWO_ADICITY:
        reason = f"2^{power} powers cannot be cut from a ceremony of 2^{ceremony_power}"
        raise InconsistentFile(file[HEADER].file, file[HEADER].name, reason)
    shapes = _shapes(power)
    vectors = {
        section_id: _points(file[section_id], *shapes[section_id]) for section_id in shapes if section_id in file
    }
    prepared = [section_id for section_id in LAGRANGE if section_id in file]
    if prepared and len(prepared) != len(LAGRANGE):
        missing = next(section_id for section_id in LAGRANGE if section_id not in file)
        name = f"{missing} ({NAMES[missing]})"
        raise SectionMissing(str(file.path), name, "is missing, though the file is prepared for phase 2")
    g2_point(file[BETA_G2], "beta", vectors[BETA_G2][0], subgroup=True)
    return PowersOfTau(
        power=power,
        ceremony_power=ceremony_power,
        tau_g1=vectors[TAU_G1],
        tau_g2=vectors[TAU_G2],
        alpha_tau_g1=vectors[ALPHA_TAU_G1],
        beta_tau_g1=vectors[BETA_TAU_G1],
        beta_g2=vectors[BETA_G2][0],
        contributions=_read_contributions(file[CONTRIBUTIONS]),
        lagrange=LagrangePoints(*(vectors[section_id] for section_id in LAGRANGE)) if prepared else None,
        section_order=file.order,
    )


def check_points(path: Path | str, kernels: Kernels) -> None:
    """Check every point of the file: reduced, on its curve, in G2's subgroup. Raises a `FormatError`.

    Costs about 0.1 µs per point of G1 and 10 µs per point of G2.
    """
    powers = read_ptau(path)
    file = read_binary_file(path, KIND)
    for section_id, points in powers.vectors().items():
        check_vector(file[section_id], points, kernels)


def write_ptau(path: Path | str, powers: PowersOfTau, section_order: tuple[int, ...] = ()) -> None:
    """Write a file, streamed from its arrays. The order of sections is the one given, the file's own, or rising.

    Raises `ValueError` when an array does not have the shape that `power` needs; then nothing is written.
    """
    contents: dict[int, Bytes] = {**powers.vectors()}
    shapes = _shapes(powers.power)
    for section_id, points in powers.vectors().items():
        if points.shape != shapes[section_id] or points.dtype != np.uint64:
            raise ValueError(
                f"{NAMES[section_id]} must be uint64 of {shapes[section_id]}: {points.dtype} {points.shape}"
            )
    contents[HEADER] = b"".join(
        (
            FIELD_BYTES.to_bytes(4, "little"),
            FQ.to_bytes(FIELD_BYTES, "little"),
            powers.power.to_bytes(4, "little"),
            powers.ceremony_power.to_bytes(4, "little"),
        )
    )
    contents[CONTRIBUTIONS] = encode_contributions(powers.contributions)
    kept = sorted(powers.section_order) == sorted(contents)  # not so when the file was prepared since it was read
    order = section_order or (powers.section_order if kept else tuple(sorted(contents)))
    if sorted(order) != sorted(contents):
        raise ValueError(f"this file has the sections {sorted(contents)}, not {order}")
    write_binary_file(path, KIND, ((number, byte_length(contents[number]), [contents[number]]) for number in order))


def encode_contributions(contributions: tuple[TauContribution, ...]) -> bytes:
    """Section 7."""
    encoded = [len(contributions).to_bytes(4, "little")]
    for found in contributions:
        if len(found.partial_hash) != PARTIAL_HASH_BYTES or len(found.next_challenge) != CHALLENGE_BYTES:
            raise ValueError("a contribution's partial hash has 216 bytes, its next challenge 64")
        keys = (found.tau_key, found.alpha_key, found.beta_key)
        points = [
            g1_from_ints(found.tau_g1),
            g2_from_ints(found.tau_g2),
            g1_from_ints(found.alpha_g1),
            g1_from_ints(found.beta_g1),
            g2_from_ints(found.beta_g2),
            *(g1_from_ints(point) for key in keys for point in (key.g1_s, key.g1_sx)),
            *(g2_from_ints(key.g2_spx) for key in keys),
        ]
        encoded.append(np.concatenate(points).astype("<u8").tobytes())
        encoded += [found.partial_hash, found.next_challenge, found.author.encode()]
    return b"".join(encoded)


def _shapes(power: int) -> dict[int, tuple[int, int]]:
    n = 1 << power
    return {
        TAU_G1: (2 * n - 1, G1_LIMBS),
        TAU_G2: (n, G2_LIMBS),
        ALPHA_TAU_G1: (n, G1_LIMBS),
        BETA_TAU_G1: (n, G1_LIMBS),
        BETA_G2: (1, G2_LIMBS),
        LAGRANGE_TAU_G1: (4 * n - 1, G1_LIMBS),
        LAGRANGE_TAU_G2: (2 * n - 1, G2_LIMBS),
        LAGRANGE_ALPHA_TAU_G1: (2 * n - 1, G1_LIMBS),
        LAGRANGE_BETA_TAU_G1: (2 * n - 1, G1_LIMBS),
    }


def _points(section: Section, n: int, limbs: int) -> NDArray[np.uint64]:
    section.require_length(8 * n * limbs, f"a vector of {n} points")
    return section.limbs(n, limbs)


def _read_contributions(section: Section) -> tuple[TauContribution, ...]:
    reader = section.reader()
    contributions = tuple(_read_contribution(reader, index) for index in range(reader.u32()))
    reader.end()
    return contributions


def _read_contribution(reader: SectionReader, index: int) -> TauContribution:
    section = reader.section

    def g1(what: str) -> G1Point:
        return g1_point(section, f"contribution {index}, {what}", reader.limbs(G1_LIMBS))

    def g2(what: str) -> G2Point:
        return g2_point(section, f"contribution {index}, {what}", reader.limbs(G2_LIMBS), subgroup=False)

    tau_g1, tau_g2 = g1("tau in G1"), g2("tau in G2")
    alpha_g1, beta_g1, beta_g2 = g1("alpha in G1"), g1("beta in G1"), g2("beta in G2")
    halves = [(g1(f"s of {secret}"), g1(f"sx of {secret}")) for secret in ("tau", "alpha", "beta")]
    tau_key, alpha_key, beta_key = (ContributorKey(s, sx, g2("spx")) for s, sx in halves)
    return TauContribution(
        tau_g1=tau_g1,
        tau_g2=tau_g2,
        alpha_g1=alpha_g1,
        beta_g1=beta_g1,
        beta_g2=beta_g2,
        tau_key=tau_key,
        alpha_key=alpha_key,
        beta_key=beta_key,
        partial_hash=reader.bytes(PARTIAL_HASH_BYTES),
        next_challenge=reader.bytes(CHALLENGE_BYTES),
        author=read_author(reader),
    )
