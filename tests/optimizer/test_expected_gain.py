"""What the next trials are expected to gain."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import tanteo as tt

SPACE = {"x": tt.Float(0.0, 1.0), "y": tt.Float(0.0, 1.0)}


def bowl(params: dict[str, Any]) -> float:
    return float((params["x"] - 0.6) ** 2 + (params["y"] - 0.3) ** 2)


def told(n: int, fn: Callable[[dict[str, Any]], float] = bowl, **options: Any) -> tt.Optimizer:
    opt = tt.Optimizer(SPACE, **{"sampler": "random", "seed": 0, **options})
    for _ in range(n):
        trial = opt.ask()
        opt.tell(trial, fn(trial.params))
    return opt


def test_there_is_none_while_nothing_can_be_said() -> None:
    assert told(9).expected_gain() is None
    assert told(12).expected_gain() is not None
    assert told(12, lambda _: 1.0).expected_gain() is None
    several = tt.Optimizer(SPACE, directions=["minimize"] * 2, seed=0)
    for trial in several.ask(12):
        several.tell(trial, [1.0, 2.0])
    assert several.expected_gain() is None


def test_it_has_the_unit_of_the_objective_and_no_direction() -> None:
    gain = told(20).expected_gain()
    assert gain is not None
    assert told(20, lambda params: 1024.0 * bowl(params)).expected_gain() == pytest.approx(1024.0 * gain)
    assert told(20, lambda params: -bowl(params), direction="maximize").expected_gain() == pytest.approx(gain)


def test_it_falls_as_a_search_converges_and_rises_with_the_number_of_trials() -> None:
    early, late = told(12, sampler="gp").expected_gain(), told(60, sampler="gp").expected_gain()
    assert early is not None
    assert late is not None
    assert 0.0 <= late < 0.3 * early
    opt = told(12)
    one, ten, all_of_them = (opt.expected_gain(n) for n in (1, 10, 10**6))
    assert one is not None
    assert ten is not None
    assert all_of_them is not None
    assert 0.0 < one < ten <= all_of_them


def test_it_comes_true_in_size() -> None:
    """Of random functions of the kind that the model is made for, over twenty searches."""
    expected = came = 0.0
    for seed in range(20):
        opt = told(14, lambda params, s=seed: bowl({"x": params["x"] + 0.02 * s - 0.2, "y": params["y"]}), seed=seed)
        gain, before = opt.expected_gain(5), opt.best_value
        model = tt.Optimizer(SPACE, sampler="gp", seed=seed)
        for trial in opt.trials:
            model.observe(trial.params, trial.value)
        for _ in range(5):
            trial = model.ask()
            model.tell(trial, bowl({"x": trial.params["x"] + 0.02 * seed - 0.2, "y": trial.params["y"]}))
        expected += 0.0 if gain is None else gain
        came += 0.0 if gain is None else before - model.best_value
    assert 0.3 < came / expected < 3.0


def test_looking_changes_nothing_and_the_past_can_be_looked_at() -> None:
    opt, other = told(12, sampler="gp"), told(12, sampler="gp")
    gain = opt.expected_gain()
    assert opt.to_bytes() == other.to_bytes()
    for search in (opt, other):
        trial = search.ask()
        search.tell(trial, bowl(trial.params))
    assert opt.trials[12] == other.trials[12]
    assert opt._expected_gain(10, 12) == gain != opt.expected_gain()


def test_nothing_is_gained_where_constraints_are_broken_or_trials_fail() -> None:
    """The best lies at x = 0.6; from 0.4 on constraints are broken, or trials fail."""
    gains = []
    for kind in ("free", "bound", "failing"):
        opt = tt.Optimizer(SPACE, sampler="random", seed=4)
        for _ in range(50):
            trial = opt.ask()
            over = trial.params["x"] - 0.4
            fails = kind == "failing" and over > 0.0
            opt.tell(trial, None if fails else bowl(trial.params), constraints={"c": over} if kind == "bound" else None)
        gains.append((opt.expected_gain(), opt.best_value))
    (free, left), (bound, _), (failing, _) = gains
    assert free is not None
    assert bound is not None
    assert failing is not None
    assert 0.0 < bound < 0.04
    assert 0.0 <= failing < 0.04
    assert free < 4 * left


@pytest.mark.parametrize("n", [0, -1, 1.5])
def test_the_number_of_trials_is_checked(n: Any) -> None:
    with pytest.raises(tt.ArgumentError, match="n must be"):
        told(0).expected_gain(n)
