"""Simplexes: shares with a fixed sum."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tanteo as tt
from tanteo.integrations.imported_trials import LeftAside
from tanteo.integrations.tables import from_frame


def blend(**arguments: Any) -> tt.SearchSpace:
    return tt.SearchSpace({"blend": tt.Simplex(["a", "b", "c", "d"], **arguments)})


def test_draws_are_uniform_over_the_mixtures() -> None:
    points = np.array([list(point["blend"].values()) for point in blend().sample(2000, seed=1)])
    assert np.abs(points.sum(axis=1) - 1).max() < 1e-12
    # Each share has the density of Beta(1, 3): mean 1/4, and half of a mixture with probability 1/8.
    error = np.sqrt(0.25 * 0.75 / 5 / 2000)
    assert np.abs(points.mean(axis=0) - 0.25).max() < 4 * error
    assert np.abs((points > 0.5).mean(axis=0) - 0.125).max() < 4 * np.sqrt(0.125 * 0.875 / 2000)


@pytest.mark.parametrize("sampler", ["auto", "gp", "tpe", "random"])
def test_every_sampler_keeps_the_sum(sampler: str) -> None:
    optimizer = tt.Optimizer(blend(total=100.0), sampler=sampler, seed=2)
    for _ in range(25):
        trial = optimizer.ask()
        shares = trial.params["blend"]
        # The tolerance of equations.
        assert sum(shares.values()) == pytest.approx(100.0, rel=1e-9)
        assert min(shares.values()) >= 0
        optimizer.tell(trial, (shares["a"] - 70) ** 2 + shares["b"] ** 2)


def test_a_simplex_is_a_group_with_a_constraint() -> None:
    space = tt.SearchSpace(
        {
            "kind": tt.Categorical(["pure", "mixed"]),
            "mix": tt.Simplex(["x", "y"], total=2.0, default={"x": 0.5, "y": 1.5}, when={"kind": "mixed"}),
        }
    )
    assert space.constraints == (tt.Linear({"mix/x": 1.0, "mix/y": 1.0}, lower=2.0, upper=2.0),)
    assert tt.SearchSpace.from_json(space.to_json()) == space
    assert space.validate({"kind": "pure"}) == {"kind": "pure"}
    with pytest.raises(tt.SpaceError, match="mix/x"):
        space.validate({"kind": "mixed", "mix": {"x": 0.5, "y": 1.0}})


@pytest.mark.parametrize(
    ("names", "arguments", "message"),
    [
        (["a"], {}, "at least two different names, got \\['a'\\]"),
        (["a", "a"], {}, "at least two different names"),
        (["a", "b"], {"total": 0}, "total of a simplex must be positive, got 0"),
        (["a", "b"], {"default": {"a": 1.0}}, "map each of \\['a', 'b'\\] to its share"),
        (["a", "b"], {"default": [0.5, 0.5]}, "map each of \\['a', 'b'\\] to its share"),
    ],
)
def test_a_wrong_argument_is_named(names: list[str], arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(tt.ParameterError, match=message):
        tt.Simplex(names, **arguments)


def test_defaults_must_have_the_sum() -> None:
    with pytest.raises(tt.SpaceError, match="point of the defaults"):
        blend(default=dict.fromkeys("abcd", 0.5))


PERCENT = {"blend": tt.Simplex(["a", "b", "c"], total=100.0)}
WRONG_SUM = r"the sum of 'blend/a', 'blend/b', 'blend/c' should be 100 and is more than 5 % off; check the unit"


@pytest.mark.parametrize("is_study", [False, True])
def test_an_observed_mixture_may_be_rounded_but_not_in_another_unit(is_study: bool, tmp_path: Path) -> None:
    limited = tt.SearchSpace(PERCENT, constraints=[tt.Linear({"blend/a": 1}, upper=25.0)])
    search = tt.Study(tmp_path / "s.db", limited, seed=0) if is_study else tt.Optimizer(limited, seed=0)
    with pytest.raises(tt.SpaceError, match=r"breaks Linear.* lower=100.0, upper=100.0\); check .* their unit"):
        search.observe({"blend": {"a": 0.2, "b": 0.3, "c": 0.5}}, 1.0)
    with pytest.raises(tt.SpaceError, match=r"breaks Linear\(\{'blend/a': 1.0\}, upper=25.0\); check"):
        search.observe({"blend": {"a": 26.0, "b": 30.0, "c": 43.0}}, 1.0)
    search.observe({"blend": {"a": 20.0, "b": 30.0, "c": 49.0}}, 1.0)
    assert len(search) == 1


def test_observed_sums_of_integers_are_exact() -> None:
    space = {name: tt.Int(0, 100) for name in "ab"}
    search = tt.Optimizer(
        tt.SearchSpace(space, constraints=[tt.Linear({"a": 1, "b": 1}, lower=100, upper=100)]), seed=0
    )
    with pytest.raises(tt.SpaceError, match="breaks Linear"):
        search.observe({"a": 50, "b": 54}, 1.0)
    assert search.observe({"a": 50, "b": 50}, 1.0) == 0


@pytest.mark.parametrize("between", [[(100.0 - 1e-9, 100.0)], [(100.0, None), (None, 100.0)]], ids=["near", "twice"])
def test_an_observed_sum_may_be_rounded_however_the_equation_is_written(between: list[Any]) -> None:
    constraints = [tt.Linear({"a": 1, "b": 1}, lower=lower, upper=upper) for lower, upper in between]
    space = tt.SearchSpace({name: tt.Float(0.0, 100.0) for name in "ab"}, constraints=constraints)
    search = tt.Optimizer(space, seed=0)
    assert search.observe({"a": 50.0, "b": 49.0}, 1.0) == 0
    with pytest.warns(RuntimeWarning, match="the sum of 'a', 'b' should be 100 and is more than 5 % off"):
        search.predict([{"a": 0.5, "b": 0.5}])


def test_only_sums_are_checked_and_only_of_points_that_can_be_read() -> None:
    space = {name: tt.Float(0.0, 100.0) for name in "ab"}
    balanced = tt.SearchSpace(space, constraints=[tt.Linear({"a": 1, "b": -1}, lower=1.0, upper=1.0)])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        tt.Optimizer(balanced, seed=0).predict([{"a": 50.0, "b": 1.0}])
        tt.Optimizer(balanced, seed=0).observe({"a": 50.0, "b": 49.03125}, 1.0)
    for a in ("x", None, [1.0]):
        with pytest.raises(tt.SpaceError):
            tt.Optimizer(PERCENT, seed=0).observe({"blend": {"a": a, "b": 1.0, "c": 1.0}}, 1.0)


def test_rows_of_a_table_in_another_unit_are_left_aside() -> None:
    shares = np.random.default_rng(0).dirichlet([1.0] * 3, size=5)
    table = {f"blend/{name}": column * 0.5 for name, column in zip("abc", shares.T, strict=True)}
    with pytest.warns(LeftAside, match="row 4: left aside, the point .* breaks Linear") as given:
        assert len(from_frame({**table, "value": [1.0] * 5}, PERCENT)) == 0
    assert [each.message.number for each in given] == [5]


def test_earlier_rows_in_another_unit_give_a_warning() -> None:
    rows = [({"blend": {"a": 0.2, "b": 0.3, "c": 0.5}}, float(k)) for k in range(20)]
    with pytest.warns(RuntimeWarning, match=WRONG_SUM):
        tt.Optimizer(PERCENT, seed=0, earlier=[rows])
    right = [({"blend": {"a": 20.0, "b": 30.0, "c": 50.0}}, float(k)) for k in range(20)]
    other = [({"blend": {"a": "much", "b": 30.0, "c": 50.0}}, 1.0)]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        tt.Optimizer(PERCENT, seed=0, earlier=[right + other])


def test_a_prediction_for_a_mixture_in_another_unit_gives_a_warning() -> None:
    search = tt.Optimizer(PERCENT, seed=0)
    with pytest.warns(RuntimeWarning, match=WRONG_SUM):
        search.predict([{"blend": {"a": 0.2, "b": 0.3, "c": 0.5}}])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        search.predict([{"blend": {"a": 20.0, "b": 30.0, "c": 50.0}}])


def test_limits_of_shares_that_exclude_each_other_are_refused_by_name() -> None:
    limits = [tt.Linear({"m/a": 1}, lower=0.7), tt.Linear({"m/c": 1}, upper=0.9), tt.Linear({"m/b": 1}, lower=0.5)]
    message = r"^the constraints m/a >= 0\.7 and m/b >= 0\.5 and m/a \+ m/b \+ m/c = 1\.0 can never hold together"
    with pytest.raises(tt.SpaceError, match=message):
        tt.SearchSpace({"m": tt.Simplex(["a", "b", "c"])}, constraints=limits)
    tt.SearchSpace({"m": tt.Simplex(["a", "b", "c"])}, constraints=[*limits[:2], tt.Linear({"m/b": 1}, lower=0.3)])


def test_one_at_a_time_varies_shares_along_cox_directions() -> None:
    opt = tt.Optimizer({"m": tt.Simplex(["a", "b", "c"], total=100.0)}, sampler="one_at_a_time", seed=0)
    shares = [tuple(round(share, 9) for share in opt.ask().params["m"].values()) for _ in range(16)]
    third = round(100 / 3, 9)
    assert shares[:4] == [(third, third, third), (0.0, 50.0, 50.0), (25.0, 37.5, 37.5), (50.0, 25.0, 25.0)]
    assert len(set(shares)) == 16
    with pytest.raises(tt.SpaceExhausted, match=r"all levels of all parameters have been suggested$"):
        opt.ask()


def test_a_simplex_shows_how_it_was_made() -> None:
    assert repr(tt.Simplex(["a", "b"], total=3)) == "Simplex(['a', 'b'], total=3.0)"
