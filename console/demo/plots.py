"""Plots of a demo as SVG text, to stand in a page: prices, margin by scenario, gas per trade, proof-time breakdown."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final

from console.demo.evidence import Evidence
from console.demo.figures import PROOF_PHASES, delays_s

if TYPE_CHECKING:
    from matplotlib.axes import Axes

E6: Final = 1_000_000
E2: Final = 100
MS: Final = 1_000
WIDTH_INCHES, HEIGHT_INCHES = 9.0, 3.6
COLORS: Final[Mapping[str, str]] = {
    "inputs": "tab:blue",
    "witness": "tab:cyan",
    "proof": "tab:purple",
    "verification": "tab:green",
    "handover": "tab:gray",
    "check": "tab:olive",
}


def plots_of(evidence: Evidence) -> dict[str, str]:
    """SVG elements by title. A second or two, most of it to load matplotlib."""
    drawn = {
        "Prices": _drawn(_prices, evidence),
        "Margin by scenario": _drawn(_margin, evidence),
        "Equity and what must be kept": _drawn(_equity, evidence),
        "Gas per trade": _drawn(_gas, evidence),
        "Proof time by phase": _drawn(_proofs, evidence),
        "From seal to execution": _drawn(_delays, evidence),
    }
    return {title: svg for title, svg in drawn.items() if svg is not None}


def _drawn(draw: Callable[[Axes, Evidence], bool], evidence: Evidence) -> str | None:
    """None where there is nothing to draw."""
    import matplotlib as mpl
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    name = draw.__name__
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": name, "font.size": 9}):
        figure = Figure(figsize=(WIDTH_INCHES, HEIGHT_INCHES), layout="constrained")
        FigureCanvasAgg(figure)
        axes: Axes = figure.subplots()
        if not draw(axes, evidence):
            return None
        axes.grid(alpha=0.3)
        text = io.StringIO()
        figure.savefig(text, format="svg", metadata={"Date": None}, transparent=True)
    return element_of(text.getvalue(), name.strip("_"))


def element_of(svg: str, prefix: str) -> str:
    """The element alone: no prologue, no metadata, and ids that no other picture of a page has."""
    start = svg.index("<svg")
    body = re.sub(r"<metadata>.*?</metadata>", "", svg[start:], flags=re.DOTALL)
    body = re.sub(r'\bid="', f'id="{prefix}-', body)
    return re.sub(r'(url\(#|xlink:href="#|href="#)(?!' + prefix + "-)", rf"\g<1>{prefix}-", body).strip()


def _seconds(evidence: Evidence, time_ms: float) -> float:
    return (time_ms - evidence.zero_ms) / MS


def _prices(axes: Axes, evidence: Evidence) -> bool:
    if not evidence.spots:
        return False
    if evidence.market:
        times = [_seconds(evidence, time_ms) for time_ms, _ in evidence.market]
        axes.plot(times, [price for _, price in evidence.market], color="lightgray", label="the made-up market")
    times = [_seconds(evidence, one.time_ms) for one in evidence.spots]
    prices = [one.price_e2 / E2 for one in evidence.spots]
    axes.step(times, prices, where="post", color="black", label="the tables that oracles signed")
    for note in evidence.notes:
        if note.kind == "announcement":
            axes.axvline(note.second, color="tab:red", linestyle="--", label=note.text.split(":")[0].lower())
    axes.set(xlabel="seconds", ylabel=f"{evidence.underlying}, USD")
    axes.ticklabel_format(axis="y", useOffset=False, style="plain")
    axes.legend(loc="best")
    return True


def _margin(axes: Axes, evidence: Evidence) -> bool:
    """Of the account that is watched."""
    chosen = [one for one in evidence.margins if one.account == evidence.watched]
    if not chosen:
        return False
    width = 0.8 / len(chosen)
    for place, sample in enumerate(chosen):
        columns = [i + place * width for i in range(len(sample.values_e6))]
        axes.bar(columns, [value / E6 for value in sample.values_e6], width, label=sample.when)
    axes.axhline(0.0, color="black", linewidth=0.8)
    count = len(chosen[0].values_e6)
    axes.set_xticks([i + 0.4 - width / 2 for i in range(count)], ["mark", *(str(i) for i in range(1, count))])
    axes.set(xlabel=f"scenario; account {evidence.watched}", ylabel="equity, USD")
    axes.legend(loc="best")
    return True


def _equity(axes: Axes, evidence: Evidence) -> bool:
    if not evidence.equity:
        return False
    seconds = [one.second for one in evidence.equity]
    axes.plot(seconds, [one.equity_e6 / E6 for one in evidence.equity], color="tab:blue", label="equity")
    kept = [one.maintenance_e6 / E6 for one in evidence.equity]
    axes.plot(seconds, kept, color="tab:red", label="must keep (maintenance margin)")
    liquidated = [one for one in evidence.trades if one.liquidated == evidence.watched and not one.is_dropped]
    for place, one in enumerate(liquidated):
        label = "liquidated" if place == 0 else None
        axes.axvline(_seconds(evidence, one.time_ms), color="tab:gray", linestyle=":", label=label)
    axes.set(xlabel="seconds", ylabel=f"account {evidence.watched}, USD")
    axes.legend(loc="best")
    return True


def _gas(axes: Axes, evidence: Evidence) -> bool:
    known = [(one.counts.trades, each) for one in evidence.batches if (each := one.gas_per_trade) is not None]
    if not known:
        return False
    axes.plot([trades for trades, _ in known], [each for _, each in known], "o", color="tab:orange", alpha=0.7)
    axes.set(xlabel="trades in the batch", ylabel="gas for a trade")
    axes.set_yscale("log")
    return True


def _proofs(axes: Axes, evidence: Evidence) -> bool:
    if not evidence.proofs:
        return False
    numbers = [one.number for one in evidence.proofs]
    below = [0.0] * len(numbers)
    for phase in PROOF_PHASES:
        seconds = [one.seconds.get(phase, 0.0) for one in evidence.proofs]
        axes.bar(numbers, seconds, 0.8, bottom=below, label=phase, color=COLORS[phase])
        below = [low + more for low, more in zip(below, seconds, strict=True)]
    axes.set(xlabel="batch", ylabel="seconds")
    axes.legend(loc="upper right", ncols=3)
    return True


def _delays(axes: Axes, evidence: Evidence) -> bool:
    found = delays_s(evidence)
    if not found:
        return False
    axes.bar([number for number, _ in found], [seconds for _, seconds in found], color="tab:green")
    axes.set(xlabel="batch", ylabel="seconds from seal to execution")
    return True
