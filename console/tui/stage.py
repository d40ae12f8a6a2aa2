"""Where one pane is shown at a time. A pane is made when it is first wanted; Escape goes back the way that led here."""

from __future__ import annotations

from collections.abc import Sequence

from textual.containers import Container

from console.tui.context import Context
from console.tui.panes.accounts import AccountsPane
from console.tui.panes.batch import BatchPane
from console.tui.panes.batches import BatchesPane
from console.tui.panes.l1 import L1Pane
from console.tui.panes.logs import LogsPane
from console.tui.panes.market import MarketPane
from console.tui.panes.pane import Pane
from console.tui.panes.proof import ProofPane
from console.tui.panes.provers import ProversPane

PANES: Sequence[type[Pane]] = (
    BatchesPane,
    BatchPane,
    ProofPane,
    AccountsPane,
    MarketPane,
    L1Pane,
    ProversPane,
    LogsPane,
)


class Stage(Container):
    """`active` is the number of the pane that is shown."""

    def __init__(self, context: Context, named: str) -> None:
        super().__init__(id=named)
        self.active = 0
        self._shared = context
        self._panes: dict[int, Pane] = {}
        self._path: list[int] = []

    @property
    def pane(self) -> Pane | None:
        """The one that is shown; None before the first."""
        return self._panes.get(self.active)

    async def prepare(self, index: int) -> Pane:
        """The pane of a number, made if it was not there."""
        if index not in self._panes:
            pane = self._panes[index] = PANES[index](self._shared)
            pane.display = False
            await self.mount(pane)
        return self._panes[index]

    async def prepare_numbered(self, kind: type[BatchPane | ProofPane], number: int | None) -> int:
        """Tells a pane which batch it is about, None for the newest. Returns where the pane is."""
        index = PANES.index(kind)
        pane = await self.prepare(index)
        if isinstance(pane, BatchPane | ProofPane):
            pane.number = number
        return index

    async def prepare_account(self, account: int) -> int:
        """Tells the accounts' pane which one to open. Returns where the pane is."""
        index = PANES.index(AccountsPane)
        pane = await self.prepare(index)
        if isinstance(pane, AccountsPane):
            pane.open(account)
        return index

    async def show(self, index: int, *, remember: bool = True) -> Pane:
        """Shows a pane in place of the one before, to which `previous` leads then."""
        pane = await self.prepare(index)
        if remember and index != self.active:
            self._path.append(self.active)
        if (before := self.pane) is not None:
            before.display = False
        self.active = index
        pane.display = True
        pane.focus_rows()
        return pane

    def previous(self) -> int | None:
        """The pane that led here, which is forgotten by that."""
        return self._path.pop() if self._path else None
