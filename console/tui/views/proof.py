"""One proof: its points, its public inputs, what was checked of it, what L1 gets, and where the time went."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from rich.text import Text

from console.tui.check import Check
from console.tui.figures import bar, date_and_clock, duration, hexadecimal, shortened
from console.tui.themes import Palette
from sequencer.record.types import BatchDetail, ProofRow

INPUTS: Final = ("digest", "evaluation", "point")
_WHOLE: Final = 84
"""Cells that a word of 64 digits and its name need."""


def proof_head(detail: BatchDetail, proof: ProofRow, palette: Palette) -> Text:
    """Whose proof it is, who made it, and when."""
    text = Text(no_wrap=True, overflow="ellipsis")
    text.append(f"Proof of batch {proof.number} ", palette.strong)
    if proof.is_mock:
        text.append(" MOCK: it proves nothing ", f"bold {palette.bad}")
    text.append(f" {detail.preset} · made {date_and_clock(proof.made_ms)} UTC", palette.faint)
    text.append(
        f" by {proof.worker or 'a worker'}" + (f" at try {proof.tries}" if proof.tries > 1 else ""), palette.faint
    )
    return text


def check_lines(checks: Sequence[Check], width: int, palette: Palette, *, running: bool) -> Text:
    """A line for each check: whether it holds, its name, why it matters, how long it took."""
    text = Text(no_wrap=True, overflow="ellipsis")
    for check in checks:
        sign, colour = _verdict(check, palette)
        text.append(f"{sign} ", colour)
        text.append(f"{check.name:<20}", palette.text)
        text.append(shortened_end(check.says, width - 34).ljust(max(0, width - 34)), palette.faint)
        text.append(f"{duration(check.spent_ms) if check.spent_ms else '':>10}\n", palette.faint)
    if running:
        text.append("… checking\n", palette.caution)
        return text
    failed = [check.name for check in checks if check.holds is False]
    unasked = [check.name for check in checks if check.holds is None]
    if failed:
        text.append(f"NOT VALID: {', '.join(failed)}", f"bold {palette.bad}")
    elif unasked:
        text.append(f"what could be checked holds; not checked: {', '.join(unasked)}", palette.caution)
    else:
        text.append("valid: every check holds", f"bold {palette.good}")
    return text


def input_lines(proof: ProofRow, width: int, palette: Palette) -> Text:
    """The public inputs."""
    text = Text(no_wrap=True)
    for index, (name, value) in enumerate(zip(INPUTS, proof.public_signals, strict=False)):
        text.append(f"{index} {name:<12}", palette.faint)
        text.append(_word(value, width) + "\n", palette.link)
    text.right_crop(1)
    return text


def point_lines(proof: ProofRow, width: int, palette: Palette) -> Text:
    """The coordinates of A, B and C; of B the two parts of each, c0 + c1 u."""
    (b_x0, b_x1), (b_y0, b_y1) = proof.b
    named = (
        ("A.x", proof.a[0]),
        ("A.y", proof.a[1]),
        ("B.x c0", b_x0),
        ("B.x c1", b_x1),
        ("B.y c0", b_y0),
        ("B.y c1", b_y1),
        ("C.x", proof.c[0]),
        ("C.y", proof.c[1]),
    )
    text = Text(no_wrap=True)
    for name, value in named:
        text.append(f"{name:<14}", palette.faint)
        text.append(_word(value, width) + "\n")
    text.right_crop(1)
    return text


def phase_lines(proof: ProofRow, width: int, palette: Palette) -> Text:
    """Seconds by phase, as bars of one length together."""
    text = Text(no_wrap=True)
    whole = proof.proving_s or 1.0
    for name, spent_s in proof.seconds.items():
        text.append(f"{name:<22}", palette.faint)
        text.append(f"{duration(spent_s * 1_000):>9}  ")
        text.append(bar(spent_s / whole, max(8, min(40, width - 36))).rstrip() + "\n", palette.proven)
    text.append(f"{'all':<22}{duration(proof.proving_s * 1_000):>9}", palette.strong)
    return text


def calldata_text(proof: ProofRow) -> str:
    """The verifier's eight words, 512 digits."""
    return "0x" + "".join(f"{word:064x}" for word in proof.calldata)


def calldata_lines(proof: ProofRow, width: int, palette: Palette) -> Text:
    """The same word by word, with the offset of each in bytes."""
    text = Text(no_wrap=True)
    for index, word in enumerate(proof.calldata):
        text.append(f"{32 * index:>6}        ", palette.faint)
        text.append((f"{word:064x}" if width >= _WHOLE else shortened(f"{word:064x}", 24)) + "\n")
    text.right_crop(1)
    return text


def shortened_end(text: str, width: int) -> str:
    """Text in at most so many cells, its end cut off."""
    return text if len(text) <= width else text[: max(0, width - 1)] + "…"


def _word(value: int, width: int) -> str:
    text = hexadecimal(value)
    return text if width >= _WHOLE else shortened(text, max(8, (width - 20) // 2))


def _verdict(check: Check, palette: Palette) -> tuple[str, str]:
    if check.holds is None:
        return "–", palette.caution
    return ("✓", palette.good) if check.holds else ("✗", palette.bad)
