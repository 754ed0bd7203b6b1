"""What the sections say: their statements agree with the search, and few trials are said to be few."""

import itertools
import json
import math
import random
import re
import time
from pathlib import Path

import numpy as np
import pytest

import tanteo as tt
from report.conftest import SPACE, filled, loss
from tanteo._internal.text import show_value
from tanteo.plotting import data, hypervolume
from tanteo.plotting.hypervolume import dominated_areas
from tanteo.plotting.timeline import lanes_of
from tanteo.plotting.timeline import timeline as worker_timeline
from tanteo.report.document import Bars, Bounds, Chart, Heat, Table, Text, plain
from tanteo.report.picture import MOST_BESIDE, note_of
from tanteo.report.sections import SECTIONS
from tanteo.report.sections.curves import curves
from tanteo.report.sections.failures import failures, telling_cut, telling_pair
from tanteo.report.sections.interaction import strength, told
from tanteo.report.sections.mattered import mattered
from tanteo.report.sections.progress import progress
from tanteo.report.sections.record import command_to_continue, record
from tanteo.report.sections.take import _unfinished_answer, take
from tanteo.report.sections.timeline import timeline
from tanteo.report.subject import Subject
from tanteo.report.trials import Query, TrialTable, details
from tanteo.run.report import with_error

KINDS = ["plain_search", "noisy", "several", "failing", "limited", "curved", "conditional"]


def slow_loss(params):
    time.sleep(0.2)
    return loss(params)


def texts(section):
    return " ".join(part.text for part in section.parts if isinstance(part, Text))


def tables(section):
    return {part.title: part for part in section.parts if isinstance(part, Table)}


def charts(section):
    return [part for part in section.parts if isinstance(part, Chart)]


@pytest.mark.parametrize("kind", KINDS)
def test_every_picture_says_how_to_read_it_and_what_it_shows(kind, request):
    subject = Subject(request.getfixturevalue(kind))
    pictures = [part for write in SECTIONS for part in write(subject).parts if isinstance(part, Chart | Bars)]
    assert len(pictures) >= 3
    for picture in pictures:
        assert picture.how.endswith(".")
        assert picture.shows.endswith(".")
        assert any(character.isdigit() for character in picture.shows), picture.shows


def test_predictions_of_one_of_several_objectives_say_what_is_kept_and_recommend_nothing_infeasible(limited):
    pictures = [chart for chart in charts(mattered(Subject(limited))) if chart.title.startswith("accuracy along")]
    assert pictures
    for picture in pictures:
        assert "with the other parameters of the feasible trial with the best accuracy" in picture.how
        assert "recommended" not in picture.how
        assert "best expected" not in picture.shows
    along_depth = next(chart for chart in pictures if chart.title == "accuracy along depth")
    n_feasible = sum(trial.feasible for trial in limited.trials)
    assert along_depth.shows.startswith(f"Of {n_feasible} feasible trials the best has 0.5 at depth = 4")


def test_what_to_take_has_its_constraints_and_the_record_the_thresholds(limited):
    taken = limited.recommend().trial
    table = tables(take(Subject(limited)))[f"Constraints of trial {taken.id} (feasible up to 0)"]
    assert table.rows == [["memory", show_value(taken.constraints["memory"])]]
    rows = dict(tables(record(Subject(limited)))["The search"].rows)
    n_infeasible = sum(not trial.feasible for trial in limited.trials)
    assert rows["thresholds"] == "accuracy >= 0.25"
    assert rows["trials"] == f"40 complete ({n_infeasible} infeasible by memory)"


@pytest.mark.parametrize("kind", KINDS)
def test_marks_lie_on_their_axes(kind, request):
    for section in (write(Subject(request.getfixturevalue(kind))) for write in SECTIONS):
        for chart in charts(section):
            for mark in (m for m in plain(chart)["marks"] if m["kind"] in ("points", "line")):
                # A predicted line may leave the picture, which hides what is outside of it.
                is_predicted = mark["kind"] == "line" and mark["label"].startswith("expected")
                for axis, values in ((chart.x, mark["x"]), *(() if is_predicted else [(chart.y, mark["y"])])):
                    known = [value for value in values if value is not None]
                    slack = 1e-5 * max(abs(axis.low), abs(axis.high))
                    assert min(known, default=axis.low) >= axis.low - slack, (chart.title, mark["label"])
                    assert max(known, default=axis.high) <= axis.high + slack, (chart.title, mark["label"])


@pytest.mark.parametrize("n", [0, 1, 2, 3])
@pytest.mark.parametrize("directions", [None, ["minimize", "maximize"]])
def test_few_trials_make_sections_that_say_so(n, directions):
    search = filled(
        lambda search, trial: search.tell(trial, [trial.params["drop"]] * (2 if directions else 1)),
        n=n,
        **({"directions": directions} if directions else {}),
    )
    sections = {write.__name__: write(Subject(search)) for write in SECTIONS}
    assert f"there {'is' if n == 1 else 'are'} {n} so far" in texts(sections["mattered"])
    assert charts(sections["mattered"]) == []
    assert charts(sections["failures"]) == []
    if n == 0:
        assert "nothing to take" in texts(sections["take"]) or "no front" in texts(sections["take"])
        assert charts(sections["progress"]) == []


def test_the_answer_is_the_recommended_trial(plain_search, noisy):
    assert f"Take trial {plain_search.best.id}: its value" in texts(take(Subject(plain_search)))
    said = texts(take(Subject(noisy)))
    assert f"Take trial {noisy.recommend().id}" in said
    rows = dict(tables(take(Subject(noisy)))[""].rows)
    second = noisy.comparison().second.id
    assert f"trial {second} with" in rows["next best"]
    assert f"{100 * noisy.comparison().probability:.0f} %" in rows["next best"]


def test_defaults_that_violate_a_constraint_give_no_gain():
    def tell(search, trial):
        search.tell(trial, loss(trial.params), constraints={"depth": 4.5 - trial.params["depth"]})

    rows = dict(tables(take(Subject(filled(tell))))[""].rows)
    assert rows["gain over the defaults"] == "none, as the defaults violate 'depth' (trial 0)"


def test_an_unfinished_trial_may_be_the_answer():
    def tell(search, trial):
        for step, factor in enumerate([1.0, 0.75, 0.5], 1):
            search.report(trial, step, (13.0 - trial.id) * factor)
        search.tell(trial, (13.0 - trial.id) * 0.5)

    search = filled(tell, n=12)
    trial = search.ask()
    search.report(trial, 1, 0.02)
    search.report(trial, 2, 0.015)
    said = texts(take(Subject(search)))
    assert "Take trial 12, which still runs: its value was 0.015 at step 2." in said
    end = search.recommend()
    expected = f"It is expected to end at {with_error(end.estimate, end.deviation)}, better than trial 11"
    assert f"{expected}, whose value of 1 is the best." in said


def test_the_interval_is_that_of_the_model(plain_search):
    median, low, high = plain_search.predict([plain_search.recommend().params])[0]
    rows = dict(tables(take(Subject(plain_search)))[""].rows)
    expected = f"the model expects {median:.6g} (95 % between {low:.6g} and {high:.6g})"
    assert rows["how sure"] == f"without the noise of a single run, {expected}"


def test_the_line_along_a_parameter_goes_through_the_recommended_trial():
    search = tt.minimize(lambda params: (params["x"] - 0.3) ** 2, {"x": tt.Float(0.0, 1.0)}, n_trials=16, seed=0)
    subject = Subject(search.optimizer)
    (sure,) = re.findall(r"the model expects (\S+) ", str(tables(take(subject))[""].rows))
    (along,) = [chart.shows for chart in charts(mattered(subject)) if chart.title == "value along x"]
    (best,) = re.findall(r"best expected value is (\S+) at", along)
    assert float(best) == pytest.approx(float(sure), rel=0.05, abs=0.0)


def test_a_predicted_line_is_not_moved_to_the_edge_of_its_axis():
    search = tt.Optimizer({"x": tt.Float(0.0, 1.0)})
    for x in [*np.linspace(0.0, 0.3, 30), 0.8, 0.9, 1.0]:
        search.observe({"x": float(x)}, float(x) ** 2)
    (chart,) = [chart for chart in charts(mattered(Subject(search))) if chart.title == "value along x"]
    (expected,) = [mark for mark in chart.marks if mark.label == "expected"]
    assert max(filter(None, expected.y)) > 1.5 * chart.y.high


def test_a_search_that_stands_still_is_told_to_stop():
    # A parabola that the model knows exactly.
    still = tt.minimize(lambda p: (p["x"] - 0.3) ** 2, {"x": tt.Float(0.0, 1.0)}, n_trials=40, seed=0).optimizer
    assert "Stop, or widen the space." in texts(progress(Subject(still)))
    going = filled(lambda search, trial: search.tell(trial, loss(trial.params)), n=12)
    said = texts(progress(Subject(going)))
    assert "Go on: the next 10 trials" in said
    assert "% of the gain so far over the median of the first 10." in said


@pytest.mark.parametrize(
    ("values", "said"),
    [([1.0], "did not improve"), ([1.0] * 3, "did not improve"), ([2.0, 3.0, 1.0], "improved 1 time")],
)
def test_the_first_value_is_no_improvement(values, said):
    search = filled(lambda search, trial: search.tell(trial, values[trial.id]), n=len(values))
    (picture,) = charts(progress(Subject(search)))
    assert picture.shows.endswith(f"; it {said}.")


def test_who_proposed_counts_every_trial(failing):
    table = tables(progress(Subject(failing)))["Who proposed, and how well"]
    assert sum(row[1] for row in table.rows) == len(failing)
    assert sum(row[2] for row in table.rows) == sum(trial.state == "failed" for trial in failing.trials)


def test_who_proposed_has_every_objective(limited):
    table = tables(progress(Subject(limited)))["Who proposed, and how well"]
    assert table.head[-4:] == ["best loss", "median loss", "best accuracy", "median accuracy"]
    usable = np.array([trial.values for trial in limited.trials if trial.feasible])
    assert min(row[-4] for row in table.rows) == usable[:, 0].min()
    assert max(row[-2] for row in table.rows) == usable[:, 1].max()


def test_importances_have_errors_which_shrink_with_the_trials(plain_search):
    longer = filled(lambda search, trial: search.tell(trial, loss(trial.params)), n=640)
    bars = [next(part for part in mattered(Subject(s)).parts if isinstance(part, Bars)) for s in (plain_search, longer)]
    assert all(0.0 < error < 0.3 for error in bars[0].errors)
    assert max(bars[1].errors) < 0.6 * max(bars[0].errors)


def test_failures_are_told_apart_by_the_parameters_that_cause_them(failing):
    section = failures(Subject(failing))
    (chart,) = charts(section)
    assert {chart.x.label, chart.y.label} == {"lr", "depth"}
    assert tables(section)["Reasons of failures"].rows[0][0] == "ValueError: diverged"
    broken = sum(not trial.feasible for trial in failing.trials)
    assert tables(section)["Broken constraints"].rows == [["size", broken]]


def check_first(search, trial):
    """Tell a constraint before the result, and stop the trials that break it (``docs/how_to/check_first.md``)."""
    trial.tell_constraints({"size": trial.params["depth"] - 4.5})
    if trial.infeasible:
        search.tell(trial, state="pruned", reason="too deep")
    else:
        search.tell(trial, -trial.params["depth"])


def test_trials_that_were_stopped_as_they_broke_a_constraint_are_said_to_have_gone_wrong():
    search = filled(check_first)
    n = sum(trial.state == "pruned" for trial in search.trials)
    section = failures(Subject(search))
    assert f"{n} of 40 trials broke a constraint" in texts(section)
    assert tables(section)["Broken constraints"].rows == [["size", n]]
    assert f"With depth >= 5, {n} of {n} trials went wrong; below it, 0 of {40 - n}." in texts(section)


def test_no_best_expected_value_is_named_where_a_trial_that_was_stopped_broke_a_constraint():
    shown = [chart.shows for chart in charts(mattered(Subject(filled(check_first)))) if " along " in chart.title]
    assert len(shown) == 3
    assert all(". Constraints left aside, the expectation changes by " in shows for shows in shown), shown


def along_kernel(best, **options):
    """Return the picture along a choice, one of whose values switches another parameter on; ``best`` has low values."""
    kernels = tt.Categorical(["linear", "sigmoid", "rbf"])
    space = {"kernel": kernels, "gamma": tt.Float(0, 1, when={"kernel": "rbf"}), "c": tt.Float(0, 1)}
    search = tt.Optimizer(tt.SearchSpace(space, **options), seed=0, sampler="random")
    for trial in search.ask(40):
        search.tell(trial, trial.params["c"] - 2.0 * (trial.params["kernel"] == best))
    return next(chart for chart in charts(mattered(Subject(search))) if chart.title == "value along kernel")


def test_the_page_says_for_which_choices_there_is_a_prediction_and_why_not_for_others():
    shows = along_kernel("rbf").shows
    assert shows.startswith(
        "A prediction is shown for rbf only, because the other values of kernel switch other parameters on or off. Of "
    )
    assert "No prediction" not in shows
    shows = along_kernel("linear", constraints=[tt.Forbid({"kernel": "sigmoid", "c": tt.at_most(0.9)})]).shows
    assert shows.startswith("A prediction is shown for linear only, because the other values of kernel switch other ")
    assert " or known constraints forbid the others with the other parameters as they are. Of " in shows


def test_a_comparison_of_some_choices_says_which():
    kernels, gamma = tt.Categorical(["linear", "poly", "rbf"]), tt.Float(0, 1, when={"kernel": ["poly", "rbf"]})
    search = tt.Optimizer({"kernel": kernels, "gamma": gamma}, seed=0, sampler="random")
    for trial in search.ask(40):
        search.tell(trial, 1.0 - trial.params.get("gamma", 0.0))
    (chart,) = [chart for chart in charts(mattered(Subject(search))) if chart.title == "value along kernel"]
    assert chart.shows.startswith("The best expected value is ")
    assert chart.shows.endswith(
        "Predictions are shown for poly and rbf only, because the other values of kernel switch other parameters on or "
        "off."
    )


def test_the_page_says_where_a_known_constraint_ends_a_line():
    order = tt.Order("fewest", "<=", "most")
    space = tt.SearchSpace({"fewest": tt.Int(1, 50), "most": tt.Int(1, 50)}, constraints=[order])
    search = tt.Optimizer(space, seed=0, sampler="random")
    for trial in search.ask(40):
        search.tell(trial, (trial.params["fewest"] - 15) ** 2 + (trial.params["most"] - 40) ** 2)
    taken = search.recommend().params
    shows = {chart.title: chart.shows for chart in charts(mattered(Subject(search)))}
    because = "because known constraints forbid the others with the other parameters as they are."
    assert shows["value along most"].endswith(f" The line begins at {taken['fewest']}, {because}")
    assert shows["value along fewest"].endswith(f" The line ends at {taken['most']}, {because}")


def test_chance_tells_no_parameters_apart():
    found = 0
    for seed in range(40):
        rng = np.random.default_rng(seed)
        found += telling_pair(rng.random((200, 3)), rng.random(200) < 0.3, [True] * 3) is not None
    assert found <= 2, "one in a hundred is expected"
    unit = np.random.default_rng(0).random((200, 5))
    assert telling_pair(unit, (unit[:, 1] > 0.5) ^ (unit[:, 3] > 0.5), [True] * 5) == (1, 3), (
        "neither alone tells anything"
    )


def fail_beyond_a_border(search, trial):
    if trial.params["drop"] >= 0.46:
        search.tell(trial, state="failed")
    else:
        search.tell(trial, trial.params["drop"] ** 2)


@pytest.mark.parametrize(("space", "n", "n_charts"), [(SPACE, 60, 1), ({"drop": SPACE["drop"]}, 200, 0)])
def test_a_border_along_one_parameter_is_found_wherever_it_lies(space, n, n_charts):
    """It is not one of the quarters of the range."""
    section = failures(Subject(filled(fail_beyond_a_border, n=n, space=space)))
    assert "With drop >= 0.46" in texts(section), texts(section)
    assert "; below it, 0 of " in texts(section)
    assert len(charts(section)) == n_charts


def test_a_border_that_separates_wins_over_a_pair_that_tells_less():
    search = tt.Optimizer({"width": tt.Float(0.0, 1.0), "n": tt.Float(0.0, 1.0)}, sampler="random", seed=0)
    unit = np.array([[trial.params["width"], trial.params["n"]] for trial in search.ask(80)])
    bad = unit[:, 0] >= 0.8
    assert telling_pair(unit, bad, [True, True]) == (0, 1), "the pair is better than chance too"
    for trial, is_bad in zip(search.pending, bad.tolist(), strict=True):
        search.tell(trial, 1.0, constraints={"width": 1.0 if is_bad else -1.0})
    section = failures(Subject(search))
    n_bad = int(bad.sum())
    assert f"{n_bad} of {n_bad} trials went wrong; below it, 0 of {80 - n_bad}." in texts(section)


def test_a_quarter_with_two_trials_is_no_evidence():
    search = tt.Optimizer({"x": tt.Float(0.0, 1.0), "y": tt.Float(0.0, 1.0)})
    places = [(x / 40, y / 40) for x in range(20) for y in (1, 2, 3)] + [(0.9, 0.9), (0.8, 0.8)]
    for x, y in places:
        state = "failed" if x > 0.4 else "complete"
        search.observe({"x": x, "y": y}, None if state == "failed" else 1.0, state=state)
    (chart,) = charts(failures(Subject(search)))
    assert (
        chart.shows == "18 % of all trials went wrong; no part of the picture with 5 trials or more has a larger share."
    )


def test_a_random_border_is_seldom_found():
    rng, found = np.random.default_rng(0), 0
    for _ in range(100):
        found += telling_cut(rng.random((60, 3)), rng.random(60) < 0.3, [True] * 3) is not None
    assert found <= 3, "one in a hundred is expected"
    unit = np.round(rng.random((60, 3)), 1)
    unit[::4, 1] = np.nan
    column, row = telling_cut(unit, unit[:, 1] < 0.25, [True] * 3)
    assert (column, unit[row, 1]) == (1, 0.3)
    assert telling_cut(np.full((9, 1), 0.5), np.arange(9) < 5, [True]) is None


@pytest.mark.parametrize("alloys", [["steel", "ti"], ["steel", "ti", "alu", "cu", "pom"], [*"abcdefghij", "ti"]])
def test_a_choice_that_fails_is_named_and_has_no_high_or_low_end(alloys):
    def weld(search, trial):
        is_bad = trial.params["alloy"] == "ti"
        search.tell(trial, None if is_bad else trial.params["y"], state="failed" if is_bad else "complete")

    space = {"alloy": tt.Categorical(alloys), "y": tt.Float(0.0, 1.0), "z": tt.Float(0.0, 1.0)}
    search = filled(weld, n=80, space=space)
    n = sum(trial.state == "failed" for trial in search.trials)
    section = failures(Subject(search))
    assert f"With alloy = ti, {n} of {n} trials went wrong; with another choice, 0 of {80 - n}." in texts(section)
    (chart,) = charts(section)
    assert chart.shows.startswith("With alloy = ti and ") == (len(alloys) < 8), chart.shows
    assert chart.shows.endswith("with 5 trials or more has a larger share.") == (len(alloys) >= 8), chart.shows


def test_two_choices_that_fail_together_are_found_and_chance_is_not():
    rng, found = np.random.default_rng(0), 0
    for n_choices in (8, 20):
        for _ in range(20):
            unit = rng.integers(0, n_choices, (400, 2)) / n_choices
            found += telling_pair(unit, rng.random(400) < 0.5, [False] * 2) is not None
            found += telling_cut(unit, rng.random(400) < 0.5, [False] * 2) is not None
    assert found <= 4, "one in a hundred of 80 is expected"
    unit = rng.integers(0, 5, (200, 3)) / 5
    assert telling_pair(unit, (unit[:, 0] == 0.2) ^ (unit[:, 2] == 0.8), [False] * 3) == (0, 2)


def test_predictions_say_that_they_leave_failures_aside(failing):
    found = mattered(Subject(filled(fail_beyond_a_border)))
    shown = [chart.shows for chart in charts(found) if " along " in chart.title]
    assert len(shown) == 3
    assert all(shows.startswith("Failures left aside, the best expected value is ") for shows in shown)
    infeasible_too = [chart.shows for chart in charts(mattered(Subject(failing))) if " along " in chart.title]
    assert all(". Constraints and failures left aside, the expectation changes by " in each for each in infeasible_too)


def test_parameters_of_different_branches_are_no_pair():
    rng = np.random.default_rng(3)
    unit = rng.random((120, 2))
    unit[:60, 0], unit[60:, 1] = np.nan, np.nan
    assert telling_pair(unit, np.nan_to_num(unit[:, 0], nan=1.0) < 0.4, [True] * 2) is None


@pytest.mark.parametrize(
    ("stopped", "said"),
    [
        ([0], ["1 of 3 trials was stopped early", "the best 2 are strong", "the stopped one ended at step 1 of 2"]),
        ([0, 1], ["2 of 3 trials were stopped early", "the best one is strong", "half of the stopped ones ended by"]),
        ([0, 1, 2], ["3 of 3 trials were stopped early", "Each line is a trial: stopped ones end at a ring"]),
    ],
)
def test_one_and_none_of_the_curves_are_said_so(stopped, said):
    def outcome(search, trial):
        search.report(trial, 1, 1.0 + trial.id)
        if trial.id in stopped:
            search.tell(trial, state="pruned")
        else:
            search.report(trial, 2, 0.5 + trial.id)
            search.tell(trial, 0.5 + trial.id)

    section = curves(Subject(filled(outcome, n=3)))
    (chart,) = charts(section)
    text = f"{texts(section)} {chart.how} {chart.shows}"
    assert all(each in text for each in said), text


def test_the_trial_to_take_may_have_some_of_its_folds():
    search = tt.Optimizer({"x": tt.Float(0, 1)}, seed=0)
    trial = search.ask()
    search.report_fold(trial, 0, 0.5)
    search.tell(trial, state="pruned")
    assert _unfinished_answer("value", search.trials[0], None).startswith(
        "Take trial 0, which was stopped: its value was 0.5 after 1 fold."
    )


def test_a_reason_of_the_usual_length_is_whole_in_the_table():
    reason = "12 of 24 folds: expected to end at 0.9777 ± 0.0021, 0.4 % to beat the best trial 1234, stops below 3.8 %"
    search = tt.Optimizer({"x": tt.Float(0, 1)}, seed=0)
    search.tell(search.ask(), state="pruned", reason=reason)
    assert TrialTable(search).rows([0])[0][-1] == reason


@pytest.mark.parametrize(
    ("stopped", "said"),
    [
        ([], "the longest has 3 folds"),
        ([0], "the stopped one ended after 2 of 3 folds"),
        ([0, 1], "half of the stopped ones ended after at most 2 of 3 folds"),
    ],
)
def test_curves_of_folds_count_folds(stopped, said):
    def outcome(search, trial):
        for fold in range(2 if trial.id in stopped else 3):
            search.report_fold(trial, fold, float(trial.id + fold))
        search.tell(trial, state="pruned" if trial.id in stopped else "complete")

    (chart,) = charts(curves(Subject(search := filled(outcome, n=4))))
    assert said in chart.shows
    assert "step" not in chart.shows
    assert chart.x.whole, "there is no half of a fold"
    assert details(search, 0)["of_folds"]


def far_from_the_defaults():
    return filled(lambda search, trial: search.tell(trial, abs(trial.params["depth"] - 7) + trial.params["drop"]))


def test_the_configuration_says_what_differs_from_the_defaults(plain_search, conditional):
    search = far_from_the_defaults()
    (table,) = (table for title, table in tables(take(Subject(search))).items() if "configuration" in title)
    changed = {name: value for name, value in search.best.params.items() if value != SPACE[name].default}
    assert table.title == f"Its configuration: {len(changed)} values of 3 differ from the defaults"
    assert table.head[-1] == "instead of the default"
    rows = [(name, value, default) for name, value, default in table.rows if default]
    assert rows == [(name, show_value(changed[name]), show_value(SPACE[name].default)) for name, *_ in rows]
    assert [bool(row[-1]) for row in table.rows] == [True] * len(changed) + [False] * (3 - len(changed))
    at_defaults = tables(take(Subject(plain_search)))["Its configuration: 0 values of 3 differ from the defaults"]
    assert at_defaults.head == ["parameter", "value"]
    assert tables(take(Subject(conditional)))["Its configuration"].head == ["parameter", "value"]


def test_a_parameter_that_only_the_defaults_have_is_a_difference():
    space = {"kind": tt.Categorical(["a", "b"], default="a"), "rate": tt.Float(0, 1, default=0.5, when={"kind": "a"})}
    search = tt.Optimizer(space)
    search.observe({"kind": "b"}, 1.0)
    (table,) = (table for title, table in tables(take(Subject(search))).items() if "configuration" in title)
    assert [tuple(row) for row in table.rows] == [("kind", "'b'", "'a'"), ("rate", "inactive", "0.5")]


def test_the_path_from_the_defaults_to_what_to_take_is_a_table(plain_search, several, conditional):
    search = far_from_the_defaults()
    best, section = search.best, mattered(Subject(search))
    table = tables(section)[f"From the defaults to trial {best.id}, one change at a time"]
    assert sorted(row[:3] for row in table.rows) == sorted(
        [name, show_value(SPACE[name].default), show_value(value)] for name, value in best.params.items()
    )
    assert float(table.rows[0][3].split(" ± ")[0]) > 0
    assert "The model expects a value of " in texts(section)
    assert "The model expects a speed of " in texts(mattered(Subject(several)))
    for without in (plain_search, conditional):
        assert not any("one change" in title for title in tables(mattered(Subject(without))))


def test_infeasible_trials_are_marked_in_the_table(plain_search, limited):
    table = TrialTable(limited)
    (cells,) = table.rows([next(trial.id for trial in limited.trials if not trial.feasible)])
    assert cells[table.names.index("feasible")] == "False"
    assert table.ids(Query(where="feasible=False")) == [trial.id for trial in limited.trials if not trial.feasible]
    assert "feasible" not in TrialTable(plain_search).names


def test_excluded_trials_are_no_curves_no_stops_and_break_no_constraint(tmp_path):
    study = tt.Study(tmp_path / "s.db", {"x": tt.Float(0, 1)}, seed=0)
    for number in range(5):
        trial = study.ask()
        study.report(trial, 1, float(number))
        if number == 3:
            study.tell(trial, state="pruned")
        else:
            study.tell(trial, float(number), constraints={"c": 2.5 - number})
    subject = Subject(study)
    assert "1 of 5 trials was stopped early" in texts(curves(subject))
    assert "3 of 5 trials broke a constraint" in texts(failures(subject))
    for number in (0, 1, 3):
        study.exclude(number)
    subject = Subject(study)
    assert "2 trials reported values, and none was stopped early" in texts(curves(subject))
    assert [curve.id for curve in data.intermediate_values(study)] == [2, 4]
    assert "1 of 2 trials broke a constraint" in texts(failures(subject))
    assert tables(failures(subject))["Broken constraints"].rows == [["c", 1]]
    assert "(3 excluded, 1 infeasible by c)" in dict(tables(record(subject))["The search"].rows)["trials"]


def test_reports_of_excluded_trials_are_said_to_be_theirs(tmp_path):
    study = tt.Study(tmp_path / "s.db", {"x": tt.Float(0, 1)}, seed=0)
    for number in range(3):
        trial = study.ask()
        if number:
            study.report(trial, 1, float(number))
        study.tell(trial, float(number))
    study.exclude(0)
    study.exclude(1)
    assert "1 trial reported values" in texts(curves(Subject(study)))
    study.exclude(2)
    assert texts(curves(Subject(study))) == (
        "Only excluded trials reported values on their way (trial.report), so there are no curves."
    )
    study.include(1)
    assert "1 trial reported values" in texts(curves(Subject(study)))


def test_stops_that_differ_in_numbers_only_are_one_reason_with_the_numbers_of_one(curved):
    table = tables(curves(Subject(curved)))["Reasons of stops"]
    stopped = [trial.reason for trial in curved.trials if trial.state == "pruned"]
    ((reason, n),) = table.rows
    assert (reason in stopped, n) == (True, len(stopped))
    assert table.head == ["reason (with the numbers of one trial)", "trials"]
    search = tt.Optimizer(SPACE, seed=0)
    for trial in search.ask(3):
        search.report(trial, 0, 1.0)
        search.tell(trial, state="pruned", reason="too slow")
    assert tables(curves(Subject(search)))["Reasons of stops"].head == ["reason", "trials"]
    roles = {mark.role for mark in charts(curves(Subject(curved)))[0].marks}
    assert roles == {"top", "stopped", "faint"}


def test_a_front_of_one_trial_is_described_in_the_singular():
    goals = {"loss": "minimize", "speed": "maximize"}
    search = filled(lambda search, trial: search.tell(trial, (trial.id, -trial.id)), n=3, directions=goals)
    (picture,) = charts(take(Subject(search)))
    assert picture.shows.startswith("1 of 3 complete trials is on the front; ")


def test_the_front_is_listed_with_its_compromise(several):
    section = take(Subject(several))
    configuration, title, rates = tables(section)
    listed = {row[0] for row in tables(section)[title].rows}
    assert listed <= {trial.id for trial in several.front().trials}
    assert "compromise" in texts(section)
    taken = several.recommend("knee") or several.recommend(weights=[1, 1])
    assert configuration.startswith(f"Configuration of trial {taken.trial.id}: ")
    assert {name: value for name, value, *_ in tables(section)[configuration].rows} == {
        name: show_value(value) for name, value in taken.trial.params.items()
    }
    assert [json.loads(part.text) for part in section.parts if getattr(part, "tone", "") == "code"] == [
        taken.trial.params
    ]
    assert [row[0] for row in tables(section)[rates].rows] == ["loss", "speed"]
    assert tables(section)[rates].rows[0][2] == f"{taken.rates[0][1]:.3g}"


def test_the_table_of_a_long_front_has_the_trials_with_the_best_values():
    search, draw = tt.Optimizer(SPACE, directions=["minimize"] * 3, seed=0), np.random.default_rng(0)
    for trial in search.ask(60):
        values = draw.dirichlet([1.0] * 3)
        search.tell(trial, values.tolist(), sem=[0.0] * 3)
    section = take(Subject(search))
    table = next(table for title, table in tables(section).items() if title.endswith("of the 60 trials on the front"))
    listed = {row[0] for row in table.rows}
    values = np.array([trial.values for trial in search.trials])
    assert {int(k) for k in values.argmin(axis=0)} <= listed
    named = {int(word) for chart in charts(section) for word in re.findall(r"trial (\d+) has the best", chart.shows)}
    assert len(named) == 3
    assert named <= listed


def limited(**limits):
    """A search with three trials on a front and thresholds."""
    goals = {"loss": "minimize", "speed": "maximize"}
    search = tt.Optimizer({"x": tt.Int(0, 9)}, directions=goals, thresholds=limits, seed=0)
    for x, values in enumerate([(0.0, 0.0), (0.25, 8.0), (1.0, 10.0), (0.5, 1.0)]):
        search.observe({"x": x}, values)
    return search


def test_a_compromise_that_is_no_knee_says_why_there_is_none():
    search = limited()
    assert (
        "gives up at most 25 % of the front's range of any objective; there is no knee, which needs at least 4"
        in texts(take(Subject(search)))
    )
    search.observe({"x": 7}, (0.125, 4.0))
    assert "where the front bends most" in texts(take(Subject(search)))


def test_thresholds_decide_what_to_take_and_are_drawn():
    section = take(Subject(limited(loss=0.5, speed=5.0)))
    assert "within the thresholds (loss <= 0.5, speed >= 5) take the compromise, trial 1" in texts(section)
    (chart,) = charts(section)
    lines = {mark.label: (mark.x, mark.y) for mark in chart.marks if mark.role == "threshold"}
    assert (lines["loss <= 0.5"][0], lines["speed >= 5"][1]) == ([0.5, 0.5], [5.0, 5.0])
    assert [mark.ids for mark in chart.marks if mark.role == "best"] == [[1]]
    missed = texts(take(Subject(limited(loss=0.125, speed=9.0))))
    assert "Take trial 1 (loss 0.25, speed 8), the nearest to the thresholds." in missed
    assert "it misses loss by 0.125 and speed by 1." in missed
    only_one = texts(take(Subject(limited(speed=9.0))))
    assert "trial 2 (loss 1, speed 10), which gives up at most 100 % of the front's range of any objective." in only_one


def test_the_progress_of_a_front_is_drawn_before_the_thresholds_are_met():
    (drawn,) = charts(progress(Subject(limited(loss=0.5, speed=5.0))))
    assert "(loss 0.5, speed 5)" in drawn.how
    section = progress(Subject(limited(loss=0.125, speed=9.0)))
    assert "No trial is better than all thresholds yet (loss <= 0.125, speed >= 9)" in texts(section)
    (drawn,) = charts(section)
    assert "(loss 1.1, speed -1)" in drawn.how


def test_the_knee_is_marked_beside_the_choice_by_thresholds():
    search = limited(speed=9.0)
    search.observe({"x": 7}, (0.125, 4.0))
    marks = {mark.role: mark.ids for mark in charts(take(Subject(search)))[0].marks if mark.role != "threshold"}
    assert (marks["knee"], marks["best"]) == ([search.recommend("knee").trial.id], [2])


def test_objectives_that_improve_together_are_said_to_do_so():
    search = tt.Optimizer({"x": tt.Float(0, 1)}, directions={"loss": "minimize", "score": "maximize"}, seed=0)
    for k in range(12):
        search.observe({"x": k / 12}, (k / 12, -((k / 12) ** 3)))
    assert "loss and score improve together (rank correlation 1.00): one of the two is enough." in texts(
        take(Subject(search))
    )


def test_errors_of_a_front_are_bars_in_both_directions():
    search = limited(loss=0.5)
    search.observe({"x": 5}, (0.125, 6.0), sem=(0.0625, 0.5))
    points = next(mark for mark in charts(take(Subject(search)))[0].marks if mark.role == "front")
    place = points.ids.index(4)
    assert (points.x_errors[place], points.errors[place]) == (0.0625, 0.5)
    assert set(points.errors) == {0.5}, "trials without a standard error have the median of the others"
    assert points.label == "front ± standard error"


def test_under_noise_the_front_is_that_of_estimates_with_chances():
    draw, noisy = np.random.default_rng(0), tt.Optimizer({"x": tt.Float(0, 1)}, directions=["minimize"] * 2, seed=0)
    for x in np.linspace(0, 1, 40):
        noisy.observe({"x": float(x)}, [(x - best) ** 2 + 0.1 * draw.normal() for best in (0.2, 0.8)])
    section = take(Subject(noisy))
    _, table, *_ = tables(section).values()
    assert "chance to be on the front" in table.head
    assert len(noisy.pareto_front) < len(noisy.front())
    assert "±" in table.rows[0][1]
    assert "estimates, because results are noisy" in texts(section)
    assert f"{len(noisy.front())} trials are on the front" in texts(section)
    (row,) = tables(progress(Subject(noisy)))["Who proposed, and how well"].rows
    assert row[3] == len(noisy.front())


def area_by_counting(points, n=64):
    grid = (np.arange(n) + 0.5) / n
    covered = np.zeros((n, n), dtype=bool)
    for x, y in points:
        covered |= (grid[:, None] >= x) & (grid[None, :] >= y)
    return covered.mean()


def test_dominated_areas_are_those_of_a_fine_grid():
    rng = random.Random(0)
    points = [(rng.randrange(65) / 64, rng.randrange(65) / 64) for _ in range(60)]
    areas = dominated_areas(np.array(points))
    for n in range(1, 61):
        assert areas[n - 1] == pytest.approx(area_by_counting(points[:n]), abs=1e-12)


def test_a_front_that_is_measured_again_under_noise_does_not_grow():
    """The best told values are lucky, and so get better with each run of the same six designs."""
    draw, search = random.Random(1), tt.Optimizer({"x": tt.Int(0, 5)}, directions=["minimize"] * 2, seed=0)
    for k in range(60):
        x = k % 6
        values = (1.0 + x + draw.gauss(0.0, 0.3), 8.0 - x - 0.1 * x * x + draw.gauss(0.0, 0.3))
        search.observe({"x": x}, values, sem=[0.3, 0.3])
    section = progress(Subject(search))
    assert "The front stands still" in texts(section)
    (chart,) = charts(section)
    assert chart.how.endswith(
        " Values are estimates, because results are noisy. The line at trial n uses the estimates made at the end."
    )
    drawn, front = hypervolume.hypervolume_history(search), np.array([member.values for member in search.front()])
    assert drawn.ids.max() <= 5
    assert list(drawn.reference.values()) == pytest.approx(front.max(axis=0) + 0.1 * np.ptp(front, axis=0))


def test_a_front_that_is_too_long_for_its_dominated_share_is_named(monkeypatch):
    search = tt.Optimizer({"x": tt.Int(0, 9)}, directions=["minimize"] * 3, seed=0)
    for x in range(3):
        search.observe({"x": x}, [x, 2.0 - x, 1.0])
    assert charts(progress(Subject(search)))[0].title == "Dominated share so far"
    monkeypatch.setattr(hypervolume, "MAX_BOXES", 2)
    section = progress(Subject(search))
    assert "cannot be drawn: too many trials are on the front of 3 objectives" in texts(section)
    assert not any(chart.title == "Dominated share so far" for chart in charts(section))


@pytest.mark.parametrize(
    ("n_worse", "verdict"), [(9, "still grows: the latest 10 trials added"), (10, "stands still: the latest 10 trials")]
)
def test_whether_a_front_still_grows_is_said(n_worse, verdict):
    """A corner of the front at every trial but the last ones, which are dominated."""
    values = [(float(k), 40.0 - k) for k in range(30)] + [(50.0, 50.0)] * n_worse
    told = iter(values)
    options = {"n": len(values), "directions": ["minimize"] * 2}
    search = filled(lambda search, trial: search.tell(trial, next(told), sem=[0.0, 0.0]), **options)
    assert verdict in texts(progress(Subject(search)))


def test_an_additive_table_has_no_interaction_and_a_product_has():
    a, b = np.arange(5.0), np.arange(4.0)
    nothing = np.zeros((4, 5))
    assert strength(a[None, :] + 3.0 * b[:, None], nothing) == pytest.approx(0.0, abs=1e-12)
    assert strength(a[None, :] * b[:, None], nothing) == pytest.approx(3.0)
    assert strength(a[None, :] * b[:, None], nothing + 4.0) < 0.0


def test_the_deviation_that_is_told_is_that_of_a_cell_in_the_picture():
    table = np.arange(5.0)[None, :] * np.arange(4.0)[:, None]
    uncertainty = np.full((4, 5), 2.9)  # more than every deviation but the 3 of the corners
    uncertainty[3, 4] = np.inf
    assert told(table, uncertainty) == pytest.approx((3.0, 9.0))
    uncertainty[2, 4] = 0.0
    assert told(table, uncertainty) == pytest.approx((1.0, 9.0))


def test_lanes_never_overlap_and_are_as_few_as_run_at_once():
    rng = random.Random(1)
    spans = sorted((start := rng.uniform(0.0, 100.0), start + rng.uniform(0.1, 20.0)) for _ in range(80))
    starts, ends = zip(*spans, strict=True)
    lanes = lanes_of(starts, ends, [0] * 80)
    for (k, lane), (j, other) in itertools.combinations(enumerate(lanes), 2):
        assert lane != other or ends[k] <= starts[j]
    at_once = max(sum(start <= moment < end for start, end in spans) for moment in starts)
    assert max(lanes) + 1 == at_once


def test_the_workers_of_one_process_have_names_that_differ(tmp_path):
    with tt.Study(tmp_path / "sweep.db", SPACE, seed=0) as study:
        tt.minimize(slow_loss, study=study, n_trials=4, n_workers=2)
        (chart,) = charts(timeline(Subject(study)))
        labels = [label for _, label in chart.y.ticks]
        assert [label.partition(":")[0] for label in labels] == ["0", "1"]


def test_the_timeline_gives_the_idle_share(tmp_path):
    with tt.Study(tmp_path / "s.db", SPACE, seed=0, durability="off") as study:
        ids = [study.tell(trial, 1.0) or trial.id for trial in study.ask(4)]
    core = study._core._session.state.core
    for k, number in enumerate(ids):
        core.set_evaluation(number, 100.0 + 10.0 * k, 105.0 + 10.0 * k, None)
    assert "on 1 worker, which was idle 43 % of the time" in texts(timeline(Subject(study)))


def test_asks_and_tells_by_hand_have_no_workers_and_no_idle_time(tmp_path):
    """The processes of a shell, one for each command, are none either."""
    with tt.Study(tmp_path / "s.db", SPACE, seed=0, durability="off") as study:
        for trial in study.ask(4):
            study.tell(trial, 1.0)
        drawn = worker_timeline(study)
        assert (drawn.n_by_workers, drawn.n_workers, drawn.idle) == (0, 0, None)
        assert "worker" not in texts(timeline(Subject(study))).replace("while a worker ran it", "")
        (chart,) = [part for part in timeline(Subject(study)).parts if hasattr(part, "marks")]
        assert (chart.title, chart.y.label) == ("Timeline", "lane")
        assert [label for _, label in chart.y.ticks] == [str(lane) for lane in range(drawn.n_lanes)]
        tt.minimize(lambda params: 1.0, study=study, n_trials=3)
        drawn = worker_timeline(study)
        assert (drawn.n_by_workers, drawn.n_workers) == (3, 1)
        assert "7 trials took" in (text := texts(timeline(Subject(study))))
        assert "; 3 of them ran on 1 worker, which was idle" in text


def test_asks_and_tells_of_remote_workers_have_workers(tmp_path):
    with tt.Study(tmp_path / "s.db", SPACE, seed=0, durability="off") as study:
        for trial in study.ask(4):
            study.tell(trial, 1.0)
        runs = study._core._session.state.record.runs
        runs[0] = {**runs[0], "worker": "a"}
        assert worker_timeline(study).n_by_workers == 4


def test_imported_times_are_of_no_worker():
    search = tt.Optimizer(SPACE, seed=0)
    search.observe({name: parameter.low for name, parameter in tt.SearchSpace(SPACE).parameters.items()}, 1.0)
    search._core.set_evaluation(0, 100.0, 101.0, None)
    assert worker_timeline(search).idle is None


def test_the_pause_between_two_runs_is_left_out_and_one_worker_stays_in_its_lane(tmp_path):
    for _ in range(2):
        with tt.Study(tmp_path / "s.db", SPACE, seed=0, durability="off") as study:
            for trial in study.ask(4):
                study.tell(trial, 1.0)
    core = study._core._session.state.core
    for number in range(8):
        start = 100.0 + 10.0 * number + 1e6 * (number > 3)
        core.set_evaluation(number, start, start + 5.0, None)
    drawn = worker_timeline(study)
    assert drawn.lanes == [0] * 8
    assert drawn.spans[0].tolist() == [0.0, 10.0, 20.0, 30.0, 35.0, 45.0, 55.0, 65.0]
    text = texts(timeline(Subject(study)))
    assert "on 1 worker, which was idle 43 % of the time, without the pauses between 2 sessions" in text


def test_the_command_continues_a_script_and_no_notebook():
    run = {"argv": ["/a b/train.py", "--lr", "0.1 0.2"], "cwd": "/home/me"}
    assert command_to_continue(run) == "cd /home/me && python '/a b/train.py' --lr '0.1 0.2'"
    for program in ("-c", "", "/x/ipykernel_launcher.py"):
        assert command_to_continue({"argv": [program], "cwd": "/"}) is None
    assert command_to_continue({"argv": [], "cwd": "/"}) is None


def test_a_search_whose_budget_is_spent_needs_a_larger_one_to_go_on(tmp_path, monkeypatch):
    monkeypatch.setattr("sys.argv", ["train.py"])
    with tt.Study(tmp_path / "a.db", SPACE, sampler="random", seed=0, budget=14.0) as study:
        for _ in range(12):
            study.tell(trial := study.ask(), loss(trial.params), cost=1.0)
        assert "Go on: the next 10" in texts(progress(Subject(study)))
        assert "To continue, run the same command again:" in texts(record(Subject(study)))
        study.tell(trial := study.ask(), loss(trial.params), cost=2.0)
        assert "The budget is spent: the next 10" in texts(progress(Subject(study)))
        assert "To continue, raise the budget, and run the same command again:" in texts(record(Subject(study)))


@pytest.mark.parametrize("program", ["/usr/bin/tanteo", "/x/tanteo/__main__.py"])
def test_a_search_from_the_shell_continues_with_an_ask(tmp_path, monkeypatch, program):
    path = tmp_path / "a b.db"
    for arguments in (["train.py"], [program, "enqueue", str(path)], [program, "tell", str(path), "0", "1.0"]):
        monkeypatch.setattr("sys.argv", arguments)
        with tt.Study(path, SPACE, seed=7) as study:
            study.tell(study.ask(), 1.0)
            said = [part.text for part in record(Subject(study)).parts if isinstance(part, Text)]
        expected = f"tanteo ask '{path}'" if "tell" in arguments else f"cd {Path.cwd()} && python train.py"
        assert said[-1] == expected


def test_the_record_has_the_environment_of_a_study(tmp_path):
    with tt.Study(tmp_path / "s.db", SPACE, seed=7) as study:
        study.tell(study.ask(), 1.0)
        shown = tables(record(Subject(study)))
    assert ["seed", "7"] in shown["The search"].rows
    assert {row[0] for row in shown["Latest environment"].rows} >= {"python", "os", "host", "packages"}


def test_values_near_a_bound_of_many_decades_get_a_logarithmic_axis():
    search = filled(lambda search, trial: search.tell(trial, 10.0 ** -(trial.id / 4)))
    (chart,) = charts(progress(Subject(search)))
    assert chart.y.log
    assert 0.0 < chart.y.low < 10.0**-9.75
    assert math.isclose(chart.y.high, 10.0**0.585, rel_tol=1e-6)


def test_a_front_can_be_bounded(several):
    (bounds,) = (part for part in take(Subject(several)).parts if isinstance(part, Bounds))
    assert bounds.names == ["loss", "speed"]
    assert list(bounds.maximize) == [False, True]
    assert {row[0]: tuple(row[1:]) for row in bounds.rows} == {t.id: t.values for t in several.pareto_front}


def test_a_note_says_how_many_are_drawn():
    assert note_of(1200) == note_of(600, MOST_BESIDE) == ""
    assert note_of(1201) == " About 1,200 of 1,201 are drawn."
    assert note_of(601, MOST_BESIDE) == " About 600 of 601 are drawn."


def test_stopped_curves_end_with_a_mark_and_do_not_squash_the_history(curved):
    (chart,) = charts(curves(Subject(curved)))
    ends = next(mark for mark in chart.marks if mark.label == "stopped here")
    assert len(ends.ids) == sum(trial.state == "pruned" for trial in curved.trials)
    complete = [trial.value for trial in curved.trials if trial.state == "complete"]
    (history,) = charts(progress(Subject(curved)))
    assert history.y.high <= max(complete) + 0.1 * (max(complete) - min(complete))


def test_a_guess_of_the_model_is_no_interaction():
    """Trials in one corner tell nothing about the others."""
    search = tt.Optimizer({"x": tt.Float(0.0, 1.0), "y": tt.Float(0.0, 1.0)}, seed=0)
    for x, y in itertools.product(np.linspace(0.0, 0.1, 5), repeat=2):
        search.observe({"x": x, "y": y}, math.sin(40 * x) * math.cos(40 * y))
    heats = [mark for chart in charts(mattered(Subject(search))) for mark in chart.marks if isinstance(mark, Heat)]
    for heat in heats:
        known = [value is not None for row in heat.values for value in row]
        assert sum(known) >= len(known) / 2
    assert heats == []


def test_the_best_along_a_parameter_is_feasible_where_there_is_no_prediction():
    """There is none along a parameter with so many choices."""
    search = filled(
        lambda search, trial: search.tell(
            trial, [trial.params["drop"]] * 2, constraints={"c": 0.3 - trial.params["drop"]}
        ),
        n=20,
        space={"drop": tt.Float(0.0, 1.0), "kind": tt.Categorical(range(60))},
        directions=["minimize", "minimize"],
    )
    best = min(trial.values[0] for trial in search.trials if trial.feasible)
    said = " ".join(chart.shows for chart in charts(mattered(Subject(search))))
    assert f"the best has {best:.6g} at" in said


def test_importances_that_are_all_zero_have_their_reason():
    search = tt.Optimizer({"x": tt.Float(0.0, 1.0)}, seed=0)
    for trial in search.ask(30):
        search.tell(trial, 1.0)
    (part,) = mattered(Subject(search)).parts
    assert part.text == "There are no importances for value: the parameters make no difference to the values."


def test_infeasible_trials_beyond_an_axis_have_a_mark_of_their_own():
    search = limited(speed=5.0)
    search.observe({"x": 7}, (1.0, 2.0), constraints={"memory": 1.0})
    search.observe({"x": 8}, (900.0, 2.0), constraints={"memory": 1.0})
    roles = {mark.label: mark.role for mark in charts(take(Subject(search)))[0].marks}
    assert roles["infeasible"] == "infeasible"
    assert roles["infeasible, beyond an axis"] == "infeasible-beyond"
