"""The pruner inside Optuna decides as the same rule does in Tanteo."""

import math
import pickle
import random

import pytest

import tanteo as tt

pytest.importorskip("optuna")

import optuna
from optuna.trial import TrialState

from support import optuna_studies as studies
from tanteo.integrations.optuna import TanteoPruner

RULES = [
    "auto",
    "median",
    "hyperband",
    "nothing",
    tt.pruners.Percentile(25.0),
    tt.pruners.SuccessiveHalving(),
    tt.pruners.Wilcoxon(),
    tt.pruners.Patient(tt.pruners.Median(), patience=2),
    tt.pruners.Threshold(lower=-0.5, upper=4.0),
]
STEPS = 12


def curve(number):
    """Values at every step; some are NaN."""
    draw = random.Random(number)
    level, slope = draw.random(), draw.random()
    return [
        math.nan if draw.random() < 0.02 else level + slope / (step + 1) + 0.1 * draw.random() for step in range(STEPS)
    ]


class Pair:
    """The same trials in Optuna and in Tanteo."""

    def __init__(self, rule, storage=None, direction="minimize"):
        self.sign = 1 if direction == "minimize" else -1
        self.study = optuna.create_study(
            storage=storage, pruner=TanteoPruner(rule), direction=direction, sampler=optuna.samplers.RandomSampler()
        )
        self.search = tt.Optimizer({"x": tt.Float(0.0, 1.0)}, pruner=rule, direction=direction, seed=0)

    def ask(self):
        return self.study.ask(), self.search.ask()

    def report(self, theirs, ours, step, value):
        theirs.report(self.sign * value, step)
        ours.report(step, self.sign * value)
        decision = theirs.should_prune()
        assert type(decision) is bool
        assert decision == bool(ours.should_prune())
        return decision

    def tell(self, theirs, ours, state, value):
        if state == "failed":
            self.study.tell(theirs, state=TrialState.FAIL)
            self.search.tell(ours, state="failed")
        elif state == "pruned":
            self.study.tell(theirs, state=TrialState.PRUNED)
            self.search.tell(ours, state="pruned")
        else:
            self.study.tell(theirs, self.sign * value)
            self.search.tell(ours, self.sign * value)


def finished(number, values, stopped):
    if number % 17 == 5:
        return "failed", None
    return ("pruned", None) if stopped else ("complete", next(v for v in reversed(values) if v == v))


@pytest.mark.parametrize("direction", ["minimize", "maximize"])
@pytest.mark.parametrize("rule", RULES, ids=str)
def test_decisions_equal_those_of_the_rule(rule, direction):
    pair, stops = Pair(rule, direction=direction), 0
    for number in range(50):
        trials, values, stopped = pair.ask(), curve(number), False
        for step, value in enumerate(values):
            stopped = pair.report(*trials, step, value)
            if stopped:
                break
        stops += stopped
        pair.tell(*trials, *finished(number, values, stopped))
    assert (stops > 0) == (rule != "nothing")


@pytest.mark.parametrize("kind", studies.STORAGES)
def test_several_trials_report_in_turns(kind, tmp_path):
    pair, running = Pair("median", studies.storage(kind, tmp_path)[0]), []
    for number in range(14):
        running.append((pair.ask(), curve(number), number))
        if len(running) < 3:
            continue
        for step in range(0, STEPS, 3):
            for trials, values, number_of in list(running):
                if pair.report(*trials, step, values[step]):
                    pair.tell(*trials, *finished(number_of, values, stopped=True))
                    running.remove((trials, values, number_of))
        for trials, values, number_of in running:
            pair.tell(*trials, *finished(number_of, values, stopped=False))
        running = []


def test_steps_are_compared_in_their_order():
    """Optuna keeps reports in the order of arrival, and ignores a repeated step."""
    study = optuna.create_study(pruner=TanteoPruner(tt.pruners.Threshold(upper=1.0)))
    trial = study.ask()
    trial.report(0.5, 7)
    assert not trial.should_prune()
    trial.report(2.0, 3)
    assert not trial.should_prune(), "the last step is 7"
    with pytest.warns(UserWarning, match="already reported"):
        trial.report(3.0, 7)
    assert not trial.should_prune()
    trial.report(3.0, 9)
    assert trial.should_prune()


def test_trials_without_reports_and_infinite_ones():
    study = optuna.create_study(pruner=TanteoPruner("median"))
    for value in (1.0, math.inf, -math.inf):
        study.tell(study.ask(), value)
    trial = study.ask()
    assert trial.should_prune() is False
    for step, value in enumerate([-math.inf, math.inf, math.nan]):
        trial.report(value, step)
        assert type(trial.should_prune()) is bool


def test_another_process_decides_alike_and_a_pickle_holds_the_settings(tmp_path):
    storage, _ = studies.storage("sqlite", tmp_path)
    pruner = TanteoPruner("median")
    study = optuna.create_study(storage=storage, study_name="s", pruner=pruner)
    for number in range(8):
        trial = study.ask()
        for step, value in enumerate(curve(number)[:3]):
            trial.report(value, step)
        study.tell(trial, curve(number)[3])
    running = study.ask()
    running.report(5.0, 0)
    running.report(5.0, 1)
    assert running.should_prune()
    restored = pickle.loads(pickle.dumps(pruner))
    other = optuna.load_study(storage=storage, study_name="s", pruner=restored)
    assert restored.prune(other, other.trials[running.number])
    assert repr(restored) == repr(pruner) == f"TanteoPruner({tt.pruners.Median()!r})"


def test_an_unknown_rule_is_refused():
    with pytest.raises(tt.ArgumentError, match="mediam"):
        TanteoPruner("mediam")
