"""One call that checks a circuit in four depths.

1. *engine*: the circuit runs on integers, every constraint looked at as it is written;
2. *constraints*: the compiled relation holds for the tape's witness, which is the engine's to the last wire;
3. *proof*: a proof is made and verified; it does not verify for other public values, nor damaged;
4. *solidity*: the verifier contract says the same.

A refusal goes the other way: the engine names the rule, the relation is broken first in a row of that rule, and the
prover refuses to begin.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import IntEnum
from time import perf_counter

import numpy as np

from circuits.checking.errors import CheckFailed
from circuits.checking.machine import VerifierContract
from circuits.frontend import Circuit, CompiledCircuit, InputValues, RuleViolated, compile_circuit, run_on_integers
from prover.bn254 import FR, scalars_from_ints
from prover.errors import UnsatisfiedConstraint
from prover.formats.groth16_types import Proof, VerificationKey
from prover.formats.proving_key import ProvingKey
from prover.groth16.development_setup import development_setup
from prover.groth16.keys import verification_key_of
from prover.groth16.prove import prove
from prover.groth16.verify import verify
from prover.kernels.interface import Kernels


class Depth(IntEnum):
    """How deep a check goes; each takes in those before it."""

    ENGINE = 1
    CONSTRAINTS = 2
    PROOF = 3
    SOLIDITY = 4


@dataclass(frozen=True, slots=True)
class Step:
    """A depth that agreed, and how long it took."""

    depth: Depth
    seconds: float


class CircuitChecker:
    """Checks one circuit on many inputs: it is compiled, set up and deployed once, when the depth first needs it.

    Keys are of the development set-up: they prove and verify as any, and are worth nothing.
    """

    def __init__(self, circuit: Circuit, kernels: Kernels) -> None:
        self.circuit = circuit
        self._kernels = kernels
        self._compiled: CompiledCircuit | None = None
        self._key: ProvingKey | None = None
        self._contract: VerifierContract | None = None

    @property
    def compiled(self) -> CompiledCircuit:
        """The compiled circuit."""
        if self._compiled is None:
            self._compiled = compile_circuit(self.circuit)
        return self._compiled

    def check(self, inputs: InputValues, depth: Depth = Depth.SOLIDITY) -> list[Step]:
        """The depths that agreed. Raises `InputRefused`, `RuleViolated`, `CheckFailed` and `MachineUnavailable`."""
        steps: list[Step] = []
        began = perf_counter()

        def done(reached: Depth) -> bool:
            nonlocal began
            steps.append(Step(reached, perf_counter() - began))
            began = perf_counter()
            return reached == depth

        execution = run_on_integers(self.circuit, inputs)
        if done(Depth.ENGINE):
            return steps
        witness = self.compiled.witness(inputs, self._kernels)
        if not np.array_equal(witness, scalars_from_ints(execution.witness)):
            raise CheckFailed("constraints", "the tape's witness is not the engine's")
        if done(Depth.CONSTRAINTS):
            return steps
        key = self._proving_key()
        proof = prove(key, witness, kernels=self._kernels).proof
        public = self.compiled.public_signals(witness)
        self._check_proof(verification_key_of(key), public, proof)
        if done(Depth.PROOF):
            return steps
        self._check_contract(verification_key_of(key), public, proof)
        done(Depth.SOLIDITY)
        return steps

    def check_refused(self, inputs: InputValues, rule: str, depth: Depth = Depth.PROOF) -> None:
        """That `inputs` break `rule` before any other, in every depth. Raises `CheckFailed` if they do not."""
        execution = run_on_integers(self.circuit, inputs, collect=True)
        if not execution.violations:
            raise CheckFailed("engine", f"inputs that should break {rule} break nothing")
        if execution.violations[0].rule != rule:
            raise CheckFailed("engine", f"the first broken rule is {execution.violations[0].rule!r}, not {rule}")
        if depth < Depth.CONSTRAINTS:
            return
        witness = self.compiled.unchecked_witness(inputs, self._kernels)
        if not np.array_equal(witness, scalars_from_ints(execution.witness)):
            raise CheckFailed("constraints", "the tape's witness is not the engine's")
        try:
            self.compiled.check(witness, self._kernels)
        except RuleViolated as broken:
            if broken.rule != rule:
                raise CheckFailed("constraints", f"the first broken rule is {broken.rule!r}, not {rule}") from broken
        else:
            raise CheckFailed("constraints", f"a witness that breaks {rule} satisfies the relation")
        if depth < Depth.PROOF:
            return
        try:
            prove(self._proving_key(), witness, kernels=self._kernels, relation=self.compiled.relation)
        except UnsatisfiedConstraint:
            return
        raise CheckFailed("proof", f"a witness that breaks {rule} was proven")

    def _proving_key(self) -> ProvingKey:
        if self._key is None:
            self._key = development_setup(self.compiled.relation, self._kernels)
        return self._key

    def _check_proof(self, key: VerificationKey, public: list[int], proof: Proof) -> None:
        if not verify(key, public, proof, self._kernels):
            raise CheckFailed("proof", "the proof does not verify")
        for changed in _others(public):
            if verify(key, changed, proof, self._kernels):
                raise CheckFailed("proof", "the proof verifies for other public values")
        if verify(key, public, _damaged(proof), self._kernels):
            raise CheckFailed("proof", "a damaged proof verifies")

    def _check_contract(self, key: VerificationKey, public: list[int], proof: Proof) -> None:
        if self._contract is None:
            self._contract = VerifierContract(key)
        if not self._contract.verify(public, proof):
            raise CheckFailed("solidity", "the contract refuses the proof")
        for changed in _others(public):
            if self._contract.verify(changed, proof):
                raise CheckFailed("solidity", "the contract accepts the proof for other public values")
        if self._contract.verify(public, _damaged(proof)):
            raise CheckFailed("solidity", "the contract accepts a damaged proof")


def _others(public: list[int]) -> list[list[int]]:
    """Each public value changed alone."""
    return [[*public[:i], (value + 1) % FR, *public[i + 1 :]] for i, value in enumerate(public)]


def _damaged(proof: Proof) -> Proof:
    """A and C exchanged: points as they should be, in the wrong places."""
    return replace(proof, a=proof.c, c=proof.a)


def check(circuit: Circuit, inputs: InputValues, kernels: Kernels, depth: Depth = Depth.SOLIDITY) -> list[Step]:
    """Checks one circuit on one input; see `CircuitChecker.check`."""
    return CircuitChecker(circuit, kernels).check(inputs, depth)


def check_refused(
    circuit: Circuit, inputs: InputValues, rule: str, kernels: Kernels, depth: Depth = Depth.PROOF
) -> None:
    """Checks one refusal; see `CircuitChecker.check_refused`."""
    CircuitChecker(circuit, kernels).check_refused(inputs, rule, depth)
