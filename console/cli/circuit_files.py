"""What `zkclear circuit` writes: files for snarkjs and other tools, and the tree of costs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from console.cli.output import console

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from rich.tree import Tree

    from circuits.frontend import CompiledCircuit
    from circuits.frontend.costs import Cost


def write_relation(compiled: CompiledCircuit, folder: Path) -> dict[str, str]:
    """Writes .r1cs and .sym, and says where."""
    from circuits.frontend.symbols import symbol_lines
    from prover.formats.atomic import AtomicFile
    from prover.formats.r1cs import write_r1cs

    folder.mkdir(parents=True, exist_ok=True)
    relation, symbols = _path(compiled, folder, "r1cs"), _path(compiled, folder, "sym")
    write_r1cs(relation, compiled.relation)
    with AtomicFile(symbols) as file:
        file.write("".join(f"{line}\n" for line in symbol_lines(compiled)).encode())
    return {"r1cs": str(relation), "sym": str(symbols)}


def write_witness(compiled: CompiledCircuit, witness: NDArray[np.uint64], folder: Path) -> dict[str, str]:
    """Writes .wtns, and says where."""
    from prover.formats.wtns import write_wtns

    path = _path(compiled, folder, "wtns")
    write_wtns(path, witness)
    return {"wtns": str(path)}


def print_tree(cost: Cost, depth: int) -> None:
    """Sub-circuits as a tree, `depth` levels of them."""
    from rich.tree import Tree

    tree = Tree(_label(cost))
    _grow(tree, cost, depth)
    console(stderr=False).print(tree)


def _grow(branch: Tree, node: Cost, depth: int) -> None:
    for part in node.parts if depth else ():
        _grow(branch.add(_label(part)), part, depth - 1)


def _label(cost: Cost) -> str:
    own = f", {cost.own_constraints:,} of its own" if cost.parts and cost.own_constraints else ""
    if cost.instances == 1:
        return f"{cost.name}  {cost.constraints:,}{own}"
    return f"{cost.name}  {cost.instances:,} x {cost.constraints:,} = {cost.total_constraints:,}{own}"


def _path(compiled: CompiledCircuit, folder: Path, ending: str) -> Path:
    from circuits.frontend.cache import file_name

    return folder / f"{file_name(compiled.name)}.{ending}"
