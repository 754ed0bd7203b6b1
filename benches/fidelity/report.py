"""Tables of scores.

For each number of workers there is an overview of totals, then one table per budget with the families. Peers are
compared on common problems only, as in ``benches.quality.report``: a peer that was not run on all problems has its own
table, with all other peers on its problems.
"""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Set as AbstractSet

from benches.fidelity.problem import Problem
from benches.fidelity.runs import Run
from benches.fidelity.score import scales, scores, stopped, unimprovable
from benches.fidelity.simulation import BUDGETS
from benches.quality.report import coverages, row, table
from benches.quality.score import Scores, family_means
from benches.quality.tail import estimates, figures

HEADS = (*(f"{budget} trainings" for budget in BUDGETS), "worst tenth", "best tried was stopped, %", "seeds")


def tables(runs: list[Run], problems: dict[str, Problem], *, families: bool) -> Iterator[str]:
    """Return all tables; only the overviews unless ``families``."""
    anchors = scales(runs, problems)
    for workers in sorted({run.workers for run in runs}):
        scores_by_budget = {budget: scores(runs, anchors, workers, budget) for budget in BUDGETS}
        for names, peers in coverages(scores_by_budget[BUDGETS[0]]):
            yield overview(runs, scores_by_budget, problems, names, peers, workers)
            for budget in BUDGETS if families else ():
                title = f"{counted(workers)}, {budget} trainings"
                yield table(
                    scores_by_budget[budget], problems, names, peers, title, unimprovable(anchors, workers, budget)
                )


def counted(workers: int) -> str:
    """Return a number of workers as text."""
    return "1 worker" if workers == 1 else f"{workers} workers"


def overview(
    runs: list[Run],
    scores_by_budget: dict[int, Scores],
    problems: dict[str, Problem],
    names: AbstractSet[str],
    peers: list[str],
    workers: int,
) -> str:
    """Return Markdown with a row per peer: totals with standard errors; tail and stopping for the last budget."""
    stops = stopped(runs, workers, BUDGETS[-1])
    lines = [row([f"{counted(workers)}, problems: {len(names)}", *HEADS]), "| --- " * (len(HEADS) + 1) + "|"]
    for peer in peers:
        cells = [total(scores_by_budget[budget], problems, peer, names) for budget in BUDGETS]
        last = {name: scores_by_budget[BUDGETS[-1]][name, peer] for name in sorted(names)}
        worst, error = estimates(figures(last, problems))[1]
        stopped_share = family_means(stops, problems, peer, names)["total"][0]
        n = min(len(values) for values in last.values())
        lines.append(
            row(
                [
                    peer,
                    *cells,
                    f"{worst:.0f} ± {error:.0f}" if n > 1 else f"{worst:.0f}",
                    f"{stopped_share:.0f}",
                    str(n),
                ]
            )
        )
    return "\n".join(lines)


def total(scored_peers: Scores, problems: dict[str, Problem], peer: str, names: AbstractSet[str]) -> str:
    """Return the mean over families; with several seeds, also its standard error, a quarter of the 95 % interval."""
    mean, low, high = family_means(scored_peers, problems, peer, names)["total"]
    if min(len(scored_peers[name, peer]) for name in names) == 1:
        return f"{mean:.1f}"
    return f"{mean:.1f} ± {(high - low) / 3.92:.1f}"
