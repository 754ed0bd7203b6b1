"""Draws curves: scores by family, and held values by problem."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from benches.quality.problem import Problem
from benches.quality.report import order
from benches.quality.runs import Run
from benches.quality.score import family_means, held, scores

COLUMNS = 5
OURS = ("black", "crimson", "blue")


def panels(titles: list[str], peers: list[str], draw: Callable[[Any, str, str, Any], None], path: Path) -> None:
    """Draw one panel per title with a line per peer, and one legend: ``draw(axis, title, peer, colour)``."""
    import matplotlib.pyplot as plt
    from matplotlib.lines import Line2D

    columns = min(COLUMNS, len(titles))
    rows = -(-len(titles) // columns)
    figure, axes = plt.subplots(rows, columns, figsize=(4 * columns, 3 * rows), layout="constrained", squeeze=False)
    other_peers = [peer for peer in peers if not peer.startswith("tanteo")]
    colours: dict[str, Any] = {
        peer: plt.get_cmap("tab20")(2 * i % 20 + (i >= 10)) for i, peer in enumerate(other_peers)
    }
    colours |= dict(zip([p for p in peers if p not in other_peers], OURS, strict=False))
    for axis, title in zip(axes.flat, titles, strict=False):
        for peer, colour in colours.items():
            draw(axis, title, peer, colour)
        axis.set_title(title, fontsize=9)
        axis.tick_params(labelsize=7)
    for axis in list(axes.flat)[len(titles) :]:
        axis.axis("off")
    lines = [Line2D([], [], color=colour) for colour in colours.values()]
    figure.legend(lines, peers, loc="outside lower center", ncols=min(len(peers), 8))
    figure.savefig(path, dpi=80)
    plt.close(figure)


def families(runs: list[Run], problems: dict[str, Problem], path: Path) -> None:
    """Draw the mean score with its interval over the trials, for peers with runs of all problems of the family."""
    peers = order({run.peer for run in runs})
    titles = list(dict.fromkeys(problems[run.problem].family for run in runs))
    members = {title: {run.problem for run in runs if problems[run.problem].family == title} for title in titles}
    longest = {title: min(problems[name].budget for name in members[title]) for title in titles}
    points = {
        title: [n for n in (10, 15, 25, 35, 50, 75, 100, 200, 500, 1000, 2000) if n <= longest[title]]
        for title in titles
    }
    scores_by_n = {n: scores(runs, problems, n) for n in sorted({n for numbers in points.values() for n in numbers})}

    def draw(axis: Any, title: str, peer: str, colour: Any) -> None:
        numbers = [n for n in points[title] if all((name, peer) in scores_by_n[n] for name in members[title])]
        if numbers:
            means = np.array([family_means(scores_by_n[n], problems, peer, members[title])[title] for n in numbers])
            axis.plot(numbers, means[:, 0], color=colour)
            axis.fill_between(numbers, means[:, 1], means[:, 2], color=colour, alpha=0.15, linewidth=0)
            axis.set_xscale("log")

    panels(titles, peers, draw, path)


def by_problem(runs: list[Run], problems: dict[str, Problem], path: Path) -> None:
    """Draw the median of the held true value, with quartiles."""
    names = sorted({run.problem for run in runs}, key=list(problems).index)

    def draw(axis: Any, name: str, peer: str, colour: Any) -> None:
        group = [run for run in runs if run.problem == name and run.peer == peer]
        if group:
            numbers = np.unique(np.geomspace(1, min(len(run.told) for run in group), 40).astype(int))
            values = np.array([[held(run, int(n)) for n in numbers] for run in group])
            values[~np.isfinite(values)] = np.nan
            numbers, values = numbers[~np.isnan(values).all(axis=0)], values[:, ~np.isnan(values).all(axis=0)]
            axis.plot(numbers, np.nanmedian(values, axis=0), color=colour)
            axis.fill_between(
                numbers, *np.nanpercentile(values, [25, 75], axis=0), color=colour, alpha=0.15, linewidth=0
            )

    panels(names, order({run.peer for run in runs}), draw, path)
