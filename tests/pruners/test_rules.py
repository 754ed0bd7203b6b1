"""The built-in pruners, one rule at a time, and beside Optuna's on the same reports."""

from __future__ import annotations

import math
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
    """Learning curves that cross."""
    rng = np.random.default_rng(seed)
    for _ in range(n):
        end, speed = rng.random(), rng.uniform(0.2, 2.0)
        yield [end + float(step) ** -speed + 0.02 * rng.standard_normal() for step in range(1, n_steps + 1)]


def decisions(pruner: Any, curves: list[list[float]], **options: Any) -> list[int | None]:
    """Return the step at which each trial stopped, run one after another."""
    opt, found = search(pruner, **options), []
    for curve in curves:
        trial = opt.ask()
        for step, value in enumerate(curve, 1):
            trial.report(step, value)
            if trial.should_prune():
                opt.tell(trial, state="pruned")
                found.append(step)
                break
        else:
            opt.tell(trial, curve[-1])
            found.append(None)
    return found


def decisions_of_optuna(pruner: optuna.pruners.BasePruner, curves: list[list[float]]) -> list[int | None]:
    study, found = optuna.create_study(pruner=pruner), []
    for curve in curves:
        trial = study.ask()
        for step, value in enumerate(curve, 1):
            trial.report(value, step)
            if trial.should_prune():
                study.tell(trial, state=optuna.trial.TrialState.PRUNED)
                found.append(step)
                break
        else:
            study.tell(trial, curve[-1])
            found.append(None)
    return found


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
def test_a_rule_decides_as_that_of_optuna(ours: Any, theirs: Callable[[], optuna.pruners.BasePruner]) -> None:
    given = list(curves(40, seed=1))
    assert decisions(ours, given) == decisions_of_optuna(theirs(), given)


def reported(opt: tt.Optimizer, curve: list[float], end: str = "complete") -> tt.Trial:
    """Run a trial without a look at the pruner."""
    trial = opt.ask()
    for step, value in enumerate(curve, 1):
        trial.report(step, value)
    if end == "complete":
        opt.tell(trial, curve[-1])
    elif end != "pending":
        opt.tell(trial, state=end)
    return trial


def test_the_median_is_of_all_that_reached_the_step_whatever_became_of_them() -> None:
    opt = search(RULES.Median(n_startup=1))
    for value, end in [(1.0, "complete"), (3.0, "pruned"), (4.0, "failed"), (5.0, "pending")]:
        reported(opt, [value], end)
    trial = reported(opt, [3.5], "pending")
    assert not trial.should_prune()
    assert trial.should_prune().reason == "rank 3 of 5 at step 1"
    assert reported(opt, [3.6], "pending").should_prune()


def test_the_best_value_so_far_speaks_for_a_trial() -> None:
    opt = search(RULES.Median(n_startup=1))
    for _ in range(3):
        reported(opt, [3.0, 2.0, 1.0])
    trial = reported(opt, [0.5, 9.0], "pending")
    assert not trial.should_prune()


def test_nothing_is_stopped_before_the_startup_the_warmup_or_between_looks() -> None:
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
        reported(opt, good)


def test_a_look_that_was_skipped_is_made_up_for() -> None:
    opt = search(RULES.Threshold(upper=1.0, n_warmup_steps=10, interval_steps=10))
    trial = opt.ask()
    looked = []
    for step in (5, 9, 14, 17, 35, 36):
        trial.report(step, 2.0)
        if trial.should_prune():
            looked.append(step)
    assert looked == [14, 35]


@pytest.mark.parametrize("pruner", ["median", "percentile", RULES.SuccessiveHalving(min_resource=1)])
def test_nan_is_the_worst_value(pruner: Any) -> None:
    opt = search(pruner)
    for _ in range(6):
        reported(opt, [1e300])
    assert reported(opt, [math.nan], "pending").should_prune()
    assert not reported(opt, [1.0], "pending").should_prune()


def test_maximizing_turns_every_rule() -> None:
    given = list(curves(30, seed=2))
    turned = [[-value for value in curve] for curve in given]
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
        for curve in turned:
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
        assert stops == decisions(pruner, given), pruner
    opt = search(RULES.Threshold(lower=0.5), direction="maximize")
    assert reported(opt, [0.4], "pending").should_prune().reason == "0.4 at step 1 is outside the bounds"
    assert not reported(opt, [0.6], "pending").should_prune()


def test_the_brackets_of_hyperband_share_the_steps() -> None:
    opt = search(RULES.Hyperband(max_resource=81))
    brackets = [int(reported(opt, [1.0], "pending").should_prune().reason.split()[1]) for _ in range(1000)]
    # 81, 34, 15, 8 and 5 of 143 (Li et al. 2018, table 1); three standard deviations of 1,000 draws.
    for bracket, weight in enumerate((81, 34, 15, 8, 5), 1):
        share = weight / 143
        assert abs(brackets.count(bracket) / 1000 - share) < 3 * math.sqrt(share * (1 - share) / 1000)


def test_a_trial_is_compared_within_its_bracket() -> None:
    opt = search(RULES.Hyperband(max_resource=9))
    ranks: dict[str, list[int]] = {}
    for _ in range(40):
        bracket, reason = reported(opt, [1.0] * 3, "pending").should_prune().reason.split(": ")
        ranks.setdefault(bracket, []).append(int(reason.split()[3]) if reason.startswith("rank") else 0)
    assert ranks["bracket 2 of 3"] == list(range(1, 1 + len(ranks["bracket 2 of 3"])))
    assert set(ranks["bracket 3 of 3"]) == {0}


def test_a_decision_tells_why_and_is_true_or_false() -> None:
    opt = search(RULES.Threshold(upper=1.0))
    trial = opt.ask()
    assert trial.should_prune() == RULES.Decision(stop=False, reason="nothing was reported yet")
    trial.report(3, 2.0)
    decision = trial.should_prune()
    assert bool(decision) is decision.stop is True
    assert decision.reason == "2 at step 3 is outside the bounds"


@pytest.mark.parametrize("value", [1.0, math.nan, math.inf])
def test_a_value_that_stays_the_same_wears_patience_out(value: float) -> None:
    trial = search(RULES.Patient(patience=2)).ask()
    stopped = []
    for step in range(6):
        trial.report(step, value)
        stopped.append(bool(trial.should_prune()))
    assert stopped == [False, False, False, True, True, True]


def test_an_improvement_by_the_smallest_that_counts_does_not_count() -> None:
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
        trial = reported(opt, [1.0] * 26, "pending")
        trial.report(27, 1e9)
        assert not trial.should_prune()


@pytest.mark.parametrize("pruner", [*tt.pruners.settings.BUILT_IN, RULES.Patient("hyperband"), RULES.Percentile(10.0)])
def test_a_study_keeps_its_pruner(pruner: Any, tmp_path: Any) -> None:
    given = RULES.Threshold(upper=1.0) if pruner == "threshold" else pruner
    with tt.Study(tmp_path / "a.db", SPACE, pruner=given, seed=0) as study:
        study.report(study.ask(), 1, 0.5)
    again = tt.Study(tmp_path / "a.db")
    assert again.pruner == study.pruner == search(given).pruner
    assert again.should_prune(0) == study.should_prune(0)
    with pytest.raises(tt.StudyError, match="pruner="):
        tt.Study(tmp_path / "a.db", pruner=RULES.Wilcoxon(p_threshold=0.25))


@pytest.mark.parametrize(("stop", "reason"), [(1, ""), (None, ""), ("no", ""), (True, 3)])
def test_a_decision_is_checked(stop: Any, reason: Any) -> None:
    with pytest.raises(tt.ArgumentError):
        RULES.Decision(stop=stop, reason=reason)
    assert RULES.Decision(stop=np.float64(2.0) > 1.0).stop is True
