"""Renders the Solidity verifier of one verification key.

The contract is `groth16_verifier.sol.template` with the key's points as constants. Its comments say what it checks.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib.resources import files
from string import Template
from typing import Final

from prover.bn254 import FQ, FR, G2_GENERATOR, G1Affine, G2Affine
from prover.formats.groth16_types import VerificationKey
from prover.groth16.keys import refuse_unsound_key
from prover.kernels.interface import Kernels
from prover.solidity.errors import UnrenderableKey

TEMPLATE_FILE: Final = "groth16_verifier.sol.template"

EIP1108_ECADD_GAS: Final = 150
EIP1108_ECMUL_GAS: Final = 6_000
EIP1108_PAIRING_BASE_GAS: Final = 45_000
EIP1108_PAIRING_GAS_PER_PAIR: Final = 34_000
EIP1108_PAIRING_GAS: Final = EIP1108_PAIRING_BASE_GAS + 4 * EIP1108_PAIRING_GAS_PER_PAIR
"""What the pairing of four pairs costs."""

MAX_PUBLIC_INPUTS: Final = 128
"""Each input adds about 100 bytes of code; EIP-170 allows 24,576 bytes. Hash longer inputs into one."""

_IDENTIFIER: Final = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*")


@dataclass(frozen=True, slots=True)
class GasCaps:
    """How much gas each precompile is given, as a whole multiple of its price in EIP-1108.

    A failing precompile burns everything it is given, so the cap is what a bad proof costs beyond the rest of the
    check. The margin is for a chain, or a later fork, that charges more.
    """

    margin: int = 2

    def __post_init__(self) -> None:
        if not 1 <= self.margin <= 100:
            raise ValueError(f"the gas margin is a whole factor in 1..100, got {self.margin}")


def render_verifier(
    key: VerificationKey,
    *,
    contract_name: str = "Groth16Verifier",
    gas_caps: GasCaps | None = None,
    production: bool = False,
    kernels: Kernels | None = None,
) -> str:
    """The Solidity source (^0.8.28) of a verifier for `key`.

    The contract has `verifyProof(uint256[2], uint256[2][2], uint256[2], uint256[n])`, snarkjs's signature,
    `verify(bytes, uint256[])`, and `verifyMany(uint256[8][], uint256[n][])`, which takes k proofs with k + 3 pairs.
    The last arguments of the first and the third are not there when there are no public inputs.

    `production` also refuses keys of the development set-up. Kernels only make the subgroup checks faster.

    Raises `KeyRefused` for a key that is not sound (gamma equal to delta, points at infinity, repeated or outside the
    subgroup, …) and `UnrenderableKey` when the key has more public inputs than fit into one contract, or the name is
    not an identifier.
    """
    if not _IDENTIFIER.fullmatch(contract_name):
        raise UnrenderableKey(f"{contract_name!r} is not a Solidity identifier: choose letters, digits and underscores")
    if key.n_public > MAX_PUBLIC_INPUTS:
        raise UnrenderableKey(
            f"{key.n_public} public inputs do not fit into one contract (at most {MAX_PUBLIC_INPUTS}): "
            "make one public input of their hash"
        )
    refuse_unsound_key(key, kernels, production=production)
    return _render(key, contract_name, gas_caps or GasCaps())


def _render(key: VerificationKey, contract_name: str, gas_caps: GasCaps) -> str:
    """The text alone, for a key that has been checked."""
    n_public = key.n_public
    template = Template(files("prover.solidity").joinpath(TEMPLATE_FILE).read_text(encoding="utf-8"))
    (g2_x0, g2_x1), _ = G2_GENERATOR
    return template.substitute(
        contract_name=contract_name,
        key_digest="0x" + key.digest().hex(),
        n_public=n_public,
        q=FQ,
        r=FR,
        g2_x0=g2_x0,
        g2_x1=g2_x1,
        gas_margin=gas_caps.margin,
        ecadd_gas=gas_caps.margin * EIP1108_ECADD_GAS,
        ecmul_gas=gas_caps.margin * EIP1108_ECMUL_GAS,
        ecpairing_gas=gas_caps.margin * EIP1108_PAIRING_BASE_GAS,
        ecpairing_gas_per_pair=gas_caps.margin * EIP1108_PAIRING_GAS_PER_PAIR,
        input_bytes=f"{32 * n_public:#x}",
        key_constants=_key_constants(key),
        ic_at_infinity="".join(f"\n                || _isZero(IC{i}_X, IC{i}_Y)" for i in range(n_public + 1)),
        ic_membership="".join(f"        _requireOnCurve(IC{i}_X, IC{i}_Y);\n" for i in range(n_public + 1)),
        input_parameter=f",\n        uint256[{n_public}] calldata input" if n_public else "",
        input_documentation="    /// @param input The public inputs.\n" if n_public else "",
        input_unused="(b, c, input);" if n_public else "(b, c);",
        accumulate=_accumulate_calls(n_public),
        **_parts_of_verify_many(n_public),
    )


def _accumulate_calls(n_public: int) -> str:
    """L = IC[0] + sum of input[i] IC[i + 1], one call a term."""
    if n_public == 0:
        return ""
    calls = "".join(
        f"            _accumulate(tail + 0xc0, IC{i + 1}_X, IC{i + 1}_Y, tail + {0x240 + 32 * i:#x});\n"
        for i in range(n_public)
    )
    return "        unchecked { // places in memory\n" + calls + "        }\n"


def _parts_of_verify_many(n_public: int) -> dict[str, str]:
    """What depends on whether there are public inputs: Solidity has no arrays of length zero."""
    if n_public == 0:
        return {
            "counts_error": "",
            "many_documentation": "",
            "many_parameter": "",
            "many_counts": "",
            "many_head": "0x44",
            "many_offset": "proofs.offset // none",
        }
    return {
        "counts_error": (
            "    /// @notice `verifyMany` was given more or fewer rows of inputs than proofs.\n"
            "    error CountsDiffer(uint256 proofs, uint256 inputs);\n"
        ),
        "many_documentation": "    /// @param inputs The public inputs of each.\n",
        "many_parameter": f", uint256[{n_public}][] calldata inputs",
        "many_counts": "        if (inputs.length != count) revert CountsDiffer(count, inputs.length);\n",
        "many_head": "0x84",
        "many_offset": "inputs.offset",
    }


def _key_constants(key: VerificationKey) -> str:
    """The constants of the key. alpha, gamma and delta are negated: see the contract."""
    if key.alpha_g1 is None or key.beta_g2 is None or key.gamma_g2 is None or key.delta_g2 is None:
        raise UnrenderableKey("the key has a point at infinity: make a new set-up")
    lines = _g1_constants("MINUS_ALPHA", _negate_g1(key.alpha_g1))
    lines += _g2_constants("BETA", key.beta_g2)
    lines += _g2_constants("MINUS_GAMMA", _negate_g2(key.gamma_g2))
    lines += _g2_constants("MINUS_DELTA", _negate_g2(key.delta_g2))
    for index, point in enumerate(key.ic):
        if point is None:
            raise UnrenderableKey(f"ic[{index}] is the point at infinity: make a new set-up")
        lines += _g1_constants(f"IC{index}", point)
    return "".join(f"    {line}\n" for line in lines)


def _g1_constants(name: str, point: G1Affine) -> list[str]:
    x, y = point
    return [f"uint256 private constant {name}_X = {x};", f"uint256 private constant {name}_Y = {y};"]


def _g2_constants(name: str, point: G2Affine) -> list[str]:
    (x0, x1), (y0, y1) = point
    words = (("X1", x1), ("X0", x0), ("Y1", y1), ("Y0", y0))
    return [f"uint256 private constant {name}_{suffix} = {value};" for suffix, value in words]


def _negate_g1(point: G1Affine) -> G1Affine:
    return point[0], FQ - point[1]


def _negate_g2(point: G2Affine) -> G2Affine:
    y0, y1 = point[1]
    return point[0], (-y0 % FQ, -y1 % FQ)
