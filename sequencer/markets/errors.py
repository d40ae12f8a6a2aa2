"""What can be wrong with market data and with plans made of them: each says what to do."""

from __future__ import annotations

from pathlib import Path


class MarketDataError(ValueError):
    """Data of a market, or a market made up, that cannot be used."""


class MalformedRow(MarketDataError):
    """A line of a file that is not as its format says."""

    def __init__(self, path: Path, line: int, problem: str) -> None:
        super().__init__(f"{path}, line {line}: {problem}; correct the line or leave it out")
        self.path, self.line, self.problem = path, line, problem


class DataMissing(MarketDataError):
    """A file that is not there, or cannot be read."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(f"{path} cannot be read ({why}): put the data set there, or name another folder")
        self.path, self.why = path, why


class BadValue(MarketDataError):
    """A cell that is no such value. Readers say where it stood."""

    def __init__(self, what: str, text: object, hint: str = "") -> None:
        super().__init__(f"{what} is {text!r}" + (f": {hint}" if hint else ""))
        self.what, self.text, self.hint = what, text, hint


class BadInstrumentName(BadValue):
    """A text that names no instrument."""

    def __init__(self, name: str) -> None:
        super().__init__("instrument name", name, "names look like BTC-27DEC25-100000-C")
        self.name = name


class NotListed(MarketDataError):
    """An instrument, or its underlying, that the venue has no number for."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} is not listed: give its underlying a number, or leave it out")
        self.name = name


class NotArbitrageFree(MarketDataError):
    """A volatility surface by which somebody could earn without risk: names where."""

    def __init__(self, problem: str) -> None:
        super().__init__(f"{problem}: choose a flatter smile")
        self.problem = problem


class BadSetting(MarketDataError):
    """A number that means nothing where it is used."""

    def __init__(self, name: str, value: object, must: str) -> None:
        super().__init__(f"{name} is {value}: it must be {must}")
        self.name, self.value, self.must = name, value, must


class NoQuoteKnown(MarketDataError):
    """The data say nothing of an instrument, or of the underlying, up to a time."""

    def __init__(self, name: str, time_s: int) -> None:
        super().__init__(f"nothing is known of {name} up to {time_s} (unix seconds): begin later, or leave it out")
        self.name, self.time_s = name, time_s
