"""Makes witnesses without the relation: all that a prover needs who has a key, at a tenth of the memory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from circuits.frontend.circuit import Circuit, InputValues
from prover.bn254 import ints_from_scalars, scalars_from_ints
from prover.r1cs import SparseArithmetic
from prover.tape import Tape


class TapeExecutor(SparseArithmetic, Protocol):
    """What a witness needs of `prover.kernels.interface.Kernels`."""

    def execute_tape(self, tape: Tape, witness: NDArray[np.uint64]) -> None:
        """Fills in a witness in place."""


@dataclass(frozen=True, slots=True, eq=False)
class WitnessMaker:
    """A circuit's tape, and what there is around it in a witness. `n_constraints` is how many rows it would satisfy."""

    circuit: Circuit
    n_wires: int
    n_constraints: int
    tape: Tape
    output_names: tuple[str, ...]

    def unchecked_witness(self, inputs: InputValues, kernels: TapeExecutor) -> NDArray[np.uint64]:
        """The witness, shape (n_wires, 4), canonical. It may break rules. Raises `InputRefused`."""
        given = self.circuit.input_integers(inputs)
        witness = np.zeros((self.n_wires, 4), dtype=np.uint64)
        witness[0, 0] = 1
        first = 1 + len(self.output_names)
        witness[first : first + len(given)] = scalars_from_ints(given)
        kernels.execute_tape(self.tape, witness)
        return witness

    def outputs(self, witness: NDArray[np.uint64]) -> dict[str, int]:
        """The public outputs in a witness."""
        values = ints_from_scalars(witness[1 : 1 + len(self.output_names)])
        return dict(zip(self.output_names, values, strict=True))

    def public_signals(self, witness: NDArray[np.uint64]) -> list[int]:
        """What the verifier is given: outputs, then public inputs."""
        return ints_from_scalars(witness[1 : 1 + len(self.output_names) + self.circuit.n_public_inputs])
