"""Compares builds or peers by paired differences on the same problems and seeds, like ``benches.quality.compare``."""

from __future__ import annotations

from pathlib import Path

from benches.fidelity.problem import Problem
from benches.fidelity.report import counted
from benches.fidelity.runs import Run
from benches.fidelity.score import Scales, scales, scored, unimprovable
from benches.fidelity.simulation import BUDGETS
from benches.quality.compare import Cells, rows, tail_rows
from benches.quality.report import row


def cells(runs: list[Run], anchors: Scales, workers: int) -> Cells:
    """Return ``(problem, seed, budget) -> score``."""
    return {
        (run.problem, run.seed, budget): value
        for run in runs
        if run.workers == workers and (run.problem, workers) in anchors
        for budget, value in zip(BUDGETS, scored(run, anchors), strict=True)
    }


def table(files: list[Path], peers: list[str], problems: dict[str, Problem], workers: int) -> str:
    """Return Markdown with the scores of the first peer in the first file, and how much all others differ from them."""
    searches = {path: [run for run in Run.read(path) if run.problem in problems] for path in files}
    anchors = scales((run for cells_ in searches.values() for run in cells_), problems)
    columns = {
        f"{path.stem} {peer}": cells([run for run in cells_ if run.peer == peer], anchors, workers)
        for path, cells_ in searches.items()
        for peer in peers
    }
    if len(columns) < len(files) * len(peers):
        raise SystemExit("give the files different names")
    first = f"{files[0].stem} {peers[0]}"
    if not (base := columns[first]):
        raise SystemExit(f"there must be searches of {first} and of random search with {counted(workers)}")
    open_at = {(name, n) for n in BUDGETS for name in problems.keys() - unimprovable(anchors, workers, n)}
    heads = [counted(workers), "family", *(f"{n} trainings" for n in BUDGETS)]
    lines = [row(heads), "| --- " * len(heads) + "|"]
    for label, cells_ in columns.items():
        values = cells_ if cells_ is base else {key: value - base[key] for key, value in cells_.items() if key in base}
        if values:
            lines.extend(rows(label, values, problems, "" if cells_ is base else "+", BUDGETS))
            lines.extend(tail_rows(label, cells_, base, problems, open_at, BUDGETS))
    return "\n".join(lines)
