"""Equalities and labels in place of the numbers of constraints."""

from __future__ import annotations

import math

import numpy as np
import pytest

import tanteo as tt


def told(value: object) -> dict[str, float]:
    """Return the constraints of a trial that is told one."""
    optimizer = tt.Optimizer({"x": tt.Float(0.0, 1.0)}, seed=0)
    optimizer.tell(optimizer.ask(), 0.0, constraints={"c": value})
    return dict(optimizer.trials[0].constraints)


@pytest.mark.parametrize(
    ("value", "holds"), [(0.75, True), (1.25, True), (1.3, False), (0.7, False), (math.inf, False)]
)
def test_an_equality_holds_within_its_tolerance(value, holds):
    parts = told(tt.Equal(value, 1.0, tolerance=0.25))
    assert set(parts) == {"c/high", "c/low"}
    assert (max(parts.values()) <= 0.0) is holds


@pytest.mark.parametrize(("holds", "label"), [(True, -1.0), (False, 1.0), (np.True_, -1.0), (np.False_, 1.0)])
def test_labels_are_told_as_numbers(holds, label):
    assert told(holds) == {"c": label}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((math.nan, 1.0, 0.1), "leave out a constraint that is unknown"),
        ((1.0, math.inf, 0.1), "Equal: target"),
        ((1.0, 1.0, 0.0), "tolerance must be positive"),
        ((1.0, 1.0, -0.1), "tolerance must be positive"),
        (("heavy", 1.0, 0.1), "Equal: value must be a number"),
    ],
)
def test_impossible_equalities_are_refused(arguments, message):
    value, target, tolerance = arguments
    with pytest.raises(tt.ArgumentError, match=message):
        tt.Equal(value, target, tolerance=tolerance)


def test_a_name_that_an_equality_uses_is_refused():
    optimizer = tt.Optimizer({"x": tt.Float(0.0, 1.0)}, seed=0)
    trial = optimizer.ask()
    with pytest.raises(tt.ArgumentError, match="'c/low' was told twice"):
        optimizer.tell(trial, 0.0, constraints={"c": tt.Equal(1.0, 1.0, tolerance=0.1), "c/low": 0.0})


def report_constraints(params: dict[str, float], trial: tt.RunningTrial) -> dict[str, object]:
    told = {"c": tt.Equal(1.0, 1.5, tolerance=0.125), "ok": np.True_}
    trial.report(1, params["x"], constraints=told)
    return {"value": params["x"], "constraints": told}


@pytest.mark.parametrize("n_workers", [1, 2])
def test_objectives_report_and_return_them(n_workers):
    space = {"x": tt.Float(0.0, 1.0)}
    result = tt.minimize(report_constraints, space, n_trials=1, n_workers=n_workers, progress=False)
    trial = result.trials[0]
    assert trial.constraints == trial.step_constraints[1] == {"c/high": -0.625, "c/low": 0.375, "ok": -1.0}
