"""How often L1 refused what, so that nothing is tried for ever."""

from __future__ import annotations

from dataclasses import dataclass

from sequencer.submitter.chain_types import BlockHead
from sequencer.submitter.events import Alarm, Event, Refused
from sequencer.submitter.house import House
from sequencer.submitter.intents import Meaning


@dataclass(frozen=True, slots=True)
class Failure:
    """One thing that was refused: how often, and as of which block and time the last time."""

    tries: int
    block_hash: bytes
    at_s: float


class Failures:
    """Of this process. Forgotten when L1's counts move, since that may mend them."""

    def __init__(self, most_tries: int, pause_s: float) -> None:
        self._most_tries = most_tries
        self._pause_s = pause_s
        self._failures: dict[Meaning, Failure] = {}
        self._counts = (0, 0, 0)

    def look(self, house: House) -> None:
        """Forgets everything when L1 has moved."""
        counts = (house.committed, house.proven, house.executed)
        if counts != self._counts:
            self._counts = counts
            self._failures.clear()

    def note(self, what: Meaning, error: Exception, head: BlockHead, now_s: float) -> tuple[Event, ...]:
        """What there is to tell of one more refusal: the last one that is allowed is an alarm."""
        before = self._failures.get(what)
        tries = 1 if before is None else before.tries + 1
        self._failures[what] = Failure(tries, head.hash, now_s)
        refused = Refused(what, type(error).__name__, tries)
        if tries < self._most_tries:
            return (refused,)
        return refused, Alarm(f"L1 refuses it after {tries} tries: {error}", what)

    def may_try(self, what: Meaning, head: BlockHead, now_s: float) -> bool:
        """Whether it was refused less often than the bound, and not just now."""
        failure = self._failures.get(what)
        if failure is None:
            return True
        if failure.tries >= self._most_tries:
            return False
        return failure.block_hash != head.hash or now_s >= failure.at_s + self._pause_s

    def forgive(self) -> None:
        """Somebody has looked: everything may be tried again."""
        self._failures.clear()
