"""A report in a folder: numbers as JSON, samples as CSV, pictures."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Callable
from dataclasses import asdict, fields
from pathlib import Path

from sequencer.stress.measures import Sample
from sequencer.stress.plots import FORMATS, draw
from sequencer.stress.report import StressReport


def write_report(report: StressReport, folder: Path) -> tuple[Path, ...]:
    """Writes `<scenario>.json`, `.csv`, `.svg` and `.png`, each whole or not at all; the paths. Makes the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    data = json.dumps(report.as_data(), indent=1, sort_keys=True) + "\n"
    written = [
        _whole(folder / f"{report.scenario}.json", lambda path: _write_text(path, data)),
        _whole(folder / f"{report.scenario}.csv", lambda path: _write_text(path, _samples(report))),
    ]
    for kind in FORMATS:
        written.append(_whole(folder / f"{report.scenario}.{kind}", lambda path: draw(report, [path])))
    return tuple(written)


def _samples(report: StressReport) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, [field.name for field in fields(Sample)], lineterminator="\n")
    writer.writeheader()
    writer.writerows(asdict(sample) for sample in report.samples)
    return text.getvalue()


def _write_text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")


def _whole(path: Path, write: Callable[[Path], None]) -> Path:
    """By way of a file beside it, so that nobody ever sees a part."""
    beside = path.with_name(f".{path.stem}.part{path.suffix}")
    try:
        write(beside)
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)
    return path
