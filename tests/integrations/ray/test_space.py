"""Domains are sampled exactly as by Tune; structure and objects stay exactly as the user wrote them."""

import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from optuna.distributions import FloatDistribution
from ray import tune
from ray.tune.search.sample import Float, Integer
from scipy import stats

import tanteo as tt
from tanteo.integrations.ray import TanteoSearch
from tanteo.integrations.ray.space import Plan

#: Domains of every kind, aligned and unaligned, tiny and wide. The idea comes from Tune's own tests of sampling.
DOMAINS = {
    "uniform": tune.uniform(-5, -1),
    "uniform reversed": tune.uniform(2, 1),
    "uniform point": tune.uniform(1.5, 1.5),
    "quniform": tune.quniform(3.2, 5.4, 0.2),
    "quniform 0.1": tune.quniform(0, 1, 0.1),
    "quniform point": tune.quniform(0.3, 0.3, 0.1),
    "quniform two": tune.quniform(0, 0.5, 0.5),
    "loguniform": tune.loguniform(1e-4, 1e-2),
    "qloguniform": tune.qloguniform(1e-4, 1e-1, 5e-5),
    "qloguniform coarse": tune.qloguniform(1, 4, 1),
    "randint": tune.randint(-9, 15),
    "randint one": tune.randint(3, 4),
    "randint of floats": tune.randint(0.5, 3.5),
    "qrandint": tune.qrandint(-21, 12, 3),
    "qrandint unaligned": tune.qrandint(1, 10, 3),
    "qrandint q=1": tune.qrandint(1, 5, 1),
    "lograndint": tune.lograndint(1, 10),
    "lograndint wide": tune.lograndint(1, 100_000),
    "lograndint of floats": tune.lograndint(1.5, 6),
    "qlograndint": tune.qlograndint(2, 20, 2),
    "qlograndint unaligned": tune.qlograndint(1, 10, 3),
    "randn": tune.randn(10, 2),
    "qrandn": tune.qrandn(10, 2, 0.2),
    "choice": tune.choice([2, 3, 4]),
    "choice of a value twice": tune.choice([1, 1, 2]),
}


def sample(domain, n):
    """Sample the search space that represents a domain."""
    plan = Plan({"x": domain, "other": tune.uniform(0, 1)})
    return [plan.build(params, {})["x"] for params in plan.space.sample(n, seed=1)]


@pytest.mark.parametrize("name", DOMAINS)
def test_values_have_the_distribution_of_tune(name):
    """A two-sample Kolmogorov-Smirnov test, with a false alarm rate below 1e-4 for each domain."""
    n, domain = 4000, DOMAINS[name]
    ours = np.sort(sample(domain, n))
    theirs = np.sort(domain.sample(size=n, random_state=np.random.RandomState(2)))
    points = np.union1d(ours, theirs)
    distance = np.abs(np.searchsorted(ours, points, "right") - np.searchsorted(theirs, points, "right")).max() / n
    assert distance < 2.23 * math.sqrt(2 / n)


@pytest.mark.parametrize("name", DOMAINS)
def test_levels_and_types_are_those_of_tune(name):
    """Discrete domains have the same values bit for bit, such as 0.30000000000000004. Types are built-in."""
    domain = DOMAINS[name]
    ours, theirs = sample(domain, 2000), [domain.sample() for _ in range(2000)]
    assert {type(value) for value in ours} == {type(value) for value in theirs} <= {int, float}
    if len(set(theirs)) < 30 and "randn" not in name:
        assert set(ours) == set(theirs)


def test_the_two_ends_of_quniform_have_half_the_weight():
    counts = Counter(sample(tune.quniform(0, 4, 1), 8000))
    assert [round(counts[float(k)] / 1000) for k in range(5)] == [1, 2, 2, 2, 1]


def test_integers_on_a_log_scale_have_the_probability_of_rounding_down():
    counts = Counter(sample(tune.qlograndint(1, 10, 3), 10000))
    expected = {3: 0.5, 6: math.log(1.5) / math.log(4), 9: math.log(4 / 3) / math.log(4)}
    assert all(abs(counts[value] / 10000 - share) < 0.02 for value, share in expected.items())


@given(st.data())
def test_no_value_is_outside_its_domain(data):
    low = data.draw(st.floats(-1e6, 1e6))
    high = data.draw(st.floats(low, 2e6))
    count = data.draw(st.integers(-100, 100))
    width, quantum = data.draw(st.integers(1, 200)), data.draw(st.integers(1, 7))
    domains = {"u": tune.uniform(low, high), "i": tune.randint(count, count + width)}
    levels = range(-(-count // quantum), (count + width) // quantum + (quantum != 1))
    if len(levels) > 0:
        domains["q"] = tune.qrandint(count, count + width, quantum)
    plan = Plan(domains)
    for params in plan.space.sample(5, seed=data.draw(st.integers(0, 100))):
        config = plan.build(params, {})
        assert low <= config["u"] < high or low == high == config["u"]
        assert count <= config["i"] < count + width
        assert "q" not in config or config["q"] in [quantum * k for k in levels]


def test_the_upper_bound_is_exclusive():
    plan = Plan({"x": Float(0.0, 1.0), "n": Integer(0, 3)})
    high = {name: plan.space[name].high for name in plan.space}
    assert high == {"x": math.nextafter(1.0, 0.0), "n": 2}


class Thing:
    """An object that can neither be compared nor be stored as JSON."""

    def __eq__(self, other):
        raise AssertionError("choices are distinguished by position")

    __hash__ = None


def test_choices_are_the_very_objects_that_the_user_wrote(loop):
    opaque, function, klass = Thing(), math.sqrt, dict
    values = [1, True, 1.0, "1", None, opaque, function, klass, np.int64(1), (1, 2), [1, 2], {"a": 1}]
    tuning = loop(TanteoSearch({"x": tune.choice(values), "y": tune.uniform(0, 1)}, metric="loss", mode="min", seed=0))
    choices = [tuning.configs[tuning.suggest()]["x"] for _ in range(200)]
    for value in values:
        matches = [choice for choice in choices if choice is value]
        if type(value) in (tuple, list, dict):
            matches = [choice for choice in choices if type(choice) is type(value) and choice == value]
        assert matches, f"{value!r} was never suggested"


def test_lists_stay_lists_and_are_copied(loop):
    shared = [64, 32]
    tuning = loop(
        TanteoSearch(
            {"layers": tune.choice([shared, (8,)]), "fixed": shared, "x": tune.uniform(0, 1)},
            metric="loss",
            mode="min",
            seed=0,
        )
    )
    config = tuning.configs[tuning.suggest()]
    config["fixed"].append(1)
    assert shared == [64, 32]
    assert tuning.configs[tuning.suggest()]["fixed"] == [64, 32]


def test_nesting_constants_and_unusual_keys_are_preserved(loop):
    space = {
        "a/b": tune.uniform(0, 1),
        "a": {"b": tune.uniform(2, 3), 7: tune.randint(0, 5), "": tune.uniform(4, 5)},
        "rows": [1, tune.uniform(6, 7), {"deep": (tune.randint(8, 9), "x")}],
        1: tune.uniform(9, 10),
        "1": tune.uniform(10, 11),
        "tab\t": tune.uniform(11, 12),
        "constant": {"k": [1, {"l": None}]},
    }
    tuning = loop(TanteoSearch(seed=0), space)
    for _ in range(3):
        config = tuning.configs[tuning.suggest()]
        assert 0 <= config["a/b"] < 1
        assert 2 <= config["a"]["b"] < 3
        assert type(config["a"][7]) is int
        assert 4 <= config["a"][""] < 5
        assert config["rows"][0] == 1
        assert 6 <= config["rows"][1] < 7
        assert config["rows"][2]["deep"] == (8, "x")
        assert 9 <= config[1] < 10 <= config["1"] < 11 <= config["tab\t"] < 12
        assert config["constant"] == {"k": [1, {"l": None}]}
        assert config.keys() == space.keys(), "Tune passes keys that the searcher omits to the trainable as domains"


def test_a_choice_of_dicts_is_a_conditional_space(loop):
    space = {
        "model": tune.choice(
            [
                {"kind": "svm", "c": tune.loguniform(1e-3, 1e3)},
                {"kind": "net", "layers": [tune.randint(8, 64), tune.choice([{"drop": tune.uniform(0, 1)}, None])]},
                tune.uniform(100, 101),
            ]
        ),
    }
    search = TanteoSearch(seed=0)
    tuning = loop(search, space)
    models = [tuning.configs[tuning.suggest()]["model"] for _ in range(40)]
    kinds = Counter("number" if isinstance(model, float) else model["kind"] for model in models)
    assert set(kinds) == {"svm", "net", "number"}
    for model in models:
        if isinstance(model, dict):
            assert model.keys() == ({"kind", "c"} if model["kind"] == "svm" else {"kind", "layers"})
    optimizer = search.to_optimizer()
    assert any("model/c" not in trial.params for trial in optimizer.trials), "inactive parameters are absent"


def test_choices_nest_in_dicts_in_lists_and_in_choices(loop):
    space = {
        "in a dict": tune.choice([{"a": tune.choice("MN"), "b": tune.choice("OP")}]),
        "in lists": tune.choice([[tune.choice("MN"), tune.choice("OP")], [tune.choice("QR"), tune.choice("ST")]]),
        "in a choice": tune.choice([tune.choice("MN"), tune.choice("OP")]),
    }
    tuning = loop(TanteoSearch(seed=0), space)
    configs = [tuning.configs[tuning.suggest()] for _ in range(40)]
    assert {(c["in a dict"]["a"], c["in a dict"]["b"]) for c in configs} == {
        ("M", "O"),
        ("M", "P"),
        ("N", "O"),
        ("N", "P"),
    }
    allowed = {*("MO", "MP", "NO", "NP"), *("QS", "QT", "RS", "RT")}
    assert {"".join(c["in lists"]) for c in configs} == allowed
    assert {c["in a choice"] for c in configs} == set("MNOP")


def test_sample_from_is_resolved_last_in_the_order_of_its_dependencies(loop):
    space = {
        "double": tune.sample_from(lambda config: 2 * config["sum"]),
        "sum": tune.sample_from(lambda config: config["x"] + config["group"]["y"]),
        "old": tune.sample_from(lambda spec: spec.config.x),
        "plain": tune.sample_from(lambda: 7),
        "x": tune.uniform(0, 1),
        "group": {"y": tune.uniform(0, 1)},
    }
    tuning = loop(TanteoSearch(space, metric="loss", mode="min", seed=0))
    config = tuning.configs[tuning.suggest()]
    assert config["sum"] == config["x"] + config["group"]["y"]
    assert config["double"] == 2 * config["sum"]
    assert (config["old"], config["plain"]) == (config["x"], 7)


def test_sample_from_that_depends_on_itself_is_an_error(loop):
    space = {
        "x": tune.uniform(0, 1),
        "a": tune.sample_from(lambda config: config["b"]),
        "b": tune.sample_from(lambda config: config["a"]),
    }
    search = TanteoSearch(space, metric="loss", mode="min")
    with pytest.raises(tt.ParameterError, match=r"config\['a'\].*config\['b'\].*depend on each other"):
        search.suggest("1")


@pytest.mark.parametrize(
    ("space", "message"),
    [
        ({"a": {"g": tune.grid_search([1, 2])}}, r"config\['a'\]\['g'\] is a grid_search"),
        ({"n": tune.randint(3, 3)}, r"config\['n'\] has no value between 3 and 3"),
        ({"n": tune.qrandint(1, 2, 5)}, r"config\['n'\] has no value between 1 and 2 in steps of 5"),
        ({"n": tune.randint(3, 1)}, r"config\['n'\] has its lower end 3 above its upper end 1"),
        ({"x": tune.uniform(0, 1), "lr": tt.Float(0, 1)}, r"config\['lr'\] is Float.*use the domain.*SearchSpace"),
        ({"a": tune.choice([{"n": tt.Int(1, 2)}, 1])}, r"config\['a'\]\['n'\] is Int\(1, 2\)"),
        ({"c": tune.choice([])}, r"config\['c'\] is a choice without options"),
        ({"x": Float(None, None)}, "needs two finite bounds"),
        ({"x": Float(0.0, math.nan)}, "needs two finite bounds"),
        ({"c": 1}, "nothing to search"),
        ([], "must be a dict"),
    ],
)
def test_an_impossible_space_is_an_error_that_names_the_place(space, message):
    with pytest.raises(tt.SpaceError, match=message):
        TanteoSearch(space, metric="loss", mode="min")


def test_constraints_of_a_space_of_tanteo_are_satisfied(loop):
    space = tt.SearchSpace(
        {"net": {"low": tt.Float(0, 1), "high": tt.Float(0, 1)}, "c": tt.Categorical(["a", "b"])},
        constraints=[tt.Order("net/low", "<=", "net/high")],
    )
    tuning = loop(TanteoSearch(space, metric="loss", mode="min", seed=0))
    for config in tuning.run(lambda config: config["net"]["high"], 20):
        assert config["net"]["low"] <= config["net"]["high"]


@pytest.mark.parametrize(
    "domain", [tune.uniform(2, 1), tune.loguniform(2, 1), tune.quniform(2, 1, 0.5), tune.qloguniform(2, 1, 0.5)]
)
def test_reversed_bounds_cause_one_warning(domain, caplog):
    """Tune samples between them anyway, so the search continues."""
    search = TanteoSearch(seed=0)
    space = {"group": {"x": domain, "y": tune.uniform(1, 2)}}
    for _ in range(2):
        assert search.set_search_properties("loss", "min", space)
    assert 1 <= search.suggest("1")["group"]["x"] <= 2
    message = "config['group']['x'] has its lower end above its upper end"
    assert [message in record.message for record in caplog.records] == [True]


def test_an_exhausted_space_causes_one_warning(loop, caplog):
    tuning = loop(TanteoSearch(seed=0), {"n": tune.randint(0, 3)}, n=10)
    tuning.run(lambda config: config["n"], 3)
    assert not caplog.records
    assert [tuning.searcher.suggest(f"more {k}") for k in range(3)] == [TanteoSearch.FINISHED] * 3
    assert caplog.text.count("so the experiment ends: all 3 configurations of the space were tried") == 1
    assert "deduplicate=False" in caplog.text


def test_the_search_ends_when_a_finite_space_is_exhausted(loop):
    search = TanteoSearch({"n": tune.randint(0, 5)}, metric="loss", mode="min", seed=0)
    tuning = loop(search)
    assert sorted(config["n"] for config in tuning.run(lambda config: config["n"], 5)) == [0, 1, 2, 3, 4]
    assert search.suggest("more") == TanteoSearch.FINISHED
    with_repetitions = loop(
        TanteoSearch({"n": tune.randint(0, 5)}, metric="loss", mode="min", seed=0, deduplicate=False)
    )
    with_repetitions.run(lambda config: config["n"], 12)


def test_groups_of_tanteo_belong_in_its_own_spaces_and_not_among_domains_of_tune():
    group = tt.Group({"c": tt.Float(0, 1)}, when={"model": "svm"})
    with pytest.raises(tt.ParameterError, match=r"svm.*a group of Tanteo among domains of Tune"):
        Plan({"model": tune.choice(["svm", "mlp"]), "svm": group})
    plan = Plan(tt.SearchSpace({"model": tt.Categorical(["svm", "mlp"]), "svm": group}))
    assert plan.build({"model": "svm", "svm": {"c": 0.5}}, {}) == {"model": "svm", "svm": {"c": 0.5}}
    assert plan.build({"model": "mlp"}, {}) == {"model": "mlp"}


@pytest.mark.parametrize(
    "place", [lambda value: value, lambda value: {"b": [value]}, lambda value: tune.choice([value])]
)
@pytest.mark.parametrize("value", [stats.uniform(0, 1), FloatDistribution(0.0, 1.0)], ids=["SciPy", "Optuna"])
def test_a_distribution_of_another_library_is_refused(value, place):
    """As a constant, it would reach the trainable."""
    library = "SciPy" if hasattr(value, "rvs") else "Optuna"
    with pytest.raises(
        tt.ParameterError, match=rf"config\['a'\].* is a distribution of {library} \(.*use the domain of Tune"
    ):
        TanteoSearch({"a": place(value), "x": tune.uniform(0, 1)}, metric="loss", mode="min")
