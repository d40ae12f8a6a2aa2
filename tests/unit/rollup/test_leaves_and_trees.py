"""Leaves that say all of an account, hashes that are not taken for one another, and paths that lead to the root."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from primitives import eddsa
from primitives.field import FR
from primitives.poseidon import poseidon
from rollup.batch_application import apply_batch
from rollup.crypto import READABLE, Claim, Crypto, hash_one
from rollup.errors import FieldOutOfRange
from rollup.presets import TINY
from rollup.risk_table import RiskTable, row_inputs
from rollup.state import State
from rollup.trace import trace_batch
from rollup.tree import ARITY, Path, QuadTree
from rollup.types.accounts import EMPTY_LEAF, EMPTY_POSITION, FRESH_ORDER, Account, OrderState, Position
from rollup.types.orders import Cancel, MessageKind, Order, Transfer, Withdrawal, operation_message_inputs
from rollup.types.series import SeriesRow
from rollup.units import ORDER_SLOTS, POSITION_SLOTS
from tests.support.native_crypto import native_crypto
from tests.support.rollup import DOMAIN, LIVE, RICH, World, make_row, private_key, public_key, trade_of

positions = st.builds(
    lambda series_id, size: Position(series_id, size) if size else EMPTY_POSITION,
    st.integers(1, (1 << 24) - 1),
    st.sampled_from([0, 1, -1, (1 << 39) - 1, -(1 << 39)]) | st.integers(-(1 << 39), (1 << 39) - 1),
)
accounts = st.builds(
    Account,
    st.tuples(st.integers(0, FR - 1), st.integers(0, FR - 1)),
    st.integers(0, (1 << 63) - 1),
    st.lists(positions, min_size=POSITION_SLOTS, max_size=POSITION_SLOTS).map(tuple),
    st.lists(
        st.builds(OrderState, st.integers(0, (1 << 32) - 1), st.integers(0, (1 << 40) - 1)),
        min_size=ORDER_SLOTS,
        max_size=ORDER_SLOTS,
    ).map(tuple),
)


def unpacked_leaf(inputs: Sequence[int]) -> Account:
    """The account back from its 16 elements: so that no two have the same."""
    held = []
    for element in inputs[2:8]:
        for i in range(3):
            part = element >> 65 * i & (1 << 65) - 1
            held.append(Position(part >> 41, (part & (1 << 41) - 1) - (1 << 40)) if part else EMPTY_POSITION)
        last = element
    cash_e6 = (last >> 65) & (1 << 63) - 1
    orders = tuple(OrderState.from_packed(element) for element in inputs[8:])
    return Account((inputs[0], inputs[1]), cash_e6, tuple(held[:POSITION_SLOTS]), orders)


@given(accounts)
def test_a10_a_leaf_says_all_of_an_account(account: Account) -> None:
    inputs = account.leaf_inputs()
    assert len(inputs) == 16
    assert all(0 <= element < FR for element in inputs)
    assert inputs[7] >> 128 == 1
    assert (
        replace(unpacked_leaf([*inputs[:7], inputs[7] & (1 << 65) - 1, *inputs[8:]]), cash_e6=account.cash_e6)
        == account
    )
    assert (inputs[7] >> 65) & (1 << 63) - 1 == account.cash_e6


@given(accounts, accounts)
def test_a10_different_accounts_have_different_leaves(one: Account, other: Account) -> None:
    assert (one == other) == (one.leaf_inputs() == other.leaf_inputs())


def test_a10_what_is_hashed_for_one_thing_is_not_hashed_for_another() -> None:
    """By the number of inputs, or by a tag in bits that the other leaves 0."""
    leaf, values = Account((0, 0)).leaf_inputs(), row_inputs(make_row(LIVE))
    assert len(leaf) == len(values[0]) == 16
    assert leaf[7] >> 128 == 1
    assert max(SeriesRow(make_row(LIVE).series, False, ((1 << 40) - 1,) * 17).values_e2) >> 128 == 0
    assert ARITY not in (len(leaf), len(values[1:]) + 1)
    kinds = {operation_message_inputs(one, DOMAIN)[0] for one in (Cancel(2, 0, 1), Transfer(2, 0, 1, 3, 5))}
    kinds |= {operation_message_inputs(Withdrawal(2, 0, 1, 5), DOMAIN)[0]}
    kinds |= {Order(2, 1, True, 5, 5, 0, 5, 0, 1).message_inputs(DOMAIN)[0]}
    assert {kind & 0xFF for kind in kinds} == set(MessageKind)
    assert len(kinds) == len(MessageKind)


def test_a10_a_leaf_without_a_tag_could_be_a_row_twin() -> None:
    account = Account((5, 6))
    untagged = [*account.leaf_inputs()]
    untagged[7] -= 1 << 128
    row = SeriesRow(make_row(LIVE).series, False, (9, *untagged))
    assert list(row_inputs(row)[0]) == untagged


def test_a13_no_account_is_not_an_empty_account() -> None:
    state = State(TINY.account_depth, native_crypto())
    empty = state.root
    state.put({5: Account((0, 0))})
    assert state.leaf(5) != EMPTY_LEAF == state.leaf(6)
    assert state.root != empty
    state.put({5: None})
    assert state.root == empty
    assert state.account(5) is None


def root_of(path: Path, leaf: int) -> int | None:
    """What a path leads to from a leaf, `None` if the leaf is not where it should be."""
    node, index = leaf, path.index
    for children in path.levels:
        if children[index % ARITY] != node:
            return None
        node, index = poseidon(children), index // ARITY
    return node


def test_a11_paths_lead_to_the_root_from_their_leaf_alone() -> None:
    tree = QuadTree(3, native_crypto())
    tree.update({0: 5, 17: 6, 63: 7})
    for index in (0, 1, 17, 62, 63):
        path = tree.path(index)
        assert root_of(path, tree.leaf(index)) == tree.root
        assert root_of(path, tree.leaf(index) + 1) is None
        assert len(path.levels) == 3
        assert root_of(Path(index // ARITY, path.levels[1:]), tree.leaf(index)) is None
        inner = path.levels[1][index // ARITY % ARITY]
        assert root_of(Path(index // ARITY, path.levels[1:]), inner) == tree.root


@given(st.dictionaries(st.integers(0, 15), st.integers(0, 1000), max_size=8), st.randoms(use_true_random=False))
def test_a_tree_depends_on_its_leaves_alone(leaves: dict[int, int], rng: random.Random) -> None:
    """As all hashed at once: in whatever order they were set, and whatever was there before."""
    crypto = native_crypto()
    tree = QuadTree(2, crypto)
    for index in rng.sample(sorted(leaves), len(leaves)):
        tree.update({index: rng.randrange(1000)})
        tree.update({index: leaves[index]})
    level = [leaves.get(i, 0) for i in range(16)]
    crown = crypto.hash_many([level[at : at + 4] for at in range(0, 16, 4)])
    assert tree.crown(1) == tuple(crown)
    assert tree.root == crypto.hash_many([crown])[0]


@pytest.mark.parametrize("index", [-1, 64, 1 << 30])
def test_a11_there_is_nothing_beside_the_tree(index: int) -> None:
    tree = QuadTree(3, native_crypto())
    for ask in (tree.leaf, tree.path):
        with pytest.raises(FieldOutOfRange):
            ask(index)
    with pytest.raises(FieldOutOfRange):
        tree.update({index: 5})


@pytest.mark.parametrize("crypto", [READABLE, native_crypto()], ids=["readable", "native"])
def test_readable_and_native_cryptography_agree(crypto: Crypto) -> None:
    assert crypto.hash_many([[1, 2]]) == [7853200120776062878684798364095072458815029376092732009249414926327459813530]
    message = hash_one(READABLE, (5, 6))
    good = native_crypto().sign(private_key(2), message)
    assert good == eddsa.sign(private_key(2), message)
    wrong = [replace(good, s=-1), replace(good, s=1 << 256), replace(good, s=good.s + 1), replace(good, r=(0, 1))]
    signed = [((5, 6), good), ((6, 5), good), *(((5, 6), one) for one in wrong)]
    claims = [Claim(public_key(2), inputs, signature) for inputs, signature in signed]
    assert crypto.verify_many(claims) == [True, *(False,) * 5]
    assert crypto.verify_many([]) == []


def test_a_copy_goes_its_own_way() -> None:
    world = World()
    copy = world.state.copy()
    world.put(2, 7)
    assert copy.root != world.state.root
    assert (copy.account(2) or Account((0, 0))).cash_e6 == RICH


def test_a_table_knows_its_rows() -> None:
    table = RiskTable([make_row(5), make_row(2)], 2, native_crypto())
    assert [row.series.series_id for row in table.rows()] == [2, 5]
    assert table.row(3) is None
    assert (
        root_of(
            table.path(5),
            native_crypto().hash_many(
                [(native_crypto().hash_many([row_inputs(make_row(5))[0]])[0], row_inputs(make_row(5))[1])]
            )[0],
        )
        == table.root
    )


def test_b31_a_trace_goes_from_root_to_root_one_account_at_a_time() -> None:
    """Two sides of a trade and the fee account: each path is the one after the step before."""
    world, twin = World(), World()
    batch = world.batch(trades=(trade_of(world.order(2, "buy"), world.order(3, "sell")),))
    trace = trace_batch(world.state, world.table, batch, TINY)
    applied = apply_batch(twin.state, twin.table, batch, TINY)
    assert (trace.applied.roots, trace.applied.words) == (applied.roots, applied.words)
    root = applied.roots.before
    for step in trace.accounts:
        before, after = step.touched.before, step.touched.after
        old, new = native_crypto().hash_many([(before or after).leaf_inputs(), after.leaf_inputs()])
        assert root_of(step.path, old) == root
        levels, node, index = [], new, step.path.index
        for children in step.path.levels:
            moved = list(children)
            moved[index % ARITY] = node
            levels.append(moved)
            node, index = poseidon(moved), index // ARITY
        root = node
    assert root == applied.roots.after
    assert [row.row.series.series_id for row in trace.rows] == [LIVE]
    assert all(order == FRESH_ORDER for order in twin.account(4).orders)
