"""The tabs in their order. What a pane is made of is loaded when the pane is first wanted; the first screen is one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from console.tui.panes.pane import Pane

BATCHES, BATCH, PROOF, ACCOUNTS, MARKET, L1, PROVERS, LOGS = range(8)
"""Where each stands in `TABS`."""


@dataclass(frozen=True, slots=True)
class Tab:
    """A name, and what imports the pane's class: 5 to 30 ms, once."""

    name: str
    load: Callable[[], type[Pane]]


def _batches() -> type[Pane]:
    from console.tui.panes.batches import BatchesPane

    return BatchesPane


def _batch() -> type[Pane]:
    from console.tui.panes.batch import BatchPane

    return BatchPane


def _proof() -> type[Pane]:
    from console.tui.panes.proof import ProofPane

    return ProofPane


def _accounts() -> type[Pane]:
    from console.tui.panes.accounts import AccountsPane

    return AccountsPane


def _market() -> type[Pane]:
    from console.tui.panes.market import MarketPane

    return MarketPane


def _l1() -> type[Pane]:
    from console.tui.panes.l1 import L1Pane

    return L1Pane


def _provers() -> type[Pane]:
    from console.tui.panes.provers import ProversPane

    return ProversPane


def _logs() -> type[Pane]:
    from console.tui.panes.logs import LogsPane

    return LogsPane


TABS: Final[Sequence[Tab]] = (
    Tab("Batches", _batches),
    Tab("Batch", _batch),
    Tab("Proof", _proof),
    Tab("Accounts", _accounts),
    Tab("Market", _market),
    Tab("L1", _l1),
    Tab("Provers", _provers),
    Tab("Logs", _logs),
)
