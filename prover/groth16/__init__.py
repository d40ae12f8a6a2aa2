"""Groth16 over BN254: prove, verify, verify many at once, and refuse keys under which proofs could be forged."""

from prover.groth16.aggregate import find_invalid, verify_many
from prover.groth16.keys import Finding, lint_verification_key, refuse_unsound_key, verification_key_of
from prover.groth16.prove import ProofResult, prove
from prover.groth16.randomness import ProofRandomness
from prover.groth16.verify import verify

__all__ = [
    "Finding",
    "ProofRandomness",
    "ProofResult",
    "find_invalid",
    "lint_verification_key",
    "prove",
    "refuse_unsound_key",
    "verification_key_of",
    "verify",
    "verify_many",
]
