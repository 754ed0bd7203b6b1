"""The tables.

Peers are compared on common problems only: a peer that lacks runs on some problems does not stand in the table of all
problems; it gets a table of its own, with everybody else on the problems it has. Below the means stand the two
figures of ``tail``, with standard errors.
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
    """Random first, ours last."""
    return sorted(peers, key=lambda p: (p != "random", p.startswith("tanteo"), p))


def coverages(scored_peers: Scores) -> Iterator[tuple[frozenset[str], list[str]]]:
    """Each set of problems that some peer has runs of, widest first, with the peers that have runs of all of them."""
    has = {
        peer: frozenset(name for name, scored_peer in scored_peers if scored_peer == peer)
        for peer in {scored_peer for _, scored_peer in scored_peers}
    }
    for names in sorted(set(has.values()), key=lambda names: (-len(names), sorted(names))):
        yield names, order({peer for peer, covered in has.items() if names <= covered})


def points(problems: Iterable[Problem]) -> list[int | None]:
    """What tables are made for: numbers of trials, then the full budget (``None``) unless it is the last for all."""
    budgets = {problem.budget for problem in problems}
    numbers = [n for n in POINTS if n <= max(budgets)]
    return [*numbers, *([] if budgets == {numbers[-1]} else [None])]


def heading(n: int | None) -> str:
    """What a table is headed with."""
    return f"n = {n}" if n else "full budget"


def row(cells: list[str]) -> str:
    """One line of a Markdown table."""
    return "| " + " | ".join(cells) + " |"


def table(
    scored_peers: Scores,
    problems: dict[str, Problem],
    names: AbstractSet[str],
    peers: list[str],
    title: str,
    settled_names: AbstractSet[str] = frozenset(),
) -> str:
    """Markdown: one row per family, one column per peer, mean [95 % interval]; the tail; by how much ours lead."""
    means: Means = {peer: family_means(scored_peers, problems, peer, names) for peer in peers}
    families = [*dict.fromkeys(p.family for p in problems.values() if p.name in names), "total"]
    lines = [row([f"{title}, problems: {len(names)}", *peers]), "| --- " * (len(peers) + 1) + "|"]
    for family in families:
        cells = (means[peer][family] for peer in peers)
        lines.append(row([family, *(f"{m:.1f} [{low:.1f}, {high:.1f}]" for m, low, high in cells)]))
    lines.extend(tail_rows(scored_peers, problems, sorted(names - settled_names), peers))
    return "\n".join([*lines, "", *leads(means, families)])


def tail_rows(scored_peers: Scores, problems: dict[str, Problem], names: list[str], peers: list[str]) -> Iterator[str]:
    """A row for each figure of the tail, each with its standard error."""
    if names:
        of_peers = [estimates(figures({name: scored_peers[name, peer] for name in names}, problems)) for peer in peers]
        for title, cells in zip(FIGURES, zip(*of_peers, strict=True), strict=True):
            yield row([title, *(f"{value:.1f} ± {error:.1f}" for value, error in cells)])


def leads(means: Means, families: list[str]) -> Iterator[str]:
    """For each of our samplers, family by family: its mean minus the best peer's, and whose that is."""
    others = [peer for peer in means if not peer.startswith("tanteo")]
    for ours in (peer for peer in means if peer.startswith("tanteo")):
        parts = []
        for family in families:
            best = max(others, key=lambda peer: means[peer][family][0])
            parts.append(f"{family} {means[ours][family][0] - means[best][family][0]:+.1f} ({best})")
        yield f"{ours} against the best peer: " + ", ".join(parts)


def tables(runs: list[Run], problems: dict[str, Problem], n: int | None) -> Iterator[str]:
    """The table of all problems, then one for each narrower set that a peer was run on."""
    scored_peers = scores(runs, problems, n)
    for names, peers in coverages(scored_peers):
        yield table(scored_peers, problems, names, peers, heading(n), unimprovable(runs, problems, n))


def per_problem(runs: list[Run], problems: dict[str, Problem], n: int | None) -> str:
    """Markdown: mean score of every problem."""
    scored_peers = scores(runs, problems, n)
    peers = order({scored_peer for _, scored_peer in scored_peers})
    lines = [row([heading(n), *peers]), "| --- " * (len(peers) + 1) + "|"]
    for name in sorted({name for name, _ in scored_peers}, key=list(problems).index):
        cells = [scored_peers.get((name, peer)) for peer in peers]
        lines.append(row([name, *("-" if c is None else f"{c.mean():.1f}" for c in cells)]))
    return "\n".join(lines)
