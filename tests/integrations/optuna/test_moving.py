"""A conditional study with pruning moves to Tanteo's sampler by one line, with several processes, and back."""

import collections
import subprocess
import sys
from pathlib import Path

import pytest

import tanteo as tt

pytest.importorskip("optuna")

import optuna
from optuna.trial import TrialState

from support import optuna_worker
from tanteo.integrations.optuna import TanteoSampler, from_optuna, to_optuna

_TESTS = Path(__file__).parents[2]
# The study is made once, not by every worker.
pytestmark = pytest.mark.xdist_group("moving")
FINISHED = (TrialState.COMPLETE, TrialState.PRUNED, TrialState.FAIL)


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """Twelve trials of Optuna's TPE, 15 of three processes with Tanteo's sampler, one killed, three of TPE again."""
    url = f"sqlite:///{tmp_path_factory.mktemp('moving')}/study.db"
    pruner = optuna.pruners.MedianPruner(n_startup_trials=3)
    made = optuna.create_study(
        storage=url, study_name="moved", sampler=optuna.samplers.TPESampler(seed=0), pruner=pruner
    )
    made.optimize(optuna_worker.objective, n_trials=12, catch=MemoryError)
    arguments = [sys.executable, "-m", "support.optuna_worker", url]
    workers = [subprocess.Popen([*arguments, n], cwd=_TESTS, stderr=subprocess.PIPE) for n in ("5", "5", "5", "0")]
    errors = [worker.communicate()[1] for worker in workers]
    assert [worker.returncode for worker in workers] == [0, 0, 0, -9], errors
    made.optimize(optuna_worker.objective, n_trials=3, catch=MemoryError)
    return made


def test_every_trial_is_there_and_most_are_proposed_by_a_model(study):
    trials = study.trials
    assert collections.Counter(trial.state in FINISHED for trial in trials) == {True: 30, False: 1}
    proposals = [trial.system_attrs["tanteo:proposal"] for trial in trials[12:28]]
    assert sum(origin in ("gp", "tpe") for origin, _ in proposals) >= 12
    assert len({tuple(trial.params.items()) for trial in trials}) == 31


def test_the_killed_trial_stays_pending_for_a_fresh_sampler(study):
    (left,) = [trial for trial in study.trials if trial.state == TrialState.RUNNING]
    assert "lr" not in left.params
    assert "lr" in left.system_attrs["tanteo:proposal"][1]
    before = study.sampler
    study.sampler = TanteoSampler(seed=1)
    trial = study.ask()
    study.sampler = before
    assert trial.suggest_categorical("kind", ["adam", "sgd", "lbfgs"]) in ("adam", "sgd", "lbfgs")
    study.tell(trial, state=TrialState.FAIL)


@pytest.mark.filterwarnings("ignore:Optuna study")
def test_nothing_is_lost_in_either_direction(study, tmp_path):
    trials = [trial for trial in study.trials if trial.state in FINISHED and trial.params.keys() > {"kind"}]
    with from_optuna(study, path=tmp_path / "moved.db", seed=0) as search:
        trial = search.ask()
        search.tell(trial, 0.5)
        back = to_optuna(search, f"sqlite:///{tmp_path}/back.db", "back")
    by_number = {trial.number: trial for trial in back.trials}
    for theirs in trials:
        ours = by_number[theirs.number]
        assert (ours.state, ours.values) == (theirs.state, theirs.values)
        assert ours.intermediate_values == theirs.intermediate_values
        assert {name: ours.params[name] for name in theirs.params} == theirs.params
    continued = optuna.load_study(
        study_name="back", storage=f"sqlite:///{tmp_path}/back.db", sampler=TanteoSampler(seed=0)
    )
    continued.optimize(optuna_worker.objective, n_trials=2, catch=MemoryError)
    assert continued.trials[-1].system_attrs["tanteo:proposal"][0] in ("gp", "tpe")
    assert isinstance(search, tt.Study)
