"""The table and the curves."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from benches.quality.problem import Problem
from benches.quality.runs import Run
from benches.quality.score import family_means, held, scores

POINTS: tuple[int | None, ...] = (25, 50, 100, None)


def peers_of(runs: list[Run]) -> list[str]:
    """Random first, ours last."""
    return sorted({run.peer for run in runs}, key=lambda p: (p != "random", p.startswith("tanteo"), p))


def table(runs: list[Run], problems: dict[str, Problem], n: int | None) -> str:
    """Markdown: one row per family, one column per peer, mean [95 % interval]."""
    found, peers = scores(runs, problems, n), peers_of(runs)
    means = {peer: family_means(found, problems, peer) for peer in peers}
    families = [*dict.fromkeys(p.family for p in problems.values()), "total"]
    lines = [f"| n = {n or 'full budget'} | " + " | ".join(peers) + " |", "| --- " * (len(peers) + 1) + "|"]
    for family in families:
        cells = [means[peer].get(family) for peer in peers]
        shown = ["-" if c is None else f"{c[0]:.1f} [{c[1]:.1f}, {c[2]:.1f}]" for c in cells]
        lines.append(f"| {family} | " + " | ".join(shown) + " |")
    return "\n".join(lines)


def per_problem(runs: list[Run], problems: dict[str, Problem], n: int | None) -> str:
    """Markdown: mean score of every problem."""
    found, peers = scores(runs, problems, n), peers_of(runs)
    lines = [f"| n = {n or 'full budget'} | " + " | ".join(peers) + " |", "| --- " * (len(peers) + 1) + "|"]
    for name in sorted({run.problem for run in runs}, key=list(problems).index):
        cells = [found.get((name, peer)) for peer in peers]
        lines.append(f"| {name} | " + " | ".join("-" if c is None else f"{c.mean():.1f}" for c in cells) + " |")
    return "\n".join(lines)


def curves(runs: list[Run], problems: dict[str, Problem], path: Path) -> None:
    """Median true value held, with quartiles, one panel per problem."""
    import matplotlib.pyplot as plt

    names = sorted({run.problem for run in runs}, key=list(problems).index)
    columns = 5
    rows = -(-len(names) // columns)
    figure, axes = plt.subplots(rows, columns, figsize=(4 * columns, 3 * rows), layout="constrained", squeeze=False)
    colours = {peer: f"C{i}" for i, peer in enumerate(peers_of(runs))}
    for axis, name in zip(axes.flat, names, strict=False):
        for peer, colour in colours.items():
            group = [run for run in runs if run.problem == name and run.peer == peer]
            if group:
                at = np.unique(np.geomspace(1, problems[name].budget, 40).astype(int))
                rows_ = np.array([[held(run, int(n)) for n in at] for run in group])
                rows_[~np.isfinite(rows_)] = np.nan
                axis.plot(at, np.nanmedian(rows_, axis=0), color=colour, label=peer)
                low, high = np.nanpercentile(rows_, [25, 75], axis=0)
                axis.fill_between(at, low, high, color=colour, alpha=0.15, linewidth=0)
        axis.set_title(name, fontsize=9)
        axis.tick_params(labelsize=7)
    for axis in list(axes.flat)[len(names) :]:
        axis.axis("off")
    figure.legend(*axes.flat[0].get_legend_handles_labels(), loc="outside lower center", ncols=len(colours))
    figure.savefig(path, dpi=80)
    plt.close(figure)
