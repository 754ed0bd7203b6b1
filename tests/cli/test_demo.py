"""The demo, limited by a number of trials instead of time."""

import json
import re

import pytest

import tanteo as tt
from tanteo.cli import main

pytest.importorskip("sklearn")
pytest.importorskip("matplotlib")
pytest.importorskip("cloudpickle")

from tanteo.demo import show
from tanteo.demo.pipeline import ALGORITHMS, CrossValidatedError, fit, load_digits, make_model, make_space
from tanteo.run import Result, minimize

# The defaults of the three algorithms, and three suggestions.
N_TRIALS = 6


@pytest.fixture(scope="module")
def digits():
    return load_digits(0)


@pytest.fixture
def limits(monkeypatch):
    """Limit the demo by a number of trials, so that the load of the machine has no effect. Return its time limits."""
    time_limits = {}

    def minimize_by_count(objective, space, *, timeout, trial_timeout, **options):
        time_limits.update(timeout=timeout, trial_timeout=trial_timeout)
        return minimize(objective, space, n_trials=N_TRIALS, **options)

    monkeypatch.setattr(show, "minimize", minimize_by_count)
    return time_limits


def test_the_demo_tunes_and_writes_a_record_a_snapshot_and_a_picture(tmp_path, capfd, limits):
    folder = tmp_path / "made" / "here"
    assert main(["demo", "--seconds", "6", "--out", str(folder), "--seed", "1"]) == 0
    assert limits == {"timeout": pytest.approx(5.4), "trial_timeout": pytest.approx(2.4)}
    out, err = capfd.readouterr()
    for phrase in ("at best in", "Gained over the best defaults", "held out", "Importance", "search.png"):
        assert phrase in out
    assert err == "", "progress is shown on terminals only"
    optimizer = tt.Optimizer.load(folder / "search.tanteo")
    assert [trial.state for trial in optimizer.trials] == ["complete"] * N_TRIALS
    assert json.loads((folder / "record.json").read_text()) == json.loads(optimizer.to_json())
    assert (folder / "search.png").read_bytes().startswith(b"\x89PNG")
    assert {t.params["algorithm"] for t in optimizer.trials} == set(ALGORITHMS)
    is_not_best = optimizer.recommend().id != optimizer.best.id
    assert (f"trial {optimizer.recommend().id}" in out.partition("recommended  ")[2]) == is_not_best
    assert optimizer.trials[0].params == make_space("svm").default()


@pytest.mark.parametrize("name", ALGORITHMS)
def test_the_defaults_are_those_of_scikit_learn(digits, name):
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.neural_network import MLPClassifier
    from sklearn.svm import SVC

    estimator = {"svm": SVC, "boosting": HistGradientBoostingClassifier, "network": MLPClassifier}[name]
    params = make_space(name).default()
    assert params["algorithm"] == name
    ours = make_model(params, digits.x, seed=0).get_params()
    # The demo writes "scale" and "auto" as numbers, and the tuple as a list.
    sklearn_values = {"gamma": "scale", "batch_size": "auto", "hidden_layer_sizes": (100,)}
    for argument, value in sklearn_values.items():
        if argument in ours:
            assert ours[argument] in (1.0 / (64 * digits.x.var()), 200, [100])
            ours[argument] = value
    assert ours == estimator(random_state=0).get_params()


def test_every_configuration_can_be_fitted_or_diverges(digits):
    from threadpoolctl import threadpool_limits

    x, y = digits.x[:250], digits.y[:250]
    with threadpool_limits(1):
        for params in make_space().sample(15, seed=0):
            try:
                fit(params, x, y, seed=0)
            except ValueError as error:
                # A network diverged; in the demo its trial fails.
                if "non-finite" not in str(error):
                    raise


def test_folds_are_the_same_for_every_trial(digits):
    objective = CrossValidatedError(digits, 0)
    params = make_space("svm").default()
    assert objective(params).values == objective(params).values


def test_a_search_without_completed_trials_has_no_default():
    optimizer = tt.Optimizer(make_space(), seed=0)
    optimizer.tell(optimizer.ask(), state="failed")
    result = Result(optimizer, stopped="timeout", wall_time=0.0)
    assert show.best_default(result, {"svm": optimizer.trials[0].params}) is None


def test_a_recommended_trial_other_than_the_best_is_named(digits):
    defaults = {name: make_space(name).default() for name in ALGORITHMS}
    optimizer = tt.Optimizer(make_space(), seed=0)
    for name, error in zip(ALGORITHMS, (5.0, 7.0, 9.0), strict=True):
        optimizer.observe(defaults[name], tt.Replicates([error, error + 0.1, error - 0.1]))
    lucky = {**defaults["svm"], "scaling": "standard"}
    optimizer.observe(lucky, tt.Replicates([1.0, 8.0, 5.0]))
    result = Result(optimizer, stopped="timeout", wall_time=0.0)
    default = show.best_default(result, defaults)
    assert default.params == defaults["svm"]
    assert optimizer.best.params == lucky
    assert optimizer.recommend().id != optimizer.best.id
    text = show.report(result, defaults, default, digits, 0)
    assert re.search(rf"recommended +trial {optimizer.recommend().id} \(.*\), as results are noisy", text)
    assert "5 ± 0.058 with the defaults, 4.66667 ± 2 at best in 2 trials" in text


def test_an_unknown_algorithm_is_refused():
    with pytest.raises(tt.ArgumentError, match="svm"):
        make_space("forest")
