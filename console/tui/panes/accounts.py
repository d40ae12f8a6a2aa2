"""Accounts: who is near a liquidation, what each would be worth in every scenario, and one of them in full."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Final

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widgets import Static

from console.tui.context import Context
from console.tui.figures import hexadecimal
from console.tui.panes.pane import OpenBatch, Pane, matches
from console.tui.views.account import account_head, distance_lines, history_lines, position_lines, scenario_grid
from console.tui.views.accounts import account_columns, account_words, by_danger, heat_columns, heat_legend
from console.tui.widgets.bars import Key
from console.tui.widgets.columns import Column
from console.tui.widgets.virtual_table import VirtualTable
from sequencer.record.reader import RecordReader
from sequencer.record.types import AccountRow

PAGE: Final = 1_000
HISTORY: Final = 20
"""Batches that are shown of one account."""
BESIDE: Final = 130
"""From this width on the account under the cursor stands beside the list."""


class AccountsPane(Pane):
    """The list, as a table or as a heat map; and one account, beside it or in its place."""

    NAME = "Accounts"
    KEYS: ClassVar[tuple[Key, ...]] = (
        Key("⏎", "open", "the account: positions, Greeks, scenarios"),
        Key("m", "heat map", "equity of every account in every scenario, or the table again"),
        Key("s", "sort", "by danger, or by number"),
        Key("o", "batch", "the last batch that touched it"),
        Key("y", "copy key", "the account's public key"),
    )
    BINDINGS: ClassVar = [("m", "map", "Heat map"), ("s", "sort", "Sort"), ("o", "batch", "Batch")]

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.table: VirtualTable[AccountRow] = VirtualTable(named="accounts")
        self.is_map = False
        self.is_open = False
        self.sorts_by_danger = True
        self._accounts: Sequence[AccountRow] = ()
        self._wanted: int | None = None
        self._legend = Static(id="heat-legend")
        self._one = Static(id="account-body")
        self._scroll = VerticalScroll(self._one, id="account-scroll")

    def compose(self) -> ComposeResult:
        """List at the left, account at the right."""
        with Horizontal():
            with Vertical(id="accounts-list"):
                yield self.table
                yield self._legend
            yield self._scroll

    async def load(self) -> None:
        """All accounts: a millisecond for each hundred, so in the other thread."""
        self._accounts = await self.context.run.ask(all_accounts)
        self._show_list()
        if self._wanted is not None and self.table.go_to(self._wanted):
            self._wanted = None
        self.call_after_refresh(self._show_one)

    def repaint(self) -> None:
        """Colours."""
        self._show_list()
        self._show_one()

    def open(self, number: int | None) -> None:
        """Shows one account as soon as it is read."""
        self._wanted, self.filter_text, self.is_map, self.is_open = number, "", False, True
        self._arrange()

    @property
    def can_filter(self) -> bool:
        """By number and state."""
        return True

    def copied(self) -> tuple[str, str] | None:
        """Both coordinates of the key."""
        row = self.table.current
        return None if row is None else (f"key of account {row.account}", " ".join(map(hexadecimal, row.key)))

    def step_back(self) -> bool:
        """From one account to all."""
        if not self.is_open:
            return False
        self.is_open = False
        self._arrange()
        self.focus_rows()
        return True

    def focus_rows(self) -> None:
        """The list, or the account in its place."""
        if self.is_open and not self._has_room:
            self._scroll.focus()
        else:
            self.table.focus()

    def action_map(self) -> None:
        """Table or heat map."""
        self.is_map = not self.is_map
        self.is_open = False
        self._arrange()
        self._show_list()
        self.focus_rows()

    def action_sort(self) -> None:
        """By danger or by number."""
        self.sorts_by_danger = not self.sorts_by_danger
        self._show_list()

    def action_batch(self) -> None:
        """The batch that touched it last."""
        if (row := self.table.current) is not None:
            self.post_message(OpenBatch(row.batch))

    def on_virtual_table_moved(self, _: VirtualTable.Moved) -> None:
        """The account under the cursor."""
        self._show_one()

    def on_virtual_table_chosen(self, _: VirtualTable.Chosen) -> None:
        """The account in place of the list."""
        self.is_open = True
        self._arrange()
        self.focus_rows()
        self.call_after_refresh(self._show_one)

    def on_mount(self) -> None:
        """Nothing is open."""
        self._arrange()

    def on_resize(self) -> None:
        """What fits beside each other."""
        self._arrange()
        self._show_list()
        self.call_after_refresh(self._show_one)

    @property
    def _has_room(self) -> bool:
        return self.size.width >= BESIDE

    def _arrange(self) -> None:
        """With room both are shown, unless the heat map takes it all."""
        self._scroll.display = self.is_open or (self._has_room and not self.is_map)
        self.query_one("#accounts-list").display = self._has_room or not self.is_open
        self._legend.display = self.is_map
        self.set_class(self._scroll.display and self._has_room, "-beside")

    def _show_list(self) -> None:
        rows = by_danger(self._accounts) if self.sorts_by_danger else list(self._accounts)
        wanted = self.filter_text
        rows = [row for row in rows if matches(account_words(row), wanted)] if wanted else rows
        self.table.use_columns(self._columns())
        empty = f"no account is “{wanted}”" if wanted else "no account yet: the first comes with a registration on L1"
        self.table.show_listed(rows, lambda row: row.account, empty=empty)
        self._legend.update(heat_legend(self.size.width, self.context.palette))

    def _columns(self) -> Sequence[Column[AccountRow]]:
        palette = self.context.palette
        return heat_columns(self.size.width - 2, palette) if self.is_map else account_columns(palette)

    def _show_one(self) -> None:
        row, width = self.table.current, self._scroll.size.width - 3
        if row is None or width < 10 or not self._scroll.display:
            self._one.update("")
            return
        history = self.read(lambda reader: reader.account_history(row.account, limit=HISTORY))
        self._one.update(account_text(row, history, self.context, width))


def account_text(row: AccountRow, history: Sequence[AccountRow], context: Context, width: int) -> Text:
    """One account in full."""
    palette, names = context.palette, context.names
    text = Text(no_wrap=True, overflow="ellipsis")
    parts = (
        ("", account_head(row, palette)),
        ("equity by scenario, USDC", scenario_grid(row.values_e6, width, palette)),
        ("positions", position_lines(row, names, width, palette)),
        ("distance to liquidation", distance_lines(row, names, context.table_time_s, width, palette)),
        ("after its last batches, USDC", history_lines(history, width, palette)),
    )
    for title, part in parts:
        if title:
            text.append(f"\n\n{title} ", f"bold {palette.link}")
            text.append("─" * max(0, width - len(title) - 1) + "\n", palette.faint)
        text.append_text(part)
    return text


def all_accounts(reader: RecordReader) -> tuple[AccountRow, ...]:
    """By number."""
    found: list[AccountRow] = []
    while page := reader.accounts(after=found[-1].account if found else None, limit=PAGE):
        found += page
    return tuple(found)
