"""The report: one HTML file that needs nothing else, neither from a network nor from beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from typing import Any, Final

from console.demo.evidence import Evidence
from console.demo.figures import rows_of
from console.demo.plots import plots_of
from prover.formats.atomic import AtomicFile

MS: Final = 1_000
STYLE: Final = """
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 62rem; padding: 0 1rem; color: #1b1f24; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.15rem; margin-top: 2.2rem; }
table { border-collapse: collapse; width: 100%; } td, th { text-align: left; padding: .25rem .8rem .25rem 0;
border-bottom: 1px solid #d8dee4; vertical-align: top; } td:first-child { white-space: nowrap; }
.yes { color: #1a7f37; } .no { color: #cf222e; font-weight: bold; }
pre { background: #f6f8fa; padding: .8rem; overflow-x: auto; }
.announcement { color: #cf222e; } .act { font-weight: bold; } figure { margin: 1rem 0; }
svg { width: 100%; height: auto; }
"""
POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
DEVELOPMENT: Final = (
    "development keys, made from published secrets: a proof under them convinces nobody but this machine."
)
PLOT_NOTES: Final[dict[str, str]] = {
    "Prices": "What the oracles signed, against the market that they saw; a dashed line is a shock by this demo.",
    "Margin by scenario": (
        "Equity of the account that sold too much, at the mark and in each of the sixteen scenarios. "
        "It is liquidated when equity plus three times the worst column is below zero."
    ),
    "Equity and what must be kept": (
        "The same account, twice a second, as the API says it: it is liquidated once it must keep more than it has."
    ),
    "Gas per trade": "All L1 transactions of a batch, for each of its trades: the fuller, the cheaper.",
    "Proof time by phase": "As the prover and the node measured it, batch by batch.",
    "From seal to execution": "How long a batch took until L1 had executed it.",
}
REAL_DATA_NOTES: Final[Mapping[str, str]] = PLOT_NOTES | {
    "Prices": "What the oracles signed, by the clock of the data.",
    "Margin by scenario": (
        "Equity of the account that came nearest to a liquidation, at the mark and in each of the sixteen scenarios. "
        "It would be liquidated when equity plus three times the worst column were below zero."
    ),
    "Equity and what must be kept": "The same account after each batch that touched it, by the clock of the data.",
}


def write_page(path: Path, evidence: Evidence, summary: Mapping[str, Any], commands: Sequence[tuple[str, str]]) -> None:
    """Writes the report, whole or not at all. Raises `OSError`."""
    with AtomicFile(path) as file:
        file.write(page_of(evidence, summary, plots_of(evidence), commands).encode())


def page_of(
    evidence: Evidence, summary: Mapping[str, Any], plots: Mapping[str, str], commands: Sequence[tuple[str, str]]
) -> str:
    """The page as text. `plots` are SVG elements by title, `commands` what they do and how they are typed."""
    began = datetime.fromtimestamp(evidence.started_ms / MS, UTC)
    parts = [
        f"<h1>{escape(evidence.title)}</h1>",
        f"<p>{began:%Y-%m-%d %H:%M:%S} UTC · preset {escape(evidence.preset)} · {DEVELOPMENT}</p>",
        "<h2>What happened</h2>",
        _table(
            ("", "what", "seen by"),
            [(_mark(is_kept=one.is_kept), escape(one.name), escape(one.evidence)) for one in evidence.promises],
        ),
        "<h2>Figures</h2>",
        _table(("what", "how much"), [(escape(what), escape(much)) for what, much in rows_of(summary)]),
    ]
    plot_notes = PLOT_NOTES if evidence.market else REAL_DATA_NOTES
    for title, svg in plots.items():
        note = plot_notes.get(title, "")
        parts.append(f"<h2>{escape(title)}</h2><p>{escape(note)}</p><figure>{svg}</figure>")
    lines = "\n".join(f"{command:<44}  # {what}" for what, command in commands)
    parts.append(f"<h2>To look deeper</h2><pre>{escape(lines)}</pre>")
    notes = [(f"{one.second:.1f} s", f'<span class="{one.kind}">{escape(one.text)}</span>') for one in evidence.notes]
    parts.append("<h2>All that was said</h2>" + _table(("when", "what"), notes))
    head = f'<meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{POLICY}">'
    title = f"<title>{escape(evidence.title)}</title>"
    body = "\n".join(parts)
    whole_head = f"<head>{head}{title}<style>{STYLE}</style></head>"
    return f'<!doctype html>\n<html lang="en">{whole_head}\n<body>{body}</body></html>\n'


def _mark(*, is_kept: bool) -> str:
    return '<span class="yes">yes</span>' if is_kept else '<span class="no">NO</span>'


def _table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Cells are HTML already."""
    head = "".join(f"<th>{escape(column)}</th>" for column in columns)
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
