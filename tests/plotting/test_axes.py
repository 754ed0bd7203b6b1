"""The argument ``ax`` of figures with matplotlib."""

import re
from functools import cache

import numpy as np
import pytest

import tanteo as tt
from tanteo.plotting import matplotlib as mpl

matplotlib = pytest.importorskip("matplotlib")
pyplot = pytest.importorskip("matplotlib.pyplot")
matplotlib.use("Agg")


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    pyplot.close("all")


@cache
def search(n):
    """Return a search over two parameters with ``n`` objectives."""
    optimizer = tt.Optimizer({"x": tt.Float(0, 1), "y": tt.Float(0, 1)}, directions=["minimize"] * n, seed=0)
    for x, y in [(0.25, 0.5), (0.5, 0.25), (0.75, 1.0)]:
        optimizer.observe({"x": x, "y": y}, [x, y, -x, -y][:n])
    return optimizer


DRAW = {
    "history": lambda ax: mpl.plot_optimization_history(search(1), ax=ax),
    "slices": lambda ax: mpl.plot_slice(search(1), ax=ax),
    "slice": lambda ax: mpl.plot_slice(search(1), ["x"], ax=ax),
    "pair": lambda ax: mpl.plot_pareto_front(search(2), ax=ax),
    "space": lambda ax: mpl.plot_pareto_front(search(3), ax=ax),
    "pairs": lambda ax: mpl.plot_pareto_front(search(4), ax=ax),
}


def in_space():
    return pyplot.figure().add_subplot(projection="3d")


def polar(n=1):
    return pyplot.subplots(1, n, subplot_kw={"projection": "polar"})[1]


@pytest.mark.parametrize(
    ("figure", "given", "message"),
    [
        ("slices", lambda: pyplot.subplots()[1], "plot_slice draws 2 panels here and needs one flat Axes for each"),
        ("slices", lambda: pyplot.subplots(1, 3)[1], "2 panels .* got 3$"),
        ("slices", lambda: "xy", "plot_slice draws 2 panels here .* got str$"),
        ("slices", lambda: np.array(3), "2 panels .* got 1$"),
        ("slices", lambda: [pyplot.subplots()[1]] * 2, "2 panels .* got one Axes twice$"),
        ("slices", lambda: [pyplot.subplots()[1], in_space()], "2 panels .* got one Axes in space$"),
        ("slices", lambda: polar(2), "2 panels .* got one Axes with projection='polar'$"),
        ("slice", lambda: np.array(3), "plot_slice draws 1 panel here .* got int$"),
        ("pairs", lambda: pyplot.subplots()[1], "plot_pareto_front draws 6 panels here and .* got 1$"),
        ("pairs", lambda: pyplot.subplots(2, 2)[1], "6 panels .* got 4$"),
        ("pair", lambda: pyplot.subplots(1, 2)[1], "plot_pareto_front draws on one flat Axes here, .* got ndarray$"),
        ("pair", in_space, "plot_pareto_front draws on one flat Axes here, .* got one Axes in space$"),
        ("history", lambda: [pyplot.subplots()[1]], "plot_optimization_history draws on one flat .* got list$"),
        ("history", polar, "one flat Axes here, .*, got one Axes with projection='polar'$"),
        ("history", pyplot.figure, "got Figure$"),
        ("space", lambda: pyplot.subplots()[1], "draws on one Axes in space here, .*, got one flat Axes$"),
        ("space", polar, "in space here, .*, got one Axes with projection='polar'$"),
        ("space", lambda: pyplot.subplots(1, 2)[1], "one Axes in space here, .*projection='3d'.* got ndarray$"),
    ],
)
def test_the_error_for_other_axes_says_how_many_are_needed_and_how_they_are_made(figure, given, message):
    with pytest.raises(tt.ArgumentError, match=message) as caught:
        DRAW[figure](given())
    made = re.search(r"ax=(pyplot.*\)(\[1\])?), got", str(caught.value))
    assert DRAW[figure](eval(made[1]))  # noqa: S307 - the code is that of our message


def test_a_figure_that_is_refused_leaves_no_empty_figure_open():
    empty = {n: tt.Optimizer({"x": tt.Float(0, 1)}, directions=["minimize"] * n, seed=0) for n in (1, 2)}
    before = pyplot.get_fignums()  # those of other tests
    for name in mpl.__all__:
        n_objectives = 2 if any(word in name for word in ("pareto", "hypervolume", "attainment")) else 1
        with pytest.raises(tt.ArgumentError):
            getattr(mpl, name)(empty[n_objectives])
        assert (name, pyplot.get_fignums()) == (name, before)


def test_panels_are_drawn_on_lists_and_arrays_of_axes():
    square = pyplot.subplots(2, 3)[1]
    assert DRAW["pairs"](square) == DRAW["pairs"](list(square.flat)) == [*square.flat]


@pytest.mark.parametrize("wrapped", [lambda axes: axes, lambda axes: [axes], np.array])
def test_a_single_panel_is_drawn_on_a_single_axes(wrapped):
    axes = pyplot.subplots()[1]
    assert DRAW["slice"](wrapped(axes)) == [axes]
