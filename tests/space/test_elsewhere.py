"""Distributions of other libraries in a space: read where their meaning is exact, refused by name otherwise."""

import math

import pytest

import tanteo as tt
from tanteo.space.elsewhere import library_of

stats = pytest.importorskip("scipy.stats")
dist = pytest.importorskip("optuna.distributions")
tune = pytest.importorskip("ray.tune")
hp = pytest.importorskip("hyperopt").hp


class FloatHyperparameter:
    """The fields of ConfigSpace's classes that are read, or objects that look like them."""

    def __init__(self, **fields):
        vars(self).update(fields)

    def rvs(self):
        raise NotImplementedError


def standing_in(name, module, **fields):
    """Return an object that looks like one of a library which is not installed."""
    return type(name, (FloatHyperparameter,), {"__module__": module})(**fields)


def configspace(name, **fields):
    return standing_in(name, "ConfigSpace.hyperparameters.any", **fields)


def skopt(name, **fields):
    return standing_in(name, "skopt.space.space", **fields)


EXACT = [
    (stats.uniform(1, 2), tt.Float(1.0, 3.0)),
    (stats.uniform(loc=-1, scale=2), tt.Float(-1.0, 1.0)),
    (stats.loguniform(1e-3, 1e3), tt.Float(1e-3, 1e3, log=True)),
    (stats.reciprocal(1, 4, scale=2), tt.Float(2.0, 8.0, log=True)),
    (stats.randint(1, 10), tt.Int(1, 9)),
    (stats.randint(0, 3, loc=5), tt.Int(5, 7)),
    (dist.FloatDistribution(0.0, 1.0), tt.Float(0.0, 1.0)),
    (dist.FloatDistribution(1e-5, 1.0, log=True), tt.Float(1e-5, 1.0, log=True)),
    (dist.FloatDistribution(0.0, 1.0, step=0.25), tt.Float(0.0, 1.0, step=0.25)),
    (dist.IntDistribution(0, 8, step=4), tt.Int(0, 8, step=4)),
    (dist.IntDistribution(1, 8, log=True), tt.Int(1, 8, log=True)),
    (dist.CategoricalDistribution(["a", None, True]), tt.Categorical(["a", None, True])),
    (tune.uniform(0.0, 1.0), tt.Float(0.0, 1.0)),
    (tune.loguniform(1e-3, 1.0), tt.Float(1e-3, 1.0, log=True)),
    (tune.randint(0, 3), tt.Int(0, 2)),
    (tune.choice(["a", (1, 2)]), tt.Categorical(["a", (1, 2)])),
    (hp.uniform("x", 0, 2), tt.Float(0, 2)),
    (hp.loguniform("x", 0, math.log(8)), tt.Float(1.0, math.exp(math.log(8)), log=True)),
    (hp.randint("x", 3), tt.Int(0, 2)),
    (hp.randint("x", 3, 8), tt.Int(3, 7)),
    (hp.choice("x", ["a", {"b": 1}]), tt.Categorical(["a", {"b": 1}])),
    (hp.pchoice("x", [(0.25, "a"), (0.75, "b")]), tt.Categorical(["a", "b"], weights=[0.25, 0.75])),
    (configspace("UniformFloatHyperparameter", lower=1.0, upper=2.0, log=True), tt.Float(1, 2, log=True)),
    (configspace("UniformIntegerHyperparameter", lower=1, upper=8, log=False), tt.Int(1, 8)),
    (
        configspace("CategoricalHyperparameter", choices=("a", "b"), weights=(1, 2)),
        tt.Categorical(["a", "b"], weights=[1, 2]),
    ),
    (configspace("OrdinalHyperparameter", sequence=("a", "b")), tt.Ordinal(["a", "b"])),
    (configspace("Constant", value=3), tt.Constant(3)),
    (skopt("Real", low=1, high=2, prior="log-uniform"), tt.Float(1, 2, log=True)),
    (skopt("Integer", low=1, high=5, prior="uniform"), tt.Int(1, 5)),
    (skopt("Categorical", categories=("a", "b"), prior=None), tt.Categorical(["a", "b"])),
]
REFUSED = [
    (stats.norm(1, 2), r"SciPy \('norm'\).*write tt.Float\(-7.0, 9.0, prior=tt.Normal\(1.0, 2.0\)\)"),
    (stats.expon(), r"SciPy \('expon'\).*write tt.Float\(low, high\) or tt.Int"),
    (stats.loguniform(1e-3, 1, loc=0.5), r"SciPy \('loguniform'\)"),
    (stats.uniform, "SciPy .'uniform"),
    (stats.dirichlet([1, 1]), "SciPy"),
    (stats.Normal(), "SciPy"),
    (tune.quniform(0.0, 1.0, 0.1), r"Ray Tune \(quantized Float\).*write tt.Float\(0.0, 1.0, step=0.1\)"),
    (tune.lograndint(1, 9), r"Ray Tune \(log-uniform Integer\).*write tt.Int\(1, 8, log=True\)"),
    (tune.randn(0, 1), r"Ray Tune \(normal\).*prior=tt.Normal\(0, 1\)"),
    (tune.sample_from(lambda spec: 1), r"Ray Tune \(sample_from\).*in the objective"),
    (tune.choice([tune.uniform(0, 1), 2]), r"Ray Tune \(choice\).*tt.Group with when="),
    (tune.choice([{"a": [tune.uniform(0, 1)]}, 2]), r"Ray Tune \(choice\).*tt.Group with when="),
    (tune.grid_search([1, 2]), r"grid_search of Ray Tune; write tt.Categorical\(\[1, 2\]\)"),
    (hp.uniformint("x", 1, 5), r"Hyperopt \(hp.uniformint\).*write tt.Int\(1, 5\)"),
    (hp.quniform("x", 0, 1, 0.5), r"Hyperopt .*write tt.Float\(0, 1, step=0.5\)"),
    (hp.qloguniform("x", 0, 1, 1), r"Hyperopt \(hp.qloguniform\).*log=True"),
    (hp.normal("x", 0, 1), r"Hyperopt \(hp.normal\).*write tt.Float\(-4, 4, prior=tt.Normal\(0, 1\)\)"),
    (hp.lognormal("x", 0, 1), r"log=True, prior=tt.Normal\(0, 1\)"),
    (hp.choice("x", [hp.uniform("y", 0, 1), 2]), "Hyperopt .*tt.Group with when="),
    (hp.uniform("x", 0, 1) * 2, r"Hyperopt \(the expression 'mul'\)"),
    (configspace("NewHyperparameter"), r"ConfigSpace \(NewHyperparameter\)"),
    (skopt("Integer", low=1, high=5, prior="log-uniform"), r"scikit-optimize .*write tt.Int\(1, 5, log=True\)"),
    (standing_in("Mine", "mine"), r"an unknown library \(Mine\)"),
]


@pytest.mark.parametrize(
    ("value", "parameter"), EXACT, ids=[f"{type(value).__name__}-{n}" for n, (value, _) in enumerate(EXACT)]
)
def test_a_distribution_with_an_exact_counterpart_is_read(value, parameter):
    for place in (lambda each: each, lambda each: {"y": each}, lambda each: tt.Group({"z": each})):
        assert tt.SearchSpace({"x": place(value)}) == tt.SearchSpace({"x": place(parameter)})


@pytest.mark.parametrize(("value", "message"), REFUSED, ids=[message[:25] for _, message in REFUSED])
def test_another_distribution_is_refused_by_name(value, message):
    with pytest.raises(tt.ParameterError, match=rf"^parameter 'a/x' is a .*{message}"):
        tt.SearchSpace({"a": {"x": value}})


def test_a_space_of_configspace_is_refused():
    """It may have conditions and forbidden clauses, which a mapping of its hyperparameters does not have."""
    space = type("ConfigurationSpace", (dict,), {"__module__": "ConfigSpace.configuration_space"})(x=tt.Float(0, 1))
    with pytest.raises(
        tt.ParameterError, match="the search space is a ConfigurationSpace of ConfigSpace; convert it with"
    ):
        tt.SearchSpace(space)


def test_a_node_of_hyperopt_in_two_places_is_refused():
    node = hp.uniform("x", 0, 1)
    with pytest.raises(tt.SpaceError, match="the same node of Hyperopt in two places"):
        tt.SearchSpace({"a": node, "b": {"c": tt.Group({"d": node})}})
    distribution = stats.uniform(0, 1)
    assert len(tt.SearchSpace({"a": distribution, "b": distribution})) == 2


def test_what_a_distribution_is_called_does_not_decide():
    """A class of the user may have a known name and other quantiles."""

    class Uniform(stats.rv_continuous):
        def _pdf(self, x):
            return 2 * x

    with pytest.raises(tt.ParameterError, match=r"SciPy \('uniform'\)"):
        tt.SearchSpace({"x": Uniform(a=0, b=1, name="uniform")()})


@pytest.mark.parametrize(
    "value", [1.5, "a", None, print, stats, stats.gaussian_kde([1.0, 2.0, 4.0]), dist, complex, {1: 2}.get]
)
def test_other_objects_remain_constants(value):
    assert library_of(value) is None
    assert tt.SearchSpace({"x": tt.Float(0, 1), "c": value})["c"] == tt.Constant(value)


@pytest.mark.parametrize("wanted", [tt.Constant, lambda value: tt.Categorical([value, 1])])
def test_a_distribution_can_be_wanted_as_an_object(wanted):
    value = stats.expon()
    assert tt.SearchSpace({"x": tt.Float(0, 1), "c": wanted(value)}).sample(9, seed=0)[0]["c"] in (value, 1)
