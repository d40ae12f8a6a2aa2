"""The state from words alone: for random batches exactly, and for words that are not those with an error."""

from __future__ import annotations

import random
from dataclasses import replace
from functools import cache

import pytest

from rollup import recover
from rollup.batch_application import AppliedBatch, apply_batch
from rollup.errors import RollupError, RuleBroken, WrongQueueResult
from rollup.presets import PRESETS, TINY
from rollup.recover import DecodedBatch, MalformedWords, RootMismatch, decode_queue_entry, decode_words, replay
from rollup.risk_table import RiskTable
from rollup.state import State
from rollup.types.accounts import Account
from rollup.types.transactions import Deposit, ForcedCloseOut, ForcedWithdrawal, QueueEntry
from rollup.types.words import number_of_words, queue_words, words_of
from tests.support.native_crypto import native_crypto
from tests.support.rollup import LIVE, RICH, World
from tests.support.rollup_cases import Case
from tests.support.rollup_cases_books import CASES
from tests.support.rollup_walk import WALK, Walk

BATCHES = 200


@cache
def history() -> list[tuple[dict[int, Account], RiskTable, AppliedBatch]]:
    """Accounts before, risk table and batch, of a walk with real hashes and signatures."""
    walk = Walk(7, crypto=native_crypto())
    found: list[tuple[dict[int, Account], RiskTable, AppliedBatch]] = []
    while len(found) < BATCHES:
        before = dict(walk.state.accounts())
        applied = walk.step()
        if applied is not None:
            found.append((before, walk.world.table, applied))
    return found


def state_of(accounts: dict[int, Account]) -> State:
    state = State(WALK.account_depth, native_crypto())
    state.put(accounts)
    return state


def test_two_hundred_random_batches_are_recovered() -> None:
    first = history()[0][0]
    state = state_of(first)
    for _, table, applied in history():
        replay(state, table, decode_words(applied.words, WALK))
        assert state.root == applied.roots.after


def test_what_is_read_is_what_was_written() -> None:
    for _, _, applied in history():
        batch, decoded = applied.outcome.batch, decode_words(applied.words, WALK)
        assert decoded.roots == applied.roots
        assert decoded.served == applied.outcome.served
        assert decoded.operations == tuple(signed.operation for signed in batch.operations)
        assert decoded.unsigned == replace(batch, trades=(), operations=(), liquidations=())
        assert [one.maker.nonce for one in decoded.trades] == [one.maker.order.nonce for one in batch.trades]
        assert [one.penalty_e6 for one in decoded.liquidations] == [one.penalty_e6 for one in batch.liquidations]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_last_batch_of_every_rule_is_recovered(case: Case) -> None:
    world, twin = World(), World()
    batch = case.batch(world, broken=False)
    case.build_only(twin)
    applied = apply_batch(world.state, world.table, batch, TINY)
    replay(twin.state, twin.table, decode_words(applied.words, TINY))
    assert dict(twin.state.accounts()) == dict(world.state.accounts())


def undetected(flips: int, seed: int) -> list[tuple[int, int]]:
    """Flipped bits that neither reading nor booking finds, as (word, bit), but for what is L1's own to know."""
    rng, found = random.Random(seed), []
    for _ in range(flips):
        before, table, applied = rng.choice(history())
        word, bit = rng.randrange(len(applied.words)), rng.randrange(254)
        words = list(applied.words)
        words[word] ^= 1 << bit
        if word == 1 or (word == 0 and bit < 64):
            continue
        try:
            replay(state_of(before), table, decode_words(words, WALK))
        except RollupError:
            continue
        found.append((word, bit))
    return found


def test_f65_a_flipped_bit_is_found() -> None:
    """Batch number, time and domain are compared by L1 and change nothing; a fee rate counts if there is a trade."""
    assert [place for place in undetected(400, 1) if place[0] != 0] == []


def test_f65_a_flipped_bit_is_found_twin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rollup.recover.booking._require_root", lambda *_: None)
    assert [place for place in undetected(400, 1) if place[0] != 0] != []


def tampered(change: dict[int, int], preset: str = "tiny") -> list[int]:
    """Words of an empty batch, some of them others."""
    world = World(PRESETS[preset])
    words = list(apply_batch(world.state, world.table, world.batch(), world.preset).words)
    for place, word in change.items():
        words[place] = word
    return words


def test_an_empty_batch_is_read() -> None:
    decoded = decode_words(tampered({}), TINY)
    assert (decoded.served, decoded.trades, decoded.operations, decoded.liquidations) == ((), (), (), ())


@pytest.mark.parametrize(
    ("place", "word"),
    [
        (0, 1 << 104),
        (0, 1 << 106),
        (1, 1 << 224),
        (1, 5),
        (2, 1 << 254),
        (5, 7),
        (5, 1 << 118),
        (5, 2 + (1 << 90)),
        (6, 1),
        (11, 1),
        (11, 1 << 231),
        (13, 4 + (1 << 30)),
        (13, 2 + (1 << 30) + (1 << 62)),
        (14, 1),
        (15, 1),
        (16, 1),
        (16, 1 << 52),
    ],
)
def test_words_that_no_batch_is_written_as(place: int, word: int) -> None:
    with pytest.raises(MalformedWords):
        decode_words(tampered({place: word}), TINY)


@pytest.mark.parametrize("count", [0, number_of_words(TINY) - 1, number_of_words(TINY) + 1])
def test_a_wrong_number_of_words(count: int) -> None:
    with pytest.raises(MalformedWords, match="instead of"):
        decode_words([0] * count, TINY)


def deposited() -> tuple[World, World, DecodedBatch]:
    """A world after a deposit and a request that cannot be served, one before, and the words between."""
    world, twin = World(), World()
    batch = world.batch(queue=(Deposit(2, 5), ForcedWithdrawal(3, RICH + 1)))
    words = apply_batch(world.state, world.table, batch, TINY).words
    return world, twin, decode_words(words, TINY)


@pytest.mark.parametrize("name", ["before", "after", "risk"])
def test_a_root_that_is_not_there(name: str) -> None:
    _, twin, decoded = deposited()
    before, accounts = twin.state.root, dict(twin.state.accounts())
    with pytest.raises(RootMismatch):
        replay(twin.state, twin.table, replace(decoded, roots=replace(decoded.roots, **{name: 5})))
    assert (twin.state.root, dict(twin.state.accounts())) == (before, accounts)


@pytest.mark.parametrize("served", [(True, True), (False, False)])
def test_a_wrong_queue_result(served: tuple[bool, bool]) -> None:
    _, twin, decoded = deposited()
    with pytest.raises(WrongQueueResult):
        replay(twin.state, twin.table, replace(decoded, served=served))


def test_words_that_break_the_books() -> None:
    _, twin, decoded = deposited()
    with pytest.raises(RuleBroken):
        replay(twin.state, twin.table, replace(decoded, unsigned=replace(decoded.unsigned, queue=(Deposit(9, 5),) * 2)))


def test_places_that_are_not_used_may_lie_between() -> None:
    """A word of 0 is nothing, wherever it is."""
    world = World()
    batch = world.batch(queue=(Deposit(2, 5),))
    words = list(apply_batch(world.state, world.table, batch, TINY).words)
    words[5:11] = [*words[8:11], *words[5:8]]
    words[0] = words[0] - (1 << 104) + (1 << 105)
    twin = World()
    replay(twin.state, twin.table, decode_words(words, TINY))
    assert twin.state.root == world.state.root


@pytest.mark.parametrize("entry", [Deposit(2, 5), ForcedWithdrawal(3, RICH), ForcedCloseOut(4, 15, LIVE)])
def test_an_entry_of_the_queue_is_read_from_its_words_alone(entry: QueueEntry) -> None:
    words = queue_words(entry)
    assert decode_queue_entry(words) == entry
    with pytest.raises(MalformedWords, match="queue entry"):
        decode_queue_entry((words[0] + (1 << 200), *words[1:]))


def test_a_replayed_batch_is_written_as_the_same_words() -> None:
    """For batches without signed legs, what is read can be written again."""
    _, _, decoded = deposited()
    words = words_of(decoded.unsigned, decoded.roots, decoded.served, TINY)
    assert decode_words(words, TINY) == decoded
    assert recover.decode_words is decode_words
