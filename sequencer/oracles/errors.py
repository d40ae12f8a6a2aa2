"""Why there is no reading, no table or no settlement price: each says what to do."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path


class OracleError(Exception):
    """Oracles that say nothing rather than something wrong."""


class SourceDown(OracleError):
    """A source that does not answer, or answers nonsense."""

    def __init__(self, source: str, why: str) -> None:
        super().__init__(f"source {source} gives no price ({why}): look whether it is up")
        self.source, self.why = source, why


class OtherUnderlying(SourceDown):
    """A source that is of another underlying: nobody expects it to say anything of this one."""

    def __init__(self, source: str, underlying: int) -> None:
        super().__init__(source, f"it knows no underlying {underlying}")
        self.underlying = underlying


class SourceStale(OracleError):
    """A reading that is too old, or from a time to come."""

    def __init__(self, source: str, underlying: int, time_s: int, now_s: int) -> None:
        super().__init__(
            f"source {source} last knew underlying {underlying} at {time_s}, and it is {now_s} (unix seconds): "
            "wait until it is back, or look at the clock"
        )
        self.source, self.underlying, self.time_s, self.now_s = source, underlying, time_s, now_s


class TooFewSources(OracleError):
    """Fewer sources are usable than an oracle asks for."""

    def __init__(self, underlying: int, usable: int, needed: int, problems: Mapping[str, OracleError]) -> None:
        why = "".join(f"; {problem}" for problem in problems.values())
        super().__init__(f"{usable} of {needed} needed sources are usable for underlying {underlying}{why}")
        self.underlying, self.usable, self.needed, self.problems = underlying, usable, needed, dict(problems)


class PricesApart(OracleError):
    """Prices of one thing that differ by more than they may: no report is better than a doubtful one."""

    def __init__(self, what: str, lowest: int, highest: int, most_ppm: int) -> None:
        super().__init__(
            f"{what} is {lowest} to {highest}, apart by more than {most_ppm} parts per million: "
            "wait until markets agree, or leave the odd source out"
        )
        self.what, self.lowest, self.highest, self.most_ppm = what, lowest, highest, most_ppm


class BadReading(OracleError):
    """A number that no source may say: not positive, or beyond its width."""

    def __init__(self, what: str, value: object) -> None:
        super().__init__(f"{what} is {value!r}: it must be a positive integer within its width")
        self.what, self.value = what, value


class ValueMissing(OracleError):
    """Nobody ever said what a series needs to be valued."""

    def __init__(self, what: str) -> None:
        super().__init__(f"no source says the {what}: list the series when one does")
        self.what = what


class Refused(OracleError):
    """An oracle does not sign what it was shown."""

    def __init__(self, signer: str, why: str) -> None:
        super().__init__(f"oracle {signer} does not sign: {why}")
        self.signer, self.why = signer, why


class BadSignature(OracleError):
    """A signature that is not the one of whom it should be."""

    def __init__(self, what: str, recovered: str | None) -> None:
        whose = "nobody's" if recovered is None else f"that of {recovered}"
        super().__init__(f"the signature of {what} is {whose}: leave it out")
        self.what, self.recovered = what, recovered


class QuorumMissing(OracleError):
    """Too few oracles for a table or a settlement price; `problems` says why, by signer."""

    def __init__(self, what: str, have: int, needed: int, problems: Mapping[str, OracleError]) -> None:
        why = "".join(f"; {problem}" for problem in problems.values())
        super().__init__(f"{have} of {needed} needed oracles stand behind {what}{why}")
        self.what, self.have, self.needed, self.problems = what, have, needed, dict(problems)


class BeforeExpiry(OracleError):
    """A settlement price is asked for too early."""

    def __init__(self, underlying: int, expiry_s: int, now_s: int) -> None:
        super().__init__(f"underlying {underlying} has no price of {expiry_s} yet at {now_s} (unix seconds): wait")
        self.underlying, self.expiry_s, self.now_s = underlying, expiry_s, now_s


class AlreadySettled(OracleError):
    """A settlement price is set once."""

    def __init__(self, underlying: int, expiry_s: int, price_e2: int) -> None:
        super().__init__(f"underlying {underlying} is settled for {expiry_s} at {price_e2} (0.01 USD), for good")
        self.underlying, self.expiry_s, self.price_e2 = underlying, expiry_s, price_e2


class NoRoom(OracleError):
    """The table has no place for one more series."""

    def __init__(self, places: int) -> None:
        super().__init__(f"all {places} places of the risk table are taken: retire settled series first")
        self.places = places


class StillNeeded(OracleError):
    """A series that must stay in the table."""

    def __init__(self, series_id: int, why: str) -> None:
        super().__init__(f"series {series_id} must stay in the table: {why}")
        self.series_id, self.why = series_id, why


class BadCommittee(OracleError):
    """Signers or a threshold that L1 would not take."""

    def __init__(self, why: str) -> None:
        super().__init__(f"{why}: name the oracles as they are deployed")
        self.why = why


class BadOracleSettings(OracleError):
    """A settings file of oracles, or a key that it names, that cannot be used."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(f"{path}: {why}; `zkclear node init` writes an example beside the node's settings")
        self.path, self.why = path, why


class SettlementUnknown(OracleError):
    """A table in force is settled by a price that L1 does not have yet, nor what was handed over for it."""

    def __init__(self, underlying: int, expiry_s: int) -> None:
        super().__init__(
            f"underlying {underlying} was settled for {expiry_s}, and L1 does not say at what price yet: "
            "wait until the settlement is there"
        )
        self.underlying, self.expiry_s = underlying, expiry_s
