"""Pictures of screens that are kept, and how the pictures of now are compared with them."""

from __future__ import annotations

import html
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

from console.tui import checks
from console.tui.screenshots import SCREENS, picture
from tests.support.prover_pool import key_file
from tests.support.tui_runs import PROVEN, told_run

GOLDEN = Path(__file__).parents[1] / "golden" / "tui"
COMMAND = "python scripts/write_tui_snapshots.py"
SMALL, LARGE = (80, 24), (160, 50)
RUN = "run"
"""The folder's name is in the header, so it is a relative one."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One picture: a screen of `SCREENS`, its size, its theme, whether colours are off."""

    screen: str
    size: tuple[int, int] = SMALL
    light: bool = False
    plain: bool = False

    @property
    def name(self) -> str:
        kind = "-light" * self.light + "-plain" * self.plain
        return f"{self.screen}-{self.size[0]}x{self.size[1]}{kind}.svg"

    @property
    def path(self) -> Path:
        return GOLDEN / self.name


SNAPSHOTS = (
    *(Snapshot(screen) for screen in SCREENS),
    *(
        Snapshot(screen, LARGE)
        for screen in ("batches", "batch", "proof", "account", "heat", "market", "l1", "provers")
    ),
    Snapshot("account", light=True),
    Snapshot("heat", light=True),
    Snapshot("heat", plain=True),
)


@contextmanager
def the_run() -> Iterator[None]:
    """In a folder where `RUN` is the run that the pictures are of."""
    before = Path.cwd()
    with TemporaryDirectory(prefix="zkclear-tui-") as folder:
        told_run(Path(folder) / RUN)
        keys = Path(folder) / "keys"
        keys.mkdir()
        (keys / "settlement_tiny-pictures.development.zkey").write_bytes(key_file().read_bytes())
        os.chdir(folder)
        try:
            yield
        finally:
            os.chdir(before)


def taken(snapshot: Snapshot) -> str:
    """The picture of now. Checks of a proof take no time in it: how long they take is different every time."""
    environment: Mapping[str, str] = {"NO_COLOR": "1"} if snapshot.plain else {}
    with patch.object(checks, "perf_counter", lambda: 0.0), patch.dict(os.environ, environment):
        if not snapshot.plain:
            os.environ.pop("NO_COLOR", None)
        return picture(Path(RUN), snapshot.screen, snapshot.size, batch=PROVEN, light=snapshot.light)


def difference(kept: str, now: str) -> str:
    """The first lines of text that differ, or what else does; empty for equal pictures."""
    if kept == now:
        return ""
    before, after = lines_of(kept), lines_of(now)
    for number, (old, new) in enumerate(zip(before, after, strict=False)):
        if old != new:
            return f"line {number}\n  kept: {old}\n  now:  {new}"
    if len(before) != len(after):
        return f"{len(before)} lines were kept, {len(after)} are there now"
    return "the same text in other colours"


def lines_of(svg: str) -> list[str]:
    """The text of a picture, line by line."""
    lines: dict[int, str] = {}
    for y, text in re.findall(r'<text[^>]* y="([\d.]+)"[^>]*>([^<]*)</text>', svg):
        lines[round(float(y))] = lines.get(round(float(y)), "") + html.unescape(text).replace("\xa0", " ")
    return [lines[y] for y in sorted(lines)]
