"""Compares builds or peers by paired differences on the same problems and seeds.

Let ``d[p, s]`` be the difference between the scores of two searches on problem ``p`` with seed ``s``. The difference of
a family is the mean over its problems of the means over seeds, and the total is the mean over families. The standard
errors are those over seeds, with fixed problems. Below the total, the table has the figures of ``tail`` and their
differences, on the problems and seeds that both sides have.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from pathlib import Path

import numpy as np

from benches.quality.problem import Problem
from benches.quality.report import row
from benches.quality.runs import Run
from benches.quality.score import by_problem, held, is_unimprovable, scale, score
from benches.quality.tail import FIGURES, estimates, figures

POINTS = (10, 25, 50, 100, 200)
Cells = dict[tuple[str, int, int], float]
Scales = dict[tuple[str, int], tuple[float, float] | None]


def cells(runs: list[Run], scales: Scales) -> Cells:
    """Return ``(problem, seed, n) -> score``."""
    return {
        (run.problem, run.seed, n): score(held(run, n), *anchors)
        for run in runs
        for n in POINTS
        if len(run.told) >= n and (anchors := scales[run.problem, n])
    }


def means(cells_: Cells, problems: dict[str, Problem], n: int) -> dict[str, tuple[float, float]]:
    """Return mean and standard error of each family and of the total."""
    by_problem: dict[str, list[float]] = defaultdict(list)
    for (name, _, n_trials), value in cells_.items():
        if n_trials == n:
            by_problem[name].append(value)
    families: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for name, values in by_problem.items():
        variance = np.var(values, ddof=1) / len(values) if len(values) > 1 else np.nan
        families[problems[name].family].append((float(np.mean(values)), float(variance)))
    pooled = {family: pool(parts) for family, parts in families.items()}
    if pooled:
        pooled["total"] = pool(list(pooled.values()))
    return {family: (mean, variance**0.5) for family, (mean, variance) in pooled.items()}


def pool(means_and_variances: list[tuple[float, float]]) -> tuple[float, float]:
    """Return the mean of some means, and its variance."""
    array = np.array(means_and_variances)
    return float(array[:, 0].mean()), float(array[:, 1].sum() / len(array) ** 2)


def table(files: list[Path], peers: list[str], problems: dict[str, Problem]) -> str:
    """Return Markdown with the scores of the first peer in the first file, and how much all others differ from them."""
    searches = {path: [run for run in Run.read(path) if run.problem in problems] for path in files}
    grouped = by_problem(run for peer_cells in searches.values() for run in peer_cells)
    scales = {(name, n): scale(problems[name], group, n) for name, group in grouped.items() for n in POINTS}
    scored = {
        (path, peer): cells([run for run in peer_cells if run.peer == peer], scales)
        for path, peer_cells in searches.items()
        for peer in peers
    }
    base = scored[files[0], peers[0]]
    if not base:
        raise SystemExit(f"{files[0]} needs searches of {peers[0]} and of random search on these problems")
    columns = {f"{path.stem} {peer}": peer_cells for (path, peer), peer_cells in scored.items() if peer_cells}
    if len(columns) < sum(bool(peer_cells) for peer_cells in scored.values()):
        raise SystemExit("give the files different names")
    open_at = {key for key, anchors in scales.items() if anchors and not is_unimprovable(*anchors)}
    lines = [row(["", "family", *(f"n = {n}" for n in POINTS)]), "| --- " * (len(POINTS) + 2) + "|"]
    for label, peer_cells in columns.items():
        values = (
            peer_cells
            if peer_cells is base
            else {key: value - base[key] for key, value in peer_cells.items() if key in base}
        )
        lines.extend(rows(label, values, problems, "" if peer_cells is base else "+"))
        lines.extend(tail_rows(label, peer_cells, base, problems, open_at))
    return "\n".join(lines)


def rows(
    label: str, cells_: Cells, problems: dict[str, Problem], sign: str, points: Sequence[int] = POINTS
) -> list[str]:
    """Return one row for each family and one for the total."""
    by_n = [means(cells_, problems, n) for n in points]

    def text(means_by_family: dict[str, tuple[float, float]], family: str) -> str:
        return (
            "-"
            if family not in means_by_family
            else f"{means_by_family[family][0]:{sign}.1f} ± {means_by_family[family][1]:.1f}"
        )

    return [row([label, family, *(text(means_by_family, family) for means_by_family in by_n)]) for family in by_n[0]]


def tail_rows(
    label: str,
    cells_: Cells,
    base: Cells,
    problems: dict[str, Problem],
    open_at: set[tuple[str, int]],
    points: Sequence[int] = POINTS,
) -> Iterator[str]:
    """Return one row for each figure of the tail."""
    by_n = [tail(cells_, base, problems, {name for name, n_trials in open_at if n_trials == n}, n) for n in points]
    sign = "" if cells_ is base else "+"
    for i, title in enumerate(FIGURES):
        yield row([label, title, *(f"{pairs[i][0]:{sign}.1f} ± {pairs[i][1]:.1f}" if pairs else "-" for pairs in by_n)])


def tail(
    cells_: Cells, base: Cells, problems: dict[str, Problem], names: AbstractSet[str], n: int
) -> list[tuple[float, float]]:
    """Return the figures, or their differences from those of ``base``; None without common searches."""
    common = sorted(key for key in cells_.keys() & base.keys() if key[2] == n and key[0] in names)
    if not common:
        return []
    ours, theirs = (figures(seeds(cells, common), problems) for cells in (cells_, base))
    return estimates(ours if cells_ is base else ours - theirs)


def seeds(cells_: Cells, keys: list[tuple[str, int, int]]) -> dict[str, np.ndarray]:
    """Return ``problem -> scores over seeds``."""
    grouped: dict[str, list[float]] = defaultdict(list)
    for key in keys:
        grouped[key[0]].append(cells_[key])
    return {name: np.array(values) for name, values in grouped.items()}
