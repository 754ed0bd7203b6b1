"""The problems of ``benches/objectives/problems/wfg.py`` against the formulas and optima of the paper."""

from __future__ import annotations

import numpy as np
import pytest
from benches.objectives.problem import Problem
from benches.objectives.problems import problems, wfg

NAMES = ["wfg4-m2", "wfg1-m2", "wfg2-m3", "wfg9-m3"]
Y = np.random.default_rng(0).random((500, 8))
#: Values of pymoo 0.6.2 with every number at 0.3 of its range.
KNOWN = {
    "wfg4-m2": [0.6262040369256787, 4.038381873679804],
    "wfg1-m2": [2.888344751509498, 0.9716886467364482],
    "wfg2-m3": [0.11899725077709689, 0.3332839882763314, 6.095238095238095],
    "wfg9-m3": [1.1458656826623663, 2.005290129897742, 3.989782292443605],
}


def values(problem: Problem, y: np.ndarray) -> np.ndarray:
    """Return the objectives of shares of the ranges."""
    return problem.values(y * [p.high for p in problem.space])[0]


def optimal(name: str, rng: np.random.Generator) -> np.ndarray:
    """Return 200 points of the optimal set as shares of the ranges."""
    y = rng.random((200, len(problems()[name].space)))
    k = y.shape[1] - wfg.DISTANCES
    y[:, k:] = 0.35
    if name == "wfg9-m3":
        for i in reversed(range(k, y.shape[1] - 1)):
            y[:, i] = 0.35 ** (1 / (0.02 + 1.96 * y[:, i + 1 :].mean(axis=1)))
    return y


def test_shifts_are_those_of_the_paper():
    linear = np.abs(Y - 0.35) / np.abs(np.floor(0.35 - Y) + 0.35)
    assert np.allclose(wfg.linear(Y), linear)
    bend = np.abs(Y - 0.35) / (2 * (np.floor(0.35 - Y) + 0.35))
    hills, depth = 30, 95
    hilly = (1 + np.cos((4 * hills + 2) * np.pi * (0.5 - bend)) + 4 * depth * bend**2) / (depth + 2)
    assert np.allclose(wfg.hilly(Y, hills, depth), hilly)
    a, b, c = 0.35, 0.001, 0.05
    left = np.floor(Y - a + b) * (1 - c + (a - b) / b) / (a - b)
    right = np.floor(a + b - Y) * (1 - c + (1 - a - b) / b) / (1 - a - b)
    assert np.allclose(wfg.deceptive(Y, b, c), 1 + (np.abs(Y - a) - b) * (left + right + 1 / b))


def test_biases_are_those_of_the_paper():
    a, b, c = 0.8, 0.75, 0.85
    below, above = np.minimum(0, np.floor(Y - b)), np.minimum(0, np.floor(c - Y))
    assert np.allclose(wfg.flat(Y, a, b, c), a + below * a * (b - Y) / b - above * (1 - a) * (Y - c) / (1 - c))
    a, b, c = 0.98 / 49.98, 0.02, 50.0
    u = Y[:, 1:].mean(axis=1)
    power = b + (c - b) * (a - (1 - 2 * u) * np.abs(np.floor(0.5 - u) + a))
    assert np.allclose(wfg.bent(Y)[:, 0], Y[:, 0] ** power)
    assert (wfg.bent(Y)[:, -1] == Y[:, -1]).all()


@pytest.mark.parametrize("n", [1, 2, 4])
def test_the_reduction_of_entangled_numbers_is_that_of_the_paper(n: int):
    y, half = Y[:, :n], np.ceil(n / 2)
    sums = sum(y[:, j] + sum(np.abs(y[:, j] - y[:, (j + 1 + k) % n]) for k in range(n - 1)) for j in range(n))
    assert np.allclose(wfg.entangled(y), sums / (half * (1 + 2 * n - 2 * half)))
    assert wfg.entangled(np.eye(n)).max() <= 1.0


@pytest.mark.parametrize("name", NAMES)
def test_values_agree_with_pymoo(name: str):
    problem = problems()[name]
    assert np.allclose(values(problem, np.full((1, len(problem.space)), 0.3)), KNOWN[name])


@pytest.mark.parametrize("name", ["wfg4-m2", "wfg9-m3"])
def test_concave_fronts_lie_on_an_ellipsoid_and_nothing_lies_below(name: str):
    problem, rng = problems()[name], np.random.default_rng(1)
    radii = 2.0 * np.arange(1, problem.n_objectives + 1)
    assert problem.front is not None
    for points in (values(problem, optimal(name, rng)), problem.front()):
        assert np.allclose(((points / radii) ** 2).sum(axis=1), 1)
    drawn = values(problem, rng.random((2000, len(problem.space))))
    assert ((drawn / radii) ** 2).sum(axis=1).min() > 1


def test_the_other_fronts_have_the_shapes_of_the_paper():
    y = optimal("wfg1-m2", np.random.default_rng(2))
    # Shares, because 0.35 times a range and divided by it is not 0.35, which a power of 0.02 enlarges.
    x, distance = wfg.wfg1(y, 2).T
    assert (distance == 0).all()
    assert np.allclose(x, (2 * y[:, 0] ** 0.02 + 4 * y[:, 1] ** 0.02) / 6)
    waves = 1 - x - np.cos(10 * np.pi * x + np.pi / 2) / (10 * np.pi)
    expected = np.stack([2 * (1 - np.cos(x * np.pi / 2)), 4 * waves], axis=1)
    assert np.allclose(wfg.placed(wfg.wfg1(y, 2), wfg.mixed), expected)

    y = optimal("wfg2-m3", np.random.default_rng(3))
    first, second = (y[:, i : i + 2].mean(axis=1) for i in (0, 2))
    f = values(problems()["wfg2-m3"], y)
    assert np.allclose(f[:, 0], 2 * (1 - np.cos(first * np.pi / 2)) * (1 - np.cos(second * np.pi / 2)))
    assert np.allclose(f[:, 1], 4 * (1 - np.cos(first * np.pi / 2)) * (1 - np.sin(second * np.pi / 2)))
    assert np.allclose(f[:, 2], 6 * (1 - first * np.cos(5 * np.pi * first) ** 2))


@pytest.mark.parametrize("name", NAMES)
def test_distances_are_positive_off_the_front(name: str):
    problem = problems()[name]
    transformed = getattr(wfg, name.split("-")[0])
    distance = transformed(Y[:, : len(problem.space)], problem.n_objectives)[:, -1]
    assert distance.min() > 0
    assert distance.max() <= 1
