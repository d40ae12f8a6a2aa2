"""Workers, and the proofs that they made."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.widgets import Static

from console.tui.context import Context
from console.tui.panes.pane import OpenProof, OpenText, Pane
from console.tui.views.provers import proof_columns, proof_phases, worker_columns
from console.tui.widgets.bars import Key
from console.tui.widgets.virtual_table import VirtualTable
from sequencer.record.types import ProofRow, WorkerRow

MOST_PROOFS: Final = 500


class ProversPane(Pane):
    """Workers above; proofs, and the share of each phase, below."""

    NAME = "Provers"
    KEYS: ClassVar[tuple[Key, ...]] = (
        Key("tab", "proofs", "from workers to proofs, and back"),
        Key("⏎", "open", "the proof, or all of a worker's last failure"),
    )

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.seats: VirtualTable[WorkerRow] = VirtualTable(named="workers", empty="no prover's worker is known")
        self.proofs: VirtualTable[ProofRow] = VirtualTable(named="proofs", newest="top", empty="no proof yet")
        self._phases = Static(id="phases")
        self._latest: Sequence[ProofRow] = ()

    def compose(self) -> ComposeResult:
        """Two tables and bars."""
        yield self.seats
        with Horizontal(id="provers-lower"):
            yield self.proofs
            with VerticalScroll(can_focus=False, id="phases-scroll"):
                yield self._phases

    async def load(self) -> None:
        """Workers as they were last heard of, and the newest proofs."""
        workers, self._latest = await self.context.run.ask(
            lambda reader: (reader.workers(), reader.proofs(limit=MOST_PROOFS))
        )
        self.seats.use_columns(worker_columns(self.context.palette))
        self.seats.show_listed(workers, lambda row: row.name)
        self.proofs.use_columns(proof_columns(self.context.palette))
        self.proofs.show_listed(self._latest, lambda row: row.number)
        self._show_phases()

    def repaint(self) -> None:
        """Colours."""
        self.seats.use_columns(worker_columns(self.context.palette))
        self.proofs.use_columns(proof_columns(self.context.palette))
        self._show_phases()

    def focus_rows(self) -> None:
        """Workers."""
        self.seats.focus()

    def on_virtual_table_chosen(self, event: VirtualTable.Chosen) -> None:
        """A proof, or what a worker failed at."""
        if event.table is self.proofs and (proof := self.proofs.current) is not None:
            self.post_message(OpenProof(proof.number))
        elif event.table is self.seats and (worker := self.seats.current) is not None:
            self.post_message(OpenText(f"worker {worker.name}", worker.last_failure or "it has not failed"))

    def on_resize(self) -> None:
        """Bars are as long as there is room."""
        self.call_after_refresh(self._show_phases)

    def _show_phases(self) -> None:
        if width := self._phases.size.width:
            self._phases.update(proof_phases(self._latest, width, self.context.palette))
