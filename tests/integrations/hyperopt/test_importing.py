"""Import of the Trials of Hyperopt, with the space in which they searched."""

import math

import numpy as np
import pytest

import tanteo as tt

hyperopt = pytest.importorskip("hyperopt", reason="hyperopt is not installed")

from hyperopt import STATUS_OK, Trials, fmin, hp, rand, space_eval  # noqa: E402 - after the check that it is installed

from tanteo.integrations.hyperopt import from_hyperopt  # noqa: E402 - as above

pytestmark = pytest.mark.filterwarnings("ignore")

SPACE = {
    "lr": hp.loguniform("lr", math.log(1e-5), math.log(0.1)),
    "model": hp.choice(
        "model",
        [
            {"type": "svm", "c": hp.lognormal("c", 0, 1)},
            {
                "type": "forest",
                "depth": hp.randint("depth", 2, 10),
                "crit": hp.pchoice("crit", [(0.2, "a"), (0.8, "b")]),
            },
        ],
    ),
    "n": hp.quniform("n", 1, 100, 5),
    "u": hp.uniformint("u", 1, 9),
    "r": hp.randint("r", 7),
    "z": hp.normal("z", 1, 2),
    "nq": hp.qnormal("nq", 0, 2, 0.5),
    "lq": hp.qloguniform("lq", 0, 5, 1),
    "zero": hp.qloguniform("zero", -3, 2, 1),
    "pick": hp.choice("pick", ["x", (1, 2), None]),
}


def objective(params):
    if params["r"] == 3:
        raise ValueError("out of memory")
    if params["r"] == 4:
        return {"status": "fail"}
    return {"loss": params["lr"], "status": STATUS_OK, "loss_variance": 0.25, "epochs": np.int64(3)}


@pytest.fixture(scope="module")
def trials():
    trials = Trials()
    generator = np.random.default_rng(0)
    fmin(
        objective, SPACE, rand.suggest, 60, trials=trials, rstate=generator,
        show_progressbar=False, verbose=False, catch_eval_exceptions=True,
    )  # fmt: skip
    return trials


def test_every_trial_is_imported_with_all_its_data(trials):
    search = from_hyperopt(trials, SPACE, seed=0)
    assert len(search) == len(trials._dynamic_trials) == 60
    for document, trial in zip(trials._dynamic_trials, search.trials, strict=True):
        sample = {label: values[0] for label, values in document["misc"]["vals"].items() if values}
        expected = space_eval(SPACE, sample)
        assert trial.params.keys() == sample.keys()
        for name in ("lr", "n", "u", "r", "z", "nq", "lq", "zero"):
            assert trial.params[name] == pytest.approx(expected[name]), name
        assert trial.params["pick"] == expected["pick"]
        assert trial.params["model"] == sample["model"]
        assert trial.params.get("crit") == expected["model"].get("crit")
        state = {3: "failed", 4: "failed"}.get(sample["r"], "complete")
        assert trial.state == state
        assert trial.reason == ("ValueError: out of memory" if sample["r"] == 3 else None)
        if state == "complete":
            assert (trial.value, trial.sem, dict(trial.attrs)) == (document["result"]["loss"], 0.5, {"epochs": 3})
    assert {trial.state for trial in search.trials} == {"complete", "failed"}
    assert search.best.value == trials.best_trial["result"]["loss"]


def test_the_imported_space_has_the_domains_of_hyperopt(trials):
    space = from_hyperopt(trials, SPACE).space
    assert space["lr"].log
    assert (space["lr"].low, space["lr"].high) == pytest.approx((1e-5, 0.1))
    assert space["model"].choices == (0, 1), "options that contain parameters are identified by position"
    assert repr(space["c"].when) == "{'model': [0]}"
    assert repr(space["depth"]) == "Int(2, 9, when={'model': [1]})"
    assert repr(space["crit"]) == "Categorical(['a', 'b'], weights=(0.2, 0.8), when={'model': [1]})"
    assert repr(space["n"]) == "Float(0.0, 100.0, step=5.0)"
    assert repr(space["u"]) == "Int(1, 9)"
    assert repr(space["r"]) == "Int(0, 6)"
    assert space["z"].prior == tt.Normal(1.0, 2.0)
    assert (space["z"].low, space["z"].high) == (-7.0, 9.0)
    assert repr(space["nq"]) == "Float(-8.0, 8.0, step=0.5, prior=Normal(0.0, 2.0))"
    assert repr(space["lq"]) == "Float(1.0, 148.0, log=True)"
    assert repr(space["zero"]) == "Float(0.0, 7.0, step=1.0)", "zero has no logarithm"
    assert space["pick"].choices == ("x", (1, 2), None)


def test_an_imported_search_continues(trials):
    search = from_hyperopt(trials, SPACE, seed=1)
    trial = search.ask()
    assert trial.id == 60
    search.tell(trial, 0.5)


def make_trials(space, *samples, **states):
    """Make Trials by hand, in Hyperopt's own format."""
    trials = Trials()
    for tid, sampled in enumerate(samples):
        misc = {"tid": tid, "cmd": None, "idxs": {k: [tid] * len(v) for k, v in sampled.items()}, "vals": sampled}
        [document] = trials.new_trial_docs([tid], [None], [{"status": "ok", "loss": 1.0}], [misc])
        document["state"] = states.get(f"state_{tid}", hyperopt.JOB_STATE_DONE)
        trials._insert_trial_docs([document])
    trials.refresh()
    return trials


def test_running_jobs_are_pending_and_new_jobs_are_queued():
    space = hp.uniform("x", 0, 1)
    trials = make_trials(space, {"x": [0.25]}, {"x": [0.5]}, {"x": [0.75]}, state_1=1, state_2=0)
    search = from_hyperopt(trials, space)
    assert [trial.state for trial in search.trials] == ["complete", "pending"]
    assert search.ask().params == {"x": 0.75}


def test_samples_beyond_four_deviations_widen_the_range():
    space = hp.normal("x", 0, 1)
    assert from_hyperopt(make_trials(space, {"x": [9.5]}), space).space["x"].high == 9.5


def test_a_parameter_in_several_branches_of_one_choice_has_one_condition():
    shared = hp.uniform("x", 0, 1)
    space = hp.choice("k", [[1, shared], [2, shared], 3])
    search = from_hyperopt(make_trials(space, {"k": [1], "x": [0.5]}, {"k": [2], "x": []}), space)
    assert repr(search.space["x"].when) == "{'k': [0, 1]}"
    in_both_branches = hp.choice("k", [[1, shared], [2, shared]])
    assert (
        from_hyperopt(make_trials(in_both_branches, {"k": [1], "x": [0.5]}), in_both_branches).space["x"].when is None
    )


def test_branches_that_no_condition_can_describe_get_a_choice():
    shared = hp.uniform("x", 0, 1)
    space = [hp.choice("a", [1, shared]), hp.choice("b", [1, shared])]
    vals = [{"a": [1], "b": [0], "x": [0.5]}, {"a": [0], "b": [0], "x": []}, {"a": [1], "b": [1], "x": [0.25]}]
    search = from_hyperopt(make_trials(space, *vals), space)
    assert [(trial.params["x used"], trial.params.get("x")) for trial in search.trials] == [
        (True, 0.5), (False, None), (True, 0.25),
    ]  # fmt: skip
    for params in search.space.sample(50, seed=0):
        assert "x" in params or (params["a"], params["b"]) == (0, 0)


def test_a_space_of_tanteo_may_be_passed():
    trials = make_trials(None, {"x": [0.25]}, {"x": [7.0]})
    with pytest.warns(UserWarning, match="trial 1: left aside, parameter 'x'"):
        search = from_hyperopt(trials, tt.SearchSpace({"x": tt.Float(0, 1)}))
    assert len(search) == 1


def test_a_source_that_is_not_trials_is_rejected():
    with pytest.raises(tt.ArgumentError, match="expected Trials of Hyperopt, got 3"):
        from_hyperopt(3, SPACE)
    with pytest.raises(tt.SpaceError, match=r"the space of Hyperopt has no parameter; write one, such as hp.uniform"):
        from_hyperopt(Trials(), {"x": tt.Float(0.0, 1.0)})
