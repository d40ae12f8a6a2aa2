"""Keys that may speak for an account at the API; what they may say is the API's business."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from primitives.babyjubjub import Point
from sequencer.venue.errors import NoSuchSession, SessionRefused

MOST_SESSIONS: Final = 16


class Sessions:
    """By account: keys, and the last second of each."""

    def __init__(self) -> None:
        self._by_account: dict[int, dict[Point, int]] = {}

    def allow(self, account: int, key: Point, expiry_s: int, now_s: int) -> None:
        """Opens a session, or gives it another end. Raises `SessionRefused`."""
        known = self._by_account.get(account, {})
        if expiry_s < now_s:
            raise SessionRefused(account, f"it would have ended at {expiry_s}, and now is {now_s}: choose a later time")
        if known.get(key) == expiry_s:
            raise SessionRefused(account, "this key has it already: nothing is left to do")
        live = {other: end_s for other, end_s in known.items() if end_s >= now_s and other != key}
        if len(live) >= MOST_SESSIONS:
            raise SessionRefused(account, f"there are {MOST_SESSIONS} already: end one first")
        self._by_account[account] = live | {key: expiry_s}

    def end(self, account: int, key: Point) -> None:
        """Closes a session. Raises `NoSuchSession`."""
        known = self._by_account.get(account, {})
        if key not in known:
            raise NoSuchSession(account)
        del known[key]
        if not known:
            del self._by_account[account]

    def of(self, account: int, now_s: int) -> Mapping[Point, int]:
        """The open sessions of an account, with the last second of each."""
        return {key: end_s for key, end_s in self._by_account.get(account, {}).items() if end_s >= now_s}

    def all(self) -> list[tuple[int, Point, int]]:
        """Everything that is kept, in order."""
        return sorted(
            (account, key, end_s) for account, keys in self._by_account.items() for key, end_s in keys.items()
        )
