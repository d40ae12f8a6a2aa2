"""What `zkclear prover info` says of each kind of file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from prover.errors import BadMagic

MAGIC_BYTES: Final = 4


def describe(path: Path) -> dict[str, Any]:
    """Kind and main properties of a file, told apart by its first bytes. Raises a `FormatError`."""
    with path.open("rb") as file:
        magic = file.read(MAGIC_BYTES)
    if magic in _BINARY:
        return _BINARY[magic](path)
    if magic.lstrip()[:1] in (b"{", b"["):
        return _describe_json(path)
    raise BadMagic(str(path), "", "neither r1cs, wtns, zkey, ptau nor JSON")


def _describe_r1cs(path: Path) -> dict[str, Any]:
    from prover.formats.r1cs import read_r1cs

    relation = read_r1cs(path)
    return {
        "kind": "r1cs",
        "constraints": relation.n_constraints,
        "wires": relation.n_wires,
        "public_outputs": relation.n_public_outputs,
        "public_inputs": relation.n_public_inputs,
        "private_inputs": relation.n_private_inputs,
        "entries": {name: matrix.n_entries for name, matrix in relation.matrices()},
        "domain_size": relation.domain_size,
        "digest": relation.digest().hex(),
    }


def _describe_wtns(path: Path) -> dict[str, Any]:
    from prover.formats.wtns import read_wtns

    witness = read_wtns(path)
    small = int((witness[:, 1:] == 0).all(axis=1).sum())
    bits = int(((witness[:, 1:] == 0).all(axis=1) & (witness[:, 0] < 2)).sum())
    return {"kind": "wtns", "wires": len(witness), "zero_or_one": bits, "below_2_to_the_64": small}


def _describe_zkey(path: Path) -> dict[str, Any]:
    from prover.formats.zkey import read_zkey
    from prover.groth16.keys import lint_verification_key, verification_key_of

    key = read_zkey(path)
    verification_key = verification_key_of(key)
    return {
        "kind": "zkey",
        "wires": key.n_wires,
        "public_inputs": key.n_public,
        "domain_size": key.domain_size,
        "coefficients": len(key.coefficients),
        "circuit_hash": key.circuit_hash.hex(),
        "contributions": [author_in_words(contribution.author) for contribution in key.contributions],
        "verification_key_digest": verification_key.digest().hex(),
        "refused_because": [finding.message for finding in lint_verification_key(verification_key)],
    }


def _describe_ptau(path: Path) -> dict[str, Any]:
    from prover.formats.ptau import read_ptau

    powers = read_ptau(path)
    return {
        "kind": "ptau",
        "power": powers.power,
        "ceremony_power": powers.ceremony_power,
        "largest_domain": 1 << powers.power,
        "prepared_for_phase_2": powers.lagrange is not None,
        "contributions": [author_in_words(contribution.author) for contribution in powers.contributions],
    }


def _describe_json(path: Path) -> dict[str, Any]:
    from prover.formats.json_files import read_proof, read_public, read_verification_key
    from prover.groth16.keys import lint_verification_key

    text = path.read_text(encoding="utf-8", errors="replace")
    if text.lstrip().startswith("["):
        public = read_public(path)
        return {"kind": "public inputs", "count": len(public), "values": [str(value) for value in public]}
    if '"vk_alpha_1"' in text:
        key = read_verification_key(path)
        return {
            "kind": "verification key",
            "public_inputs": key.n_public,
            "digest": key.digest().hex(),
            "refused_because": [finding.message for finding in lint_verification_key(key)],
        }
    return {"kind": "proof", "digest": read_proof(path).digest().hex()}


def author_in_words(author: Any) -> str:
    """A contribution in a few words."""
    if author.is_beacon:
        return f"{author.name or 'beacon'} (beacon {author.beacon_hash.hex()}, 2^{author.iterations_exponent} hashes)"
    return str(author.name) or "without a name"


_BINARY: Final[dict[bytes, Callable[[Path], dict[str, Any]]]] = {
    b"r1cs": _describe_r1cs,
    b"wtns": _describe_wtns,
    b"zkey": _describe_zkey,
    b"ptau": _describe_ptau,
}
