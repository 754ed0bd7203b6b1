"""The picture of the demo's search."""

from __future__ import annotations

from pathlib import Path

from tanteo._internal.optional import require
from tanteo.importance.shares import shares_of
from tanteo.plotting import matplotlib as plots
from tanteo.plotting import style
from tanteo.plotting._axes import tidy
from tanteo.plotting._trials import draw_bars
from tanteo.run import Result

_ERROR = "Misclassified [%]"
_SLICES, _BARS = 4, 8


def draw(result: Result, title: str, path: Path) -> None:
    """Draw the history, the importances, and slices along the most important parameters.

    Parameters
    ----------
    result : Result
        The search.
    title : str
        The title of the picture.
    path : Path
        The output file, in a format that matplotlib supports.
    """
    figure = require("matplotlib.figure", extra="demo", needed_by="tanteo demo").Figure(
        figsize=(13, 8.2), layout="constrained", facecolor="white"
    )
    above, below = figure.subfigures(2, 1, height_ratios=[1.25, 1.0])
    left, right = above.subplots(1, 2, width_ratios=[1.8, 1.0])
    plots.plot_optimization_history(result, target_name=_ERROR, ax=left)
    shares = shares_of(result)
    draw_bars(right, dict(list(shares.items())[:_BARS]))
    tidy(right, "Share of importance", "", title="Which parameters mattered")
    names = list(shares)[:_SLICES]
    panels = below.subplots(1, len(names), sharey=True, squeeze=False)[0]
    plots.plot_slice(result, names, target_name=_ERROR, ax=panels)
    figure.suptitle(title, fontsize=15, color=style.INK, x=0.01, ha="left")
    figure.savefig(path, dpi=130)
