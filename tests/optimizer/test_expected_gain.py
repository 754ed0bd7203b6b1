"""``expected_gain``: the improvement expected from the next trials."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import tanteo as tt

SPACE = {"x": tt.Float(0.0, 1.0), "y": tt.Float(0.0, 1.0)}


def bowl(params: dict[str, Any]) -> float:
    return float((params["x"] - 0.6) ** 2 + (params["y"] - 0.3) ** 2)


def run_search(n: int, fn: Callable[[dict[str, Any]], float] = bowl, **options: Any) -> tt.Optimizer:
    opt = tt.Optimizer(SPACE, **{"sampler": "random", "seed": 0, **options})
    for _ in range(n):
        trial = opt.ask()
        opt.tell(trial, fn(trial.params))
    return opt


def test_the_expected_gain_is_none_while_it_cannot_be_estimated() -> None:
    assert run_search(9).expected_gain() is None
    assert run_search(12).expected_gain() is not None
    assert run_search(12, lambda _: 1.0).expected_gain() is None
    several = tt.Optimizer(SPACE, directions=["minimize"] * 2, seed=0)
    for trial in several.ask(12):
        several.tell(trial, [1.0, 2.0])
    assert several.expected_gain() is None


def test_the_expected_gain_has_the_unit_of_the_objective_and_the_same_sign_in_both_directions() -> None:
    expected = run_search(20).expected_gain()
    assert expected is not None
    assert run_search(20, lambda params: 1024.0 * bowl(params)).expected_gain() == pytest.approx(1024.0 * expected)
    assert run_search(20, lambda params: -bowl(params), direction="maximize").expected_gain() == pytest.approx(expected)


def test_the_expected_gain_falls_as_a_search_converges_and_rises_with_the_number_of_trials() -> None:
    early_gain, late_gain = (run_search(n, sampler="gp", seed=1).expected_gain() for n in (12, 60))
    assert early_gain is not None
    assert late_gain is not None
    assert 0.0 <= late_gain < 0.3 * early_gain
    opt = run_search(12)
    gain_of_1, gain_of_10, gain_of_a_million = (opt.expected_gain(n) for n in (1, 10, 10**6))
    assert gain_of_1 is not None
    assert gain_of_10 is not None
    assert gain_of_a_million is not None
    assert 0.0 < gain_of_1 < gain_of_10 <= gain_of_a_million


def test_the_expected_gain_predicts_the_size_of_the_improvement() -> None:
    """Over twenty searches on shifted bowls, which suit the model, the expected and actual sums agree."""
    expected_sum = actual_sum = 0.0
    for seed in range(20):
        opt = run_search(
            14, lambda params, s=seed: bowl({"x": params["x"] + 0.02 * s - 0.2, "y": params["y"]}), seed=seed
        )
        expected, best_value = opt.expected_gain(5), opt.best_value
        model = tt.Optimizer(SPACE, sampler="gp", seed=seed)
        for trial in opt.trials:
            model.observe(trial.params, trial.value)
        for _ in range(5):
            trial = model.ask()
            model.tell(trial, bowl({"x": trial.params["x"] + 0.02 * seed - 0.2, "y": trial.params["y"]}))
        expected_sum += 0.0 if expected is None else expected
        actual_sum += 0.0 if expected is None else best_value - model.best_value
    assert 0.3 < actual_sum / expected_sum < 3.0


def test_the_expected_gain_can_be_read_for_an_earlier_trial_and_reading_changes_nothing() -> None:
    opt, other = run_search(12, sampler="gp", seed=1), run_search(12, sampler="gp", seed=1)
    expected = opt.expected_gain()
    assert opt.to_bytes() == other.to_bytes()
    for search in (opt, other):
        trial = search.ask()
        search.tell(trial, bowl(trial.params))
    assert opt.trials[12] == other.trials[12]
    assert opt._expected_gain(10, 12) == expected != opt.expected_gain()


def test_infeasible_and_failing_regions_lead_to_a_small_expected_gain() -> None:
    """The optimum lies at x = 0.6. Beyond x = 0.4, trials violate a constraint or fail."""
    results = []
    for kind in ("free", "bound", "failing"):
        opt = tt.Optimizer(SPACE, sampler="random", seed=4)
        for _ in range(50):
            trial = opt.ask()
            excess = trial.params["x"] - 0.4
            fails = kind == "failing" and excess > 0.0
            opt.tell(
                trial, None if fails else bowl(trial.params), constraints={"c": excess} if kind == "bound" else None
            )
        results.append((opt.expected_gain(), opt.best_value))
    (free, best_value), (bound, _), (failing, _) = results
    assert free is not None
    assert bound is not None
    assert failing is not None
    assert 0.0 < bound < 0.04
    assert 0.0 <= failing < 0.04
    assert free < 4 * best_value


def test_constants_do_not_count_as_parameters() -> None:
    opt = run_search(20)
    constants = {f"constant {i}": i for i in range(5)}
    with_constants = tt.Optimizer({**SPACE, **constants}, sampler="random", seed=0)
    for trial in opt.trials:
        with_constants.observe({**trial.params, **constants}, trial.value)
    assert with_constants.expected_gain(3) == opt.expected_gain(3)
    rule = tt.stopping.ExpectedGain(below=1e9, patience=1)
    assert rule(with_constants) == rule(opt) is not None


@pytest.mark.parametrize("n", [0, -1, 1.5])
def test_the_number_of_trials_is_checked(n: Any) -> None:
    with pytest.raises(tt.ArgumentError, match="n must be"):
        run_search(0).expected_gain(n)
