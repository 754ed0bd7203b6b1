"""``stop_when=`` of ``minimize``, and the rules of ``tt.stopping``."""

from __future__ import annotations

import math
from typing import Any

import pytest

import tanteo as tt
from tanteo.stopping import ExpectedGain, NoImprovement, Target

SPACE = {"x": tt.Float(0.0, 1.0), "y": tt.Float(0.0, 1.0)}


def bowl(params: dict[str, Any]) -> float:
    return float((params["x"] - 0.6) ** 2 + (params["y"] - 0.3) ** 2)


def optimizer_with(values: list[float | None], **options: Any) -> tt.Optimizer:
    opt = tt.Optimizer(SPACE, sampler="random", seed=0, **options)
    for value in values:
        opt.tell(opt.ask(), value)
    return opt


@pytest.mark.parametrize("n_workers", [1, 2])
def test_any_callable_stops_and_its_text_is_the_reason(n_workers: int) -> None:
    n_results: list[int] = []

    def rule(opt: tt.Optimizer) -> str | None:
        n_results.append(len(opt) - len(opt.pending))
        return "enough" if n_results[-1] >= 4 else None

    result = tt.minimize(bowl, SPACE, n_trials=20, stop_when=rule, sampler="random", seed=0, n_workers=n_workers)
    assert (result.stopped, result.stop_reason) == ("stop_when", "enough")
    assert len(result.trials) == 3 + n_workers
    assert not result.optimizer.pending
    assert n_results == [1, 2, 3, 4], "one call for each result"
    again = tt.minimize(bowl, study=result.optimizer, n_trials=20, stop_when=rule)
    assert (again.stopped, len(again.trials)) == ("stop_when", 3 + n_workers), "a search with results is asked first"


def test_a_rule_may_look_at_the_best_trial() -> None:
    result = tt.minimize(bowl, SPACE, n_trials=3, stop_when=lambda opt: opt.best.value < 0.0, seed=0)
    assert (result.stopped, len(result.trials)) == ("n_trials", 3)


def test_a_rule_is_called_after_a_failed_trial_and_has_no_best_trial_then() -> None:
    best: list[Any] = []

    def rule(opt: tt.Optimizer) -> bool:
        best.append(opt.best)
        return opt.best is not None and opt.best.value < 0.0

    def fails_first(params: dict[str, Any], trial: Any) -> float:
        if trial.id == 0:
            raise OSError
        return bowl(params)

    result = tt.minimize(fails_first, SPACE, n_trials=3, stop_when=rule, seed=0, catch=(OSError,))
    assert (result.stopped, len(result.trials)) == ("n_trials", 3)
    assert [trial is None for trial in best] == [True, False]


def test_a_rule_that_returns_true_stops_and_an_exception_propagates() -> None:
    result = tt.minimize(bowl, SPACE, stop_when=lambda opt: len(opt) >= 3, seed=0)
    assert (result.stopped, result.stop_reason, len(result.trials)) == ("stop_when", None, 3)
    assert "stop_when" in repr(result)
    with pytest.raises(ZeroDivisionError):
        tt.minimize(bowl, SPACE, n_trials=3, stop_when=lambda opt: 1 / 0, seed=0)


@pytest.mark.parametrize("rule", [1, "gain", ExpectedGain, True])
def test_an_invalid_rule_is_refused(rule: Any) -> None:
    with pytest.raises(tt.ArgumentError, match="stop_when must be a rule"):
        tt.minimize(bowl, SPACE, n_trials=3, stop_when=rule)


@pytest.mark.parametrize("rule", [ExpectedGain, NoImprovement])
def test_the_error_about_a_rule_class_shows_how_to_call_it(rule: Any) -> None:
    with pytest.raises(tt.ArgumentError, match=rf"; write {rule.__name__}\(\.\.\.\)$"):
        tt.minimize(bowl, SPACE, n_trials=3, stop_when=rule)


def test_expected_gain_stops_a_converged_search() -> None:
    result = tt.minimize(bowl, SPACE, n_trials=100, stop_when=ExpectedGain(below=0.03), seed=0)
    assert result.stopped == "stop_when"
    assert 14 <= len(result.trials) < 100
    assert result.best_value < 1e-3
    assert result.stop_reason is not None
    assert result.stop_reason.startswith("the next 10 trials are expected to gain")
    restored = tt.Optimizer.from_bytes(result.optimizer.to_bytes())
    assert ExpectedGain(below=0.03)(restored) == result.stop_reason, "the same after a restart"
    assert ExpectedGain(below=1e-9, relative=False)(restored) is None
    assert ExpectedGain(below=1e9, relative=False)(restored) is not None
    assert ExpectedGain(below=1e9, relative=False, n_min_trials=1000)(restored) is None


def test_expected_gain_stops_most_noiseless_bowls_by_sixty_trials() -> None:
    """The model expects too much there, so what came of its earlier forecasts has to count."""
    space = {"x": tt.Float(-5.0, 5.0), "y": tt.Float(-5.0, 5.0)}
    results = [tt.minimize(bowl, space, n_trials=60, stop_when=ExpectedGain(), seed=seed) for seed in range(4)]
    assert sum(result.stopped == "stop_when" for result in results) >= 3
    assert all(result.best_value < 1e-4 for result in results)


def test_expected_gain_stops_a_bowl_with_many_trials_next_to_its_optimum() -> None:
    """They predict each other almost exactly, which says nothing about the calibration of the model."""
    result = tt.minimize(bowl, SPACE, n_trials=60, stop_when=ExpectedGain(), seed=6)
    assert result.stopped == "stop_when"


def test_expected_gain_does_not_stop_a_search_that_goes_on_improving() -> None:
    """The optimum is never reached, and trials gain a twentieth of the improvement so far again and again."""
    space = {f"x{j}": tt.Float(0.0, 1.0) for j in range(8)}
    opt = tt.Optimizer(space, sampler="tpe", seed=0)
    best_before = []
    for _ in range(80):
        trial = opt.ask()
        opt.tell(trial, sum((x - 0.7) ** 2 for x in trial.params.values()))
        best_before.append(opt.best_value)
        if len(opt) > 40 and len(opt) % 4 == 0:
            assert ExpectedGain()(opt) is None
    so_far = best_before[10] - best_before[-1]
    assert best_before[40] - best_before[-1] > 0.05 * so_far


def test_patience_also_compares_earlier_expected_gains() -> None:
    opt = tt.minimize(bowl, SPACE, n_trials=20, sampler="gp", seed=0).optimizer
    gains = [opt._expected_gain(10, n_trials) for n_trials in (20, 19)]
    assert None not in gains
    threshold = sum(g for g in gains if g is not None) / 2
    patience_1, patience_2 = (ExpectedGain(threshold, relative=False, patience=n, n_min_trials=5)(opt) for n in (1, 2))
    assert patience_2 is None
    assert (patience_1 is None) == (gains[0] > threshold)  # type: ignore[operator]  # neither is None


def test_no_improvement_counts_every_ended_trial() -> None:
    rule = NoImprovement(3)
    assert rule(optimizer_with([3.0, 2.0, 2.0, None])) is None
    assert rule(optimizer_with([3.0, 2.0, 2.0, None, 2.5])) == "the last 3 trials did not improve the best value"
    assert rule(optimizer_with([3.0, 2.0, 2.5, None, 1.9])) is None
    assert NoImprovement(3, min_delta=0.2)(optimizer_with([3.0, 2.0, 2.5, None, 1.9])) is not None
    assert rule(optimizer_with([None] * 9)) is None
    assert rule(optimizer_with([1.0, 2.0, 2.0, 2.0], direction="maximize")) is None
    assert rule(optimizer_with([2.0, 1.0, 1.0, 1.0], direction="maximize")) is not None


def test_a_target_is_reached_in_the_direction_of_the_search() -> None:
    assert Target(0.5)(optimizer_with([2.0, 0.6])) is None
    assert Target(0.5)(optimizer_with([2.0, 0.5])) == "the best value, 0.5, reaches 0.5"
    assert Target(2)(optimizer_with([1.0, 1.9], direction="maximize")) is None
    assert Target(2)(optimizer_with([1.0, 2.5], direction="maximize")) is not None
    assert Target(0.5)(optimizer_with([])) is None


@pytest.mark.parametrize("rule", [ExpectedGain(), NoImprovement(2), Target(1.0)])
def test_rules_need_one_objective_and_say_what_several_take(rule: Any) -> None:
    with pytest.raises(tt.ArgumentError, match=f"^{type(rule).__name__} needs one objective.*give a function of the"):
        rule(tt.Optimizer(SPACE, directions=["minimize"] * 2))


def test_rules_may_be_asked_about_a_result() -> None:
    result = tt.minimize(bowl, SPACE, n_trials=3, seed=0)
    for rule in (ExpectedGain(), NoImprovement(3), NoImprovement(1), Target(1e9)):
        assert rule(result) == rule(result.optimizer)
    assert Target(1e9)(result) is not None
    with pytest.raises(tt.ArgumentError, match=r"Target must be called with a search or a result, got \[\]"):
        Target(1.0)([])  # type: ignore[arg-type]  # what is refused


def test_the_function_that_the_error_shows_stops_a_search_with_several_objectives() -> None:
    result = tt.minimize(
        lambda p, trial: (0.1 if trial.id == 3 else 1.0, p["x"]),
        SPACE,
        directions=["minimize"] * 2,
        seed=0,
        progress=False,
        stop_when=lambda search: any(trial.values[0] <= 0.1 for trial in search.pareto_front),
    )
    assert (len(result.trials), result.stopped) == (4, "stop_when")


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: ExpectedGain(below=0.0), "below must be a positive"),
        (lambda: ExpectedGain(patience=0), "patience must be at least 1"),
        (lambda: ExpectedGain(n_min_trials=0), "n_min_trials"),
        (lambda: NoImprovement(0), "n_trials must be at least 1"),
        (lambda: NoImprovement(3, min_delta=-1.0), "min_delta"),
        (lambda: Target(math.nan), "value must be a number"),
    ],
)
def test_settings_of_rules_are_checked(make: Any, message: str) -> None:
    with pytest.raises(tt.ArgumentError, match=message):
        make()
