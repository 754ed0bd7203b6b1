"""What comes in from another library keeps its meaning or is refused by name; no trial is dropped in silence.

All distributions that are read or refused are in ``tests/space/test_elsewhere.py``.
"""

import re
import warnings

import pytest

import tanteo as tt

pytest.importorskip("optuna")
stats = pytest.importorskip("scipy.stats")

from support import define_by_run  # noqa: E402 - Optuna is optional
from tanteo.integrations.imported_trials import LeftAside  # noqa: E402 - Optuna is optional
from tanteo.integrations.optuna import from_optuna  # noqa: E402 - Optuna is optional


def test_no_trial_of_a_conditional_study_is_lost(tmp_path):
    study = define_by_run.study(200)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        search = from_optuna(study, path=tmp_path / "moved.db")
    assert not any(isinstance(each.message, LeftAside) for each in caught)
    with search:
        assert len(search) == 201, "two unfinished trials are queued, and so are three that wait"
        for trial, imported in zip(study.trials, search.trials, strict=False):
            assert imported.values == (None if trial.values is None else tuple(trial.values))
            not_suggested = imported.attrs.get("optuna/not_suggested", [])
            assert {n: v for n, v in imported.params.items() if n not in not_suggested} == trial.params
            assert trial.state.name != "COMPLETE" or not not_suggested
            assert dict(imported.steps) == trial.intermediate_values
        queued = [search.ask().params for _ in range(5)]
    assert [point["kind"] for point in queued[1:4:2]] == [study.trials[201].params["kind"], "adam"]
    assert (queued[2]["kind"], queued[2]["lr"], queued[4]["layers"]) == ("sgd", 0.01, 6)


def test_trials_that_do_not_fit_into_a_given_space_are_all_named():
    study = define_by_run.study(60)
    space = tt.SearchSpace({"kind": tt.Categorical(["adam"]), "layers": tt.Int(1, 4), "lr": tt.Float(1e-5, 0.1)})
    with pytest.warns(LeftAside) as caught:
        search = from_optuna(study, space=space)
    lines = [line for line in str(caught[0].message).splitlines() if "left aside" in line]
    named = re.findall(r"trial (\d+)(?=[,:])", "\n".join(lines))
    kept = {trial.attrs.get("optuna/number", trial.id) for trial in search.trials}
    missing = {trial.number for trial in study.trials if trial.state.is_finished()} - kept
    assert len(named) == len(set(named)) == caught[0].message.number
    assert 20 < len(missing) <= len(named)
    assert missing <= set(map(int, named))


def test_every_door_reads_and_refuses(tmp_path):
    good, bad = {"x": stats.randint(1, 4)}, {"x": stats.expon()}
    doors = {
        "optimizer": lambda space: tt.Optimizer(space).ask().params,
        "study": lambda space: tt.Study(tmp_path / "a.db", space).ask().params,
        "minimize": lambda space: tt.minimize(lambda p: p["x"], space, n_trials=1, progress=False).best.params,
        "change": lambda space: tt.Study(tmp_path / "a.db").change_space(space) or {"x": 1},
    }
    for door in doors.values():
        with pytest.raises(tt.ParameterError, match="'x' is a distribution of SciPy"):
            door(bad)
        assert door(good)["x"] in (1, 2, 3)
