"""Real trainings that are recorded completely: all combinations of a grid, and all steps."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from benches.fidelity.trainings import boosting, folds, linear, networks
from benches.python.peers.space import Parameter, Space
from benches.quality.fresh.data import coarse_digits, labelled
from benches.quality.problem import Params
from benches.quality.problems.data import diabetes


@dataclass(frozen=True, slots=True)
class Training:
    """A kind of training on one data set.

    Attributes
    ----------
    family, half : str
    space : Space
        Integers and choices only, so that it is a grid.
    data : callable
        Returns the data set.
    curve : callable
        ``curve(data, params)`` returns the values of all steps.
    """

    family: str
    half: str
    space: Space
    data: Callable[[], Any]
    curve: Callable[[Any, Params], np.ndarray]


def levels(parameter: Parameter) -> tuple[Any, ...]:
    """Return the values of one parameter."""
    if parameter.kind == "categorical":
        return parameter.choices
    return tuple(range(int(parameter.low), int(parameter.high) + 1))


def grid(space: Space, params: Params | None = None, position: int = 0) -> Iterator[Params]:
    """Return all configurations; the last parameter varies fastest."""
    params = params or {}
    if position == len(space):
        yield params
    elif space[position].is_active(params):
        for value in levels(space[position]):
            yield from grid(space, {**params, space[position].name: value}, position + 1)
    else:
        yield from grid(space, params, position + 1)


def raw(name: str, rows: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows of a scikit-learn data set in a fixed order, without scaling."""
    from sklearn import datasets

    x, y = getattr(datasets, f"load_{name}")(return_X_y=True)
    chosen = np.random.default_rng(811).permutation(len(y))[:rows]
    return x[chosen], y[chosen]


def split(x: np.ndarray, y: np.ndarray, train: int) -> tuple[np.ndarray, ...]:
    """Return the rows in a fixed order, split into training and validation rows."""
    rows = np.random.default_rng(812).permutation(len(y))
    return x[rows[:train]], y[rows[:train]], x[rows[train:]], y[rows[train:]]


def odd_digits() -> tuple[np.ndarray, ...]:
    """Return digits of 16 pixels; the label is whether a digit is odd."""
    x, y, x_test, y_test = coarse_digits(400, 1200)
    return x, y % 2, x_test, y_test % 2


TRAININGS = {
    "networks-digits": Training("networks", "tuning", networks.SPACE, partial(coarse_digits, 300, 400), networks.curve),
    "networks-wine": Training("networks", "report", networks.SPACE, partial(labelled, "wine", 80, 98), networks.curve),
    "boosting-cancer": Training(
        "boosting", "tuning", boosting.SPACE, partial(labelled, "breast_cancer", 200, 369), boosting.classified
    ),
    "boosting-diabetes": Training(
        "boosting", "report", boosting.SPACE, lambda: split(*diabetes(), 220), boosting.regressed
    ),
    "linear-diabetes": Training("linear", "tuning", linear.TARGETS, lambda: split(*diabetes(), 220), linear.targets),
    "linear-digits": Training("linear", "report", linear.LABELS, odd_digits, linear.labelled),
    "folds-cancer": Training("folds", "tuning", folds.SPACE, partial(raw, "breast_cancer", 300), folds.curve),
    "folds-digits": Training("folds", "report", folds.SPACE, lambda: coarse_digits(300, 0)[:2], folds.curve),
}
