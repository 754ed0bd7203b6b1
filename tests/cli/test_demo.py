"""The demo, ended after a few trials and not by the clock."""

import dataclasses
import json

import pytest

import tanteo as tt
from tanteo.cli import main

pytest.importorskip("sklearn")
pytest.importorskip("matplotlib")
pytest.importorskip("cloudpickle")

from tanteo.demo import show
from tanteo.demo.findings import find
from tanteo.demo.pipeline import ALGORITHMS, CrossValidatedError, fit, load_digits, make_model, make_space
from tanteo.demo.table import table
from tanteo.run import Result, minimize

# The defaults of each algorithm, and as many suggestions.
N_TRIALS = 6


@pytest.fixture(scope="module")
def digits():
    return load_digits(0)


@pytest.fixture
def limits(monkeypatch):
    """The demo, ended by a count, however busy the machine is; the limits of time that it asked for."""
    asked = {}

    def counted(objective, space, *, timeout, trial_timeout, **options):
        asked.update(timeout=timeout, trial_timeout=trial_timeout)
        return minimize(objective, space, n_trials=N_TRIALS, **options)

    monkeypatch.setattr(show, "minimize", counted)
    return asked


def test_it_tunes_and_writes_the_record_a_snapshot_and_a_picture(tmp_path, capfd, limits):
    folder = tmp_path / "made" / "here"
    assert main(["demo", "--seconds", "6", "--out", str(folder), "--seed", "1"]) == 0
    assert limits == {"timeout": pytest.approx(5.4), "trial_timeout": pytest.approx(2.4)}
    out, err = capfd.readouterr()
    for part in ("Best configuration", "gained over the defaults", "held out", "mattered", "search.png"):
        assert part in out
    assert err == "", "progress is for terminals"
    optimizer = tt.Optimizer.load(folder / "search.tanteo")
    assert [trial.state for trial in optimizer.trials] == ["complete"] * N_TRIALS
    assert json.loads((folder / "record.json").read_text()) == json.loads(optimizer.to_json())
    assert (folder / "search.png").read_bytes().startswith(b"\x89PNG")
    assert {t.params["algorithm"] for t in optimizer.trials} == set(ALGORITHMS)
    differs = optimizer.recommend().id != optimizer.best.id
    assert (f"Recommended, as results are noisy (trial {optimizer.recommend().id}: " in out) == differs
    assert optimizer.trials[0].params == make_space("svm").default()


@pytest.mark.parametrize("name", ALGORITHMS)
def test_the_defaults_are_those_of_scikit_learn(digits, name):
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.neural_network import MLPClassifier
    from sklearn.svm import SVC

    kind = {"svm": SVC, "boosting": HistGradientBoostingClassifier, "network": MLPClassifier}[name]
    params = make_space(name).default()
    assert params["algorithm"] == name
    ours = make_model(params, digits.x, seed=0).get_params()
    # The same things, spelled out: "scale", "auto" and a list in place of a tuple.
    as_written = {"gamma": "scale", "batch_size": "auto", "hidden_layer_sizes": (100,)}
    for known, value in as_written.items():
        if known in ours:
            assert ours[known] in (1.0 / (64 * digits.x.var()), 200, [100])
            ours[known] = value
    assert ours == kind(random_state=0).get_params()


def test_every_configuration_of_the_space_can_be_fitted_or_says_why(digits):
    from threadpoolctl import threadpool_limits

    x, y = digits.x[:250], digits.y[:250]
    with threadpool_limits(1):
        for params in make_space().sample(15, seed=0):
            try:
                fit(params, x, y, seed=0)
            except ValueError as error:
                # A network that diverged, which is what makes a trial of the demo fail.
                if "non-finite" not in str(error):
                    raise


def test_folds_are_the_same_for_every_trial(digits):
    objective = CrossValidatedError(digits, 0)
    params = make_space("svm").default()
    assert objective(params).values == objective(params).values


def test_a_search_in_which_nothing_was_complete_has_no_findings(digits):
    optimizer = tt.Optimizer(make_space(), seed=0)
    optimizer.tell(optimizer.ask(), state="failed")
    result = Result(optimizer, stopped="timeout", wall_time=0.0)
    assert find(result, {name: {} for name in ALGORITHMS}, digits, 0) is None


def test_the_recommended_trial_is_named_with_its_values_where_it_is_not_the_best(digits):
    defaults = {name: make_space(name).default() for name in ALGORITHMS}
    optimizer = tt.Optimizer(make_space(), seed=0)
    for name, error in zip(ALGORITHMS, (5.0, 7.0, 9.0), strict=True):
        optimizer.observe(defaults[name], tt.Replicates([error, error + 0.1, error - 0.1]))
    lucky = {**defaults["svm"], "scaling": "standard"}
    optimizer.observe(lucky, tt.Replicates([1.0, 8.0, 5.0]))
    result = Result(optimizer, stopped="timeout", wall_time=0.0)
    found = find(result, defaults, digits, 0)
    assert found.best.params == lucky
    assert found.recommended.id == optimizer.recommend().id != found.best.id
    text = table(found, result, [], 2)
    after = text.partition(f"Recommended, as results are noisy (trial {found.recommended.id}: ")[2]
    assert after.splitlines()[1].split() == ["scaling", repr(found.recommended.params["scaling"])]
    assert "Recommended" not in table(dataclasses.replace(found, recommended=None), result, [], 2)


def test_an_unknown_algorithm_is_refused():
    with pytest.raises(tt.ArgumentError, match="svm"):
        make_space("forest")
