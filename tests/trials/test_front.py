"""The Pareto front with estimates, and the choice of one trial from it."""

from __future__ import annotations

import math
import random
import re
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tanteo as tt
from tanteo.run.answer_text import is_estimated
from tanteo.trials.front import why_no_knee

DIRECTIONS: dict[str, Any] = {"loss": "minimize", "speed": "maximize"}


def search(rows: list[tuple[float, ...]], directions: Any = DIRECTIONS) -> tt.Optimizer:
    """Return a search with one trial for each row of values, at 0, 1, 2, ..."""
    optimizer = tt.Optimizer({"x": tt.Int(0, 999)}, directions=directions, seed=0)
    for x, values in enumerate(rows):
        optimizer.observe({"x": x}, list(values))
    return optimizer


def test_the_front_is_sorted_and_has_equal_configurations_once() -> None:
    """The best value of the first objective comes first; a repetition of a trial is left out."""
    optimizer = search([(1.0, 9.0), (0.0, 1.0), (0.5, 5.0), (0.75, 4.0)])
    optimizer.observe({"x": 2}, [0.5, 5.0])
    front = optimizer.front()
    assert [member.trial.id for member in front] == [1, 2, 0] == [trial.id for trial in front.trials]
    assert len(optimizer.pareto_front) == 4
    assert all(member.probability == 1.0 and member.deviations == (0.0, 0.0) for member in front)


def test_members_and_choices_have_the_id_and_the_configuration_of_their_trial() -> None:
    optimizer = search([(0.0, 0.0), (0.1, 6.0), (1.0, 10.0)])
    for chosen in (optimizer.front()[1], optimizer.recommend(thresholds={"loss": 0.2})):
        assert (chosen.id, chosen.params) == (chosen.trial.id, chosen.trial.params) == (1, {"x": 1})


@pytest.mark.parametrize("seed", [0, 1])
def test_under_noise_the_front_is_free_of_luck(seed: int) -> None:
    """Both objectives have their optimum at 0.2 or 0.8, so the front lies between. Few told values are on the front."""
    draw, places = random.Random(seed), [k / 60 for k in range(61)]
    truth = [[(x - best) ** 2 for best in (0.2, 0.8)] for x in places]
    optimizer = tt.Optimizer({"x": tt.Float(0, 1)}, directions=["minimize", "minimize"], seed=0)
    for x, values in zip(places, truth, strict=True):
        optimizer.observe({"x": x}, [value + draw.gauss(0, 0.1) for value in values])
    told, front = optimizer.pareto_front, optimizer.front()
    luck = np.mean([trial.values[0] - truth[trial.id][0] for trial in told])
    error = np.mean([member.values[0] - truth[member.trial.id][0] for member in front])
    assert luck < -0.05
    assert abs(error) < 0.02
    assert len(front) > 2 * len(told)
    assert all(0.2 < member.probability <= 1.0 and min(member.deviations) > 0 for member in front)
    assert all(0.05 <= member.trial.params["x"] <= 0.95 for member in front)


def test_the_runs_of_a_few_noisy_configurations_are_averaged() -> None:
    """Design 2 is worse than design 1 in its means, and had one lucky run."""
    runs = {
        0: [(1.0, 9.0), (1.1, 9.1), (0.9, 8.9)],
        1: [(2.0, 5.0), (2.1, 5.1), (1.9, 4.9)],
        2: [(1.85, 5.2), (2.9, 6.0), (2.8, 6.1)],
        3: [(4.0, 2.0), (4.1, 1.9), (3.9, 2.1)],
    }
    for sem in (0.4, None):
        optimizer = tt.Optimizer({"design": tt.Int(0, 3)}, directions=["minimize", "minimize"], seed=0)
        for k in range(3):
            for design, values in runs.items():
                optimizer.observe({"design": design}, values[k], sem=None if sem is None else [sem, sem])
        front = optimizer.front()
        if sem is None:
            assert 2 in {member.params["design"] for member in front}, "nothing says that results are noisy"
        else:
            assert [member.params["design"] for member in front] == [0, 1, 3]
            assert front[1].values == pytest.approx((2.0, 5.0))
            assert front[1].deviations == pytest.approx([0.4 / 3**0.5] * 2)
            assert optimizer.recommend(thresholds=[2.1, None]).params == {"design": 1}


def test_runs_of_an_objective_without_told_errors_show_their_own() -> None:
    """The runs 10 and 2 have the variance 32, and their mean has 16."""
    optimizer = tt.Optimizer({"design": tt.Int(0, 3)}, directions=["minimize", "maximize"], seed=0)
    for design, values in [(0, (10.0, 1.0)), (0, (2.0, 1.0)), (1, (7.0, 0.75))]:
        optimizer.observe({"design": design}, values, sem=[None, 0.5])
    front = optimizer.front()
    (member,) = front
    assert (member.values, is_estimated(front)) == ((6.0, 1.0), True)
    assert member.deviations == pytest.approx((4.0, 0.5 / 2**0.5))
    assert member.probability < 0.95


def test_single_replicates_give_told_values_until_a_configuration_is_repeated() -> None:
    optimizer = tt.Optimizer({"design": tt.Int(0, 3)}, directions=["minimize", "minimize"], seed=0)

    def observe(design: int, values: tuple[float, float]) -> tt.ParetoFront:
        optimizer.observe({"design": design}, [tt.Replicates([value]) for value in values])
        return optimizer.front()

    observe(0, (1.0, 9.0))
    told = observe(1, (4.0, 4.0))
    assert ([member.values for member in told], is_estimated(told)) == ([(1.0, 9.0), (4.0, 4.0)], False)
    repeated = observe(0, (3.0, 5.0))
    assert (repeated[0].values, is_estimated(repeated)) == ((2.0, 7.0), True)
    assert repeated[0].deviations == pytest.approx((1.0, 2.0))


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=12))
def test_the_front_has_the_values_of_the_told_one(rows: list[tuple[int, int]]) -> None:
    """Without noise, and with different configurations, both are the same trials."""
    optimizer = search([(float(a), float(b)) for a, b in rows])
    assert sorted(trial.id for trial in optimizer.front().trials) == [trial.id for trial in optimizer.pareto_front]


def test_the_knee_has_the_smallest_sum_and_straight_fronts_have_none() -> None:
    """A bend towards the ideal point is a knee, a straight line or a bulge is none."""
    assert search([(0, 0), (1, 6), (3, 8), (10, 10)]).recommend("knee").params == {"x": 1}
    for rows in ([(0, 0), (1, 1), (2, 2), (3, 3)], [(0, 0), (7, 1), (9, 3), (10, 10)], [(0, 0), (1, 6), (10, 10)]):
        assert search(rows).recommend("knee") is None


def test_a_front_of_fewer_than_four_different_results_has_no_knee() -> None:
    for rows in ([(1.0, 2.0)] * 6, [(0.0, 0.0), (1.0, 6.0), (1.0, 6.0), (10.0, 10.0)]):
        front = search(rows).front()
        assert (len(front), front.knee) == (len(rows), None)
        assert (
            why_no_knee(front) == "there is no knee, which needs at least 4 trials with different values on the front"
        )


def test_a_front_without_a_knee_says_why() -> None:
    """It is too small, or it does not bend."""
    assert why_no_knee(search([(0, 0), (1, 6), (3, 8), (10, 10)]).front()) is None
    assert "at least 4 trials" in str(why_no_knee(search([(0, 0), (1, 6), (10, 10)]).front()))
    for rows in ([(0, 0), (1, 1), (2, 2), (3, 3)], [(0, 0), (7, 1), (9, 3), (10, 10)]):
        assert "the front does not bend" in str(why_no_knee(search(rows).front()))


def test_a_doubled_weight_halves_what_is_given_up() -> None:
    """On a fine straight front, the shares that are given up are inversely proportional to the weights."""
    optimizer = search([(k / 300, k / 300) for k in range(301)])
    for weights in ({"loss": 2, "speed": 1}, [2, 1], {1: 1, 0: 2}):
        assert optimizer.recommend(weights=weights).given_up == pytest.approx((1 / 3, 2 / 3), abs=1e-9)
    assert optimizer.recommend(weights={"loss": 1, "speed": 0}).given_up == (0.0, 1.0)


def test_rates_are_the_cheapest_exchanges() -> None:
    """From trial 1: 0.5 less loss costs 4 of speed, 4 more speed cost 4 of loss or, cheaper, 2 more cost 1."""
    rates = search([(0.0, 0.0), (0.5, 4.0), (1.5, 6.0), (4.5, 8.0)]).recommend(weights=[9, 1]).rates
    assert math.isnan(rates[0][0])
    assert math.isnan(rates[1][1])
    chosen = search([(0.0, 0.0), (0.5, 4.0), (1.5, 6.0), (4.5, 8.0)]).recommend(thresholds={"speed": 4.0})
    assert chosen.params == {"x": 2}
    assert (chosen.rates[0][1], chosen.rates[1][0]) == (2.0, 1.5)
    best = search([(0.0, 0.0), (0.5, 4.0)]).recommend(weights=[1, 0])
    assert math.isnan(best.rates[0][1])
    assert best.rates[1][0] == 0.125


def test_of_three_objectives_one_may_cost_nothing() -> None:
    """Trial 1 gains in the first objective, and pays with the third."""
    three = search([(1, 1, 0), (0, 1, 1)], ["minimize"] * 3).recommend(weights=[0, 0, 1])
    assert (three.params, three.rates[0][1], three.rates[0][2]) == ({"x": 0}, 0.0, 1.0)


def test_thresholds_are_met_or_missed_by_least() -> None:
    """What is missed is reported for each objective."""
    optimizer = search([(0.0, 0.0), (0.1, 6.0), (0.25, 8.0), (1.0, 10.0)])
    met = optimizer.recommend(thresholds={"speed": 7.0})
    assert (met.params, met.misses) == ({"x": 2}, (0.0, 0.0))
    missed = optimizer.recommend(thresholds={"loss": 0.05, "speed": 9.0})
    assert (missed.params, missed.misses) == ({"x": 2}, (0.2, 1.0))
    assert optimizer.recommend(thresholds=[None, 9.5]).params == {"x": 3}


def test_a_knee_of_three_objectives_may_be_best_in_one_of_them() -> None:
    """A constant objective changes nothing; on a plane, and on a sphere that bulges outwards, there is none."""
    three = ["minimize"] * 3
    assert search([(0, 10, 5), (1, 4, 5), (3, 2, 5), (10, 0, 5)], three).recommend("knee").params == {"x": 1}
    rows = [(0, 0.05, 0.05), (1, 0, 1), (1, 1, 0), (0.9, 0.04, 0.6)]
    assert search(rows, three).recommend("knee").params == {"x": 0}
    plane = [(a / 4, b / 4, 1 - a / 4 - b / 4) for a in range(5) for b in range(5 - a)]
    assert search(plane, three).recommend("knee") is None
    assert search([tuple(math.sqrt(y) for y in row) for row in plane], three).recommend("knee") is None


def test_what_is_printed_is_short() -> None:
    """The id of the trial and rounded numbers, without those that are all zero; the trial to take has its params."""
    optimizer = search([(0.0, 0.0), (1 / 3, 6e5), (0.25, 8.0), (1.0, 1e6)])
    assert (
        repr(optimizer.recommend("knee"))
        == "Compromise(trial=1, values=(0.3333, 600000), given_up=(0.3333, 400000), params={'x': 1})"
    )
    missed = optimizer.recommend(thresholds={"speed": 2e6})
    assert (
        repr(missed)
        == "Compromise(trial=3, values=(1, 1000000), given_up=(1, 0), misses=(0, 1000000), params={'x': 3})"
    )
    assert repr(optimizer.front()[0]) == "FrontTrial(trial=0, values=(0, 0), probability=1)"
    assert repr(optimizer.front()).startswith("ParetoFront([FrontTrial(trial=0, values=(0, 0), probability=1), Front")
    alike = search([(0.1234561, 1.0), (0.1234562, 2.0)])
    assert re.findall(r"values=\((.*?)\)", repr(alike.front())) == ["0.1234561, 1", "0.1234562, 2"]
    estimated = tt.FrontTrial(optimizer.trials[0], (0.5, 2 / 3), (0.125, 1e-9), 2 / 3)
    expected = "FrontTrial(trial=0, values=(0.5, 0.6667), deviations=(0.125, 1e-09), probability=0.6667)"
    assert repr(estimated) == expected


def test_large_values_and_empty_fronts() -> None:
    """The range of an objective may exceed the largest float; without trials there is no compromise."""
    huge = search([(-1e308, -1e308), (-0.9e308, 0.5e308), (0.0, 0.8e308), (1e308, 1e308)])
    assert huge.recommend("knee").params == {"x": 1}
    assert huge.recommend(weights=[1, 1]).params == {"x": 1}
    empty = search([])
    assert len(empty.front()) == 0
    assert [empty.recommend("knee"), empty.recommend(weights=[1, 1]), empty.recommend(thresholds=[1, 1])] == [None] * 3


def test_large_integers_are_different_configurations() -> None:
    """Their coordinates in the unit interval agree."""
    optimizer = tt.Optimizer({"n": tt.Int(0, 2**60)}, directions=["minimize", "minimize"], seed=0)
    for n, values in [(2**60, [0.0, 1.0]), (2**60 - 1, [1.0, 0.0])]:
        optimizer.observe({"n": n}, values)
    assert len(optimizer.front()) == 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({}, "say what you want"),
        ({"weights": [1, 1], "thresholds": [1, 1]}, "takes one of .knee., weights= and thresholds=, got several"),
        ({"weights": [1]}, "weights must be a list of 2 numbers or a mapping, got \\[1\\]"),
        ({"weights": {"loss": 1}}, "weights needs a number for each objective, and lacks speed"),
        ({"weights": {"lass": 1}}, "weights: there is no objective 'lass'"),
        ({"weights": [1, -1]}, "weights of speed must be a finite number >= 0, got -1.0"),
        ({"weights": {"loss": math.nan, "speed": 1}}, "weights of loss must be a finite number >= 0, got nan"),
        ({"weights": [0, 0]}, "weights must have a number above 0"),
        ({"thresholds": [1, math.nan]}, "thresholds of speed must be finite, got nan"),
        (
            {"thresholds": {"loss": math.inf}},
            "thresholds of loss must be finite, got inf .*; leave out those that you do not have",
        ),
        ({"thresholds": {}}, "say what you want"),
        ({"thresholds": [None, None]}, "say what you want"),
        ({"thresholds": "fast"}, "thresholds must be a list of 2 numbers or a mapping, got 'fast'"),
    ],
)
def test_bad_arguments_are_named(arguments: dict[str, Any], message: str) -> None:
    """Each message names the argument, and the objective if one is wrong."""
    with pytest.raises(tt.ArgumentError, match=message):
        search([(0, 0)]).recommend(**arguments)


def test_the_rule_and_the_number_of_objectives_are_checked() -> None:
    """There is one rule; a single objective needs none."""
    rule: Any = "elbow"
    with pytest.raises(tt.ArgumentError, match="the rule of recommend is \"knee\", got 'elbow'"):
        search([(0, 0)]).recommend(rule)
    with pytest.raises(tt.ArgumentError, match="one objective"):
        tt.Optimizer({"x": tt.Float(0, 1)}).recommend("knee")


def test_the_correlation_of_objectives_is_that_of_ranks() -> None:
    """Objectives that improve together correlate by 1, in whichever direction; a constant has no correlation."""
    rows = [(float(k), -float(k**3), float(k % 2), 5.0) for k in range(9)]
    correlation = search(rows, ["minimize", "maximize", "minimize", "minimize"]).objective_correlation()
    assert correlation[0, 1] == pytest.approx(1.0)
    assert abs(correlation[0, 2]) < 0.2
    assert np.isnan(correlation[3]).all()
    assert np.isnan(search([(0, 0), (1, 1)]).objective_correlation()).all()


def test_the_rule_may_be_named() -> None:
    optimizer = search([(0.0, 0.0), (0.1, 6.0), (0.25, 8.0), (1.0, 10.0)])
    assert optimizer.recommend(rule="knee").trial == optimizer.recommend("knee").trial


def test_with_one_objective_thresholds_choose_from_the_front() -> None:
    chosen = search([(1.0,), (0.1,)], ["minimize"]).front().by_thresholds([0.05])
    assert chosen is not None
    assert (chosen.trial.id, chosen.misses) == (1, (0.05,))
    assert repr(chosen) == "Compromise(trial=1, values=(0.1,), misses=(0.05,), params={'x': 1})"


def test_what_the_front_and_recommend_return_can_be_explained() -> None:
    optimizer = search([(0.0, 0.0), (0.5, 4.0), (1.5, 6.0)])
    chosen = optimizer.recommend(weights=[1, 1])
    assert optimizer.explain(chosen).trial == optimizer.explain(chosen.trial).trial == chosen.trial.id
    assert optimizer.explain(optimizer.front()[0]).trial == 0


def test_the_repr_of_a_trial_says_that_it_is_infeasible() -> None:
    optimizer = search([(0.0, 0.0)])
    optimizer.observe({"x": 5}, [1.0, 2.0], constraints={"memory": 1.0})
    shown = [repr(trial) for trial in optimizer.trials]
    assert ["feasible" in text for text in shown] == [False, True]
    assert ", feasible=False, " in shown[1]
