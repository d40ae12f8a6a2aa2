"""What all panes have in common, and what they say to the frame around them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar, TypeVar

from textual.containers import Vertical
from textual.message import Message

from console.tui.context import Context
from console.tui.widgets.bars import Key
from sequencer.record.errors import RecordError
from sequencer.record.reader import RecordReader

T = TypeVar("T")
MOST_SAID = 70
"""Of what was copied."""


class OpenBatch(Message):
    """Show one batch; None for the newest, and whatever comes after it."""

    def __init__(self, number: int | None) -> None:
        super().__init__()
        self.number = number


class OpenProof(OpenBatch):
    """Show the proof of a batch, None for the newest."""


class OpenAccount(Message):
    """Show one account."""

    def __init__(self, account: int) -> None:
        super().__init__()
        self.account = account


class Reload(Message):
    """What a pane shows is another thing now: it is to be loaded, and its tab to say so."""


class Trouble(Message):
    """The record could not be read while something was drawn."""

    def __init__(self, says: str) -> None:
        super().__init__()
        self.says = says


class OpenText(Message):
    """Show a text in a window of its own, from which it can be copied."""

    def __init__(self, title: str, text: str) -> None:
        super().__init__()
        self.title, self.text = title, text


class Pane(Vertical):
    """One of the tabs. `load` is called when it is shown, and whenever something new was recorded while it is."""

    NAME: ClassVar[str]
    KEYS: ClassVar[tuple[Key, ...]] = ()
    """What it knows beside moving and Enter; the first of them are shown at the bottom."""

    DEFAULT_CSS = "Pane { height: 1fr; }"

    def __init__(self, context: Context) -> None:
        super().__init__(id=f"pane-{self.NAME.lower()}")
        self.context = context
        self.filter_text = ""
        self.number: int | None = None
        """What was asked for, in panes about one batch or proof; None for whatever is newest."""

    @property
    def name_now(self) -> str:
        """What stands in its tab: with the number that was asked for."""
        return self.NAME if self.number is None else f"{self.NAME} {self.number}"

    def open(self, number: int | None) -> None:
        """Shows one batch, proof or account when it is loaded next, None for the newest."""
        self.number = number

    async def load(self) -> None:
        """Asks the record, and shows what it says. Raises `RecordError`."""

    def repaint(self) -> None:
        """Other colours, or another second: what depends on them is drawn again."""

    async def filter_by(self, text: str) -> None:
        """Shows only rows with all these words; an empty text shows all."""
        self.filter_text = text
        await self.load()

    @property
    def can_filter(self) -> bool:
        """Whether `/` means anything here."""
        return False

    def copied(self) -> tuple[str, str] | None:
        """What `y` copies: what it is, and the text."""
        return None

    def copy(self) -> None:
        """Copies it, and says so."""
        found = self.copied()
        if found is None:
            self.notify("nothing to copy here")
            return
        what, text = found
        self.app.copy_to_clipboard(text)
        self.notify(text if len(text) <= MOST_SAID else text[: MOST_SAID - 1] + "…", title=f"copied: {what}")

    def step_back(self) -> bool:
        """Whether Escape meant something within the pane."""
        return False

    def focus_rows(self) -> None:
        """Puts the keyboard where rows are."""

    def read(self, question: Callable[[RecordReader], Sequence[T]]) -> Sequence[T]:
        """Rows for a line that is being drawn; none, and a word about it, where the record cannot be read."""
        try:
            return question(self.context.run.reader)
        except RecordError as error:
            self.post_message(Trouble(str(error)))
            return ()


def matches(words: str, wanted: str) -> bool:
    """Whether all words of a filter are in a text; upper and lower case are the same."""
    lower = words.lower()
    return all(word in lower for word in wanted.lower().split())
