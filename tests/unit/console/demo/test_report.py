"""The report: one page that stands alone, with every plot, and figures that follow from the record alone."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from console.demo.evidence import Evidence
from console.demo.figures import delays_s, gas_by_kind, gas_per_trade, phase_seconds, rows_of, summary_of
from console.demo.page import page_of, write_page
from console.demo.plots import plots_of
from sequencer.record.types import BatchStatus
from tests.support.demo_looks import batch, full_evidence, proof, transaction

TITLES = [
    "Prices",
    "Margin by scenario",
    "Equity and what must be kept",
    "Gas per trade",
    "Proof time by phase",
    "From seal to execution",
]
COMMANDS = [("zkclear tui zkclear-demo", "look at it"), ("zkclear batch list", "all batches")]
VOID = {"meta", "br", "link", "img"}
FETCHING = {"src", "href", "xlink:href", "data", "srcset", "action", "poster"}


class Page(HTMLParser):
    """Notes whatever a browser would fetch, every id, and whether each element is closed."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.fetched: list[str] = []
        self.ids: list[str] = []
        self.tags: set[str] = set()
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        if tag not in VOID:
            self.open.append(tag)
        for name, value in attrs:
            if name == "id":
                self.ids.append(value or "")
            if name in FETCHING and not (value or "").startswith("#"):
                self.fetched.append(value or "")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, f"</{tag}> closes nothing"

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.fixture(scope="module")
def plots() -> dict[str, str]:
    return plots_of(full_evidence())


def parsed(evidence: Evidence, plots: dict[str, str]) -> Page:
    page = Page()
    page.feed(page_of(evidence, summary_of(evidence), plots, COMMANDS))
    page.close()
    return page


def test_it_has_every_plot_and_stands_alone(plots: dict[str, str]) -> None:
    page = parsed(full_evidence(), plots)
    assert page.open == []
    assert list(plots) == TITLES
    for title in TITLES:
        assert title in page.text
    assert page.fetched == []
    assert not {"script", "link", "iframe", "object"} & page.tags
    assert len(page.ids) == len(set(page.ids)) > 0


def test_it_has_every_plot_and_stands_alone_twin(plots: dict[str, str]) -> None:
    evil = plots | {"Prices": '<svg><image href="https://example.org/x.png"></image></svg>'}
    assert parsed(full_evidence(), evil).fetched == ["https://example.org/x.png"]


@pytest.mark.parametrize("title", TITLES)
def test_each_plot_is_an_element_with_lines_in_it(plots: dict[str, str], title: str) -> None:
    element = ET.fromstring(plots[title])
    assert element.tag == "{http://www.w3.org/2000/svg}svg"
    assert len(re.findall(r"<path ", plots[title])) > 10
    references = set(re.findall(r'(?:url\(|href=")#([^")]+)', plots[title]))
    assert references <= set(re.findall(r'\bid="([^"]+)"', plots[title]))


def test_what_was_said_is_text_and_nothing_else(plots: dict[str, str]) -> None:
    page = parsed(full_evidence(), plots)
    assert "<script>alert(1)</script> & more" in page.text
    assert "zkclear tui zkclear-demo" in page.text
    assert "NO" in page.text
    assert "0.00 USD of 250,000.00" in page.text


def test_real_data_are_told_from_a_made_up_market(plots: dict[str, str]) -> None:
    assert "a dashed line is a shock" in parsed(full_evidence(), plots).text
    real = parsed(replace(full_evidence(), market=()), plots).text
    assert "shock by this demo" not in real
    assert "by the clock of the data" in real


def test_what_cannot_be_compared_has_no_row() -> None:
    evidence = full_evidence()
    assert "from seal to execution" in dict(rows_of(summary_of(evidence)))
    other_clock = replace(evidence, zero_ms=evidence.started_ms - 1)
    assert "from seal to execution" not in dict(rows_of(summary_of(other_clock)))


def test_an_empty_record_has_no_plots() -> None:
    nothing = replace(
        full_evidence(), batches=(), proofs=(), transactions=(), trades=(), spots=(), margins=(), equity=()
    )
    assert plots_of(nothing) == {}
    assert parsed(nothing, {}).open == []


def test_it_is_written_whole(tmp_path: Path) -> None:
    path, evidence = tmp_path / "report.html", full_evidence()
    write_page(path, evidence, summary_of(evidence), COMMANDS)
    assert path.read_text().startswith("<!doctype html>")
    assert list(tmp_path.iterdir()) == [path]


def test_figures() -> None:
    sent = transaction(4, "commit and prove", 4, "sent")
    kinds = gas_by_kind([transaction(1, "report"), transaction(2, "report"), transaction(3, "execute", 1), sent])
    assert kinds == {"execute": (1, 300_003), "report": (2, 600_003)}
    waiting = batch(3, BatchStatus.SEALED)
    assert gas_per_trade([batch(1), batch(2), waiting]) == pytest.approx((350_001 + 350_002) / 32)
    assert gas_per_trade([waiting]) is None
    evidence = replace(full_evidence(), batches=(batch(1), waiting))
    assert delays_s(evidence) == [(1, 2.0)]
    assert delays_s(replace(evidence, zero_ms=evidence.started_ms - 1)) == []
    assert phase_seconds([proof(1, 0.5), proof(2, 0.7), proof(3, 0.9)])["proof"] == 0.7
    assert phase_seconds([]) == {}


def test_the_summary_counts_what_the_record_has() -> None:
    summary = summary_of(full_evidence())
    assert (summary["batches"], summary["trades"], summary["liquidations"], summary["settlements"]) == (5, 3, 1, 6)
    assert summary["all_kept"] is False
    rows = dict(rows_of(summary))
    assert rows["L1: report"] == "1 × 300,007 gas"
    kept = full_evidence().promises[0]
    assert summary_of(replace(full_evidence(), promises=(kept,)))["all_kept"] is True
    assert summary_of(replace(full_evidence(), promises=()))["all_kept"] is False
