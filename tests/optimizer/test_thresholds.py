"""Thresholds, the worst acceptable values of several objectives: given once, kept, and used."""

from __future__ import annotations

import copy
import json
import math
import pickle
from typing import Any

import pytest

import tanteo as tt
from tanteo.cli import main

SPACE = {"x": tt.Float(0.0, 1.0), "y": tt.Float(0.0, 1.0)}
GOALS: dict[str, Any] = {"loss": "minimize", "speed": "maximize"}
LIMITS = {"speed": 0.5}


def measured(params: dict[str, Any]) -> dict[str, float]:
    return {"loss": params["x"] + params["y"], "speed": math.sqrt(params["x"]) - params["y"]}


def search(**options: Any) -> tt.Optimizer:
    return tt.Optimizer(SPACE, directions=GOALS, seed=0, **options)


@pytest.mark.parametrize("given", [LIMITS, [None, 0.5], {1: 0.5}])
def test_they_are_kept_in_the_order_of_the_objectives(given):
    optimizer = search(thresholds=given)
    assert optimizer.thresholds == (None, 0.5)
    assert "thresholds=(None, 0.5)" in repr(optimizer)
    for other in (tt.Optimizer.from_bytes(optimizer.to_bytes()), copy.deepcopy(optimizer)):
        assert other.thresholds == (None, 0.5)
    assert pickle.loads(pickle.dumps(optimizer)).thresholds == (None, 0.5)


@pytest.mark.parametrize("given", [None, {}, [None, None]])
def test_a_search_may_have_none(given):
    optimizer = search(thresholds=given)
    assert optimizer.thresholds is None
    assert "thresholds" not in repr(optimizer)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ([1.0], r"thresholds must be a list of 2 numbers or a mapping, got \[1\.0\]"),
        ({"spead": 1.0}, "thresholds: there is no objective 'spead'; the search has 'loss', 'speed'"),
        ({2: 1.0}, "objective in thresholds must be from 0 to 1, got 2"),
        ([math.inf, None], "thresholds of loss must be finite"),
        ([math.nan, None], "thresholds of loss must be finite"),
        ([True, None], "thresholds of loss must be a number"),
    ],
)
def test_what_is_no_threshold_is_refused(given, message):
    for call in (lambda: search(thresholds=given), lambda: search().recommend(thresholds=given)):
        with pytest.raises(tt.ArgumentError, match=message):
            call()


def test_one_objective_has_none():
    with pytest.raises(tt.ArgumentError, match=r"for several objectives, got \[1\] \(list\) for one; .*Target"):
        tt.Optimizer(SPACE, thresholds=[1])


def test_a_study_keeps_them_and_refuses_others(tmp_path):
    path = tmp_path / "sweep.db"
    result = tt.minimize(measured, SPACE, n_trials=3, study=path, directions=GOALS, thresholds=LIMITS, progress=False)
    assert result.optimizer.thresholds == (None, 0.5)
    with tt.Study(path) as study:
        assert study.settings["thresholds"] == study.thresholds == (None, 0.5)
    with tt.Study(path, thresholds={"speed": 0.5}) as study:
        assert len(study) == 3
    with pytest.raises(tt.StudyError, match=r"made with thresholds=\(None, 0\.5\), and \(0\.25, None\) is given"):
        tt.Study(path, thresholds={"loss": 0.25})


def test_commands_show_them(tmp_path, capsys):
    optimizer = search(thresholds={"loss": 0.75, "speed": 0.5})
    for x, y in [(0.0, 0.0), (0.25, 0.0), (1.0, 0.0), (0.5, 0.5), (0.5, 0.0)]:
        optimizer.observe({"x": x, "y": y}, measured({"x": x, "y": y}))
    path = tmp_path / "search.tanteo"
    optimizer.save(path)
    assert main(["show", str(path)]) == 0
    assert "loss <= 0.75, speed >= 0.5" in capsys.readouterr().out
    assert main(["front", str(path)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines[2:]] == ["0", "1", "4", "2"]
    assert [line.rpartition("(")[2] for line in lines if "by thresholds" in line] == ["knee, by thresholds)"]
    assert main(["front", str(path), "--json"]) == 0
    assert [member["probability"] for member in json.loads(capsys.readouterr().out)] == [1.0] * 4


def test_a_study_from_the_shell_has_them(tmp_path, capsys):
    space, path = tmp_path / "space.json", tmp_path / "sweep.db"
    space.write_text(tt.SearchSpace(SPACE).to_json())
    new = ["new", str(path), "--space", str(space), "--direction", "loss=minimize", "--direction", "speed=maximize"]
    assert main([*new, "--threshold", "loss"]) == 1
    assert "--threshold loss: write a name and a number, as in loss=0.5" in capsys.readouterr().err
    assert main([*new, "--threshold", "spead=3"]) == 1
    assert "there is no objective 'spead'" in capsys.readouterr().err
    assert main([*new, "--threshold", "loss=0.5", "--threshold", "1=30"]) == 0
    with tt.Study(path, read_only=True) as study:
        assert study.thresholds == (0.5, 30.0)


def test_they_are_the_default_of_recommend_and_measure_what_is_missed():
    optimizer = search(thresholds={"loss": 0.2})
    for x in (0.0, 0.1, 0.3, 0.5, 1.0):
        optimizer.observe({"x": x, "y": 0.0}, measured({"x": x, "y": 0.0}))
    assert optimizer.recommend() == optimizer.recommend(thresholds={"loss": 0.2})
    assert optimizer.recommend().params["x"] == 0.1
    assert optimizer.recommend(thresholds={}) == optimizer.recommend(thresholds=[None, None]) == optimizer.recommend()
    assert optimizer.recommend(thresholds={"speed": 0.9}).params["x"] == 1.0
    assert optimizer.recommend(weights=[0, 1]).misses == (pytest.approx(0.8), 0.0)
    assert optimizer.recommend("knee").misses == (pytest.approx(optimizer.recommend("knee").values[0] - 0.2), 0.0)


@pytest.mark.parametrize("order", [("loss", "speed"), ("speed", "loss")])
def test_the_gaussian_process_looks_for_improvements_within_them(order):
    """Most of its trials are within them, and few without, in either order of the objectives."""
    counts = []
    for thresholds in ({"loss": 0.3, "speed": 0.4}, None):
        goals = {name: GOALS[name] for name in order}
        optimizer = tt.Optimizer(SPACE, directions=goals, sampler="gp", seed=1, thresholds=thresholds)
        for _ in range(30):
            trial = optimizer.ask()
            optimizer.tell(trial, measured(trial.params))
        told = [measured(trial.params) for trial in optimizer.trials[12:]]
        counts.append(sum(values["loss"] <= 0.3 and values["speed"] >= 0.4 for values in told))
    assert counts[0] >= 12
    assert counts[1] <= 6


def suggested(goals: dict[str, Any], thresholds: Any, sign: float = 1.0) -> list[dict[str, Any]]:
    """Return 20 suggestions of the Gaussian process; ``sign`` is that of the told speed."""
    optimizer = tt.Optimizer(
        SPACE, directions=goals, sampler=tt.samplers.GP(n_startup=6), seed=3, thresholds=thresholds
    )
    found = []
    for _ in range(20):
        trial = optimizer.ask()
        found.append(trial.params)
        values = measured(trial.params)
        optimizer.tell(trial, {**values, "speed": sign * values["speed"]})
    return found


def test_a_flipped_direction_changes_nothing():
    limits = {"loss": 0.3, "speed": 0.4}
    flipped = suggested({"loss": "minimize", "speed": "minimize"}, {**limits, "speed": -0.4}, -1.0)
    assert flipped == suggested(GOALS, limits) != suggested(GOALS, None)


def test_thresholds_that_everything_meets_change_nothing():
    assert suggested(GOALS, {"loss": 99.0, "speed": -99.0}) == suggested(GOALS, None)


@pytest.mark.parametrize("limits", [{"loss": -1.0, "speed": 2.0}, {"loss": -1e308}, {"speed": 1e300}])
def test_the_search_comes_close_to_thresholds_that_nothing_meets(limits):
    """The front has y = 0, and its best values x = 0 and x = 1."""
    found = suggested(GOALS, limits)
    assert max(params["y"] for params in found[14:]) <= 0.05
    place = {"loss": 0.0, "speed": 1.0}
    if len(limits) == 1:
        (name,) = limits
        assert max(abs(params["x"] - place[name]) for params in found[14:]) <= 0.15


def test_with_five_objectives_the_search_comes_close_to_thresholds_that_nothing_meets():
    """All values grow with ``far``, and its first trials have it at random."""
    places = [(0.1, 0.2), (0.3, 0.8), (0.5, 0.5), (0.7, 0.3), (0.9, 0.6)]
    goals = dict.fromkeys(("a", "b", "c", "d", "e"), "minimize")
    optimizer = tt.Optimizer(
        {**SPACE, "far": tt.Float(0.0, 1.0), "further": tt.Float(0.0, 1.0)},
        directions=goals,
        sampler=tt.samplers.GP(n_startup=8),
        seed=0,
        thresholds=dict.fromkeys(goals, -99.0),
    )
    for _ in range(24):
        trial = optimizer.ask()
        params = trial.params
        excess = 3.0 * params["far"] + 2.0 * params["further"]
        optimizer.tell(trial, [math.dist((params["x"], params["y"]), place) + excess for place in places])
    worst = [max(trial.values) for trial in optimizer.trials]
    assert min(worst[8:]) < 0.5 * min(worst[:8])
    assert sum(value < 1.5 for value in worst[14:]) >= 8 > 2 >= sum(value < 1.5 for value in worst[:8])


def test_commands_say_what_the_nearest_trial_misses(tmp_path, capsys):
    optimizer = search(thresholds={"loss": 0.75, "speed": 3.0})
    for x, y in [(0.0, 0.0), (0.25, 0.0), (1.0, 0.0), (0.5, 0.5), (0.5, 0.0)]:
        optimizer.observe({"x": x, "y": y}, measured({"x": x, "y": y}))
    chosen, path = optimizer.recommend(), tmp_path / "search.tanteo"
    assert chosen.misses == (0.25, 2.0)
    optimizer.save(path)
    mark = "nearest to the thresholds, misses loss by 0.25 and speed by 2"
    assert main(["front", str(path)]) == 0
    (line,) = (line for line in capsys.readouterr().out.splitlines() if "thresholds" in line)
    assert line.split()[0] == str(chosen.trial.id)
    assert line.endswith(f"{mark})")
    assert main(["front", str(path), "--json"]) == 0
    marks = {member["id"]: member["marks"] for member in json.loads(capsys.readouterr().out)}
    assert [number for number, texts in marks.items() if mark in texts] == [chosen.trial.id]
    assert main(["plot", str(path), "hypervolume", "--out", str(tmp_path / "x.svg")]) == 0
