"""Tables of scores (``quality/score.py``) with a row per peer and a column per batch size."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from benches.python.batches.problems import problems
from benches.quality.report import row
from benches.quality.runs import Run, distinct
from benches.quality.score import Scores, by_problem, held, scale, score

Cells = dict[tuple[str, int], np.ndarray]


def scored(runs: list[Run], n: int) -> Scores:
    """Return ``(problem, peer@q) -> scores over seeds`` after ``n`` trials."""
    scores_by_peer: Scores = {}
    for name, group in by_problem(run for run in runs if len(run.told) >= n).items():
        if ends := scale(problems()[name], group, n):
            for peer in {run.peer for run in group}:
                scores_by_peer[name, peer] = np.array([score(held(run, n), *ends) for run in group if run.peer == peer])
    return scores_by_peer


def cell(scored_peers: Scores, names: list[str], peer: str) -> str:
    """Return the mean over problems and its standard error over seeds, with fixed problems."""
    scores = [scored_peers[name, peer] for name in names if (name, peer) in scored_peers]
    if len(scores) < len(names):
        return "-"
    mean = np.mean([s.mean() for s in scores])
    error = np.sqrt(sum(s.var(ddof=1) / len(s) if len(s) > 1 else np.nan for s in scores)) / len(scores)
    return f"{mean:.1f} ± {error:.1f}"


def table(scored_peers: Scores, names: list[str], n: int, title: str) -> str:
    """Return a Markdown table."""
    peers = {peer for name, peer in scored_peers if name in names and peer != "random"}
    qs = sorted({int(peer.split("@")[1]) for peer in peers})
    lines = [row([f"{title}, n = {n}", *(f"q = {q}" for q in qs)]), "| --- " * (len(qs) + 1) + "|"]
    for peer in sorted({peer.split("@")[0] for peer in peers}):
        lines.append(row([peer, *(cell(scored_peers, names, f"{peer}@{q}") for q in qs)]))
    return "\n".join(lines)


def tables(files: list[Path], names: list[str], points: list[int]) -> str:
    """Return the mean over the problems after each number of trials, then every problem after the last number."""
    runs = [run for run in distinct(files) if run.problem in names]
    by_n = {n: scored(runs, n) for n in points}
    last = points[-1]
    parts = [table(scored_peers, names, n, "all") for n, scored_peers in by_n.items()]
    parts += [table(by_n[last], [name], last, name) for name in names]
    return "\n\n".join(parts)
