"""The built-in pruners, one rule at a time, and compared with Optuna's on the same reports."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import optuna
import pytest

import tanteo as tt

SPACE = {"x": tt.Float(0.0, 1.0)}
RULES = tt.pruners


def search(pruner: Any, **options: Any) -> tt.Optimizer:
    return tt.Optimizer(SPACE, sampler="random", seed=0, pruner=pruner, **options)


def curves(n: int, seed: int, n_steps: int = 27) -> Iterator[list[float]]:
    """Yield learning curves that cross."""
    rng = np.random.default_rng(seed)
    for _ in range(n):
        final_value, speed = rng.random(), rng.uniform(0.2, 2.0)
        yield [final_value + float(step) ** -speed + 0.02 * rng.standard_normal() for step in range(1, n_steps + 1)]


def decisions(pruner: Any, curves: list[list[float]], **options: Any) -> list[int | None]:
    """Run trials one after another; return the step at which each was pruned, ``None`` if it was not."""
    opt, stops = search(pruner, **options), []
    for curve in curves:
        trial = opt.ask()
        for step, value in enumerate(curve, 1):
            trial.report(step, value)
            if trial.should_prune():
                opt.tell(trial, state="pruned")
                stops.append(step)
                break
        else:
            opt.tell(trial, curve[-1])
            stops.append(None)
    return stops


def decisions_of_optuna(pruner: optuna.pruners.BasePruner, curves: list[list[float]]) -> list[int | None]:
    study, stops = optuna.create_study(pruner=pruner), []
    for curve in curves:
        trial = study.ask()
        for step, value in enumerate(curve, 1):
            trial.report(value, step)
            if trial.should_prune():
                study.tell(trial, state=optuna.trial.TrialState.PRUNED)
                stops.append(step)
                break
        else:
            study.tell(trial, curve[-1])
            stops.append(None)
    return stops


def pairs() -> list[tuple[Any, Callable[[], optuna.pruners.BasePruner]]]:
    theirs = optuna.pruners
    halving = RULES.SuccessiveHalving(min_resource=2, reduction_factor=3, min_early_stopping_rate=1, bootstrap_count=2)
    return [
        (RULES.SuccessiveHalving(min_resource=1), lambda: theirs.SuccessiveHalvingPruner(1)),
        (halving, lambda: theirs.SuccessiveHalvingPruner(2, 3, 1, 2)),
        (
            RULES.Threshold(upper=1.5, n_warmup_steps=3, interval_steps=2),
            lambda: theirs.ThresholdPruner(None, 1.5, 3, 2),
        ),
        (RULES.Patient(patience=3), lambda: theirs.PatientPruner(None, 3)),
        (RULES.Wilcoxon(), theirs.WilcoxonPruner),
        (RULES.Nothing(), theirs.NopPruner),
    ]


@pytest.mark.filterwarnings("ignore::optuna.exceptions.ExperimentalWarning")
@pytest.mark.parametrize(("ours", "theirs"), pairs())
def test_a_rule_makes_the_decisions_of_the_rule_of_optuna(
    ours: Any, theirs: Callable[[], optuna.pruners.BasePruner]
) -> None:
    same_curves = list(curves(40, seed=1))
    assert decisions(ours, same_curves) == decisions_of_optuna(theirs(), same_curves)


def run_trial(opt: tt.Optimizer, curve: list[float], state: str = "complete") -> tt.Trial:
    """Run a trial without asking the pruner."""
    trial = opt.ask()
    for step, value in enumerate(curve, 1):
        trial.report(step, value)
    if state == "complete":
        opt.tell(trial, curve[-1])
    elif state != "pending":
        opt.tell(trial, state=state)
    return trial


def test_the_median_includes_every_trial_that_reached_the_step() -> None:
    opt = search(RULES.Median(n_startup=1))
    for value, state in [(1.0, "complete"), (3.0, "pruned"), (4.0, "failed"), (5.0, "pending")]:
        run_trial(opt, [value], state)
    trial = run_trial(opt, [3.5], "pending")
    assert not trial.should_prune()
    assert trial.should_prune().reason == "rank 3 of 5 at step 1"
    assert run_trial(opt, [3.6], "pending").should_prune()


def test_a_trial_is_ranked_by_its_best_value_so_far() -> None:
    opt = search(RULES.Median(n_startup=1))
    for _ in range(3):
        run_trial(opt, [3.0, 2.0, 1.0])
    trial = run_trial(opt, [0.5, 9.0], "pending")
    assert not trial.should_prune()


def test_no_trial_is_stopped_in_the_startup_the_warmup_or_between_intervals() -> None:
    good, bad = [1.0] * 8, [2.0] * 8
    opt = search(RULES.Median(n_startup=3, n_warmup_steps=3, interval_steps=2))
    for complete in range(4):
        trial = opt.ask()
        stopped = []
        for step, value in enumerate(bad, 1):
            trial.report(step, value)
            if trial.should_prune():
                stopped.append(step)
        assert stopped == ([] if complete < 3 else [3, 5, 7])
        opt.tell(trial, state="pruned")
        run_trial(opt, good)


def test_a_skipped_check_is_made_up_for_at_the_next_report() -> None:
    opt = search(RULES.Threshold(upper=1.0, n_warmup_steps=10, interval_steps=10))
    trial = opt.ask()
    stops = []
    for step in (5, 9, 14, 17, 35, 36):
        trial.report(step, 2.0)
        if trial.should_prune():
            stops.append(step)
    assert stops == [14, 35]


@pytest.mark.parametrize("pruner", ["median", "percentile", RULES.SuccessiveHalving(min_resource=1)])
def test_nan_is_the_worst_value(pruner: Any) -> None:
    opt = search(pruner)
    for _ in range(6):
        run_trial(opt, [1e300])
    assert run_trial(opt, [math.nan], "pending").should_prune()
    assert not run_trial(opt, [1.0], "pending").should_prune()


def test_maximizing_equals_minimizing_negated_curves() -> None:
    original = list(curves(30, seed=2))
    negated = [[-value for value in curve] for curve in original]
    for pruner in (
        "median",
        RULES.Percentile(25.0, n_startup=2),
        RULES.SuccessiveHalving(min_resource=1),
        RULES.Hyperband(),
        "wilcoxon",
        RULES.Patient("median", patience=2),
    ):
        opt = search(pruner, direction="maximize")
        stops = []
        for curve in negated:
            trial = opt.ask()
            for step, value in enumerate(curve, 1):
                trial.report(step, value)
                if trial.should_prune():
                    stops.append(step)
                    opt.tell(trial, state="pruned")
                    break
            else:
                stops.append(None)
                opt.tell(trial, curve[-1])
        assert stops == decisions(pruner, original), pruner
    opt = search(RULES.Threshold(lower=0.5), direction="maximize")
    assert run_trial(opt, [0.4], "pending").should_prune().reason == "0.4 at step 1 is outside the bounds"
    assert not run_trial(opt, [0.6], "pending").should_prune()


def test_the_brackets_of_hyperband_share_the_steps() -> None:
    opt = search(RULES.Hyperband(max_resource=81))
    brackets = [int(run_trial(opt, [1.0], "pending").should_prune().reason.split()[1]) for _ in range(1000)]
    # 81, 34, 15, 8 and 5 of 143 (Li et al. 2018, table 1). The bound is three standard deviations of 1,000 draws.
    for bracket, weight in enumerate((81, 34, 15, 8, 5), 1):
        share = weight / 143
        assert abs(brackets.count(bracket) / 1000 - share) < 3 * math.sqrt(share * (1 - share) / 1000)


def test_a_trial_is_compared_within_its_bracket() -> None:
    opt = search(RULES.Hyperband(max_resource=9))
    ranks: dict[str, list[int]] = {}
    for _ in range(40):
        bracket, reason = run_trial(opt, [1.0] * 3, "pending").should_prune().reason.split(": ")
        ranks.setdefault(bracket, []).append(int(reason.split()[3]) if reason.startswith("rank") else 0)
    assert ranks["bracket 2 of 3"] == list(range(1, 1 + len(ranks["bracket 2 of 3"])))
    assert set(ranks["bracket 3 of 3"]) == {0}


def test_a_decision_has_a_reason_and_a_truth_value() -> None:
    opt = search(RULES.Threshold(upper=1.0))
    trial = opt.ask()
    assert trial.should_prune() == RULES.Decision(stop=False, reason="nothing was reported yet")
    trial.report(3, 2.0)
    decision = trial.should_prune()
    assert bool(decision) is decision.stop is True
    assert decision.reason == "2 at step 3 is outside the bounds"


@pytest.mark.parametrize("value", [1.0, math.nan, math.inf])
def test_a_constant_curve_exhausts_patience(value: float) -> None:
    trial = search(RULES.Patient(patience=2)).ask()
    is_stopped = []
    for step in range(6):
        trial.report(step, value)
        is_stopped.append(bool(trial.should_prune()))
    assert is_stopped == [False, False, False, True, True, True]


def test_an_improvement_of_exactly_min_delta_does_not_count() -> None:
    trial = search(RULES.Patient(patience=0, min_delta=0.5)).ask()
    for step, value, stops in [(1, 4.0, False), (2, 3.5, True), (3, 2.75, False)]:
        trial.report(step, value)
        assert bool(trial.should_prune()) is stops, step


@pytest.mark.parametrize(("patience", "count"), [(0, "1 report"), (1, "2 reports")])
def test_the_reasons_of_patience_count_reports(patience: int, count: str) -> None:
    trial = search(RULES.Patient(patience=patience)).ask()
    trial.report(0, 1.0)
    assert trial.should_prune().reason == f"no more than {count}"
    for step in range(1, 4):
        trial.report(step, 1.0)
    assert trial.should_prune().reason == f"no improvement within the last {count}"


def test_a_threshold_needs_a_bound() -> None:
    for make in (lambda: search("threshold"), lambda: RULES.Patient("threshold"), RULES.Threshold):
        with pytest.raises(tt.ArgumentError, match=r"needs a bound: write tt\.pruners\.Threshold\(upper=\.\.\.\)"):
            make()
    # It is not listed as a name that can be given.
    for make in (lambda: search("magic"), lambda: RULES.Patient("magic")):
        with pytest.raises(tt.ArgumentError, match=r"'patient', tt\.pruners\.Threshold\(upper=\.\.\.\), 'nothing'$"):
            make()
    with pytest.raises(tt.ArgumentError, match=r"'patient', 'threshold', 'nothing'$"):
        RULES.from_dict({"name": "magic"})


def test_patience_is_not_nested() -> None:
    with pytest.raises(tt.ArgumentError, match="other than Patient"):
        RULES.Patient(RULES.Patient())


def test_no_rung_is_at_the_end_of_a_trial() -> None:
    opt = search(RULES.Hyperband(max_resource=27))
    for _ in range(20):
        trial = run_trial(opt, [1.0] * 26, "pending")
        trial.report(27, 1e9)
        assert not trial.should_prune()


@pytest.mark.parametrize("pruner", [*tt.pruners.settings.BUILT_IN, RULES.Patient("hyperband"), RULES.Percentile(10.0)])
def test_a_study_keeps_its_pruner(pruner: Any, tmp_path: Any) -> None:
    setting = RULES.Threshold(upper=1.0) if pruner == "threshold" else pruner
    with tt.Study(tmp_path / "a.db", SPACE, pruner=setting, seed=0) as study:
        study.report(study.ask(), 1, 0.5)
    reopened = tt.Study(tmp_path / "a.db")
    assert reopened.pruner == study.pruner == search(setting).pruner
    assert reopened.should_prune(0) == study.should_prune(0)
    with pytest.raises(tt.StudyError, match="pruner="):
        tt.Study(tmp_path / "a.db", pruner=RULES.Wilcoxon(p_threshold=0.25))


@pytest.mark.parametrize(("stop", "reason"), [(1, ""), (None, ""), ("no", ""), (True, 3)])
def test_an_invalid_decision_is_refused(stop: Any, reason: Any) -> None:
    with pytest.raises(tt.ArgumentError):
        RULES.Decision(stop=stop, reason=reason)
    assert RULES.Decision(stop=np.float64(2.0) > 1.0).stop is True


def test_a_percentile_that_looks_like_a_fraction_gives_a_warning_at_its_line() -> None:
    message = r"percentile=0.25 lets 0.25 % of the trials go on; for 25 % write 25$"
    with pytest.warns(UserWarning, match=message) as caught:
        pruner = tt.pruners.Percentile(0.25)
    assert [warning.filename for warning in caught] == [__file__]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        search = tt.Optimizer({"x": tt.Float(0.0, 1.0)}, pruner=pruner)
        assert tt.Optimizer.from_bytes(search.to_bytes()).pruner == search.pruner == pruner
        for percentile in (0.0, 1.0, 25):
            tt.pruners.Percentile(percentile)
