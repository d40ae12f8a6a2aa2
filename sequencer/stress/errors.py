"""Why there is no simulation."""

from __future__ import annotations


class StressError(ValueError):
    """A simulation that cannot be run, or that has found the venue to be wrong."""


class UnknownScenario(StressError):
    """No scenario has this name."""

    def __init__(self, name: str, known: tuple[str, ...]) -> None:
        super().__init__(f"there is no scenario {name}: choose one of {', '.join(known)}")
        self.name, self.known = name, known


class TooFewAccounts(StressError):
    """Nobody is left to be under stress."""

    def __init__(self, accounts: int, least: int) -> None:
        super().__init__(f"{accounts} accounts are too few: take at least {least}")
        self.accounts, self.least = accounts, least


class BooksOff(StressError):
    """Money or contracts came from nowhere: the venue is wrong."""

    def __init__(self, batch: int, what: str, residual: int) -> None:
        super().__init__(f"after batch {batch} {what} are off by {residual}: keep the log, and look for the cause")
        self.batch, self.what, self.residual = batch, what, residual
