"""Contributions to a circuit's key: each multiplies delta by a secret, and divides the c and h queries by it.

As long as one contributor forgot their secret, nobody knows delta. Compatible with snarkjs's `zkey contribute`,
`zkey beacon` and `zkey verify` both ways; what they do with the same random stream is equal byte for byte. Verification
is in `prover.ceremony.phase2_verification`.
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from prover import bn254
from prover.ceremony.author import author
from prover.ceremony.beacon import Beacon
from prover.ceremony.chacha import ChaCha
from prover.ceremony.hash_to_curve import hash_to_g2
from prover.ceremony.proof_of_knowledge import G1Half, scale_g2
from prover.ceremony.secret import RandomBytes, Secret, secret_rng
from prover.ceremony.transcript import contribution_hash, phase2_transcript
from prover.formats.contributions import Author
from prover.formats.proving_key import KeyContribution, ProvingKey
from prover.formats.zkey import CONTRIBUTED_ORDER, read_zkey, write_zkey
from prover.groth16.phases import PhaseProgress, of_phase
from prover.kernels.interface import Kernels


def contribute(
    old: Path | str,
    new: Path | str,
    kernels: Kernels,
    *,
    name: str = "",
    entropy: bytes | str = b"",
    random_bytes: RandomBytes = os.urandom,
    progress: PhaseProgress | None = None,
) -> bytes:
    """Multiply a fresh secret into the key `old` and write the result to `new`.

    Returns the contribution's hash, 64 bytes: publish it. The secret is wiped before the file is written.
    """
    contributor = author(name)
    key = contributed(read_zkey(old), secret_rng(entropy, random_bytes), contributor, kernels, progress)
    write_zkey(new, key, CONTRIBUTED_ORDER)
    return contribution_hash(key.contributions[-1])


def apply_beacon(
    old: Path | str,
    new: Path | str,
    beacon: Beacon,
    kernels: Kernels,
    *,
    name: str = "",
    progress: PhaseProgress | None = None,
) -> bytes:
    """The last contribution, by a public beacon: everybody can repeat it, and gets the same file. Returns its hash."""
    contributor = author(name, beacon)
    key = contributed(read_zkey(old), beacon.rng(of_phase(progress, "beacon")), contributor, kernels, progress)
    write_zkey(new, key, CONTRIBUTED_ORDER)
    return contribution_hash(key.contributions[-1])


def contributed(
    key: ProvingKey, rng: ChaCha, contributor: Author, kernels: Kernels, progress: PhaseProgress | None = None
) -> ProvingKey:
    """The key after a contribution whose secret is drawn from `rng`, which is wiped."""
    with Secret.draw(rng) as delta:
        half = G1Half.draw(kernels, delta, rng)
        rng.wipe()
        transcript = phase2_transcript(key.circuit_hash, key.contributions, half.s, half.sx)
        delta_g1 = kernels.scale_g1(key.delta_g1.reshape(1, 8), delta.scalar)[0]
        delta_g2 = kernels.scale_g2(key.delta_g2.reshape(1, 16), delta.scalar)[0]
        contribution = KeyContribution(
            delta_after=bn254.g1_to_ints(delta_g1),
            delta_g1_s=half.s,
            delta_g1_sx=half.sx,
            delta_g2_spx=scale_g2(kernels, hash_to_g2(transcript), delta),
            transcript=transcript,
            author=contributor,
        )
        with delta.inverse(kernels) as inverse:
            c_query = kernels.scale_g1(key.c_query, inverse.scalar, progress=of_phase(progress, "c query"))
            h_query = kernels.scale_g1(key.h_query, inverse.scalar, progress=of_phase(progress, "h query"))
    return replace(
        key,
        delta_g1=delta_g1,
        delta_g2=delta_g2,
        c_query=c_query,
        h_query=h_query,
        contributions=(*key.contributions, contribution),
    )
