"""Fronts with thresholds, knees, errors and any number of objectives; hypervolumes; attainment surfaces."""

from __future__ import annotations

import itertools
import random

import numpy as np
import pytest

import tanteo as tt
from tanteo import plotting
from tanteo.plotting import hypervolume
from tanteo.plotting import matplotlib as mpl
from tanteo.plotting.attainment import attainment_surfaces
from tanteo.plotting.front import pareto_front
from tanteo.plotting.hypervolume import dominated_volume, dominated_volumes, hypervolume_history
from tanteo.plotting.value_axis import value_axis, widened
from tanteo.report.document import Chart
from tanteo.report.sections.take import take
from tanteo.report.subject import Subject

pytest.importorskip("plotly")
pytest.importorskip("matplotlib").use("Agg")

GOALS = {"loss": "minimize", "speed": "maximize"}
# Trial 1 is the knee, trial 3 is dominated.
ROWS = [(0.0, 0.0), (0.1, 6.0), (1.0, 10.0), (0.5, 3.0), (0.3, 7.0)]


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    from matplotlib import pyplot

    pyplot.close("all")


def search(rows, directions=GOALS, sem=None, **options):
    optimizer = tt.Optimizer({"x": tt.Int(0, 999)}, directions=directions, seed=0, **options)
    for x, values in enumerate(rows):
        optimizer.observe({"x": x}, list(values), sem=sem)
    return optimizer


def traced(figure):
    return {trace.name: trace for trace in figure.data}


def test_the_knee_is_marked_in_both_backends():
    bent = search(ROWS)
    assert pareto_front(bent).knee == bent.recommend("knee").trial.id == 1
    assert list(traced(plotting.plot_pareto_front(bent))["knee"].x) == [0.1]
    stars = marked(mpl.plot_pareto_front(bent), "knee")
    assert [each.get_offsets().tolist() for each in stars] == [[[0.1, 6.0]]]
    straight = search([(k, k) for k in range(5)])
    assert pareto_front(straight).knee is None
    assert "knee" not in traced(plotting.plot_pareto_front(straight))


def marked(axes, name):
    return [each for each in axes.collections if each.get_label() == name]


@pytest.mark.parametrize("rows", [ROWS, [(*row, float(k)) for k, row in enumerate(ROWS)]])
def test_a_ring_marks_the_trial_that_the_thresholds_choose_in_both_backends(rows):
    goals = GOALS if len(rows[0]) == 2 else {**GOALS, "size": "minimize"}
    limited = search(rows, goals, thresholds={"loss": 0.4, "speed": 6.5})
    assert pareto_front(limited).by_thresholds == limited.recommend().trial.id == 4
    ring = traced(plotting.plot_pareto_front(limited))["by thresholds"]
    assert (list(ring.x), list(ring.y), ring.marker.symbol) == ([0.3], [7.0], "circle-open")
    assert [each.get_facecolors().tolist() for each in marked(mpl.plot_pareto_front(limited), "by thresholds")] == [[]]
    assert "by thresholds" not in traced(plotting.plot_pareto_front(search(rows, goals)))


def test_no_trial_covers_the_knee_in_space():
    """Without an order of its own, matplotlib draws nearer trials over farther ones."""
    bent = search([(a, b, (2 - a - b) ** 4) for a in (0.0, 0.5, 1.0) for b in (0.0, 0.5, 1.0)], ["minimize"] * 3)
    axes = mpl.plot_pareto_front(bent)
    order = {each.get_label(): each.get_zorder() for each in axes.collections}
    assert not axes.computed_zorder
    assert max(order, key=order.get) == "knee"


def test_thresholds_are_lines_with_their_text_in_both_backends():
    limited = search(ROWS, thresholds={"loss": 0.4, "speed": 5.0})
    lines = traced(plotting.plot_pareto_front(limited))
    assert (set(lines["loss <= 0.4"].x), set(lines["speed >= 5"].y)) == ({0.4}, {5.0})
    axes = mpl.plot_pareto_front(limited)
    drawn = {line.get_label(): line for line in axes.lines}
    assert set(drawn["loss <= 0.4"].get_xdata()) == {0.4}
    assert set(drawn["speed >= 5"].get_ydata()) == {5.0}


def test_far_dominated_trials_do_not_squeeze_the_front_and_are_counted_on_the_page():
    front, far = [(k / 4, 10 + k / 4) for k in range(5)], [(4.0 + k, k) for k in range(6)]
    squeezed = search([*front, *far], thresholds=[None, -99.0])
    drawn = pareto_front(squeezed)
    for axis, values in zip(drawn.axes, drawn.values[drawn.on_front].T, strict=True):
        assert axis.low < values.min() < values.max() < axis.high
        assert axis.high - axis.low < 4 * np.ptp(values)
    assert drawn.ids[drawn.moved].tolist() == [5, 6, 7, 8, 9, 10]
    picture = next(part for part in take(Subject(squeezed)).parts if isinstance(part, Chart))
    assert " 6 trials at the edge lie beyond an axis. Thresholds beyond the picture are left out." in picture.how


def test_an_axis_has_room_for_a_threshold_nearby_and_none_for_one_far_away():
    near, far = (pareto_front(search(ROWS, thresholds=[limit, None])) for limit in (1.5, 90.0))
    assert [limit.value for limit in near.limits] == [1.5]
    assert near.axes[0].high > 1.5
    assert far.limits == []
    assert far.axes[0] == pareto_front(search(ROWS)).axes[0]
    log = value_axis(np.array([1e-6, 1e-3, 1e-2, 1.0]), maximize=False)
    assert widened(log, 10.0).high > 10.0
    assert widened(log, -1.0) == widened(log, 1e30) == log


def test_told_errors_are_bars_along_their_axes():
    figure = plotting.plot_pareto_front(search(ROWS, sem={"loss": 0.05, "speed": None}))
    front = traced(figure)["front ± standard error"]
    assert list(front.error_x.array) == [0.05] * 4
    assert not any(front.error_y.array)
    assert mpl.plot_pareto_front(search(ROWS, sem=[0.05, 0.5])).containers
    without = traced(plotting.plot_pareto_front(search(ROWS)))["front"]
    assert without.error_x.array is None
    assert not mpl.plot_pareto_front(search(ROWS)).containers


def test_a_noisy_front_has_the_estimates_and_their_errors():
    draw, optimizer = random.Random(0), tt.Optimizer({"x": tt.Float(0, 1)}, directions=["minimize"] * 2, seed=0)
    for x in (k / 30 for k in range(31)):
        optimizer.observe({"x": x}, [(x - best) ** 2 + draw.gauss(0, 0.1) for best in (0.2, 0.8)])
    found, front = optimizer.front(), pareto_front(optimizer)
    assert front.ids[front.on_front].tolist() == sorted(trial.id for trial in found.trials)
    for member in found:
        assert tuple(front.values[member.trial.id]) == member.values
        assert tuple(front.errors[member.trial.id]) == member.deviations
    assert (front.errors[~front.on_front] == 0.0).all()


def test_three_objectives_have_the_corner_of_the_thresholds_in_space():
    goals = {"a": "minimize", "b": "minimize", "c": "maximize"}
    rows = [(a, b, 2.0 - a - b) for a in (0.0, 0.5, 1.0) for b in (0.0, 0.5, 1.0)]
    limited = search(rows, goals, thresholds={"a": 0.75, "c": 0.25})
    front = pareto_front(limited)
    starts, ends = zip(*(zip(*edge, strict=True) for edge in front.corner), strict=True)
    assert starts == ((0.75, front.axes[1].high, 0.25),) * 3
    assert [ends[k][k] for k in range(3)] == [front.axes[0].low, front.axes[1].low, front.axes[2].high]
    assert sum(trace.name == "thresholds" for trace in plotting.plot_pareto_front(limited).data) == 3
    assert len(mpl.plot_pareto_front(limited).lines) == 3
    assert pareto_front(search(rows, goals)).corner == []


@pytest.mark.parametrize("n", [4, 5])
def test_more_objectives_have_a_panel_for_each_pair(n):
    draw = random.Random(0)
    names = [f"f{k}" for k in range(n)]
    rows = [[draw.random() for _ in names] for _ in range(12)]
    many = search(rows, dict.fromkeys(names, "minimize"), thresholds={"f0": 0.5})
    pairs = list(itertools.combinations(range(n), 2))
    panels = mpl.plot_pareto_front(many)
    front = pareto_front(many)
    assert front.places == pairs
    for axes, (first, second) in zip(panels, pairs, strict=True):
        (diamonds,) = [each for each in axes.collections if each.get_label() == "front"]
        assert np.array_equal(diamonds.get_offsets(), front.values[front.on_front][:, [first, second]])
        cell = axes.get_subplotspec()
        assert (cell.colspan.start, cell.rowspan.start) == (first, second - 1)
    assert [axes.get_xlabel() for axes in panels if axes.get_xlabel()] == names[:-1]
    assert [axes.get_ylabel() for axes in panels if axes.get_ylabel()] == names[1:]
    figure = plotting.plot_pareto_front(many)
    assert sum(trace.name == "front" for trace in figure.data) == len(pairs)
    assert sum(trace.name == "front" and trace.showlegend for trace in figure.data) == 1
    assert sum(trace.name == "f0 <= 0.5" for trace in figure.data) == n - 1


def test_panels_may_be_drawn_on_given_axes():
    from matplotlib.figure import Figure

    rows = [[float(k == j) for j in range(4)] for k in range(4)]
    axes = list(Figure().subplots(2, 3).flat)
    assert mpl.plot_pareto_front(search(rows, ["minimize"] * 4), ax=axes) == axes
    assert [each.get_xlabel() for each in axes] == [f"objective {k}" for k in (0, 0, 0, 1, 1, 2)]


def test_the_hypervolume_is_measured_from_the_thresholds_or_a_tenth_beyond_the_front():
    """With both objectives in [0, 1] on the front, the share follows by hand."""
    rows = [(0.0, 1.0), (1.0, 0.0), (0.5, 0.5), (9.0, 9.0)]
    plain = hypervolume_history(search(rows, ["minimize"] * 2))
    assert plain.reference == {"objective 0": pytest.approx(1.1), "objective 1": pytest.approx(1.1)}
    # From the ideal point (0, 0): two strips of 1.1 by 0.1, less their common square, and a square of 0.5.
    assert plain.shares.tolist() == pytest.approx([0.11 / 1.21, 0.21 / 1.21, (0.21 + 0.25) / 1.21])
    limited = hypervolume_history(search(rows, ["minimize"] * 2, thresholds=[2.0, None]))
    assert limited.reference["objective 0"] == 2.0
    given = hypervolume_history(search(rows, ["minimize"] * 2, thresholds=[2.0, None]), [4.0, 3.0])
    assert list(given.reference.values()) == [4.0, 3.0]
    with pytest.raises(tt.ArgumentError, match=r"\(objective 0 -1, objective 1 1\.1\); .*reference_point=...\)"):
        hypervolume_history(search(rows, ["minimize"] * 2), {0: -1.0})
    with pytest.raises(tt.ArgumentError, match="reference_point must be a list of 2 numbers"):
        plotting.plot_hypervolume_history(search(rows, ["minimize"] * 2), [1.0])


def test_the_box_of_the_hypervolume_begins_at_the_best_values_though_they_miss_a_threshold():
    """The box reaches from (0, 0) to (2, 2); the only trial in it dominates the square from (1, 1) on."""
    drawn = hypervolume_history(search([(0.0, 3.0), (1.0, 1.0), (3.0, 0.0)], ["minimize"] * 2, thresholds=[2.0, 2.0]))
    assert (drawn.ids.tolist(), drawn.shares.tolist()) == ([1], [0.25])


def test_the_reference_point_is_printed():
    limited = search(ROWS, thresholds={"loss": 0.75, "speed": -1.0})
    assert plotting.plot_hypervolume_history(limited).layout.title.text.endswith(
        "(reference point: loss 0.75, speed -1)"
    )
    assert mpl.plot_hypervolume_history(limited).get_title(loc="left") == "Reference point: loss 0.75, speed -1"


def test_the_hypervolume_of_four_objectives_follows_by_hand():
    """From (0, 0, 0, 0) to (2, 2, 2, 2): a half, an eighth that shares a sixteenth with it, and nothing new."""
    rows = [(0.0, 0.0, 0.0, 1.0), (1.0, 1.0, 1.0, 0.0), (1.0, 0.0, 0.0, 1.0)]
    drawn = hypervolume_history(search(rows, ["minimize"] * 4), [2.0] * 4)
    assert (drawn.ids.tolist(), drawn.shares.tolist()) == ([0, 1], [0.5, 0.5625])
    for backend in (plotting, mpl):
        backend.plot_hypervolume_history(search(rows, ["minimize"] * 4))


def test_a_long_reference_point_is_broken_into_lines():
    names = ["validation loss", "seconds per epoch", "memory in megabytes", "parameters"]
    drawn = search([(1000.5,) * 4, (2000.5,) * 4], dict.fromkeys(names, "minimize"))
    figure, axes = plotting.plot_hypervolume_history(drawn), mpl.plot_hypervolume_history(drawn)
    for lines in (figure.layout.title.text.split("<br>"), axes.get_title(loc="left").split("\n")):
        assert len(lines) == 2
        assert max(map(len, lines)) <= 72
    axes.figure.draw_without_rendering()
    title = axes._left_title.get_window_extent()
    assert axes.figure.bbox.x0 <= title.x0 < title.x1 <= axes.figure.bbox.x1


def test_no_line_of_a_title_ends_between_a_name_and_its_value():
    drawn = search([(1.29599, 1.29599), (2.0, 2.0)], {40 * "a": "minimize", "o4": "minimize"})
    shown = mpl.plot_hypervolume_history(drawn, [1.39599, 1.39599]).get_title(loc="left")
    assert shown == f"Reference point: {40 * 'a'} 1.39599,\no4 1.39599"


def test_a_front_of_too_many_boxes_is_refused_and_a_dominated_trial_needs_none(monkeypatch):
    monkeypatch.setattr(hypervolume, "MAX_BOXES", 5)
    rows = [(0.0, 0.0, 0.0, 1.0), (1.0, 1.0, 1.0, 0.0), (0.5, 0.5, 0.5, 0.5)]
    assert len(dominated_volumes(np.array([*rows[:2], rows[0]]) / 2)) == 3
    with pytest.raises(tt.ArgumentError, match="too many trials are on the front of 4 objectives"):
        plotting.plot_hypervolume_history(search([*rows, (0.25, 0.75, 0.5, 0.25)], ["minimize"] * 4))


@pytest.mark.parametrize(("m", "n"), [(3, 3000), (4, 650), (5, 160)])
def test_the_number_of_boxes_does_not_depend_on_the_order_of_trials(m, n):
    points = np.abs(np.random.default_rng(0).normal(size=(n, m)))
    points /= np.linalg.norm(points, axis=1, keepdims=True)
    by_first = points[points[:, 0].argsort()]
    counts = set()
    for order in (points, by_first, by_first[::-1]):
        boxes = hypervolume.Dominated(m)
        assert sum(map(boxes.add, order)) == pytest.approx(dominated_volume(points))
        counts.add(len(boxes._corners))
    assert len(counts) == 1
    assert counts == {2 * n + 1} or m > 3


def test_volumes_of_points_with_equal_coordinates_do_not_depend_on_their_order():
    """The number of boxes does."""
    draw = np.random.default_rng(0)
    points = draw.integers(0, 5, (30, 5)) / 5
    volume, counts = dominated_volume(points), set()
    for _ in range(20):
        boxes = hypervolume.Dominated(5)
        assert sum(map(boxes.add, draw.permutation(points))) == pytest.approx(volume)
        counts.add(len(boxes._corners))
    assert len(counts) > 1


@pytest.mark.parametrize("m", [3, 4, 5])
def test_volumes_are_those_of_counting_cells(m):
    draw = np.random.default_rng(0)
    points = draw.integers(0, 6, (30, m)) / 6
    cells = np.stack(np.meshgrid(*[np.arange(6) / 6] * m), axis=-1).reshape(-1, m)
    counted = [(points[:n, None] <= cells).all(axis=2).any(axis=0).mean() for n in range(1, 31)]
    assert dominated_volumes(points) == pytest.approx(counted)


def by_hand(fronts, count, x):
    """The best second objective that ``count`` searches attain together with ``x``."""
    best = sorted(min((b for a, b in front if a <= x), default=np.inf) for front in fronts)
    return best[count - 1]


@pytest.mark.parametrize("maximize", [False, True])
def test_attainment_surfaces_are_what_a_share_of_the_searches_attains(maximize):
    draw, sign = random.Random(1), -1.0 if maximize else 1.0
    fronts = [[(draw.randint(0, 9), draw.randint(0, 9)) for _ in range(4)] for _ in range(7)]
    goals = {"time": "minimize", "score": "maximize" if maximize else "minimize"}
    searches = [search([(a, sign * b) for a, b in front], goals) for front in fronts]
    (surfaces,) = attainment_surfaces(searches, [0.75, 0.25, 0.5, 1.0])
    assert (surfaces.ratios, surfaces.names) == ([0.25, 0.5, 0.75, 1.0], ["time", "score"])
    for count, y in zip((2, 4, 6, 7), surfaces.y, strict=True):
        expected = [by_hand(fronts, count, x) for x in surfaces.x]
        assert np.where(np.isnan(y), np.inf, sign * y).tolist() == expected
    assert np.isnan(surfaces.y[-1][0])
    assert sign * surfaces.worst == max(b for front in fronts for b in front_of(front)) == sign * surfaces.band[1][0]
    assert surfaces.x[-1] == max(a for front in fronts for a in front_of(front, by=0))


def front_of(front, by=1):
    """The values of an objective on a front, from all points."""
    kept = [p for p in front if not any(q != p and q[0] <= p[0] and q[1] <= p[1] for q in front)]
    return [p[by] for p in kept]


def test_methods_are_drawn_beside_each_other():
    def some(seed):
        draw = random.Random(seed)
        return search([(draw.random(), draw.random()) for _ in range(9)])

    methods = {"a": [some(k) for k in range(3)], "b": [some(k) for k in range(3, 6)]}
    figure = plotting.plot_empirical_attainment_surface(methods, [0.5, 1.0])
    names = ["a: 50 % of the searches", "a: 100 % of the searches"]
    lines = [trace for trace in figure.data if trace.showlegend is None]
    assert [trace.name for trace in lines] == [*names, *(name.replace("a:", "b:") for name in names)]
    axes = mpl.plot_empirical_attainment_surface(methods, [0.5])
    assert [line.get_label() for line in axes.lines] == ["a: 50 % of the searches", "b: 50 % of the searches"]
    assert np.array_equal(axes.lines[0].get_ydata(), lines[0].y, equal_nan=True)
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("loss", "speed")


def test_shares_with_the_same_surface_are_one_and_a_single_search_is_no_share():
    one, two = search(ROWS), search([(0.2, 6.5)])
    for searches, names in (
        (one, []),
        ({"a": one, "b": [two]}, ["a", "b"]),
        ([one, two], ["50 % of the searches", "75 % of the searches"]),
    ):
        axes, figure = (draw.plot_empirical_attainment_surface(searches) for draw in (mpl, plotting))
        legend = axes.get_legend()
        assert [text.get_text() for text in (legend.get_texts() if legend else [])] == names
        assert [trace.name for trace in figure.data if trace.showlegend is None] == names
    widths = [trace.line.width for trace in figure.data if trace.name]
    assert widths == [2.5, 1.0], "the middle one of all shares is strong"


def test_methods_can_be_told_apart_without_colours():
    methods = {name: [search([(k, 9 - k) for k in range(9)])] * 2 for name in "abcdefg"}
    figure = plotting.plot_empirical_attainment_surface(methods, [0.5, 1.0])
    lines = [trace for trace in figure.data if trace.showlegend is None]
    assert len({trace.line.dash for trace in lines}) == 7
    assert all(one.line.dash == other.line.dash for one, other in zip(lines[::2], lines[1::2], strict=True))
    assert all(one.line.width != other.line.width for one, other in zip(lines[::2], lines[1::2], strict=True))
    drawn = mpl.plot_empirical_attainment_surface(methods, [0.5]).lines
    assert len({str(line._unscaled_dash_pattern) for line in drawn}) == 7
    for edf in (
        plotting.plot_edf([search(ROWS)] * 3, objective=0).data,
        mpl.plot_edf([search(ROWS)] * 3, objective=0).lines,
    ):
        dashes = [str(each.line.dash) if hasattr(each, "line") else str(each._unscaled_dash_pattern) for each in edf]
        assert len(set(dashes)) == 3


@pytest.mark.parametrize(
    ("searches", "ratios", "message"),
    [
        ([], [0.5], "there is no search"),
        ({"a": []}, [0.5], "there is no search"),
        (search([(1, 2)]), [0.0], r"attainment_ratios must be shares above 0 and up to 1, got \[0\.0\]"),
        (search([(1, 2)]), [], "attainment_ratios must be shares"),
        (search([]), [0.5], "no trial is complete and feasible"),
        (
            [search([(1, 2)]), search([(1, 2)], ["minimize"] * 2)],
            [0.5],
            "got minimize, maximize and minimize, minimize",
        ),
        (
            search([(1, 2, 3)], ["minimize"] * 3),
            [0.5],
            "two objectives and the same directions, got minimize, minimize, minimize",
        ),
    ],
)
def test_what_has_no_attainment_surface_is_refused(searches, ratios, message):
    with pytest.raises(tt.ArgumentError, match=message):
        plotting.plot_empirical_attainment_surface(searches, ratios)


def test_the_ring_says_what_the_nearest_trial_misses():
    far = search(ROWS, GOALS, thresholds={"speed": 11.0})
    drawn = pareto_front(far)
    missed = far.recommend().misses[1]
    assert drawn.choice == f"nearest to the thresholds, misses speed by {missed:g}"
    assert drawn.choice in traced(plotting.plot_pareto_front(far))
    assert len(marked(mpl.plot_pareto_front(far), drawn.choice)) == 1


def test_unmet_thresholds_are_left_out_of_the_reference_point_and_the_title_says_so():
    rows = [(0.0, 3.0), (1.0, 1.0), (3.0, 0.0)]
    plain = hypervolume_history(search(rows, ["minimize"] * 2))
    far = search(rows, ["minimize"] * 2, thresholds=[-1.0, None])
    drawn = hypervolume_history(far)
    assert (drawn.reference, drawn.shares.tolist()) == (plain.reference, plain.shares.tolist())
    assert drawn.leaves_out_thresholds
    assert not plain.leaves_out_thresholds
    title = plotting.plot_hypervolume_history(far).layout.title.text.replace("<br>", " ")
    assert "no trial is better than all thresholds yet" in title
    with pytest.raises(tt.ArgumentError, match="better than the reference point"):
        hypervolume_history(far, [None, 4.0])


@pytest.mark.parametrize("width", [3.0, 4.0, 5.5, 9.0])
def test_the_legend_of_a_front_stays_in_the_picture(width):
    """With thresholds and infeasible trials it has seven entries, two of them long."""
    directions = {"validation loss": "minimize", "seconds per epoch": "minimize"}
    limits = dict.fromkeys(directions, 0.6)
    optimizer = tt.Optimizer({"x": tt.Float(0, 1)}, directions=directions, thresholds=limits, seed=0)
    for x in np.linspace(0.0, 1.0, 12):
        values = [x, (1.0 - x) ** 2 + (0.2 if x > 0.5 else 0.0)]
        optimizer.observe({"x": x}, values, constraints={"c": x - 0.9})
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(width, 3.4), layout="constrained")
    legend = mpl.plot_pareto_front(optimizer, ax=axes).get_legend()
    figure.draw_without_rendering()
    assert len(legend.get_texts()) == 7
    assert legend.get_window_extent().x1 <= figure.bbox.x1
    assert legend._ncols == {3.0: 1, 9.0: 4}.get(width, legend._ncols)
