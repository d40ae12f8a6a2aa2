"""`verification_key.json`, `proof.json` and `public.json`, as snarkjs writes them byte for byte.

A point is projective with z = 1, or infinity as [0, 1, 0]; coordinates are canonical decimals in strings. Readers
check every point: reduced, on its curve, in G2's subgroup. `vk_alphabeta_12` of a verification key is read and checked
for its shape, but never believed: a verifier computes it. It may be missing, and in a proof `curve` may be (rapidsnark
leaves it out). Anything else that is missing, and anything more, is refused.

Source: snarkjs 0.7.6, `zkey_export_verificationkey.js`, `groth16_prove.js`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from prover.bn254 import (
    BN_PARAMETER,
    FQ,
    FR,
    Fq2Element,
    G1Point,
    G2Point,
    g1_from_ints,
    g1_is_on_curve,
    g2_from_ints,
    g2_is_in_subgroup,
    g2_is_on_curve,
    ints_from_field,
    scalars_from_ints,
)
from prover.errors import InconsistentFile, InvalidPoint, MalformedText
from prover.formats.atomic import AtomicFile
from prover.formats.groth16_types import Proof, VerificationKey
from prover.formats.strict_json import Node, parse_json, read_json
from prover.kernels.interface import Kernels

PROTOCOL: Final = "groth16"
CURVE: Final = "bn128"

_SNARKJS_COFACTOR: Final = 2 * BN_PARAMETER * (6 * BN_PARAMETER**2 + 3 * BN_PARAMETER + 1) % FR

_PROOF_FIELDS: Final = frozenset(("pi_a", "pi_b", "pi_c", "protocol"))
_KEY_FIELDS: Final = frozenset(
    ("protocol", "curve", "nPublic", "vk_alpha_1", "vk_beta_2", "vk_gamma_2", "vk_delta_2", "IC")
)


# -- files ---------------------------------------------------------------------------------------------------------


def read_proof(path: Path | str) -> Proof:
    """The proof in a `proof.json`. Raises a `FormatError`."""
    return _proof(read_json(path))


def write_proof(path: Path | str, proof: Proof) -> None:
    """Write `proof.json`."""
    _write(path, proof_to_json(proof))


def read_public(path: Path | str) -> tuple[int, ...]:
    """The public inputs in a `public.json`, each below r. Raises a `FormatError`."""
    return _public(read_json(path))


def write_public(path: Path | str, public: Sequence[int]) -> None:
    """Write `public.json`. Raises `ValueError` for a value that is not in 0 <= value < r."""
    _write(path, public_to_json(public))


def read_verification_key(path: Path | str) -> VerificationKey:
    """The key in a `verification_key.json`. Says nothing of whether it is sound. Raises a `FormatError`."""
    return _verification_key(read_json(path))


def write_verification_key(path: Path | str, key: VerificationKey, kernels: Kernels) -> None:
    """Write `verification_key.json`; the kernels compute the pairing of alpha and beta that snarkjs includes."""
    _write(path, verification_key_to_json(key, kernels))


# -- texts ---------------------------------------------------------------------------------------------------------


def proof_from_json(text: bytes | str, file: str = "proof") -> Proof:
    """As `read_proof`, from a text; `file` names it in errors."""
    return _proof(parse_json(text, file))


def public_from_json(text: bytes | str, file: str = "public inputs") -> tuple[int, ...]:
    """As `read_public`, from a text."""
    return _public(parse_json(text, file))


def verification_key_from_json(text: bytes | str, file: str = "verification key") -> VerificationKey:
    """As `read_verification_key`, from a text."""
    return _verification_key(parse_json(text, file))


def proof_to_json(proof: Proof) -> str:
    """The text of a `proof.json`."""
    return _dump(
        {
            "pi_a": _g1_to_json(proof.a),
            "pi_b": _g2_to_json(proof.b),
            "pi_c": _g1_to_json(proof.c),
            "protocol": PROTOCOL,
            "curve": CURVE,
        }
    )


def public_to_json(public: Sequence[int]) -> str:
    """The text of a `public.json`. Raises `ValueError` for a value that is not in 0 <= value < r."""
    for index, value in enumerate(public):
        if not 0 <= value < FR:
            raise ValueError(f"public input {index} is not in 0 <= value < r: {value}")
    return _dump([str(value) for value in public])


def verification_key_to_json(key: VerificationKey, kernels: Kernels) -> str:
    """The text of a `verification_key.json`."""
    return _dump(
        {
            "protocol": PROTOCOL,
            "curve": CURVE,
            "nPublic": key.n_public,
            "vk_alpha_1": _g1_to_json(key.alpha_g1),
            "vk_beta_2": _g2_to_json(key.beta_g2),
            "vk_gamma_2": _g2_to_json(key.gamma_g2),
            "vk_delta_2": _g2_to_json(key.delta_g2),
            "vk_alphabeta_12": _alpha_beta(key, kernels),
            "IC": [_g1_to_json(point) for point in key.ic],
        }
    )


# -- reading -------------------------------------------------------------------------------------------------------


def _proof(root: Node) -> Proof:
    fields = root.fields(_PROOF_FIELDS, frozenset(("curve",)))
    _require_groth16(fields)
    return Proof(_g1(fields["pi_a"]), _g2(fields["pi_b"]), _g1(fields["pi_c"]))


def _public(root: Node) -> tuple[int, ...]:
    return tuple(item.integer_below(FR) for item in root.items())


def _verification_key(root: Node) -> VerificationKey:
    fields = root.fields(_KEY_FIELDS, frozenset(("vk_alphabeta_12",)))
    _require_groth16(fields)
    n_public = fields["nPublic"].count()
    ic = fields["IC"].items()
    if len(ic) != n_public + 1:
        raise InconsistentFile(root.file, "IC", f"has {len(ic)} points, {n_public} public inputs need {n_public + 1}")
    if "vk_alphabeta_12" in fields:
        for half in fields["vk_alphabeta_12"].items(2):
            for element in half.items(3):
                _fq2(element)
    return VerificationKey(
        alpha_g1=_g1(fields["vk_alpha_1"]),
        beta_g2=_g2(fields["vk_beta_2"]),
        gamma_g2=_g2(fields["vk_gamma_2"]),
        delta_g2=_g2(fields["vk_delta_2"]),
        ic=tuple(_g1(point) for point in ic),
    )


def _require_groth16(fields: dict[str, Node]) -> None:
    fields["protocol"].require_text(PROTOCOL)
    if "curve" in fields:
        fields["curve"].require_text(CURVE)


def _g1(node: Node) -> G1Point:
    x, y, z = (item.integer_below(FQ) for item in node.items(3))
    if (x, y, z) == (0, 1, 0):
        return None
    if z != 1:
        raise MalformedText(node.file, node.path, "a point has z = 1, or is infinity, [0, 1, 0]")
    if not g1_is_on_curve((x, y)):
        raise InvalidPoint(node.file, node.path, "is not on the curve of G1")
    return x, y


def _g2(node: Node) -> G2Point:
    x, y, z = (_fq2(item) for item in node.items(3))
    if (x, y, z) == ((0, 0), (1, 0), (0, 0)):
        return None
    if z != (1, 0):
        raise MalformedText(node.file, node.path, "a point has z = [1, 0], or is infinity, [[0, 0], [1, 0], [0, 0]]")
    if not g2_is_on_curve((x, y)):
        raise InvalidPoint(node.file, node.path, "is not on the curve of G2")
    if not g2_is_in_subgroup((x, y)):
        raise InvalidPoint(node.file, node.path, "is outside G2's subgroup of order r")
    return x, y


def _fq2(node: Node) -> Fq2Element:
    c0, c1 = (item.integer_below(FQ) for item in node.items(2))
    return c0, c1


# -- writing -------------------------------------------------------------------------------------------------------


def _g1_to_json(point: G1Point) -> list[str]:
    if point is None:
        return ["0", "1", "0"]
    return [str(point[0]), str(point[1]), "1"]


def _g2_to_json(point: G2Point) -> list[list[str]]:
    if point is None:
        return [["0", "0"], ["1", "0"], ["0", "0"]]
    return [[str(coordinate) for coordinate in element] for element in (*point, (1, 0))]


def _alpha_beta(key: VerificationKey, kernels: Kernels) -> list[list[list[str]]]:
    """snarkjs's pairing of alpha and beta in the tower Fq12 = Fq6[w]/(w^2 - v), Fq6 = Fq2[v]/(v^3 - 9 - u).

    snarkjs raises to `_SNARKJS_COFACTOR` times the exponent of the plain pairing, because the exponentiation is faster
    so (Fuentes-Castañeda, Knapp and Rodríguez-Henríquez, SAC 2011); by bilinearity that is a factor of alpha. The
    coefficients come as powers 0 to 5 of w and go out as those of 1, w^2, w^4, then of w, w^3, w^5.
    """
    factor = scalars_from_ints([_SNARKJS_COFACTOR])
    alpha = kernels.scale_g1(g1_from_ints(key.alpha_g1).reshape(1, 8), factor)[0]
    flat = ints_from_field(kernels.pairing(alpha, g2_from_ints(key.beta_g2)), FQ)
    return [[[str(flat[2 * power]), str(flat[2 * power + 1])] for power in half] for half in ((0, 2, 4), (1, 3, 5))]


def _dump(value: Any) -> str:
    return json.dumps(value, indent=1)


def _write(path: Path | str, text: str) -> None:
    with AtomicFile(path) as out:
        out.write(text.encode())
