"""Beginnings of single scenes on the simulated chain."""

from __future__ import annotations

from dataclasses import replace

from tests.support.submitter_world import CONFIRMATIONS, POLICY, World


def scene(batches: int = 2, **chosen: object) -> World:
    """Blocks, and one node that is well."""
    made = World(7, batches=batches, nodes=1, policy=replace(POLICY, **chosen))  # type: ignore[arg-type]
    for _ in range(CONFIRMATIONS + 2):
        made.mine()
    return made


def committed(made: World) -> World:
    """One batch is committed, and not proven."""
    made.cut_batch()
    made.proofs[1] = float("inf")
    made.until(lambda: made.chain.rules.committed == 1)
    return made
