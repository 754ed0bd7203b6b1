"""Settings of the built-in samplers."""

from __future__ import annotations

import json
import pickle
from typing import Any

import numpy as np
import pytest

import tanteo as tt
from tanteo import samplers
from tanteo._core import checked_settings

SETTINGS = [
    samplers.Random(),
    samplers.Sobol(),
    samplers.Grid(resolution=3),
    samplers.OneAtATime(base={"x": 0.5, "g": {"c": "b"}}, resolution=4),
    samplers.OneAtATime(),
    samplers.TPE(n_startup=0, n_candidates=48, gamma=0.25),
    samplers.GP(n_startup=5, acquisition="logei"),
    samplers.NSGA2(population_size=8),
    samplers.NSGA3(),
    samplers.Auto(n_startup=7),
    samplers.Auto(),
]
SPACE = tt.SearchSpace({"x": tt.Float(0, 1), "g": {"c": tt.Categorical(["a", "b"])}})


@pytest.mark.parametrize("settings", SETTINGS, ids=repr)
def test_settings_round_trip(settings: samplers.Settings) -> None:
    described = json.loads(json.dumps(settings.to_dict()))
    assert samplers.from_dict(described) == settings
    assert pickle.loads(pickle.dumps(settings)) == settings
    assert eval(repr(settings), vars(samplers)) == settings  # noqa: S307 - the repr is meant to be code
    assert all(f"{name}=" in repr(settings) for name in described if name != "name")
    with pytest.raises(AttributeError, match="cannot assign"):
        settings.name = "other"


@pytest.mark.parametrize("settings", SETTINGS, ids=repr)
def test_an_optimizer_and_its_copies_have_the_settings(settings: samplers.Settings) -> None:
    optimizer = tt.Optimizer(SPACE, sampler=settings, seed=0)
    assert optimizer.sampler == settings
    assert tt.Optimizer.from_bytes(optimizer.to_bytes()).sampler == settings
    by_name = tt.Optimizer(SPACE, sampler=settings.name).sampler
    assert by_name == type(settings)()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: samplers.Grid(resolution=0), "resolution must be an integer from 1 to 2.*got 0"),
        (lambda: samplers.Grid(resolution=1.5), "resolution must be an integer.*got 1.5"),
        (lambda: samplers.OneAtATime(resolution="a"), "resolution must be an integer.*got 'a'"),
        (lambda: samplers.OneAtATime(base=3), "base must be a mapping.*got 3"),
        (lambda: samplers.TPE(n_startup=-1), "n_startup must be an integer from 0 to 2.*got -1"),
        (lambda: samplers.TPE(n_candidates=0), "n_candidates must be an integer from 1 to 100000, got 0"),
        (lambda: samplers.TPE(gamma=0.0), r"gamma must be between 0 and 1.*got 0\.0"),
        (lambda: samplers.TPE(gamma=1), r"gamma must be between 0 and 1.*got 1\.0"),
        (lambda: samplers.TPE(gamma=float("nan")), "gamma must be between 0 and 1.*got NaN"),
        (lambda: samplers.GP(acquisition="ei"), "acquisition must be 'lcb' or 'logei', got 'ei'"),
        (lambda: samplers.NSGA2(population_size=3), "population_size must be an integer from 4 to 1000, got 3"),
        (lambda: samplers.Auto(n_startup=True), "n_startup must be an integer.*got True"),
        (lambda: samplers.from_dict({"name": "magic"}), "sampler 'magic' is unknown"),
        (lambda: samplers.from_dict({"n_startup": 1}), "its 'name'"),
        (lambda: samplers.from_dict(3), "a mapping with its 'name'.*got 3"),
        (
            lambda: samplers.from_dict({"name": "tpe", "beta": 1}),
            "TPE has no setting 'beta'; its settings: 'n_startup'",
        ),
        (lambda: samplers.from_dict({"name": "random", "beta": 1}), "Random has no setting 'beta'; its settings: none"),
    ],
)
def test_a_wrong_setting_is_named(make: Any, message: str) -> None:
    with pytest.raises(tt.ArgumentError, match=message):
        make()


@pytest.mark.parametrize("kind", [*samplers.settings.BUILT_IN.values(), *tt.pruners.settings.BUILT_IN.values()])
def test_the_defaults_of_the_signatures_are_those_of_the_core(kind: Any) -> None:
    settings = tt.pruners.Threshold(upper=1.0) if kind is tt.pruners.Threshold else kind()
    name, described = settings._to_core()
    fixed = {key: described[key] for key in ("percentile", "upper") if key in described}
    expected = {key: value for key, value in described.items() if key not in ("base", "pruner")}
    assert checked_settings(kind._kind, name, fixed) == expected


def test_whole_floats_are_integers_and_others_are_not() -> None:
    assert type(tt.pruners.Median(n_startup=5.0).n_startup) is int
    assert samplers.TPE(n_candidates=np.float64(7.0)).n_candidates == 7
    for value in (2.0**53, float("nan"), float("inf"), 1e300, np.bool_(True), 2**200):
        with pytest.raises(tt.ArgumentError, match="n_startup must be an integer from 0 to "):
            tt.pruners.Median(n_startup=value)


def test_settings_take_numpy_scalars() -> None:
    settings = samplers.TPE(n_startup=np.int64(3), gamma=np.float32(0.25))
    assert settings == samplers.TPE(n_startup=3, gamma=0.25)
    assert type(settings.n_startup) is int


def test_a_base_outside_the_space_names_the_parameter() -> None:
    for wrong in ({"x": 2, "g/c": "a"}, {"g/c": "a"}):
        with pytest.raises(tt.ParameterError, match=r"^base must be a complete configuration: parameter 'x': "):
            tt.Optimizer(SPACE, sampler=samplers.OneAtATime(base=wrong))
    base: dict[str, Any] = {"x": 0.5, "g": {"c": "a"}}
    settings = samplers.OneAtATime(base=base)
    base.clear()
    assert tt.Optimizer(SPACE, sampler=settings, seed=0).ask().params == {"x": 0.5, "g": {"c": "a"}}


def test_the_sampler_protocol_is_checked_at_run_time() -> None:
    class Mine:
        def suggest(self, view: samplers.View, n: int, rng: np.random.Generator) -> Any: ...

    assert isinstance(Mine(), samplers.Sampler)
    assert not isinstance(3, samplers.Sampler)
    with pytest.raises(AttributeError, match="nothing"):
        samplers.nothing  # noqa: B018 - reading it is the test


def test_a_setting_named_as_in_other_packages_is_refused_with_its_name():
    misnamed: Any = {"n_startup_trials": 5}
    with pytest.raises(TypeError, match="Median has no setting 'n_startup_trials'; it is n_startup here"):
        tt.pruners.Median(**misnamed)
    with pytest.raises(TypeError, match="TPE has no setting 'zzz'; its settings: 'n_startup', "):
        samplers.TPE(**{"zzz": 1, **misnamed})
