"""The verifier on Ethereum: a contract rendered from a verification key, its calldata, and its compiler."""

from prover.solidity.calldata import encode_arguments, encode_proof, format_calldata
from prover.solidity.compiler import CompiledContract, compile_solidity
from prover.solidity.render import GasCaps, render_verifier

__all__ = [
    "CompiledContract",
    "GasCaps",
    "compile_solidity",
    "encode_arguments",
    "encode_proof",
    "format_calldata",
    "render_verifier",
]
