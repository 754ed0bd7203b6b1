"""Promise 31: the mean is not enough, so the worst tenth of all searches stands beside it."""

from __future__ import annotations

from pathlib import Path

import pytest
from benches.fidelity.report import HEADS
from benches.python.peers.space import floats
from benches.quality.problem import Problem, exact
from benches.quality.report import tables
from benches.quality.runs import Run

ROOT = Path(__file__).parents[2]


def of_text(text: str) -> list[list[str]]:
    """Return the tables of a Markdown text, each as its rows."""
    blocks = [block.splitlines() for block in text.split("\n\n")]
    return [block for block in blocks if block and block[0].startswith("| ")]


def lacks_the_tail(rows: list[str]) -> bool:
    """Whether a table has means over all problems and not the worst tenth."""
    names = [row.split("|")[1].strip().partition(",")[0] for row in rows]
    return "total" in names[1:] and "worst tenth" not in names


@pytest.mark.parametrize("page", ["quality.md", "fresh.md"])
def test_promise_31_every_table_of_means_has_the_worst_tenth(page):
    found = of_text((ROOT / "benches/results" / page).read_text())
    assert [rows[0] for rows in found if lacks_the_tail(rows)] == []
    assert any(row.startswith("| worst tenth") for rows in found for row in rows)


def test_promise_31_the_summaries_have_the_worst_tenth():
    (line,) = [row for row in (ROOT / "README.md").read_text().splitlines() if row.startswith("| search quality")]
    assert "worst tenth" in line
    first = of_text((ROOT / "benches/results/quality.md").read_text())
    heads = [rows[0].split("|")[1].strip() for rows in first]
    assert heads[heads.index("total of 22 problems") + 1] == "worst tenth of all searches"


def test_promise_31_new_reports_have_the_worst_tenth():
    problem = Problem("a", "one", floats(1, 0.0, 1.0), 4, exact(lambda params: 0.0), optimum=0.0)
    told = {"random": [1.0] * 4, "tanteo-auto": [0.5] * 4}
    runs = [Run("a", peer, seed, values, values, 0.0) for peer, values in told.items() for seed in range(3)]
    (text,) = tables(runs, {"a": problem}, 4)
    assert not lacks_the_tail(of_text(text)[0])
    assert "| total" in text
    assert "worst tenth" in HEADS
