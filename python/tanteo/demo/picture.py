"""The picture of the demo's search."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tanteo._internal.optional import require
from tanteo.demo.findings import Findings
from tanteo.demo.pipeline import ALGORITHMS
from tanteo.importance.shown import n_ended
from tanteo.plotting import columns, data, style
from tanteo.plotting.matplotlib import draw_axis, draw_bars, draw_failures, tidy
from tanteo.run import Result

_COLOURS = dict(zip(ALGORITHMS, style.CYCLE, strict=False))
_ERROR = "Misclassified [%]"
_POINTS: dict[str, Any] = {"s": 34, "alpha": 0.8, "edgecolors": "white", "linewidths": 0.5, "zorder": 3}
_SLICES = 4
_BARS = 7


def draw(result: Result, findings: Findings, path: Path) -> None:
    """Draw the history by algorithm, the importances, and slices along the most important parameters.

    Parameters
    ----------
    result, findings : Result, Findings
        The search and its analysis.
    path : Path
        The output file, in a format that matplotlib supports.
    """
    figure = require("matplotlib.figure", extra="demo", needed_by="tanteo demo").Figure(
        figsize=(13, 8.2), layout="constrained", facecolor="white"
    )
    above, below = figure.subfigures(2, 1, height_ratios=[1.25, 1.0])
    left, right = above.subplots(1, 2, width_ratios=[3.0, 1.0])
    _history(left, result, findings)
    _importances(right, result, findings)
    _slices(below, result, findings)
    figure.suptitle(
        f"Digits: {findings.default.value:.2f} % wrong with the best defaults, {findings.best.value:.2f} % after "
        f"{len(result.trials)} trials",
        fontsize=15,
        color=style.INK,
        x=0.01,
        ha="left",
    )
    figure.savefig(path, dpi=130)


def _history(axes: Any, result: Result, findings: Findings) -> None:
    history = data.optimization_history(result)
    _scatter(axes, history.complete.ids, history.complete)
    ids, values = [*history.best_ids, history.last_id], [*history.best_values, history.best_values[-1]]
    axes.step(ids, values, where="post", color=style.BEST, linewidth=2.2, label="best so far", zorder=4)
    axes.axhline(findings.default.value, color=style.INK, linewidth=1.0, linestyle=(0, (4, 3)), label="best defaults")
    draw_failures(axes, history.failed_ids)
    _error_scale(axes)
    tidy(axes, "Trial", _ERROR, title="Search")
    # Above the axes, so that it covers no point.
    axes.legend(loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=6, frameon=False, fontsize=9)


def _importances(axes: Any, result: Result, findings: Findings) -> None:
    draw_bars(axes, dict(list(findings.importances.items())[:_BARS]), n_ended(result))
    tidy(axes, "Share of importance", "", title="Which parameters mattered")
    axes.grid(visible=False, axis="y")


def _slices(figure: Any, result: Result, findings: Findings) -> None:
    """Draw slices along the most important parameters, except the algorithm, which the colours show."""
    observations = data.observations(result)
    names = [name for name in findings.importances if name != "algorithm"][:_SLICES]
    panels = figure.subplots(1, len(names), sharey=True)
    for axes, column in zip(panels, columns.columns(result, names, observations.ids), strict=True):
        _scatter(axes, column.positions, observations)
        draw_axis(axes, column)
        tidy(axes, column.name, "")
    _error_scale(panels[0])
    panels[0].set_ylabel(_ERROR)


def _scatter(axes: Any, x: Any, observations: data.Observations) -> None:
    """Draw points with one colour per algorithm."""
    for name, colour in _COLOURS.items():
        selected = [trial.params["algorithm"] == name for trial in observations.trials]
        axes.scatter(x[selected], observations.values[selected], color=colour, label=name, **_POINTS)


def _error_scale(axes: Any) -> None:
    """Use a logarithmic axis, since errors differ by a factor of a hundred, with plain numbers at the ticks."""
    ticker = require("matplotlib.ticker", extra="demo", needed_by="tanteo demo")
    axes.set_yscale("log")
    axes.yaxis.set_major_locator(ticker.LogLocator(subs=(1.0, 2.0, 5.0)))
    axes.yaxis.set_major_formatter(ticker.FormatStrFormatter("%g"))
    axes.yaxis.set_minor_formatter(ticker.NullFormatter())
