"""How often L1 refused what, so that nothing is tried for ever."""

from __future__ import annotations

from dataclasses import dataclass

from sequencer.l1.bindings.clearing_house import BatchTimeOutOfRange
from sequencer.l1.bindings.oracle import BeforeExpiry, FutureReport
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
        """What there is to tell of one more refusal: the last one that is allowed is an alarm.

        What comes too early for L1's clock is no failure: a reorganisation can set that clock back.
        """
        before = self._failures.get(what)
        tries = 0 if before is None else before.tries
        if is_early(error):
            self._failures[what] = Failure(tries, head.hash, now_s)
            return ()
        tries += 1
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
        if self.is_given_up(what):
            return False
        return failure.block_hash != head.hash or now_s >= failure.at_s + self._pause_s

    def is_given_up(self, what: Meaning) -> bool:
        """Whether it was refused as often as may be."""
        failure = self._failures.get(what)
        return failure is not None and failure.tries >= self._most_tries

    def forgive(self) -> None:
        """Somebody has looked: everything may be tried again."""
        self._failures.clear()


def is_early(error: Exception) -> bool:
    """Whether L1 will take it when its clock has moved on."""
    match error:
        case BatchTimeOutOfRange():
            return error.time_s > error.latest_s
        case FutureReport() | BeforeExpiry():
            return True
    return False
