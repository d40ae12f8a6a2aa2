"""The screen of a demo at every size: what it shows, that nothing is cut off, and that it shows nothing of its own."""

from __future__ import annotations

from dataclasses import replace
from io import StringIO

import pytest
from rich.console import Console

from console.demo.bars import bar, spark
from console.demo.look import Look
from console.demo.panels import label
from console.demo.proving import progress_of
from console.demo.screen import screen
from sequencer.record.types import RunState, WorkerRow
from tests.support.demo_looks import NAMES, START_MS, full_look, proof

SIZES = [(80, 24), (80, 50), (119, 30), (120, 24), (160, 50), (200, 60)]


def drawn(look: Look, width: int, height: int) -> list[str]:
    """The lines of it."""
    console = Console(file=StringIO(), width=width, height=height, force_terminal=True, record=True)
    console.print(screen(look, width, height))
    return console.export_text().splitlines()


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_it_fits(width: int, height: int) -> None:
    lines = drawn(full_look(), width, height)
    assert len(lines) <= max(21, height - 1)
    assert max(map(len, lines)) <= width


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_what_matters_is_there(width: int, height: int) -> None:
    text = "\n".join(drawn(full_look(), width, height))
    for wanted in ("trading", "92,800", "sealed", "2/16", "batch 5: proof", "commit and prove 4", "liquidated"):
        assert wanted in text, wanted
    assert "300,008" in text
    assert "27DEC 100000 C" in text
    assert "account 11 is liquidated" in text


def test_a_wide_screen_has_trades_and_promises() -> None:
    text = "\n".join(drawn(full_look(), 160, 50))
    assert "11 LIQUIDATED" in text
    assert "✔ the oracles saw the shock" in text
    assert "✘ a withdrawal was paid" in text
    assert "settled" in text


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_before_anything_happened(width: int, height: int) -> None:
    text = "\n".join(drawn(Look(second=0.2, act="deploying"), width, height))
    assert "deploying" in text
    assert "no price yet" in text


def test_series_in_short() -> None:
    look = full_look()
    assert [label(look, series_id) for series_id in (*NAMES, 99)] == [
        "27DEC 100000 C",
        "27DEC 100000 P",
        "21NOV 20:07 100000 C",
        "series 99",
    ]


def test_nothing_is_shown_that_the_look_does_not_say() -> None:
    look = full_look()
    text = "\n".join(drawn(replace(look, batches=(), transactions=(), trades=(), accounts=()), 160, 50))
    for gone in ("commit and prove", "LIQUIDATED", "taker", "350,004"):
        assert gone not in text
    assert "0/16" in text


def worker(phase: str, for_s: float, number: int | None = 5) -> WorkerRow:
    return WorkerRow("worker 1", START_MS, "proving", phase, number, for_s, 77, 4, 0, "")


def test_progress_is_by_what_earlier_proofs_took() -> None:
    proofs = tuple(proof(number) for number in (1, 2, 3))
    half = progress_of(worker("proof", 0.35), proofs)
    assert half.usual_s == pytest.approx(1.01)
    assert half.share == pytest.approx((0.3 + 0.35) / 1.01)
    late = progress_of(worker("proof", 60.0), proofs)
    assert late.share == pytest.approx(1.0 / 1.01)
    assert late.spent_s == pytest.approx(60.3)


def test_without_an_earlier_proof_nothing_is_guessed() -> None:
    found = progress_of(worker("proof", 0.35), ())
    assert (found.share, found.usual_s, found.spent_s) == (0.0, None, 0.35)
    assert progress_of(worker("", 9.0, None), (proof(1),)).share == 0.0


@pytest.mark.parametrize(
    ("share", "expected"), [(0.0, "····"), (0.5, "██··"), (1.0, "████"), (2.0, "████"), (-1.0, "····"), (0.3, "█▎··")]
)
def test_bars(share: float, expected: str) -> None:
    assert bar(share, 4) == expected


def test_curves() -> None:
    assert spark([1.0, 2.0, 3.0], 10) == "▁▅█"
    assert spark([], 4) == ""
    assert spark([5.0, 5.0], 4) == "▅▅"
    assert len(spark(list(range(100)), 24)) == 24


def test_a_long_run_fits_on_80_columns() -> None:
    """After a quarter of an hour figures are longer; the curve gives way, and no time is cut off."""
    look, said = full_look(), "a sentence that goes on and on, and ends where the line ends, however long it is"
    state = RunState(1, 1_084, 1_083, 1_084, 1_083, 1_083, 1_083, START_MS)
    notes = tuple(replace(note, second=1_140.3 + place, text=said) for place, note in enumerate(look.notes))
    late = replace(look, second=1_143.0, act="withdrawing 3/4", state=state, notes=notes)
    lines = drawn(late, 80, 24)
    for whole in ("1143 s", "withdrawing 3/4", "BTC", "92,800", "1084 sealed · 1083 proved · 1083 done"):
        assert whole in lines[0]
    told = [line for line in lines if "a sentence" in line]
    assert told[-1].startswith(f"{1_140.3 + len(notes) - 1:.1f} a sentence")
