"""The record that a contribution to powers of tau leaves: its keys, and the hashes that chain it to the others.

    challenge before -> response = hash(challenge before, new points compressed, keys)
                     -> next challenge = hash(response, new points uncompressed)

The file keeps the state of the response's hash just before the keys, so that a reader can redo the end of it. Where
the hash is fed in chunks, they are snarkjs's: the bytes left over in its buffer go into the file.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from prover import bn254
from prover.bn254 import G1_GENERATOR, G2_GENERATOR
from prover.ceremony import transcript
from prover.ceremony.accumulator import Accumulator, TauSecrets
from prover.ceremony.chacha import ChaCha
from prover.ceremony.proof_of_knowledge import G1Half, scale_g2
from prover.ceremony.response_hash import STATE_BYTES, ResponseHash
from prover.ceremony.secret import Secret
from prover.formats import point_encoding
from prover.formats.contributions import Author
from prover.formats.ptau import G1_LIMBS, ContributorKey, PowersOfTau, TauContribution
from prover.groth16.phases import PhaseProgress, report
from prover.kernels.interface import Kernels

Keys: TypeAlias = tuple[ContributorKey, ContributorKey, ContributorKey]
"""Of tau, alpha and beta; their places are what `transcript.phase1_g2_sp` calls personalization."""

RESPONSE_CHUNK_BYTES: Final = 1 << 20
CHALLENGE_CHUNK_BYTES: Final = 1 << 22
_NO_KEY: Final = ContributorKey(None, None, None)


def initial_contribution(power: int) -> TauContribution:
    """What the first contributor builds on: every secret is 1."""
    points = (G1_GENERATOR, G2_GENERATOR, G1_GENERATOR, G1_GENERATOR, G2_GENERATOR)
    challenge = transcript.first_challenge(power)
    return TauContribution(*points, _NO_KEY, _NO_KEY, _NO_KEY, bytes(STATE_BYTES), challenge, Author())


def draw(kernels: Kernels, challenge: bytes, rng: ChaCha) -> tuple[TauSecrets, Keys]:
    """Three secrets and their keys, in the order in which snarkjs draws them."""
    secrets = TauSecrets(Secret.draw(rng), Secret.draw(rng), Secret.draw(rng))
    return secrets, keys_of(kernels, challenge, secrets, rng)


def keys_of(kernels: Kernels, challenge: bytes, secrets: TauSecrets, rng: ChaCha) -> Keys:
    """The public keys of secrets; `rng` gives a random point for each."""
    tau, alpha, beta = (
        _key(kernels, place, challenge, secret, rng)
        for place, secret in enumerate((secrets.tau, secrets.alpha, secrets.beta))
    )
    return tau, alpha, beta


def record(
    kernels: Kernels,
    challenge: bytes,
    points: Accumulator,
    keys: Keys,
    contributor: Author,
    progress: PhaseProgress | None = None,
) -> TauContribution:
    """The record of a contribution that made `points`."""
    response_hash = ResponseHash(kernels)
    response_hash.update(challenge)
    for chunk in _chunks(points, RESPONSE_CHUNK_BYTES, "response hash", progress):
        in_g1 = chunk.shape[1] == G1_LIMBS
        encode = point_encoding.compressed_g1 if in_g1 else point_encoding.compressed_g2
        response_hash.update(encode(kernels, chunk))
    partial_hash = response_hash.export()
    response_hash.update(encode_keys(keys))
    return TauContribution(
        bn254.g1_to_ints(points.tau_g1[1]),
        bn254.g2_to_ints(points.tau_g2[1]),
        bn254.g1_to_ints(points.alpha_tau_g1[0]),
        bn254.g1_to_ints(points.beta_tau_g1[0]),
        bn254.g2_to_ints(points.beta_g2),
        *keys,
        partial_hash,
        challenge_after(kernels, response_hash.digest(), points, progress),
        contributor,
    )


def response(kernels: Kernels, contribution: TauContribution) -> bytes:
    """The hash that the contributor published. Raises `ValueError` when the record holds no state of a hash."""
    response_hash = ResponseHash.from_state(kernels, contribution.partial_hash)
    response_hash.update(encode_keys((contribution.tau_key, contribution.alpha_key, contribution.beta_key)))
    return response_hash.digest()


def challenge_after(
    kernels: Kernels, response_before: bytes, points: Accumulator | PowersOfTau, progress: PhaseProgress | None = None
) -> bytes:
    """The hash that the next contributor builds on."""
    hasher = hashlib.blake2b(response_before)
    for chunk in _chunks(points, CHALLENGE_CHUNK_BYTES, "challenge hash", progress):
        in_g1 = chunk.shape[1] == G1_LIMBS
        encode = point_encoding.uncompressed_g1 if in_g1 else point_encoding.uncompressed_g2
        hasher.update(encode(kernels, chunk).data)
    return hasher.digest()


def encode_keys(keys: Keys) -> bytes:
    """Six points of G1, then three of G2, uncompressed."""
    halves = b"".join(transcript.uncompressed_g1(point) for key in keys for point in (key.g1_s, key.g1_sx))
    return halves + b"".join(transcript.uncompressed_g2(key.g2_spx) for key in keys)


def _key(kernels: Kernels, place: int, challenge: bytes, secret: Secret, rng: ChaCha) -> ContributorKey:
    half = G1Half.draw(kernels, secret, rng)
    g2_sp = transcript.phase1_g2_sp(place, challenge, half.s, half.sx)
    return ContributorKey(half.s, half.sx, scale_g2(kernels, g2_sp, secret))


def _chunks(
    points: Accumulator | PowersOfTau, chunk_bytes: int, phase: str, progress: PhaseProgress | None
) -> Iterator[NDArray[np.uint64]]:
    """All points, section by section, in pieces of at most `chunk_bytes`."""
    sections = (points.tau_g1, points.tau_g2, points.alpha_tau_g1, points.beta_tau_g1, points.beta_g2.reshape(1, -1))
    total, done = sum(len(section) for section in sections), 0
    for section in sections:
        rows = chunk_bytes // (8 * section.shape[1])
        for start in range(0, len(section), rows):
            chunk = section[start : start + rows]
            yield chunk
            done += len(chunk)
            report(progress, phase, done, total)
