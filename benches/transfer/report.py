"""The table of scores."""

from __future__ import annotations

from .runs import READ_AT
from .score import Regrets, score, shares


def table(regrets: Regrets) -> str:
    """Return Markdown with the scores of all kinds of starts, and their final regrets for every problem."""
    starts = list(next(iter(regrets.values())))
    head = ["way to begin", *(f"{n} trials" for n in READ_AT), *regrets]
    lines = ["| " + " | ".join(head) + " |", "| --- |" + " ---: |" * (len(head) - 1)]
    for start in starts:
        cells = [*score(regrets, start), *(shares(of_problem, start)[-1] for of_problem in regrets.values())]
        lines.append(f"| {start} | " + " | ".join(f"{cell:.1f}" for cell in cells) + " |")
    return "\n".join(lines)
