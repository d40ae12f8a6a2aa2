"""Leaving a frozen rollup: an account takes `max(0, V[0])` with it, its equity at the marks of the last proven batch.

L1 knows both roots and the owner of each account id. It marks an id as left, so that a proof serves once, and asks for
nothing but root, root, id and amount. An account leaves only if the table has a row for all that it holds: oracles keep
the row of a series as long as anybody holds it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from rollup.crypto import READABLE, Crypto, hash_one
from rollup.errors import RollupError, UnknownAccount, UnknownSeries
from rollup.margin import FindRow, account_values
from rollup.presets import Preset
from rollup.risk_table import RiskTable, row_inputs
from rollup.state import State
from rollup.tree import ARITY, Path
from rollup.types.accounts import Account
from rollup.types.series import SeriesRow

ROW_CROWN: Final = 2
"""Upper levels of the risk table that an exit opens once for all its rows: what costs least for 16 of them."""


class ExitError(RollupError):
    """An exit that the proof does not allow."""

    says: ClassVar[str] = ""

    def __init__(self, account_id: int) -> None:
        super().__init__(f"{self.rule()}: {self.says} (account {account_id})")
        self.account_id = account_id

    @classmethod
    def rule(cls) -> str:
        """The name that the circuit uses."""
        return cls.__name__


class NotInState(ExitError):
    """The leaf is not at the account's place under the state root."""

    says = "the account must be in the last proven state, as it is"


class NotInRiskTable(ExitError):
    """A row is not at its series' place under the risk root."""

    says = "each position must be marked by its series' row in the last proven risk table"


class WrongExitAmount(ExitError):
    """The amount is not what the account is worth."""

    says = "the amount must be the equity at the marks, or 0 if that is negative"


@dataclass(frozen=True, slots=True)
class ExitClaim:
    """What L1 sees of an exit."""

    state_root: int
    risk_root: int
    account_id: int
    amount_e6: int


@dataclass(frozen=True, slots=True)
class ExitRow:
    """The row that marks a position: `digest` is the hash of its scenario values, of which an exit knows no more."""

    row: SeriesRow
    digest: int
    path: Path


@dataclass(frozen=True, slots=True)
class ExitTrace:
    """All that a proof of an exit is made from. `rows` has `None` for an empty position slot; shape (16,).

    `row_crown` are the nodes `ROW_CROWN` levels below the root of the risk table.
    """

    preset: Preset
    claim: ExitClaim
    account: Account
    path: Path
    rows: tuple[ExitRow | None, ...]
    row_crown: tuple[int, ...]


def exit_amount(account: Account, row: FindRow) -> int:
    """What an account leaves with, in `_e6`. Raises `UnknownSeries` for a position in a series without a row."""
    return max(0, account_values(account, row)[0])


def trace_exit(state: State, table: RiskTable, account_id: int, preset: Preset) -> ExitTrace:
    """The exit of an account from a state. Raises `UnknownAccount` and `UnknownSeries`."""
    account = state.account(account_id)
    if account is None:
        raise UnknownAccount("exit", account=account_id)
    amount_e6 = exit_amount(account, table.row)
    return ExitTrace(
        preset,
        ExitClaim(state.root, table.root, account_id, amount_e6),
        account,
        state.path(account_id),
        tuple(exit_row(table, position.series_id, state.crypto) for position in account.positions),
        table.crown(ROW_CROWN),
    )


def exit_row(table: RiskTable, series_id: int, crypto: Crypto) -> ExitRow | None:
    """The row that marks a series, `None` for series 0. Raises `UnknownSeries`."""
    if series_id == 0:
        return None
    row = table.row(series_id)
    if row is None:
        raise UnknownSeries("exit", series_id=series_id)
    return ExitRow(row, hash_one(crypto, row_inputs(row)[0]), table.path(series_id))


def check_exit(trace: ExitTrace, crypto: Crypto = READABLE) -> None:
    """What the proof shows, in this order. Raises `NotInState`, `NotInRiskTable` and `WrongExitAmount`."""
    claim, positions = trace.claim, trace.account.positions
    leaf = hash_one(crypto, trace.account.leaf_inputs())
    if root_above(leaf, claim.account_id, trace.path, crypto) != claim.state_root:
        raise NotInState(claim.account_id)
    equity_e6 = trace.account.cash_e6
    for position, found in zip(positions, trace.rows, strict=True):
        if position.size_e4 == 0:
            continue
        if found is None or not _marks(found, position.series_id, claim.risk_root, crypto):
            raise NotInRiskTable(claim.account_id)
        equity_e6 += position.size_e4 * found.row.mark_e2
    if claim.amount_e6 != max(0, equity_e6):
        raise WrongExitAmount(claim.account_id)


def root_above(leaf: int, index: int, path: Path, crypto: Crypto) -> int | None:
    """The root of the tree in which a path leads up from this leaf at this index, `None` if it does not."""
    node = leaf
    for children in path.levels:
        if children[index % ARITY] != node:
            return None
        node, index = hash_one(crypto, children), index // ARITY
    return node


def _marks(found: ExitRow, series_id: int, risk_root: int, crypto: Crypto) -> bool:
    pair: Sequence[int] = (found.digest, row_inputs(found.row)[1])
    root = root_above(hash_one(crypto, pair), series_id, found.path, crypto)
    return found.row.series.series_id == series_id and root == risk_root
