"""What is checked of a proof: that it is about this batch, that it is true, and that the contract says so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

import typer

from circuits.settlement.digest import words_digest
from prover.errors import FormatError
from prover.formats.groth16_types import Proof, VerificationKey
from prover.formats.json_files import read_verification_key
from prover.formats.zkey import read_zkey
from prover.groth16.keys import verification_key_of
from prover.groth16.verify import verify
from prover.kernels import load_kernels
from rollup.presets import PRESETS, Preset
from sequencer.development_keys import settlement_key
from sequencer.l1.words import evaluate
from sequencer.native_crypto import NativeCrypto

if TYPE_CHECKING:
    from prover.kernels.interface import Kernels
    from sequencer.record.batch_types import ProofRow
    from sequencer.record.node_types import RunFacts
    from sequencer.record.reader import RecordReader

HOUSE, VERIFIER = "clearing house", "batch verifier"
"""Names of contracts in a record."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was checked. `says` is a sentence either way."""

    name: str
    holds: bool
    says: str
    seconds: float


def checks_of(
    reader: RecordReader, number: int, key: Path | None, rpc: str | None, verifier: str | None
) -> tuple[Check, ...]:
    """All checks, in order; the contract's only where an Ethereum node is named.

    Raises `RecordError`, the errors of keys, and `L1Error`.
    """
    proof, words, facts = reader.proof(number), reader.words(number), reader.facts()
    preset, kernels = preset_of_run(facts), load_kernels()
    with_key = verification_key(preset, key, kernels)
    checks = [
        _timed("batch", "about the words of this batch", lambda: _is_about(proof, words, preset, kernels)),
        _timed("here", f"true under key {with_key.digest().hex()[:16]}…", lambda: _is_true(proof, with_key, kernels)),
    ]
    if rpc is not None:
        address = verifier_address(rpc, facts, verifier)
        checks.append(_timed("contract", f"true by contract {address}", lambda: contract_says(rpc, address, proof)))
    return tuple(checks)


def preset_of_run(facts: RunFacts) -> Preset:
    """Raises `BadParameter` for a record of a preset that is not known here."""
    if facts.preset not in PRESETS:
        raise typer.BadParameter(f"the run has batches of preset {facts.preset!r}: there are {', '.join(PRESETS)}")
    return PRESETS[facts.preset]


def verification_key(preset: Preset, path: Path | None, kernels: Kernels) -> VerificationKey:
    """From a `.zkey` or a JSON file, by default the preset's development key, which is made if it is not there."""
    if path is None:
        return verification_key_of(settlement_key(preset, kernels))
    return read_verification_key(path) if path.suffix == ".json" else verification_key_of(read_zkey(path))


def verifier_address(rpc: str, facts: RunFacts, named: str | None) -> str:
    """The contract named, or the one that the run's clearing house asks. Raises `L1Error`."""
    from sequencer.l1.bindings.clearing_house import ClearingHouse
    from sequencer.l1.client import Chain

    if named is not None:
        return named
    if VERIFIER in facts.contracts:
        return facts.contracts[VERIFIER]
    house = facts.contracts.get(HOUSE)
    if house is None:
        raise typer.BadParameter("the record does not name the clearing house: name the contract by --verifier")
    chain = Chain(rpc)
    chain.require_chain_id(facts.chain_id)
    chain.require_code(house)
    return ClearingHouse(chain, house).batch_verifier()


def contract_says(rpc: str, address: str, proof: ProofRow) -> bool:
    """What the verifier answers to an `eth_call`: nothing is sent. Raises `L1Error`."""
    from sequencer.l1.bindings.i_batch_verifier import IBatchVerifier
    from sequencer.l1.client import Chain

    chain = Chain(rpc)
    chain.require_code(address)
    return IBatchVerifier(chain, address).verify_many([list(proof.calldata)], [list(proof.public_signals)])


def _is_about(proof: ProofRow, words: tuple[int, ...], preset: Preset, kernels: Kernels) -> bool:
    digest, evaluation, point = proof.public_signals
    found = words_digest(words, preset, NativeCrypto(kernels)), evaluate(words, point)
    return found == (digest, evaluation)


def _is_true(proof: ProofRow, key: VerificationKey, kernels: Kernels) -> bool:
    """Points that are none are no proof either."""
    try:
        return verify(key, proof.public_signals, Proof(proof.a, proof.b, proof.c), kernels)
    except FormatError:
        return False


def _timed(name: str, says: str, holds: Callable[[], bool]) -> Check:
    began = perf_counter()
    found = holds()
    return Check(name, found, says if found else f"not {says}", perf_counter() - began)
