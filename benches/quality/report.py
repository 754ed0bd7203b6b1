"""Tables of scores.

Peers are compared on common problems only. A peer without runs on some problems is not in the table of all problems,
but has its own table with all other peers on its problems. Below the means are the two figures of ``tail`` with their
standard errors.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet

import numpy as np

from benches.quality.problem import Problem
from benches.quality.runs import Run
from benches.quality.score import Scores, family_means, scores, unimprovable
from benches.quality.tail import FIGURES, estimates, figures

POINTS = (25, 50, 100, 200)
Means = dict[str, dict[str, np.ndarray]]


def order(peers: AbstractSet[str]) -> list[str]:
    """Sort peers: random search first, Tanteo last."""
    return sorted(peers, key=lambda p: (p != "random", p.startswith("tanteo"), p))


def coverages(scored_peers: Scores) -> Iterator[tuple[frozenset[str], list[str]]]:
    """Iterate over the sets of problems that peers have runs of, largest first, each with the peers that cover it."""
    covered_by_peer = {
        peer: frozenset(name for name, scored_peer in scored_peers if scored_peer == peer)
        for peer in {scored_peer for _, scored_peer in scored_peers}
    }
    for names in sorted(set(covered_by_peer.values()), key=lambda names: (-len(names), sorted(names))):
        yield names, order({peer for peer, covered in covered_by_peer.items() if names <= covered})


def points(problems: Iterable[Problem]) -> list[int | None]:
    """Return the numbers of trials of the tables, then ``None`` for the full budget unless all budgets end there."""
    budgets = {problem.budget for problem in problems}
    numbers = [n for n in POINTS if n <= max(budgets)]
    return [*numbers, *([] if budgets == {numbers[-1]} else [None])]


def heading(n: int | None) -> str:
    """Return the heading of a table."""
    return f"n = {n}" if n else "full budget"


def row(cells: list[str]) -> str:
    """Return one line of a Markdown table."""
    return "| " + " | ".join(cells) + " |"


def table(
    scored_peers: Scores,
    problems: dict[str, Problem],
    names: AbstractSet[str],
    peers: list[str],
    title: str,
    unimprovable_names: AbstractSet[str] = frozenset(),
) -> str:
    """Return Markdown with a row per family and a column per peer: mean [95 % interval]; then tail and leads."""
    means: Means = {peer: family_means(scored_peers, problems, peer, names) for peer in peers}
    families = [*dict.fromkeys(p.family for p in problems.values() if p.name in names), "total"]
    lines = [row([f"{title}, problems: {len(names)}", *peers]), "| --- " * (len(peers) + 1) + "|"]
    for family in families:
        cells = (means[peer][family] for peer in peers)
        lines.append(row([family, *(f"{m:.1f} [{low:.1f}, {high:.1f}]" for m, low, high in cells)]))
    lines.extend(tail_rows(scored_peers, problems, sorted(names - unimprovable_names), peers))
    return "\n".join([*lines, "", *leads(means, families)])


def tail_rows(scored_peers: Scores, problems: dict[str, Problem], names: list[str], peers: list[str]) -> Iterator[str]:
    """Return a row for each figure of the tail with standard errors."""
    if names:
        of_peers = [estimates(figures({name: scored_peers[name, peer] for name in names}, problems)) for peer in peers]
        for title, cells in zip(FIGURES, zip(*of_peers, strict=True), strict=True):
            yield row([title, *(f"{value:.1f} ± {error:.1f}" for value, error in cells)])


def leads(means: Means, families: list[str]) -> Iterator[str]:
    """Return the difference to the best peer, and its name, for each of Tanteo's samplers and each family."""
    other_peers = [peer for peer in means if not peer.startswith("tanteo")]
    for ours in (peer for peer in means if peer.startswith("tanteo")):
        texts = []
        for family in families:
            best = max(other_peers, key=lambda peer: means[peer][family][0])
            texts.append(f"{family} {means[ours][family][0] - means[best][family][0]:+.1f} ({best})")
        yield f"{ours} against the best peer: " + ", ".join(texts)


def tables(runs: list[Run], problems: dict[str, Problem], n: int | None) -> Iterator[str]:
    """Return the table of all problems, then one for each smaller set that a peer was run on."""
    scored_peers = scores(runs, problems, n)
    for names, peers in coverages(scored_peers):
        yield table(scored_peers, problems, names, peers, heading(n), unimprovable(runs, problems, n))


def per_problem(runs: list[Run], problems: dict[str, Problem], n: int | None) -> str:
    """Return Markdown with the mean score of every problem."""
    scored_peers = scores(runs, problems, n)
    peers = order({scored_peer for _, scored_peer in scored_peers})
    lines = [row([heading(n), *peers]), "| --- " * (len(peers) + 1) + "|"]
    for name in sorted({name for name, _ in scored_peers}, key=list(problems).index):
        cells = [scored_peers.get((name, peer)) for peer in peers]
        lines.append(row([name, *("-" if c is None else f"{c.mean():.1f}" for c in cells)]))
    return "\n".join(lines)
