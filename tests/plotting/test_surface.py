"""The surface over two parameters leaves out what known constraints forbid."""

import matplotlib
import numpy as np
import pytest

import tanteo as tt
from tanteo import plotting
from tanteo.plotting import matplotlib as mpl
from tanteo.plotting import parameter_axes
from tanteo.plotting.surface import _widths, surface_over

matplotlib.use("Agg")
UNIT = tt.Float(0.0, 1.0)
LETTER = tt.Categorical(["a", "b"])


def drawn(space, names=("x", "y"), n=60):
    """Return a search, and the surface over two parameters of it."""
    search = tt.Optimizer(space, sampler="random", seed=0)
    for trial in search.ask(n):
        search.tell(trial, float(trial.id % 7))
    return search, surface_over(parameter_axes.pair(search, list(names)))


def is_drawn(surface):
    """Return a function that says whether the surface has a height at a position."""
    return lambda x, y: bool(np.isfinite(surface.z[int(abs(surface.y - y).argmin()), int(abs(surface.x - x).argmin())]))


def test_the_forbidden_side_of_an_order_is_blank_in_both_backends():
    space = tt.SearchSpace({"x": UNIT, "y": UNIT}, constraints=[tt.Order("x", "<=", "y")])
    search, surface = drawn(space)
    x, y = np.meshgrid(surface.x, surface.y)
    assert np.isnan(surface.z[x > y]).all()
    assert np.isfinite(surface.z[x <= y]).mean() > 0.9
    heights = np.array(plotting.plot_contour(search, ["x", "y"]).data[0].z, dtype=float)
    assert np.isnan(heights[x > y]).all()
    coloured = mpl.plot_contour(search, ["x", "y"]).collections[0].get_paths()
    for point, is_coloured in (((0.1, 0.9), True), ((0.9, 0.1), False)):
        assert any(path.contains_point(point) for path in coloured) == is_coloured


@pytest.mark.parametrize(
    ("parameters", "constraint", "allowed", "forbidden"),
    [
        ({"x": tt.Int(0, 9), "y": tt.Int(0, 9)}, tt.Order("x", "<", "y"), (2.0, 7.0), (7.0, 2.0)),
        ({"x": UNIT, "y": LETTER}, tt.Forbid({"x": tt.at_least(0.6), "y": "b"}), (0.9, 0), (0.9, 1)),
        ({"x": UNIT, "y": tt.Float(0, 1, step=0.3)}, tt.Linear({"x": 1, "y": 1}, lower=1.0), (0.9, 0.8), (0.1, 0.2)),
        ({"x": UNIT, "y": UNIT, "z": UNIT}, tt.Linear({"x": 1, "y": 1, "z": -1}, upper=0.5), (0.6, 0.6), (0.95, 0.95)),
    ],
)
def test_what_constraints_forbid_is_blank(parameters, constraint, allowed, forbidden):
    _, surface = drawn(tt.SearchSpace(parameters, constraints=[constraint]), n=200)
    assert is_drawn(surface)(*allowed)
    assert not is_drawn(surface)(*forbidden)


def test_two_shares_of_three_fill_a_triangle():
    _, surface = drawn({"blend": tt.Simplex(["a", "b", "c"])}, ("blend/a", "blend/b"), n=200)
    assert is_drawn(surface)(0.3, 0.5)
    assert not is_drawn(surface)(0.6, 0.55)


def test_nothing_is_left_out_if_only_a_line_would_remain():
    space, names = {"blend": tt.Simplex(["a", "b"])}, ("blend/a", "blend/b")
    surface = drawn(space, names)[1]
    assert is_drawn(surface)(0.5, 0.5)
    assert is_drawn(surface)(0.52, 0.55)


def test_a_constraint_of_a_parameter_that_may_be_inactive_forbids_nothing():
    space = {"on": tt.Categorical([False, True]), "x": UNIT, "y": UNIT, "z": tt.Float(0.9, 1.0, when={"on": True})}
    _, surface = drawn(tt.SearchSpace(space, constraints=[tt.Linear({"x": 1, "y": 1, "z": 1}, upper=1.5)]), n=200)
    assert is_drawn(surface)(0.8, 0.8)
    _, surface = drawn(tt.SearchSpace(space, constraints=[tt.Forbid({"x": tt.at_least(0.5), "on": True})]), n=200)
    assert is_drawn(surface)(0.8, 0.8)


def test_the_best_height_is_where_the_best_trials_are():
    """A crowd of good trials does not pass its height on to a region beyond it without trials."""
    search = tt.Optimizer({"x": tt.Float(0.0, 3.0), "y": tt.Float(0.0, 3.0)})
    for x in [*np.linspace(0.0, 1.2, 45), 3.0]:
        search.observe({"x": float(x), "y": 0.0}, (x - 1.0) ** 2 + 1e-4)
    surface = surface_over(parameter_axes.pair(search, ["x", "y"]))
    lowest = np.nanargmin(np.where(surface.y[:, None] == 0.0, surface.z, np.nan)) % len(surface.x)
    assert surface.x[lowest] == pytest.approx(1.0, abs=0.15)
    drawn_at = surface.x[np.isfinite(surface.z[0])]
    assert drawn_at[drawn_at < 2.0].max() < 1.2 + 0.15 * 3.0 + 0.1


@pytest.mark.parametrize("offset", [-1.0, 1e-3], ids=["linear", "log"])
def test_a_region_whose_trials_were_stopped_is_no_part_of_the_best(offset):
    search = tt.Optimizer({"x": UNIT, "y": UNIT}, sampler="random", seed=0, pruner=tt.pruners.Nothing())
    for trial in search.ask(60):
        value = trial.params["x"] ** 2 + offset
        search.report(trial, 1, value)
        search.tell(
            trial, value if trial.params["x"] < 0.5 else None, state="complete" if trial.params["x"] < 0.5 else "pruned"
        )
    surface = surface_over(parameter_axes.pair(search, ["x", "y"]))
    profile = np.nanmean(surface.z, axis=0)
    assert profile[-5:].min() > profile[surface.x < 0.5].max()


def test_the_surface_of_many_trials_is_that_of_a_function_without_noise():
    search = tt.Optimizer({"x": UNIT, "y": UNIT}, sampler="random", seed=0)
    for trial in search.ask(3000):
        search.tell(trial, trial.params["x"] + trial.params["y"])
    surface = surface_over(parameter_axes.pair(search, ["x", "y"]))
    assert surface.z == pytest.approx(surface.x[None] + surface.y[:, None], abs=0.12)


@pytest.mark.parametrize("number", [tt.Int(1, 4), tt.Float(0.0, 1.0, step=0.3), tt.Int(1, 9, log=True)])
@pytest.mark.parametrize("n", [40, 200, 1500])
def test_the_gaps_between_levels_are_filled_however_many_trials_a_level_has(number, n):
    """Many trials at one place are no crowd: the next level is as far away as before."""
    search = tt.Optimizer({"x": number, "y": number}, sampler="random", seed=0, deduplicate=False)
    for trial in search.ask(n):
        search.tell(trial, trial.params["x"] + trial.params["y"])
    surface = surface_over(parameter_axes.pair(search, ["x", "y"]))
    assert np.isfinite(surface.z).mean() > 0.9
    assert surface.z[0, 0] == np.nanmin(surface.z)


def test_trials_that_are_not_among_the_compared_places_reach_as_far_as_the_others():
    """Of 2,000 places every second is compared, and only these have themselves among them."""
    search = tt.Optimizer({"x": UNIT, "y": UNIT}, sampler="random", seed=0)
    for trial in search.ask(2000):
        search.tell(trial, 1.0)
    points = parameter_axes.pair(search, ["x", "y"])
    widths = _widths(points)[np.lexsort((points.y.positions, points.x.positions))]
    assert widths[::2].mean() == pytest.approx(widths[1::2].mean(), rel=0.04)
