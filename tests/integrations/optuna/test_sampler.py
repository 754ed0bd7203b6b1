"""The sampler inside Optuna: Optuna's own suite, and what that suite does not look at."""

import collections
import itertools
import math
import pickle
import subprocess
import sys

import pytest

import tanteo as tt

pytest.importorskip("optuna")

import optuna
from optuna.samplers import BaseSampler, PartialFixedSampler
from optuna.testing.pytest_samplers import (
    BasicSamplerTestCase,
    MultiObjectiveSamplerTestCase,
    RelativeSamplerTestCase,
)
from optuna.trial import TrialState

from support import define_by_run
from support import optuna_studies as studies
from tanteo.integrations.optuna import TanteoSampler
from tanteo.integrations.optuna.inference import GrowingSpace
from tanteo.integrations.optuna.mirror import Mirror
from tanteo.integrations.replica import Replica
from tanteo.testing import adapters, examine

pytestmark = pytest.mark.filterwarnings("ignore::optuna.exceptions.ExperimentalWarning")


class TestOfOptuna(BasicSamplerTestCase, RelativeSamplerTestCase, MultiObjectiveSamplerTestCase):
    @pytest.fixture
    def sampler(self):
        return lambda: TanteoSampler(seed=0)


class Watched(BaseSampler):
    """Compares every suggestion with that of a sampler that has just begun, and counts the calls."""

    def __init__(self, *arguments, compare=False, **options):
        self._make = lambda: TanteoSampler(*arguments, **options)
        self.kept, self.compare = self._make(), compare
        self.independent, self.relative = collections.Counter(), {}

    def _fresh(self):
        return self._make() if self.compare else self.kept

    def infer_relative_search_space(self, study, trial):
        space = self.kept.infer_relative_search_space(study, trial)
        assert self._fresh().infer_relative_search_space(study, trial) == space
        return space

    def sample_relative(self, study, trial, search_space):
        expected = self._fresh().sample_relative(study, trial, search_space) if self.compare else None
        values = self.kept.sample_relative(study, trial, search_space)
        assert not self.compare or values == expected
        self.relative[trial.number] = values
        return values

    def sample_independent(self, study, trial, name, distribution):
        expected = self._fresh().sample_independent(study, trial, name, distribution) if self.compare else None
        value = self.kept.sample_independent(study, trial, name, distribution)
        assert not self.compare or value == expected
        self.independent[trial.number, name] += 1
        return value

    def after_trial(self, study, trial, state, values):
        self.kept.after_trial(study, trial, state, values)


@pytest.mark.parametrize("tag", ["reproducible", "learns"])
def test_it_passes_our_own_checks(tag):
    factory = adapters.from_optuna(lambda seed: TanteoSampler("tpe", seed=seed))
    outcomes = examine(factory, tags=tag, profile="fast")
    assert len(outcomes) > 5
    assert {outcome.name: outcome.reason for outcome in outcomes if outcome.status != "passed"} == {}


def moving(trial):
    """Ranges that change, a parameter that joins, an "or", a border of a float, a constraint."""
    high = trial.suggest_int("high", 2, 20)
    value = trial.suggest_int("n", 1, high) + trial.suggest_float("y", 0.0, 1.0 + trial.number // 10)
    kind, flag = trial.suggest_categorical("kind", ["a", None]), trial.suggest_categorical("flag", [True, False, 1])
    if kind == "a" or flag:
        value += trial.suggest_float("either", 0.0, 1.0, step=0.25)
    rate = trial.suggest_float("rate", 1e-4, 1.0, log=True)
    if rate < 1e-2:
        value += trial.suggest_int("small", 0, 4, step=2)
    if trial.number > 15:
        value += trial.suggest_float("joins", -1.0, 1.0)
    trial.set_constraint("c", rate - 0.8)
    return value


def run(study, objective, n_events):
    """Ask and tell in an irregular order, with up to four trials at once."""
    running = []
    for k in range(n_events):
        if len(running) < 4 and (k * 7919) % 11 < 6:
            running.append(study.ask())
        elif running:
            trial = running.pop((k * 104729) % len(running))
            try:
                study.tell(trial, objective(trial))
            except optuna.TrialPruned:
                study.tell(trial, state=TrialState.PRUNED)
            except (ValueError, RuntimeError):
                study.tell(trial, state=TrialState.FAIL)


@pytest.mark.parametrize("objective", [define_by_run.objective, moving])
def test_a_fresh_process_suggests_what_the_one_before_would(objective):
    watched = Watched(seed=1, compare=True)
    study = optuna.create_study(sampler=watched)
    study.optimize(objective, n_trials=24, catch=(ValueError, RuntimeError))
    run(study, objective, 40)
    assert len(watched.relative) > 36
    assert sum(watched.independent.values()) > 10, "the objective must surprise the sampler now and then"


def test_a_trial_that_is_seen_late_counts_as_if_it_had_been_seen_in_time():
    """One that ended before others, seen by a process only after them, changes what the structure was taken to be."""
    study = optuna.create_study(sampler=Watched("tpe", seed=0, compare=True))
    study.optimize(moving, n_trials=12)
    distributions = study.trials[3].distributions | {"joins": studies.floats(-5.0, 5.0)}
    params = {name: value for name, value in study.trials[3].params.items() if name in distributions}
    for number, params_of_late in enumerate([params, params | {"joins": -4.0}]):
        declared = {name: distributions[name] for name in params_of_late}
        # Without the constraint it would be no result.
        kept = {"c": -1.0}
        late = optuna.create_trial(params=params_of_late, distributions=declared, value=1.0, constraints=kept)
        late.datetime_complete = study.trials[3 + number].datetime_complete
        study.add_trial(late)
        study.optimize(moving, n_trials=6)
    assert "joins" in study.trials[-1].system_attrs["tanteo:proposal"][1]


@pytest.mark.parametrize("sampler", ["auto", "tpe", tt.samplers.GP(n_startup=5), "random", "sobol"])
def test_the_structure_of_a_program_is_learnt(sampler):
    """After the first trials the sampler proposes all that the objective asks for."""
    watched = Watched(sampler, seed=2)
    study = optuna.create_study(sampler=watched)
    study.optimize(lambda trial: define_by_run.objective(trial, breaks_off=False), n_trials=80, catch=RuntimeError)
    surprises = [number for number, _ in watched.independent]
    assert len([number for number in surprises if number >= 40]) <= 3
    assert all(trial.state != TrialState.RUNNING for trial in study.trials)


def either(trial):
    kind, flag = trial.suggest_categorical("kind", ["a", "b", "c"]), trial.suggest_categorical("flag", [True, False])
    number = trial.suggest_float("x", 0.0, 1.0)
    if kind == "a" or flag:
        number += trial.suggest_float("or", 0.0, 1.0)
    if number > 0.6 and kind != "c":
        number += trial.suggest_float("and", 0.0, 1.0)
    return number


def test_the_absence_of_a_parameter_that_a_rule_explains_is_expected():
    watched = Watched("random", seed=3)
    optuna.create_study(sampler=watched).optimize(either, n_trials=120)
    asked = collections.Counter(name for number, name in watched.independent if number >= 60)
    assert asked["or"] == 0
    wasted = [number for number, values in watched.relative.items() if number >= 60 and "or" in values]
    assert len(wasted) > 20


def wells(trial):
    kind = trial.suggest_categorical("kind", ["a", "b"])
    depth = trial.suggest_float("depth", 0.0, 1.0) if kind == "b" else 0.0
    return (trial.suggest_float("x", -1.0, 1.0) - 0.5) ** 2 + (depth - 0.25) ** 2 + 0.01 * (kind == "b")


def test_queued_values_decide_which_other_values_are_proposed():
    def objective(trial):
        trial.suggest_float("first", 0.0, 1.0)  # proposed before the queued value is suggested
        return wells(trial)

    watched = Watched(seed=0)
    study = optuna.create_study(sampler=watched)
    study.optimize(objective, n_trials=30)
    for kind in "abbaab":
        study.enqueue_trial({"kind": kind})
    study.optimize(objective, n_trials=6)
    assert "".join(trial.params["kind"] for trial in study.trials[30:]) == "abbaab"
    assert ["depth" in watched.relative[number] for number in range(30, 36)] == [kind == "b" for kind in "abbaab"]
    assert not [number for number, _ in watched.independent if number >= 30]


def test_reports_reach_the_search_in_the_order_of_their_steps():
    study = optuna.create_study(direction="maximize")
    trial = study.ask()
    trial.suggest_float("x", 0.0, 1.0)
    for step, value in [(7, 0.5), (3, math.nan), (5, math.inf), (9, 0.25)]:
        trial.report(value, step)
    study.tell(trial, state=TrialState.PRUNED)
    mirror = Mirror(["maximize"])
    mirror.read(study._storage, study._study_id)
    (entry,) = mirror.before(1)
    assert repr(entry.steps) == "((3, nan), (7, 0.5), (9, 0.25))", "an infinitely good report is left out"
    assert entry.outcome[:2] == ("pruned", [0.25])


def test_a_fixed_value_that_the_sampler_cannot_see_is_taken_up_later():
    watched = Watched("tpe", seed=0)
    study = optuna.create_study(sampler=watched)
    study.optimize(wells, n_trials=40)
    study.sampler = PartialFixedSampler({"kind": "b"}, watched)
    study.optimize(wells, n_trials=20)
    depths = [trial.params["depth"] for trial in study.trials[40:]]
    assert len(set(depths)) == 20
    assert sum(abs(depth - 0.25) < 0.25 for depth in depths) >= 14, "proposed by the model, not at random"


@pytest.mark.parametrize("sampler", ["auto", "tpe"])
def test_running_trials_are_kept_apart(sampler):
    study = optuna.create_study(sampler=TanteoSampler(sampler, seed=0))
    study.optimize(lambda trial: (trial.suggest_float("x", 0.0, 1.0) - 0.3) ** 2, n_trials=15)
    points = sorted(study.ask().suggest_float("x", 0.0, 1.0) for _ in range(10))
    assert min(right - left for left, right in itertools.pairwise(points)) > 1e-4


def test_a_proposal_is_pending_before_it_is_suggested():
    study = optuna.create_study(sampler=TanteoSampler("gp", seed=0))
    study.optimize(lambda t: t.suggest_float("x", 0.0, 1.0) + t.suggest_float("y", 0.0, 1.0), n_trials=15)
    trials = [study.ask() for _ in range(6)]
    xs = [trial.suggest_float("x", 0.0, 1.0) for trial in trials]
    published = [trial.system_attrs["tanteo:proposal"][1] for trial in study.trials[15:]]
    assert [each["x"] for each in published] == xs
    points = [(each["x"], each["y"]) for each in published]
    assert len(set(points)) == 6


def test_failures_constraints_and_pruned_trials_repel():
    def objective(trial):
        x, y = trial.suggest_float("x", 0.0, 1.0), trial.suggest_float("y", 0.0, 1.0)
        if x > 0.5:
            raise ValueError
        return y - x

    study = optuna.create_study(sampler=TanteoSampler(seed=0))
    study.optimize(objective, n_trials=60, catch=ValueError)
    assert sum(trial.state == TrialState.FAIL for trial in study.trials[30:]) <= 9

    def constrained(trial):
        x, y = trial.suggest_float("x", 0.0, 1.0), trial.suggest_float("y", 0.0, 1.0)
        trial.set_constraint("c", x - 0.5)
        return y - x

    study = optuna.create_study(sampler=TanteoSampler(seed=0))
    study.optimize(constrained, n_trials=60)
    assert sum(trial.params["x"] > 0.5 for trial in study.trials[30:]) <= 12
    assert study.best_value < -0.45

    def pruned(trial):
        x = trial.suggest_float("x", 0.0, 1.0)
        for step in (3, 1, 2):
            trial.report(x, step)
        if x > 0.2:
            raise optuna.TrialPruned
        return x

    study = optuna.create_study(sampler=TanteoSampler("tpe", seed=0))
    study.optimize(pruned, n_trials=40)
    assert sum(trial.params["x"] > 0.2 for trial in study.trials[20:]) <= 8


def test_a_constraints_function_is_called_once_and_stored():
    def objective(trial):
        trial.set_user_attr("size", trial.suggest_float("x", 0.0, 1.0) - 0.5)
        return -trial.params["x"]

    sampler = TanteoSampler(seed=0, constraints_func=lambda trial: [trial.user_attrs["size"]])
    study = optuna.create_study(sampler=sampler)
    study.optimize(objective, n_trials=30)
    assert [trial.constraints for trial in study.trials] == [{"0": trial.params["x"] - 0.5} for trial in study.trials]
    assert -0.5 <= study.best_value < -0.45

    def fails(trial):
        raise ZeroDivisionError

    study = optuna.create_study(sampler=TanteoSampler(seed=0, constraints_func=fails))
    with pytest.raises(ZeroDivisionError):
        study.optimize(objective, n_trials=1)
    study.sampler = TanteoSampler(seed=0)
    study.optimize(objective, n_trials=2)
    assert len(study.trials) == 3


def test_a_constraints_function_that_returns_nan_is_refused():
    sampler = TanteoSampler(seed=0, constraints_func=lambda trial: [-1.0, math.nan])
    study = optuna.create_study(sampler=sampler)
    with pytest.raises(tt.ArgumentError, match=r"constraint 1 of trial 0 must be a number, feasible when <= 0, or inf"):
        study.optimize(lambda trial: trial.suggest_float("x", 0.0, 1.0), n_trials=1)
    assert study.trials[0].system_attrs["constraints"] is None


def test_several_objectives():
    def objective(trial):
        x, y = trial.suggest_float("x", 0.0, 1.0), trial.suggest_float("y", 0.0, 1.0)
        return x**2 + y, (x - 1) ** 2 + y

    study = optuna.create_study(directions=["minimize", "minimize"], sampler=TanteoSampler(seed=0))
    study.optimize(objective, n_trials=40)
    assert len(study.best_trials) >= 10
    assert sorted(trial.params["y"] for trial in study.trials[20:])[10] < 0.1


def test_any_history_is_continued():
    """Reports of NaN, infinite values, failures, prunes, a running trial, a range that grows."""
    study = studies.single(optuna.storages.InMemoryStorage())
    distributions = {"lr": studies.floats(1e-5, 1e-1, log=True)}
    odd = [{"constraints": None}, {"constraints": [math.inf]}, {"constraints:c": -math.inf}]
    for value, attrs in zip([1e308, -0.0, math.inf], odd, strict=True):
        study.add_trial(
            optuna.create_trial(params={"lr": 0.05}, distributions=distributions, value=value, system_attrs=attrs)
        )
    study.add_trial(optuna.create_trial(state=TrialState.FAIL))
    study.add_trial(optuna.create_trial(state=TrialState.PRUNED, intermediate_values={-1: 0.5, 3: math.nan}))
    study.sampler = Watched("tpe", seed=0, compare=True)
    study.enqueue_trial({"lr": 7.0, "optimizer": "sgd", "unheard_of": 1})
    with pytest.warns(UserWarning, match="Fixed parameter lr"):
        study.optimize(studies.objective, n_trials=12, catch=ValueError)
    assert study.trials[-1].system_attrs["tanteo:proposal"][0] == "tpe"


def test_a_history_without_any_known_configuration_is_continued():
    """The only trial was excluded in a search of Tanteo, so that its configuration says nothing."""
    study = optuna.create_study(sampler=TanteoSampler(seed=0))
    excluded = {"tanteo/excluded": True, "tanteo/state": "complete", "tanteo/values": [0.0]}
    distributions = {"x": studies.floats(0.0, 1.0)}
    study.add_trial(
        optuna.create_trial(params={"x": 0.5}, distributions=distributions, state=TrialState.FAIL, user_attrs=excluded)
    )
    study.optimize(lambda trial: trial.suggest_float("x", 0.0, 1.0), n_trials=3)
    assert [trial.system_attrs["tanteo:proposal"][0] for trial in study.trials[1:]] == ["design"] * 3


def test_a_finite_space_is_repeated_once_it_is_exhausted():
    for sampler in ("auto", "grid"):
        study = optuna.create_study(sampler=TanteoSampler(sampler, seed=0))
        study.optimize(lambda trial: trial.suggest_categorical("c", [3, 1, 2]), n_trials=8)
        assert [trial.state for trial in study.trials] == [TrialState.COMPLETE] * 8
        assert {trial.params["c"] for trial in study.trials[:4]} == {1, 2, 3}


def test_choices_are_told_apart_by_position():
    choices = [None, 0, "0", 2.5, False]
    study = optuna.create_study(sampler=TanteoSampler("random", seed=0))
    study.optimize(lambda trial: choices.index(trial.suggest_categorical("c", choices)), n_trials=40)
    assert {repr(trial.params["c"]) for trial in study.trials} == {"None", "0", "'0'", "2.5"}


def test_values_lie_in_the_range_that_was_asked_for_last():
    study = optuna.create_study(sampler=TanteoSampler("tpe", seed=0))
    for low, high, step in [(0, 100, None), (10, 20, None), (40, 90, 25)]:
        for _ in range(15):
            trial = study.ask()
            if step is None:
                value = trial.suggest_float("x", low, high)
            else:
                value = trial.suggest_float("z", low, high, step=step)
            assert low <= value <= high
            assert step is None or value in (40, 65, 90)
            study.tell(trial, value)
    assert all("x" in values for values in [study.trials[20].system_attrs["tanteo:proposal"][1]])


def test_trials_of_all_brackets_are_seen():
    pruner = optuna.pruners.HyperbandPruner(min_resource=1, max_resource=9, reduction_factor=3)

    def objective(trial):
        x = trial.suggest_float("x", 0.0, 1.0)
        for step in range(1, 10):
            trial.report(x, step)
            if trial.should_prune():
                raise optuna.TrialPruned
        return x

    study = optuna.create_study(sampler=TanteoSampler("tpe", seed=0), pruner=pruner)
    study.optimize(objective, n_trials=25)
    origins = [trial.system_attrs["tanteo:proposal"][0] for trial in study.trials[1:]]
    assert origins[15:] == ["tpe"] * 9


@pytest.mark.parametrize("interrupted", [(GrowingSpace, "add"), (Replica, "_update")])
def test_an_interruption_at_any_point_leaves_nothing_half_read(interrupted, monkeypatch):
    where, name = interrupted
    method, calls = getattr(where, name), iter(range(1000))

    def interrupting(*arguments):
        if next(calls) == 3:
            raise KeyboardInterrupt
        return method(*arguments)

    study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=0))
    study.optimize(either, n_trials=8)
    study.sampler = Watched("tpe", seed=0)
    monkeypatch.setattr(where, name, interrupting)
    with pytest.raises(KeyboardInterrupt):
        study.optimize(either, n_trials=1)
    monkeypatch.undo()
    study.sampler.compare = True
    study.optimize(either, n_trials=4)


def test_threads_share_a_sampler():
    study = optuna.create_study(sampler=TanteoSampler(seed=0))
    study.optimize(lambda trial: trial.suggest_float("x", 0.0, 1.0), n_trials=30, n_jobs=3)
    assert len({trial.params["x"] for trial in study.trials}) == 30


def test_a_pickle_holds_the_settings_only():
    sampler = TanteoSampler(tt.samplers.TPE(n_startup=3), seed=5)
    study = optuna.create_study(sampler=sampler)
    before = len(pickle.dumps(TanteoSampler(tt.samplers.TPE(n_startup=3), seed=5)))
    study.optimize(either, n_trials=10)
    data = pickle.dumps(sampler)
    assert len(data) == before
    restored = pickle.loads(data)
    assert repr(restored) == repr(sampler)
    trial = study.ask()
    frozen = study._storage.get_trial(trial._trial_id)
    spaces = [each.infer_relative_search_space(study, frozen) for each in (sampler, restored)]
    suggested = [each.sample_relative(study, frozen, s) for each, s in zip((sampler, restored), spaces, strict=True)]
    assert suggested[0] == suggested[1] != {}


def test_settings_are_checked_when_the_sampler_is_made():
    with pytest.raises(tt.ArgumentError, match="tqe"):
        TanteoSampler("tqe")
    with pytest.raises(tt.ArgumentError, match="seed"):
        TanteoSampler(seed=-1)
    with pytest.raises(tt.ArgumentError, match=r"constraints_func must be a function of a trial, got \(0.0,\)"):
        TanteoSampler(constraints_func=(0.0,))
    assert TanteoSampler().seed != TanteoSampler().seed


@pytest.mark.parametrize("name", ["TanteoSampler", "TanteoPruner"])
def test_without_optuna_the_error_names_the_extra(name):
    code = f"import sys; sys.modules['optuna'] = None; from tanteo.integrations.optuna import {name}"
    failed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "pip install 'tanteo[optuna]'" in failed.stderr
