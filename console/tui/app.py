"""The frame around all panes: header, tabs, keys; it follows the record, and leads from one pane to the next."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from functools import partial
from pathlib import Path
from typing import Any, ClassVar, Final

from textual.app import App, ComposeResult
from textual.binding import BindingType
from textual.widgets import Static
from textual.worker import Worker

from console.tui.commands import RunCommands
from console.tui.context import Context
from console.tui.following import LOOK_EVERY_S, TICK_S, Follower
from console.tui.keys import BINDINGS, GENERAL
from console.tui.panes.batches import BatchesPane
from console.tui.panes.pane import OpenAccount, OpenBatch, OpenProof, OpenText, Reload, Trouble
from console.tui.run import Run
from console.tui.stage import Stage
from console.tui.tabs import ACCOUNTS, BATCH, PROOF, TABS
from console.tui.themes import DARK_NAME, DARK_PALETTE, LIGHT_NAME, LIGHT_PALETTE, give_themes
from console.tui.views.frame import header
from console.tui.widgets.bars import FilterBar, Key, KeyBar, TabBar
from console.tui.windows import HelpWindow, TextWindow
from sequencer.record.errors import RecordError

WIDE: Final = 130


class ZkclearTui(App[None]):
    """A run on the screen. `now_ms` is the clock that ages are counted by; `polls` is off where a test says when."""

    TITLE = "zkclear"
    CSS_PATH = "styles.tcss"
    COMMANDS: ClassVar[set[Any]] = {RunCommands}
    BINDINGS: ClassVar[list[BindingType]] = list(BINDINGS)

    def __init__(
        self,
        run: Run,
        now_ms: Callable[[], int],
        *,
        light: bool = False,
        key_file: Path | None = None,
        polls: bool = True,
    ) -> None:
        super().__init__()
        give_themes(self)
        self.context = Context(run, now_ms, key_file)
        self._light = light
        self._polls = polls
        self._follower = Follower(self.context)
        self._header = Static(id="header")
        self._tabs = TabBar([tab.name for tab in TABS], "tabs")
        self._notice = Static(id="notice")
        self.stage = Stage(self.context, "panes")
        self._filter = FilterBar("filter")
        self._keys = KeyBar(id="keys")

    def compose(self) -> ComposeResult:
        """One frame; panes are made when they are first shown."""
        yield self._header
        yield self._tabs
        yield self._notice
        yield self.stage
        yield self._filter
        yield self._keys

    async def on_mount(self) -> None:
        """Colours, the first pane, and a look at the record every now and then."""
        self._set_theme()
        await self.stage.show(0)
        await self.look(always=True)
        if self._polls:
            self.set_interval(LOOK_EVERY_S, self.look)
            self.set_interval(TICK_S, self._tick)

    async def look(self, *, always: bool = False) -> None:
        """Shows what is new, if anything is."""
        try:
            is_new = await self._follower.look(always=always)
        except RecordError as error:
            self._tell(str(error))
            return
        if is_new:
            await self._load()

    async def _load(self) -> None:
        pane = self.stage.pane
        if pane is None:
            return
        try:
            await pane.load()
            self._tell("")
        except RecordError as error:
            self._tell(str(error))
        self._frame()

    def _tick(self) -> None:
        if self.context.gets_older():
            self._repaint()
        self._frame()

    def _repaint(self) -> None:
        if (pane := self.stage.pane) is not None:
            pane.repaint()

    def action_pane(self, index: int) -> None:
        """Shows a pane; Escape leads back to the one before."""
        self._start(partial(self._go, index))

    def action_step_back(self) -> None:
        """A step back: within the pane, a filter away, or to the pane before."""
        pane = self.stage.pane
        if pane is None or pane.step_back():
            return
        if pane.filter_text:
            self._start(partial(self._filter_by, ""))
        elif (before := self.stage.previous()) is not None:
            self._start(partial(self._go, before, remember=False))

    def on_open_batch(self, event: OpenBatch) -> None:
        """One batch, or the newest."""
        self._start(partial(self._open, BATCH, event.number))

    def on_open_proof(self, event: OpenProof) -> None:
        """One proof, or the newest."""
        self._start(partial(self._open, PROOF, event.number))

    def on_open_account(self, event: OpenAccount) -> None:
        """One account."""
        self._start(partial(self._open, ACCOUNTS, event.account))

    def on_reload(self, _: Reload) -> None:
        """Another batch, another level: rows, tab and keys."""
        self._start(self._load)

    def on_trouble(self, event: Trouble) -> None:
        """Until something can be read again."""
        self._tell(event.says)

    def on_open_text(self, event: OpenText) -> None:
        """All of a row."""
        self.push_screen(TextWindow(event.title, event.text))

    def go_to_batch(self, number: int) -> None:
        """Puts the cursor of the list on a batch, where it is shown."""
        if isinstance(pane := self.stage.pane, BatchesPane):
            pane.table.go_to(number)

    def _start(self, do: Callable[[], Coroutine[None, None, None]], only_in: str = "") -> None:
        """Does it as soon as possible; of those that share a name only the last is done."""
        _: Worker[None] = self.run_worker(do, group=only_in or "pane", exclusive=bool(only_in))

    async def _open(self, index: int, number: int | None) -> None:
        (await self.stage.prepare(index)).open(number)
        await self._go(index)

    async def _go(self, index: int, *, remember: bool = True) -> None:
        await self.stage.show(index, remember=remember)
        self._tabs.active = index
        self._filter.display = False
        self._frame()
        await self._load()

    def action_filter(self) -> None:
        """A line to type in."""
        pane = self.stage.pane
        if pane is not None and pane.can_filter:
            self._filter.open(pane.filter_text)
        elif pane is not None:
            self.notify(f"nothing to filter in {pane.NAME}")

    def on_filter_bar_changed(self, event: FilterBar.Changed) -> None:
        """While it is typed: what was asked for a letter ago is not waited for."""
        self._start(partial(self._filter_by, event.text), "filter")

    async def _filter_by(self, text: str) -> None:
        pane = self.stage.pane
        if pane is None or pane.filter_text == text:
            return
        try:
            await pane.filter_by(text)
        except RecordError as error:
            self._tell(str(error))
        self._frame()

    def on_filter_bar_closed(self, _: FilterBar.Closed) -> None:
        """Back to the rows."""
        self._filter.display = False
        if (pane := self.stage.pane) is not None:
            pane.focus_rows()

    def action_copy(self) -> None:
        """By the terminal's clipboard."""
        if (pane := self.stage.pane) is not None:
            pane.copy()

    def action_day(self) -> None:
        """Light or dark."""
        self._light = not self._light
        self._set_theme()
        self._repaint()
        self._frame()

    def action_keys(self) -> None:
        """The help."""
        if (pane := self.stage.pane) is not None:
            self.push_screen(HelpWindow(pane.NAME, pane.KEYS, self.context.palette))

    def action_look_now(self) -> None:
        """Asks the record."""
        self._start(partial(self.look, always=True))

    def action_picture(self) -> None:
        """An SVG of what is seen."""
        try:
            self.notify(self.save_screenshot(), title="written")
        except OSError as error:
            self.notify(f"no picture can be written here: {error.strerror}", severity="error")

    def on_resize(self) -> None:
        """Wide terminals show more beside each other."""
        self.set_class(self.size.width >= WIDE, "-wide")
        self._frame()

    def _set_theme(self) -> None:
        self.theme = LIGHT_NAME if self._light else DARK_NAME
        self.context.set_palette(LIGHT_PALETTE if self._light else DARK_PALETTE, is_plain=self.no_color)

    def _frame(self) -> None:
        context, pane = self.context, self.stage.pane
        if pane is None:
            return
        folder, now_ms = str(context.run.folder), context.now_ms()
        said = header(context.summary, folder, now_ms, self.size.width, context.palette, context.seen_ms)
        self._header.update(said, layout=False)
        self._tabs.rename(self.stage.active, pane.name_now)
        kept = (Key("/", f"“{pane.filter_text}”"),) if pane.filter_text else ()
        general = GENERAL if pane.can_filter else GENERAL[1:]
        self._keys.keys = (*kept, *pane.KEYS, *general)

    def _tell(self, what: str) -> None:
        self._notice.update(what)
        self._notice.display = bool(what)
