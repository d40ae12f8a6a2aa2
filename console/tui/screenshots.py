"""Pictures of screens, made from a run: for READMEs, and for tests that compare them."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from prover.formats.atomic import AtomicFile

if TYPE_CHECKING:
    from textual.pilot import Pilot

    from console.tui.app import ZkclearTui

SCREENS: Final[Mapping[str, Sequence[str]]] = {
    "batches": (),
    "batch": ("enter",),
    "postings": ("enter", "right_square_bracket"),
    "touched": ("enter", "right_square_bracket", "right_square_bracket"),
    "refused": ("enter", "left_square_bracket", "left_square_bracket", "left_square_bracket"),
    "proof": ("p",),
    "accounts": ("4",),
    "account": ("4", "enter"),
    "heat": ("4", "m"),
    "market": ("5",),
    "l1": ("6",),
    "transactions": ("6", "right_square_bracket"),
    "tables": ("6", "right_square_bracket", "right_square_bracket"),
    "spots": ("6", "left_square_bracket", "left_square_bracket", "left_square_bracket"),
    "provers": ("7",),
    "logs": ("8",),
    "keys": ("question_mark",),
}
"""Keys that lead from the first screen to each. For `batch` and `proof` the cursor is put on a batch before."""

_ID: Final = re.compile(r"terminal-\d+-")
_FONT_FILE: Final = re.compile(r"\s*@font-face \{[^}]*\}")
_FONTS: Final = "ui-monospace, 'Cascadia Mono', 'DejaVu Sans Mono', Menlo, Consolas, monospace"


def screenshots(
    folder: Path,
    to: Path,
    *,
    names: Sequence[str] = tuple(SCREENS),
    size: tuple[int, int] = (120, 36),
    batch: int | None = None,
    light: bool = False,
    now_ms: Callable[[], int] | None = None,
    prefix: str = "",
) -> tuple[Path, ...]:
    """Writes `to / prefix + name + .svg` for each screen of a run, some hundred milliseconds each.

    `batch` is the one that the cursor is on, by default the newest; `now_ms` the clock, by default the time at which
    the record was last written. Raises `KeyError` for a name that is none of `SCREENS`, and what opening a record does.
    """
    to.mkdir(parents=True, exist_ok=True)
    written = []
    for name in names:
        path = to / f"{prefix}{name}.svg"
        with AtomicFile(path) as file:
            file.write(picture(folder, name, size, batch=batch, light=light, now_ms=now_ms).encode())
        written.append(path)
    return tuple(written)


def picture(
    folder: Path,
    name: str,
    size: tuple[int, int],
    *,
    batch: int | None = None,
    light: bool = False,
    now_ms: Callable[[], int] | None = None,
) -> str:
    """One screen as SVG: the same for the same record and clock, but for times that are measured while it is shown."""
    from console.tui.app import ZkclearTui
    from console.tui.run import Run

    run = Run(folder)
    try:
        recorded_ms = run.reader.state().updated_ms
        tui = ZkclearTui(run, now_ms or (lambda: recorded_ms), light=light, polls=False)
        return asyncio.run(_picture(tui, SCREENS[name], size, batch))
    finally:
        run.close()


async def _picture(tui: ZkclearTui, keys: Sequence[str], size: tuple[int, int], batch: int | None) -> str:
    async with tui.run_test(size=size) as pilot:
        await settled(tui, pilot)
        if batch is not None:
            tui.go_to_batch(batch)
            await settled(tui, pilot)
        for key in keys:
            await pilot.press(key)
            await settled(tui, pilot)
        return normalised(tui.export_screenshot(title="zkclear tui", simplify=True))


async def settled(tui: ZkclearTui, pilot: Pilot[None]) -> None:
    """Waits until nothing is being asked of the record any more, and all of it is drawn."""
    await pilot.pause()
    await tui.workers.wait_for_complete()
    await pilot.pause()
    await pilot.pause()


def normalised(svg: str) -> str:
    """Without names that depend on nothing that is seen, and in whatever font a reader has: nothing is fetched."""
    return _FONT_FILE.sub("", _ID.sub("terminal-", svg)).replace("Fira Code, monospace", _FONTS)
