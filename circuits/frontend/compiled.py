"""A compiled circuit: makes witnesses, and says in people's words what a row and a wire are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from circuits.frontend.circuit import Circuit, InputValues
from circuits.frontend.errors import RuleViolated
from circuits.frontend.outline import Outline
from circuits.frontend.witness_maker import TapeExecutor, WitnessMaker
from prover.bn254 import ints_from_scalars
from prover.r1cs import R1CS, SparseArithmetic
from prover.tape import Tape


@dataclass(frozen=True, slots=True, eq=False)
class CompiledCircuit:
    """A relation and the tape that makes its witnesses.

    `rule_of_row` and `source_of_row`, shape (constraints,), index `rules` and `sources`; rule 0 is "no rule named".
    """

    circuit: Circuit
    relation: R1CS
    tape: Tape
    output_names: tuple[str, ...]
    outline: Outline
    rules: tuple[str, ...]
    rule_of_row: NDArray[np.int32]
    sources: tuple[str, ...]
    source_of_row: NDArray[np.int32]

    @property
    def name(self) -> str:
        """The circuit's name."""
        return self.circuit.name

    @property
    def n_constraints(self) -> int:
        """Rows of the relation."""
        return self.relation.n_constraints

    @property
    def first_block_wire(self) -> int:
        """Where in the witness the root's own block begins, after 1, outputs and inputs."""
        return 1 + len(self.output_names) + self.circuit.n_inputs

    def witness(self, inputs: InputValues, kernels: TapeExecutor) -> NDArray[np.uint64]:
        """The witness, shape (n_wires, 4) canonical, checked. Raises `InputRefused`, or `RuleViolated` by name."""
        witness = self.unchecked_witness(inputs, kernels)
        self.check(witness, kernels)
        return witness

    @property
    def maker(self) -> WitnessMaker:
        """What makes the witnesses."""
        return WitnessMaker(self.circuit, self.relation.n_wires, self.n_constraints, self.tape, self.output_names)

    def unchecked_witness(self, inputs: InputValues, kernels: TapeExecutor) -> NDArray[np.uint64]:
        """The witness as the tape makes it; it may break rules. Raises `InputRefused`."""
        return self.maker.unchecked_witness(inputs, kernels)

    def check(self, witness: NDArray[np.uint64], kernels: SparseArithmetic | None = None) -> None:
        """Raises `RuleViolated` for the first row that a witness breaks; see `R1CS.first_unsatisfied`."""
        row = self.relation.first_unsatisfied(witness, kernels)
        if row is not None:
            raise self.violation(row, witness)

    def violation(self, row: int, witness: NDArray[np.uint64]) -> RuleViolated:
        """What there is to say of a row that a witness breaks."""
        wires = {
            column: self.name_of_wire(column)
            for _, matrix in self.relation.matrices()
            for column, _ in matrix.row(row)
            if column != 0
        }
        values = ints_from_scalars(witness[list(wires)]) if wires else []
        named = dict(zip(wires.values(), values, strict=True))
        return RuleViolated(self.rule(row), row, self.outline.path_of_row(row), self.source(row), named)

    def rule(self, row: int) -> str:
        """The rule that a row enforces, "" where none is named."""
        return self.rules[int(self.rule_of_row[row])]

    def source(self, row: int) -> str:
        """`file:line` of a row."""
        return self.sources[int(self.source_of_row[row])]

    def name_of_wire(self, wire: int) -> str:
        """A name for a wire of the witness."""
        n_outputs = len(self.output_names)
        if wire == 0:
            return "one"
        if wire <= n_outputs:
            return self.output_names[wire - 1]
        if wire < self.first_block_wire:
            return self.circuit.input_names()[wire - 1 - n_outputs]
        return self.outline.name_of_wire(wire - self.first_block_wire)

    def hinted_wires(self) -> list[int]:
        """The wires of the witness that come from advice: what a lying prover may choose."""
        return [self.first_block_wire + wire for wire in self.outline.hinted_wires()]

    def outputs(self, witness: NDArray[np.uint64]) -> dict[str, int]:
        """The public outputs in a witness."""
        return self.maker.outputs(witness)

    def public_signals(self, witness: NDArray[np.uint64]) -> list[int]:
        """What the verifier is given: outputs, then public inputs."""
        return self.maker.public_signals(witness)
