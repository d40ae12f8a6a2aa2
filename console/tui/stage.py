"""Where one pane is shown at a time. A pane is made when it is first wanted; Escape goes back the way that led here."""

from __future__ import annotations

from textual.containers import Container

from console.tui.context import Context
from console.tui.panes.pane import Pane
from console.tui.tabs import TABS


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
            pane = self._panes[index] = TABS[index].load()(self._shared)
            pane.display = False
            await self.mount(pane)
        return self._panes[index]

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
