"""What a proof is made from: the steps of a trace lead from the root before a batch to the root after it."""

from __future__ import annotations

from rollup.crypto import hash_one
from rollup.exits import root_above
from rollup.trace import Trace, trace_batch
from rollup.tree import ARITY, Path
from rollup.types.transactions import Deposit
from tests.support.rollup import World, trade_of


def traced(world: World) -> Trace:
    """A deposit and a trade."""
    trade = trade_of(world.order(2, "buy"), world.order(3, "sell"))
    return trace_batch(world.state, world.table, world.batch(queue=(Deposit(4, 5),), trades=(trade,)), world.preset)


def with_leaf(path: Path, leaf: int, world: World) -> Path:
    """The same way up from another leaf: each node on it is hashed anew."""
    index, levels = path.index, []
    for children in path.levels:
        changed = list(children)
        changed[index % ARITY] = leaf
        first, second, third, fourth = changed
        levels.append((first, second, third, fourth))
        leaf, index = hash_one(world.crypto, levels[-1]), index // ARITY
    return Path(path.index, tuple(levels))


def test_the_steps_lead_from_root_to_root() -> None:
    world = World()
    root, trace = world.state.root, traced(world)
    assert (trace.applied.roots.before, trace.applied.roots.after) == (root, world.state.root)
    assert len(trace.accounts) == len(trace.applied.outcome.touched) == 4
    for step in trace.accounts:
        touched = step.touched
        assert touched.before is not None
        old, new = (hash_one(world.crypto, account.leaf_inputs()) for account in (touched.before, touched.after))
        assert root_above(old, touched.account_id, step.path, world.crypto) == root
        after = root_above(new, touched.account_id, with_leaf(step.path, new, world), world.crypto)
        assert after is not None
        root = after
    assert root == world.state.root


def test_a_trace_knows_its_batch() -> None:
    trace = traced(World())
    assert trace.batch is trace.applied.outcome.batch
    assert trace.batch.queue == (Deposit(4, 5),)
