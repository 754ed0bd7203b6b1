"""The benchmark of batches: its problems, its loop, and its peers if they are installed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from benches.python.batches import runs
from benches.python.batches.problems import branin, camel, hartmann
from benches.python.batches.report import table
from benches.python.peers.space import Space, floats
from benches.quality.problem import Problem, exact


def bowl(params: dict[str, float]) -> float:
    return sum((x - 0.3) ** 2 for x in params.values())


PROBLEM = Problem("bowl", "batches", floats(2, 0.0, 1.0), 20, exact(bowl), optimum=0.0)


@pytest.mark.parametrize(
    ("function", "minimum", "value"),
    [
        (branin, [(np.pi + 5) / 15, 2.275 / 15], 0.397887),
        (branin, [(5 - np.pi) / 15, 12.275 / 15], 0.397887),
        (camel, [(0.0898 + 2) / 4, (1 - 0.7126) / 2], -1.031628),
        (hartmann, [0.20169, 0.150011, 0.476874, 0.275332, 0.311652, 0.6573], -3.322368),
    ],
)
def test_the_minima_are_those_of_the_literature(function, minimum, value):
    assert function({f"x{i}": x for i, x in enumerate(minimum)}) == pytest.approx(value, abs=1e-5)


class RecordingPeer:
    """A peer that suggests the centre and logs all calls."""

    def __init__(self, space: Space, seed: int, q: int) -> None:
        self.log: list[Any] = [q]

    def ask(self, n: int) -> list[tuple[int, dict[str, float]]]:
        self.log.append(n)
        return [(i, {"x0": 0.5, "x1": 0.5}) for i in range(n)]

    def tell(self, handle: int, value: float | None) -> None:
        self.log.append((handle, value))


def test_results_are_told_after_the_whole_batch_is_suggested(monkeypatch):
    created_peers: list[RecordingPeer] = []

    def make(space: Space, seed: int, q: int) -> RecordingPeer:
        created_peers.append(RecordingPeer(space, seed, q))
        return created_peers[-1]

    monkeypatch.setitem(runs.PEERS, "recorded", make)
    run = runs.search(PROBLEM, "recorded", 3, 0, 5)
    value = pytest.approx(0.08)
    assert created_peers[0].log == [3, 3, (0, value), (1, value), (2, value), 2, (0, value), (1, value)]
    assert (run.peer, run.told) == ("recorded@3", [value] * 5)


def test_the_table_has_a_column_for_each_batch_size():
    losses = {("bowl", f"ours@{q}"): np.array([q, q + 2.0]) for q in (4, 16)}
    rows = table(losses, ["bowl"], 20, "all").splitlines()
    assert rows[0] == "| all, n = 20 | q = 4 | q = 16 |"
    assert rows[2] == "| ours | 5.0 ± 1.0 | 17.0 ± 1.0 |"


@pytest.mark.parametrize("peer", ["botorch", "turbo"])
def test_peers_that_need_torch_find_the_minimum_of_a_bowl(peer):
    pytest.importorskip("botorch")
    run = runs.search(PROBLEM, peer, 4, 0, 20)
    assert len(run.told) == 20
    assert min(run.told) < 0.01


def test_the_trust_region_of_turbo_shrinks_and_grows():
    pytest.importorskip("torch")
    from benches.python.batches.turbo import FIRST, SUCCESSES, Turbo

    search = Turbo(PROBLEM.space, 0, 4)

    def tell_batch(value: float) -> None:
        for _ in range(4):
            search.tell(np.zeros(2), value)
        search._judge()

    tell_batch(10.0)
    tell_batch(11.0)
    assert search._length == FIRST / 2, "in two dimensions the region shrinks after one batch without improvement"
    for i in range(SUCCESSES):
        tell_batch(9.0 - i)
    assert search._length == FIRST
