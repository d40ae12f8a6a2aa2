"""Where a table's rows come from: all at once, or page by page as they are looked at."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

R = TypeVar("R")
R_co = TypeVar("R_co", covariant=True)

PAGE = 128
KEPT_PAGES = 32


class Rows(Protocol[R_co]):
    """Rows by index. A key names a row for good, while its index changes as others come before it."""

    def count(self) -> int:
        """How many there are."""

    def row(self, index: int) -> R_co | None:
        """The row at 0 <= index < count, None if it is not there any more."""

    def key_at(self, index: int) -> Hashable | None:
        """The name of the row."""

    def index_of(self, key: Hashable) -> int | None:
        """Where a row is now."""


class ListedRows(Generic[R]):
    """Rows that are all in memory."""

    def __init__(self, rows: Sequence[R], key: Callable[[R], Hashable]) -> None:
        self._rows = rows
        self._key = key
        self._places: dict[Hashable, int] | None = None

    def count(self) -> int:
        """How many there are."""
        return len(self._rows)

    def row(self, index: int) -> R | None:
        """The row at an index."""
        return self._rows[index] if 0 <= index < len(self._rows) else None

    def key_at(self, index: int) -> Hashable | None:
        """The name of the row."""
        row = self.row(index)
        return None if row is None else self._key(row)

    def index_of(self, key: Hashable) -> int | None:
        """Where a row is now."""
        if self._places is None:
            self._places = {self._key(row): index for index, row in enumerate(self._rows)}
        return self._places.get(key)


@dataclass(slots=True)
class Work:
    """What was asked of a store so far: a test counts it, and `zkclear tui --measure` prints it."""

    pages: int = 0
    rows: int = 0


@dataclass(slots=True)
class PagedRows(Generic[R]):
    """Rows with numbers `first` to `last` without gaps, fetched by pages of 128; the last 32 pages are kept.

    `fetch(low, high)` gives rows with low <= number <= high, in whichever order. `falling`: the newest is at the top.
    """

    first: int
    last: int
    fetch: Callable[[int, int], Sequence[R]]
    number: Callable[[R], int]
    falling: bool = True
    work: Work = field(default_factory=Work)
    _pages: OrderedDict[int, dict[int, R]] = field(default_factory=OrderedDict)

    def count(self) -> int:
        """How many there are."""
        return max(0, self.last - self.first + 1)

    def row(self, index: int) -> R | None:
        """The row at an index; fetches its page unless it was fetched."""
        number = self._number_at(index)
        page = number // PAGE
        found = self._pages.get(page)
        if found is None:
            low, high = max(page * PAGE, self.first), min(page * PAGE + PAGE - 1, self.last)
            rows = self.fetch(low, high)
            self.work.pages += 1
            self.work.rows += len(rows)
            found = self._pages[page] = {self.number(row): row for row in rows}
            while len(self._pages) > KEPT_PAGES:
                self._pages.popitem(last=False)
        else:
            self._pages.move_to_end(page)
        return found.get(number)

    def key_at(self, index: int) -> Hashable | None:
        """Its number: nothing is fetched."""
        return self._number_at(index) if 0 <= index < self.count() else None

    def index_of(self, key: Hashable) -> int | None:
        """Where a number is now: nothing is fetched."""
        if not isinstance(key, int) or not self.first <= key <= self.last:
            return None
        return self.last - key if self.falling else key - self.first

    def _number_at(self, index: int) -> int:
        return self.last - index if self.falling else self.first + index
