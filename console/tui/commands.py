"""The command palette: everything by name, and any batch or account by its number."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, TypeAlias, cast

from textual.command import DiscoveryHit, Hit, Hits, Provider

from console.tui.panes.pane import OpenAccount, OpenBatch, OpenProof
from console.tui.tabs import TABS

if TYPE_CHECKING:
    from console.tui.app import ZkclearTui

Command: TypeAlias = tuple[str, str, Callable[[], object]]


class RunCommands(Provider):
    """Commands of the screens."""

    async def discover(self) -> Hits:
        """All of them, before anything is typed."""
        for name, says, do in self._commands():
            yield DiscoveryHit(name, do, help=says)

    async def search(self, query: str) -> Hits:
        """By name; a number is a batch or an account."""
        matcher = self.matcher(query)
        for name, says, do in (*self._commands(), *self._by_number(query)):
            score = matcher.match(name)
            if score > 0:
                yield Hit(score, matcher.highlight(name), do, help=says)

    @property
    def _tui(self) -> ZkclearTui:
        return cast("ZkclearTui", self.app)

    def _commands(self) -> Iterator[Command]:
        tui = self._tui
        for index, tab in enumerate(TABS):
            yield f"Go to {tab.name}", f"pane {index + 1}", partial(tui.action_pane, index)
        yield "Newest batch", "and whatever comes after it", partial(tui.post_message, OpenBatch(None))
        yield "Newest proof", "and whatever comes after it", partial(tui.post_message, OpenProof(None))
        yield "Filter rows", "of the pane that is shown", tui.action_filter
        yield "Light or dark", "change the theme", tui.action_day
        yield "Screenshot", "an SVG file in this folder", tui.action_picture
        yield "Keys", "the help", tui.action_keys
        yield "Quit", "leave", tui.exit

    def _by_number(self, query: str) -> Iterator[Command]:
        tui, found = self._tui, re.search(r"\d+", query)
        if found is None:
            return
        number = int(found[0])
        yield f"Batch {number}", "open the batch", partial(tui.post_message, OpenBatch(number))
        yield f"Proof {number}", "open the proof of the batch", partial(tui.post_message, OpenProof(number))
        yield f"Account {number}", "open the account", partial(tui.post_message, OpenAccount(number))
