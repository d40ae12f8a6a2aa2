"""One proof: checked here and now, by the native verifier."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Static

from console.tui.check import Check
from console.tui.context import Context
from console.tui.panes.pane import OpenBatch, Pane, Reload
from console.tui.views.proof import (
    calldata_lines,
    calldata_text,
    check_lines,
    input_lines,
    phase_lines,
    point_lines,
    proof_head,
)
from console.tui.widgets.bars import Key
from sequencer.record.errors import NoSuchRow
from sequencer.record.reader import RecordReader
from sequencer.record.types import BatchDetail, ProofRow


class ProofPane(Pane):
    """`number` is the batch whose proof was asked for, None for the newest proof. Checks run once for each proof."""

    NAME = "Proof"
    KEYS: ClassVar[tuple[Key, ...]] = (
        Key("v", "verify again", "runs all checks anew"),
        Key("y", "copy calldata", "the eight words that L1 gets"),
        Key("n b", "next, before", "the proof of the next batch, of the one before"),
        Key("o", "batch", "the batch that it proves"),
    )
    BINDINGS: ClassVar = [
        ("v", "verify", "Verify again"),
        ("n", "turn(1)", "Next"),
        ("b", "turn(-1)", "Before"),
        ("o", "batch", "Batch"),
        ("j", "scroll(1)", "Down"),
        ("k", "scroll(-1)", "Up"),
    ]

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.checks: tuple[Check, ...] = ()
        self.detail: BatchDetail | None = None
        self.proof: ProofRow | None = None
        self._checked: ProofRow | None = None
        self.is_checking = False
        self.missing = ""
        self._body = Static(id="proof-body")
        self._scroll = VerticalScroll(self._body, id="proof-scroll")

    def compose(self) -> ComposeResult:
        """One text, as long as it is."""
        yield self._scroll

    async def load(self) -> None:
        """The proof, and its checks if it is another than before."""
        number = self.number
        try:
            self.detail, self.proof = await self.context.run.ask(lambda reader: batch_and_proof(reader, number))
            self.missing = "no proof is made yet"
        except NoSuchRow as error:
            self.detail = self.proof = None
            self.missing = error.why
        self._show()
        if self.proof is not None and self.proof != self._checked:
            await self._check()

    def repaint(self) -> None:
        """Colours."""
        self._show()

    def copied(self) -> tuple[str, str] | None:
        """The proof as L1 gets it."""
        return None if self.proof is None else ("calldata of the proof", calldata_text(self.proof))

    def focus_rows(self) -> None:
        """What scrolls."""
        self._scroll.focus()

    def action_scroll(self, by: int) -> None:
        """A line."""
        self._scroll.scroll_relative(y=by, animate=False)

    def action_verify(self) -> None:
        """Checks anew, with a key that may have come since."""
        self._checked = None
        self.post_message(Reload())

    def action_turn(self, by: int) -> None:
        """The next proof, or the one before."""
        if self.proof is not None and self.context.summary is not None:
            state = self.context.summary.state
            self.number = min(max(self.proof.number + by, state.first_batch), max(state.proved, self.proof.number))
            self.post_message(Reload())

    def action_batch(self) -> None:
        """The batch."""
        if self.proof is not None:
            self.post_message(OpenBatch(self.proof.number))

    def on_resize(self) -> None:
        """Words are shortened to what fits."""
        self._show()

    async def _check(self) -> None:
        detail, proof = self.detail, self.proof
        if detail is None or proof is None:
            return
        self._checked, self.is_checking, self.checks = proof, True, ()
        self._show()
        folder, given = self.context.run.folder, self.context.key_file
        self.checks = await self.context.run.ask(lambda _: checks_of(detail, proof, folder, given))
        self.is_checking = False
        self._show()

    def _show(self) -> None:
        width = max(20, self.size.width - 4)
        self._body.update(proof_text(self, width))


def proof_text(pane: ProofPane, width: int) -> Text:
    """All of it, from what decides to what is only long."""
    palette, detail, proof = pane.context.palette, pane.detail, pane.proof
    if detail is None or proof is None:
        return Text(pane.missing, palette.faint)
    parts: Sequence[tuple[str, Text]] = (
        ("", proof_head(detail, proof, palette)),
        ("checked here and now", check_lines(pane.checks, width, palette, running=pane.is_checking)),
        ("public inputs", input_lines(proof, width, palette)),
        ("points, coordinates in Fq", point_lines(proof, width, palette)),
        ("time by phase", phase_lines(proof, width, palette)),
        ("calldata, offsets in bytes", calldata_lines(proof, width, palette)),
    )
    text = Text(no_wrap=True)
    for title, part in parts:
        if title:
            text.append(f"\n\n{title} ", f"bold {palette.link}")
            text.append("─" * max(0, width - len(title) - 1) + "\n", palette.faint)
        text.append_text(part)
    return text


def batch_and_proof(reader: RecordReader, number: int | None) -> tuple[BatchDetail | None, ProofRow | None]:
    """The batch and its proof, the newest for None; nothing before the first. Raises `NoSuchRow`."""
    if number is None:
        newest = reader.proofs(limit=1)
        if not newest:
            return None, None
        number = newest[0].number
    proof = reader.proof(number)
    return reader.detail(number), proof


def checks_of(detail: BatchDetail, proof: ProofRow, folder: Path, given: Path | None) -> tuple[Check, ...]:
    """All checks; loads a second's worth of program the first time."""
    from console.tui.checks import check_proof, find_key
    from prover.kernels import load_kernels

    return tuple(check_proof(detail, proof, find_key(detail.preset, folder, given), load_kernels()))
