import decimal
import fractions

import numpy as np
import pytest

import tanteo as tt
from tanteo.run.executor import DirectChannel
from tanteo.run.objective import RunningTrial

SPACE = {"x": tt.Float(0.0, 1.0)}
ORDER = r"step must be an int, got {}.*; the order is report\(step, value\) of a trial and report\(trial, step, value\)"
NO_STEPS = [3.0, 0.0, 2.5, np.float64(3), np.float32(3), True, False, np.True_, np.array(3.0), "3", None]
NO_STEPS += [decimal.Decimal(3), fractions.Fraction(3)]


@pytest.mark.parametrize("step", NO_STEPS, ids=repr)
def test_a_step_that_is_no_integer_is_refused_with_the_right_order(step):
    optimizer = tt.Optimizer(SPACE)
    trial = optimizer.ask()
    with pytest.raises(tt.ArgumentError, match=ORDER.format("")):
        trial.report(step, 3)
    assert dict(optimizer.trials[0].steps) == {}


@pytest.mark.parametrize("step", [3, np.int64(3), np.uint8(3), np.array(3)], ids=repr)
def test_integers_of_other_libraries_are_steps(step):
    optimizer = tt.Optimizer(SPACE)
    optimizer.ask().report(step, 1.0)
    assert dict(optimizer.trials[0].steps) == {3: 1.0}


def test_every_way_to_report_refuses_the_order_of_optuna(tmp_path):
    optimizer = tt.Optimizer(SPACE)
    with tt.Study(tmp_path / "a.db", SPACE) as study:
        for search in (optimizer, study):
            trial = search.ask()
            for report in (trial.report, lambda *arguments, s=search: s.report(0, *arguments)):
                with pytest.raises(tt.ArgumentError, match=ORDER.format("1.0")):
                    report(1.0, 3)


def test_every_way_to_report_a_fold_names_the_order():
    optimizer = tt.Optimizer(SPACE)
    trial = optimizer.ask()
    running = RunningTrial(0, {}, DirectChannel(optimizer))
    order = r"the order is report_fold\(fold, value\) of a trial and report_fold\(trial, fold, value\) of a search"
    for report in (trial.report_fold, running.report_fold, lambda *arguments: optimizer.report_fold(0, *arguments)):
        with pytest.raises(tt.ArgumentError, match=rf"fold must be an integer, got 0.9.*; {order}$"):
            report(0.9, 0)


@pytest.mark.parametrize("resume_from", [None, 7])
def test_a_running_trial_refuses_the_order_of_optuna(resume_from):
    """Also after a pause, when reports of earlier steps are ignored."""
    trial = RunningTrial(0, {}, DirectChannel(tt.Optimizer(SPACE)), resume_from)
    with pytest.raises(tt.ArgumentError, match=ORDER.format("1.0")):
        trial.report(1.0, 3)


@pytest.mark.parametrize("n_workers", [1, 2])
def test_an_objective_in_the_order_of_optuna_fails(n_workers):
    def train(params, trial):
        try:
            trial.report(1.0, 3)
        except tt.ArgumentError:
            return 0.25
        return 0.0

    assert tt.minimize(train, SPACE, n_trials=1, n_workers=n_workers, progress=False).best.value == 0.25


def test_a_pending_trial_has_what_it_reported(tmp_path):
    path = tmp_path / "study.db"
    study = tt.Study(path, {"x": tt.Float(0.0, 1.0)}, seed=0)
    by_fold, by_step = study.ask(2)
    assert (by_fold.folds, by_step.steps) == ({}, {})
    by_fold.report_fold(2, 0.5)
    by_fold.report_fold(0, 1.5)
    by_step.report(3, 0.25)
    for pending in (study.pending, tt.Study(path).pending, [by_fold, by_step]):
        assert [(dict(trial.folds), dict(trial.steps)) for trial in pending] == [
            ({2: 0.5, 0: 1.5}, {1: 0.5, 2: 1.0}),
            ({}, {3: 0.25}),
        ]
    study.tell(by_step, 0.125)
    assert by_step.steps == study.trials[1].steps


def reported(params: dict[str, float], trial: tt.RunningTrial) -> dict[str, object]:
    if trial.id == 0:
        trial.report_fold(2, 0.5)
        trial.report_fold(0, 1.5)
    else:
        trial.report(3, params["x"])
    return {"value": 1.0, "seen": [sorted(trial.folds.items()), sorted(trial.steps.items())]}


@pytest.mark.parametrize("n_workers", [1, 2])
def test_the_trial_of_an_objective_has_what_it_reported(n_workers):
    result = tt.minimize(reported, SPACE, n_trials=2, n_workers=n_workers, seed=0, progress=False)
    for trial in result.trials:
        assert trial.attrs["seen"] == [[list(item) for item in sorted(r.items())] for r in (trial.folds, trial.steps)]
    assert result.trials[0].folds == {2: 0.5, 0: 1.5}
