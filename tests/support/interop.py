"""Circuits, keys and proofs of the circom world; what takes long is made once and kept in `.zkclear/interop`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from console.peers import catalogue, snarkjs
from console.peers.workspace import content_key, made_once, package_versions, workspace
from prover.ceremony import powers_of_tau
from prover.ceremony.beacon import Beacon
from prover.formats.groth16_types import Proof, VerificationKey
from prover.formats.json_files import read_proof, read_public, read_verification_key
from prover.formats.r1cs import read_r1cs
from prover.solidity import compile_solidity, encode_arguments, render_verifier
from tests.support.evm import CallResult, Machine
from tests.support.kernels import fastest

BEACON = Beacon(bytes(range(1, 33)), 10)


@dataclass(frozen=True, slots=True)
class Ceremony:
    """A circuit with powers of tau and a key."""

    built: catalogue.Built
    ptau: Path
    zkey: Path


def snarkjs_ceremony(name: str) -> Ceremony:
    """A key made by snarkjs alone for a circuit of up to 2^8 constraints, and by snarkjs on our powers for larger ones.

    snarkjs needs over a minute and a half to prepare powers of tau at 2^12.
    """
    built = catalogue.build(name)
    power = read_r1cs(built.r1cs).domain_size.bit_length() - 1
    ptau = snarkjs_powers_of_tau(power) if power <= 8 else our_powers_of_tau(power)

    def make(folder: Path) -> None:
        snarkjs.set_up(built.r1cs, ptau, folder / "circuit.zkey")

    key = content_key("snarkjs zkey", built.r1cs.parent.name, ptau.parent.name, package_versions(["snarkjs"]))
    return Ceremony(built, ptau, made_once(workspace() / f"snarkjs-zkey-{key}", make) / "circuit.zkey")


def snarkjs_powers_of_tau(power: int) -> Path:
    def make(folder: Path) -> None:
        snarkjs.new_powers_of_tau(power, folder / "powers.ptau")

    key = content_key("snarkjs ptau", str(power), package_versions(["snarkjs"]))
    return made_once(workspace() / f"snarkjs-ptau-{key}", make) / "powers.ptau"


def our_powers_of_tau(power: int) -> Path:
    """Contributed to, with a beacon, and prepared, all by us."""

    def make(folder: Path) -> None:
        steps = [folder / f"{number}.ptau" for number in range(3)]
        powers_of_tau.new(steps[0], power)
        powers_of_tau.contribute(steps[0], steps[1], fastest(), name="one")
        powers_of_tau.apply_beacon(steps[1], steps[2], BEACON, fastest(), name="beacon")
        powers_of_tau.prepare(steps[2], folder / "powers.ptau", fastest())
        for step in steps:
            step.unlink()

    return made_once(workspace() / f"our-ptau-{content_key('1', str(power))}", make) / "powers.ptau"


@dataclass(frozen=True, slots=True)
class ProofFiles:
    """A proof as files, as every prover here writes them."""

    verification_key: Path
    public: Path
    proof: Path

    def read(self) -> tuple[VerificationKey, list[int], Proof]:
        return read_verification_key(self.verification_key), list(read_public(self.public)), read_proof(self.proof)


@cache
def deployed_verifier(key: VerificationKey) -> tuple[Machine, str, bytes]:
    """A machine with the contract of a key, its address, and the selector of `verifyProof`."""
    contract = compile_solidity(render_verifier(key))
    machine = Machine()
    return machine, machine.deploy(contract.creation_code), contract.selector("verifyProof")


def ask_contract(key: VerificationKey, public: list[int], proof: Proof) -> CallResult:
    machine, address, selector = deployed_verifier(key)
    return machine.call(address, selector + encode_arguments(proof, public))
