"""Pictures of a report: what happened, who was in trouble, what the fund paid, what waited for proofs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sequencer.stress.report import DOLLAR_E6, StressReport

if TYPE_CHECKING:
    from matplotlib.axes import Axes

CENTS: Final = 100
WIDTH_INCHES: Final = 10.0
HEIGHT_INCHES: Final = 13.0
FORMATS: Final = ("svg", "png")


def draw(report: StressReport, paths: Sequence[Path]) -> None:
    """One picture of five panels over time, written to each path in the format of its name.

    Takes a second or two, most of it to load matplotlib.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(WIDTH_INCHES, HEIGHT_INCHES), layout="constrained")
    FigureCanvasAgg(figure)
    panels: list[Axes] = list(figure.subplots(5, 1))
    figure.suptitle(f"{report.scenario}: {report.says}; {report.accounts:,} accounts")
    _price(panels[0], report)
    _trouble(panels[1], report)
    _fund(panels[2], report)
    _unproven(panels[3], report)
    _latencies(panels[4], report)
    for panel in panels[:4]:
        panel.set_xlim(0, report.seconds)
        panel.grid(alpha=0.3)
    panels[3].set_xlabel("seconds")
    for path in paths:
        figure.savefig(path, format=path.suffix.removeprefix("."), metadata=_undated(path))


def _price(panel: Axes, report: StressReport) -> None:
    seconds = [sample.second for sample in report.samples]
    panel.plot(seconds, [sample.price_e2 / CENTS for sample in report.samples], color="black")
    panel.set_ylabel("price, USD")
    for sample, following in zip(report.samples, report.samples[1:], strict=False):
        if sample.is_under_stress:
            panel.axvspan(sample.second, following.second, color="orange", alpha=0.2, linewidth=0)
    panel.set_title("the price as tables say it; shaded: new risk waits", fontsize="medium", loc="left")


def _trouble(panel: Axes, report: StressReport) -> None:
    """Found at each table before anything is done about it, and left after liquidations, at each end of a batch too."""
    found = [sample for sample in report.samples if sample.table_age_s == 0]
    for name, color in (("below_maintenance", "tab:blue"), ("insolvent", "tab:red")):
        values = [getattr(sample, name) for sample in found]
        label = f"{name.replace('_', ' ')}, by a new table"
        panel.plot([sample.second for sample in found], values, ".", label=label, color=color)
    left = [sample.unliquidated for sample in report.samples]
    seconds = [sample.second for sample in report.samples]
    panel.step(seconds, left, where="post", label="left after liquidations", color="tab:purple")
    panel.set_ylabel("accounts")
    panel.legend(loc="upper left")


def _fund(panel: Axes, report: StressReport) -> None:
    seconds = [sample.second for sample in report.samples]
    panel.step(seconds, [sample.insurance_e6 / DOLLAR_E6 for sample in report.samples], where="post", color="tab:green")
    panel.set_ylabel("insurance fund, USDC")
    panel.ticklabel_format(axis="y", useOffset=False, style="plain")


def _unproven(panel: Axes, report: StressReport) -> None:
    seconds = [sample.second for sample in report.samples]
    panel.step(seconds, [sample.unproven for sample in report.samples], where="post", color="tab:brown")
    panel.set_ylabel("batches without proof")


def _latencies(panel: Axes, report: StressReport) -> None:
    kinds = [(kind, found) for kind, found in report.latencies_ms.items() if found]
    names = list(dict.fromkeys(name for _, found in kinds for name in found))
    for place, (kind, found) in enumerate(kinds):
        panel.bar([i + 0.4 * place for i in range(len(names))], [found[name] for name in names], 0.38, label=kind)
    panel.set_xticks([i + 0.2 for i in range(len(names))], names)
    panel.set_yscale("log")
    panel.set_ylabel("order latency, ms")
    if kinds:
        panel.legend(loc="upper left")


def _undated(path: Path) -> dict[str, str | None]:
    """The same report draws the same picture."""
    return {"Date": None} if path.suffix == ".svg" else {"Software": None}
