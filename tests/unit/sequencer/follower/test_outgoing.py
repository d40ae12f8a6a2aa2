"""What the node hands over to its follower comes in order, and entries together."""

from __future__ import annotations

from sequencer.follower.door import Fed
from sequencer.follower.outgoing import GATHER_S, Outgoing
from sequencer.follower.talk import Close, Feed, Open, Start, fed_of
from sequencer.venue.sequenced import Logged


def entries(first: int, last: int) -> list[Fed]:
    return [Fed(Logged(sequence, 0, bytes([sequence])), None) for sequence in range(first, last + 1)]


def test_entries_of_a_moment_are_one_word_and_all_keep_their_order() -> None:
    waited: list[float] = []
    outgoing = Outgoing(waited.append)
    outgoing.put(Open())
    outgoing.feed(entries(1, 2))
    outgoing.feed(entries(3, 3))
    outgoing.put(Start())
    outgoing.feed(entries(4, 5))
    outgoing.put(Close("enough"))
    outgoing.close()
    outgoing.put(Start())
    told = [
        [fed_of(one) for one in word.entries] if isinstance(word, Feed) else type(word) for word in outgoing.words()
    ]
    assert told == [Open, entries(1, 3), Start, entries(4, 5), Close]
    assert waited == [GATHER_S] * 2


def test_what_comes_while_it_waits_is_gathered_too() -> None:
    def wait(_: float) -> None:
        outgoing.feed(entries(2, 3))
        outgoing.close()

    outgoing = Outgoing(wait)
    outgoing.feed(entries(1, 1))
    assert [len(word.entries) for word in outgoing.words() if isinstance(word, Feed)] == [3]
