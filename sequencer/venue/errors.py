"""What the venue refuses beyond the rules of the rollup and of matching: each says what to do."""

from __future__ import annotations


class VenueError(ValueError):
    """A message that the venue does not take. Nothing has happened."""


class VenueNotOpen(VenueError):
    """There is nothing to trade by yet."""

    def __init__(self, missing: str) -> None:
        super().__init__(f"the venue is not open: it waits for {missing}; send the message again afterwards")
        self.missing = missing


class AlreadyKnown(VenueError):
    """The same message was taken before, and had its effect then."""

    def __init__(self, account: int, slot: int, nonce: int) -> None:
        super().__init__(
            f"account {account} sent exactly this in slot {slot} under nonce {nonce} before, and it was taken: "
            "ask what became of it; to trade again sign a larger nonce"
        )
        self.account, self.slot, self.nonce = account, slot, nonce


class QueueOutOfStep(VenueError):
    """Entries of L1's queue that are not the next ones."""

    def __init__(self, expected: int, given: int) -> None:
        what = "were taken before" if given < expected else "come too early"
        super().__init__(f"queue entries from {given} on {what}: send those from {expected} on")
        self.expected, self.given = expected, given


class QueueEntryRefused(VenueError):
    """L1's queue holds something that no batch can serve, which L1 never lets in."""

    def __init__(self, index: int, why: str) -> None:
        super().__init__(f"queue entry {index} cannot be served: {why}; compare the queue with L1's")
        self.index, self.why = index, why


class TableNotNewer(VenueError):
    """A risk table that is not later than the one in force."""

    def __init__(self, last_s: int, given_s: int) -> None:
        super().__init__(f"a table of {given_s} cannot follow one of {last_s} (unix seconds): send a later one")
        self.last_s, self.given_s = last_s, given_s


class TableLacksSeries(VenueError):
    """A series that somebody holds has no row."""

    def __init__(self, series_id: int) -> None:
        super().__init__(f"somebody holds series {series_id}, which the table does not value: keep its row")
        self.series_id = series_id


class SeriesChanged(VenueError):
    """A row that says something else of a series than the table before."""

    def __init__(self, series_id: int, what: str) -> None:
        super().__init__(f"series {series_id}: its {what} cannot change; list another series under an id of its own")
        self.series_id, self.what = series_id, what


class SettledEarly(VenueError):
    """A series that is settled before it expires."""

    def __init__(self, series_id: int, expiry_s: int, given_s: int) -> None:
        super().__init__(
            f"series {series_id} expires at {expiry_s}, and the table is of {given_s}: settle it afterwards"
        )
        self.series_id, self.expiry_s, self.given_s = series_id, expiry_s, given_s


class TableTooOld(VenueError):
    """A batch at this time could not be judged by the table in force."""

    def __init__(self, table_s: int, given_s: int, age_s: int) -> None:
        super().__init__(
            f"the risk table is of {table_s}, and {given_s} is more than {age_s} s later: "
            f"send a newer table first, or a time up to {table_s + age_s}"
        )
        self.table_s, self.given_s, self.age_s = table_s, given_s, age_s


class SessionRefused(VenueError):
    """A session that cannot be opened."""

    def __init__(self, account: int, why: str) -> None:
        super().__init__(f"no session for account {account}: {why}")
        self.account, self.why = account, why


class NoSuchSession(VenueError):
    """The key does not speak for the account."""

    def __init__(self, account: int) -> None:
        super().__init__(f"account {account} has no session under this key: it ended, or was never allowed")
        self.account = account
