"""What a search returns, and how it prints."""

import math
import re

import numpy as np
import pytest

import tanteo as tt
from tanteo.report import report
from tanteo.run.gain import Gain
from tanteo.run.history import common, outcomes
from tanteo.run.report import states_text

SPACE = {"model": {"lr": tt.Float(1e-4, 1.0, log=True, default=0.1)}, "<kind>": tt.Constant("<b>&")}


def folds(params):
    lr = math.log(params["model"]["lr"])
    return tt.Replicates([lr + 0.1, lr**2 - 0.1, lr])


def measured(*runs, by_fold=False, **options):
    """The result of a search that starts at its default x = 3 and has these runs at 3, 4, 5, ..."""
    search = tt.Optimizer({"x": tt.Int(0, 9, default=3)}, seed=0, **options)
    for x, values in enumerate(runs, 3):
        search.enqueue({"x": x})
        trial = search.ask()
        for fold, value in enumerate(values if by_fold else ()):
            trial.report_fold(fold, value)
        search.tell(trial, *([] if by_fold else [tt.Replicates(values)]))
    return (tt.minimize if search.directions == ("minimize",) else tt.maximize)(folds, study=search, n_trials=0)


@pytest.mark.parametrize("direction", ["minimize", "maximize"])
def test_replicates_are_paired_only_if_they_are_folds(direction):
    runs = (
        [[10.0, 14.0, 11.0], [30.0, 34.0, 31.5]]
        if direction == "maximize"
        else [[30.0, 34.0, 31.5], [10.0, 14.0, 11.0]]
    )
    a, b = np.array(runs)
    gains = [measured(runs[0], second, direction=direction).gain for second in (runs[1], runs[1][::-1])]
    paired = measured(*runs, by_fold=True, direction=direction).gain
    assert gains[0].sem == pytest.approx(gains[1].sem)
    # Four degrees of freedom double the variance; shrinkage takes hardly anything of so large a difference.
    assert gains[0].sem == pytest.approx(math.sqrt(2 * (a.var(ddof=1) + b.var(ddof=1)) / 3), rel=0.02)
    assert gains[0].value == pytest.approx(abs(b.mean() - a.mean()), rel=0.02)
    # Two degrees of freedom count as three.
    assert paired.sem == pytest.approx(math.sqrt(3 * (b - a).var(ddof=1) / 3), rel=0.02)
    assert paired.probability > gains[0].probability > 0.99


def test_the_gain_of_a_few_noisy_results_is_shrunk_by_the_variance_between_configurations():
    runs = [[3.0, 5.0], [2.0, 4.0], [1.0, 3.0], [4.5, 2.5]]
    means, noise, degrees = np.mean(runs, axis=1), np.mean(np.var(runs, axis=1, ddof=1)), 4
    between = max(means.var(ddof=1) - noise / 2, 0.25 * noise / 2)
    share = 2 * between / (2 * between + noise)
    gain = measured(*runs).gain
    assert gain.value == pytest.approx(share * 2.0)
    assert gain.sem == pytest.approx(math.sqrt(share * noise * degrees / (degrees - 2)))


def test_told_errors_alone_give_the_gain_an_error():
    search = tt.Optimizer({"x": tt.Int(0, 9, default=3)}, seed=0)
    for x, value, sem in [(3, 9.0, 0.3), (4, 1.0, 0.4), (5, 5.0, 0.4)]:
        search.observe({"x": x}, value, sem=sem)
    comparison = search.comparison()
    assert comparison.method == "told"
    assert comparison.gain.value == pytest.approx(8.0, rel=0.02)
    assert comparison.gain.sem == pytest.approx(0.5, rel=0.02)


def test_all_runs_of_the_defaults_count_and_they_have_no_gain_over_themselves():
    """The defaults are best. The luckiest of their runs is not compared with the first one."""
    rng = np.random.default_rng(0)
    search = tt.Optimizer({"x": tt.Float(0, 1, default=0.5)}, direction="maximize", seed=0)
    for x in [0.5] * 12 + list(np.linspace(0.1, 0.9, 13)):
        search.observe({"x": x}, 1000 - 400 * (x - 0.5) ** 2 + 5 * rng.standard_normal())
    result = tt.maximize(folds, study=search, n_trials=0)
    assert result.recommend().params == {"x": 0.5}
    assert result.gain == Gain(0.0)
    assert all("none, as the defaults are recommended" in text for text in (repr(result), result.report().html))


def test_the_table_and_the_page_say_how_sure_the_gain_is():
    result = measured([3.0, 5.0, 4.0], [2.0, 4.0, 2.9], [3.5, 4.5, 6.0], [4.5, 2.5, 5.0])
    gain = result.gain
    sure = f"better with a probability of {100 * gain.probability:.0f} %, which does not tell them apart"
    assert f"{gain}, {sure} (from 4, the mean of 3 runs)" in repr(result)
    assert f"{sure} (from 4, the mean of 3 runs)" in result.report().html


def test_the_gain_over_the_defaults_is_positive_for_an_improvement_in_both_directions():
    study = tt.Optimizer(SPACE, seed=0, direction="minimize")
    for value in (4.0, 3.0):
        study.tell(study.ask(), value)
    result = tt.minimize(folds, study=study, n_trials=0)
    assert result.gain == Gain(1.0, None)
    assert str(result.gain) == "+1"
    assert str(Gain(0.25, 0.125)) == "+0.25 ± 0.12"


def test_the_table_has_the_defaults_that_the_configuration_replaces():
    space = {"idle": tt.Int(3, 4, default=3), "x": tt.Float(0, 1, default=0.5)}
    result = tt.minimize(lambda params: params["x"] + params["idle"], space, n_trials=15, seed=0)
    assert "\n    x                 0  (default 0.5)\n    idle              3\n" in repr(result)


def test_a_feasible_run_of_the_defaults_counts_before_an_infeasible_one():
    search = tt.Optimizer({"x": tt.Int(0, 9, default=3)}, seed=0)
    for x, value, limit in [(3, 2.0, 0.5), (3, 2.1, -0.5), (4, 0.5, -1.0), (5, 1.5, -1.0)]:
        search.observe({"x": x}, value, sem=0.3, constraints={"memory": limit})
    result = tt.minimize(folds, study=search, n_trials=0)
    assert result.default.id == 1
    assert result.gain == search.comparison().gain is not None


def test_there_is_no_gain_over_defaults_that_violate_a_constraint():
    def measured(params):
        return {"value": params["x"], "constraints": {"memory": 0.3 - params["x"], "time": -1.0}}

    result = tt.minimize(measured, {"x": tt.Float(0, 1, default=0.1)}, n_trials=5, seed=0)
    assert result.gain is None
    assert "none, as the defaults violate 'memory' (trial 0)" in repr(result)


def test_infinite_values_are_counted_and_marked_in_pictures():
    result = tt.maximize(
        lambda params: -math.inf if params["x"] < 0.5 else params["x"], {"x": tt.Float(0, 1)}, n_trials=12
    )
    n = sum(math.isinf(trial.value) for trial in result.trials)
    assert n
    assert f"12 complete ({n} with an infinite value)" in str(result)
    page = result.report().html
    assert f"12 complete ({n} with an infinite value)" in page
    assert "an infinite value, shown at an edge of some pictures." in page
    search = tt.Optimizer({"x": tt.Float(0, 1)})
    search.tell(search.ask(), math.inf)
    said = "No trial is complete and feasible with a finite value yet: 1 complete (1 with an infinite value)."
    assert said in report(search).html


def test_trials_that_lack_a_constraint_are_not_called_infeasible():
    search = tt.Optimizer({"x": tt.Float(0, 1)})
    search.tell(search.ask(), 1.0)
    search.tell(search.ask(), 1.0, constraints={"memory": True})
    search.tell(search.ask(), 1.0, constraints={"memory": False})
    assert states_text(outcomes(search)) == "3 complete (1 infeasible by memory, 1 without a constraint)"


@pytest.mark.parametrize(("limit", "n_infeasible"), [(0.5, 3), (-1.0, 6)])
def test_infeasible_trials_are_counted_in_the_table_and_at_the_head_of_the_page(limit, n_infeasible):
    def measured(params):
        return {"value": params["x"], "constraints": {"memory": params["x"] - limit}}

    result = tt.minimize(measured, {"x": tt.Float(0, 1)}, n_trials=6, seed=0, sampler="sobol")
    said = f"6 complete ({n_infeasible} infeasible by memory)"
    assert said in repr(result)
    assert f'"trials": "{said}"' in result.report().html


def test_the_constraints_that_most_trials_broke_are_named_first():
    search = tt.Optimizer({"x": tt.Float(0, 1)})
    for k in range(4):
        search.tell(search.ask(), 1.0, constraints={"time": k - 1.0, "memory": k - 0.5, "size": -1.0})
    assert states_text(outcomes(search)) == "4 complete (3 infeasible, 3 by memory, 2 by time)"


def test_there_is_no_gain_over_a_start_with_a_parameter_that_has_no_default():
    space = {"x": tt.Float(0, 1), "y": tt.Float(0, 1, default=0.5)}
    result = tt.minimize(lambda p: p["x"] + p["y"], space, n_trials=5, seed=0)
    assert result.trials[0].origin == "default"
    assert result.default is result.gain is None
    assert not any("gain over" in text for text in (repr(result), result.report().html))


@pytest.mark.parametrize("nested", [False, True])
def test_there_is_no_gain_over_a_start_that_was_drawn_before_the_space_got_its_defaults(tmp_path, nested):
    def space(**options):
        parameters = {"x": tt.Float(0, 1, default=0.5), "y": tt.Float(0, 1, **options)}
        return {"model": parameters} if nested else parameters

    study = tt.Study(tmp_path / "s.db", space(), seed=0)
    for value in (2.0, 1.0):
        study.tell(study.ask(), value)
    study.change_space(space(default=0.5))
    result = tt.minimize(lambda _: 0.0, study=study, n_trials=0)
    assert result.trials[0].origin == "default"
    assert result.default is result.gain is None
    assert "gain over" not in repr(result)


@pytest.mark.parametrize("way", ["observe", "enqueue"])
def test_defaults_that_were_observed_or_queued_count(way):
    search = tt.Optimizer({"x": tt.Float(0, 1, default=0.9)}, seed=0, sampler="random")
    search.observe({"x": 0.25}, 0.25)
    if way == "observe":
        search.observe({"x": 0.9}, 0.9)
    else:
        search.enqueue({"x": 0.9})
        search.tell(search.ask(), 0.9)
    result = tt.minimize(lambda p: p["x"], study=search, n_trials=0)
    assert result.default.id == 1
    assert result.gain.value == pytest.approx(0.65)
    assert "gain over the defaults" in result.report().html


def test_there_is_no_gain_over_excluded_defaults_in_the_table_and_on_the_page(tmp_path):
    study = tt.Study(tmp_path / "s.db", {"x": tt.Float(0, 1, default=0.9)}, seed=0)
    result = tt.minimize(lambda p: p["x"], study=study, n_trials=5)
    texts = repr(result), result.report().html
    assert all("gain over" in text for text in texts)
    study.exclude(0)
    assert result.default is result.gain is None
    assert not any("gain over" in text for text in (repr(result), result.report().html))


def test_the_table_of_a_noisy_search_shows_the_recommended_trial_as_the_commands_do():
    search = tt.Optimizer({"x": tt.Float(0.0, 1.0)}, seed=0)
    search.observe({"x": 0.25}, tt.Replicates([0.5, 0.5, 0.52, 0.48]))
    search.observe({"x": 0.75}, tt.Replicates([0.1, 0.85]))
    search.observe({"x": 0.5}, tt.Replicates([0.8, 0.82, 0.81, 0.79]))
    text = repr(tt.minimize(folds, study=search, n_trials=0))
    assert re.search(r"best value .*\(trial 1\)", text)
    assert re.search(r"recommended +trial 0 \(0\.5 ± 0\.0082\), as results are noisy\n +x +0\.25\n", text)
    assert "recommended" not in repr(tt.minimize(lambda p: p["x"], {"x": tt.Float(0, 1)}, n_trials=3, seed=0))


def test_the_table_of_a_front_has_its_order_and_marks():
    goals = {"loss": "minimize", "seconds": "minimize"}
    search = tt.Optimizer({"n": tt.Int(0, 99)}, directions=goals, thresholds={"seconds": 5}, seed=0)
    for n in range(25):
        search.observe({"n": n}, [24 - n, n**2 / 24])
    result = tt.minimize(folds, study=search, n_trials=0, directions=goals)
    text = repr(result).splitlines()
    shown = [line.split()[1] for line in text if line.startswith("    trial")]
    front = search.front()
    assert (result.objective_names, result.thresholds) == (("loss", "seconds"), (None, 5.0))
    assert shown[:10] == [str(member.trial.id) for member in front[:10]]
    assert front.trials.index(search.recommend("knee").trial) > 10
    assert [line.split()[1] for line in text if line.endswith("knee")] == [str(search.recommend("knee").trial.id)]
    assert [line.split()[1] for line in text if line.endswith("by thresholds")] == [str(search.recommend().trial.id)]


@pytest.mark.parametrize("error", [MemoryError("too little memory"), tt.TanteoError("too little memory")])
def test_a_table_is_printed_without_a_model(error, monkeypatch):
    def fails(search):
        raise error

    monkeypatch.setattr(tt.Optimizer, "comparison", fails)
    monkeypatch.setattr(tt.Optimizer, "front", fails)
    single = tt.minimize(lambda p: p["x"], {"x": tt.Float(0, 1)}, n_trials=3, seed=0)
    several = tt.minimize(
        lambda p: (p["x"], 1 - p["x"]), {"x": tt.Float(0, 1)}, n_trials=3, directions=["minimize"] * 2
    )
    for text in (repr(single), single._repr_html_()):
        assert "unknown: too little memory" in text
        assert "best value" in text
    for text in (repr(several), several._repr_html_()):
        assert "3 trials; nothing else is known: too little memory" in text
        assert "3 complete" in text


@pytest.mark.filterwarnings("ignore:.* of this run failed")
def test_there_is_no_gain_over_the_defaults_without_defaults_or_results():
    assert tt.minimize(folds, {"x": tt.Float(0, 1)}, n_trials=0).gain is None
    assert tt.minimize(lambda p: None, SPACE, n_trials=2, seed=0).gain is None


def test_the_table_shows_nested_parameters_failures_and_the_reason_to_stop():
    def fragile(params, trial):
        if trial.id in (1, 2):
            raise ValueError("<no>")
        return folds(params)

    result = tt.minimize(fragile, SPACE, n_trials=5, seed=0)
    text = repr(result)
    assert "  model/lr" in text
    assert "3 complete, 2 failed" in text
    assert "2 x ValueError: <no>" in text
    assert "stopped by" in text
    assert len({line.index("  ", 3) > 0 for line in text.splitlines()[1:]}) == 1


def test_html_is_escaped():
    result = tt.minimize(folds, SPACE, n_trials=1, seed=0)
    assert "<b>" not in result._repr_html_()
    assert "&lt;b&gt;" in result._repr_html_()


def test_the_table_of_a_front_names_the_objectives():
    goals = {"loss": "minimize", "<speed>": "maximize"}
    result = tt.minimize(lambda p: (1.0, 2.0), {"n": tt.Int(0, 29)}, n_trials=1, seed=0, directions=goals)
    assert "1 trial, values: loss, <speed>" in repr(result)
    assert "&lt;speed&gt;" in result._repr_html_()


def test_a_result_recommends_as_its_search_does():
    def corner(p):
        return (p["n"] ** 2, (29 - p["n"]) ** 2)

    result = tt.minimize(corner, {"n": tt.Int(0, 29)}, seed=0, directions=["minimize", "minimize"])
    assert result.recommend("knee").trial == result.optimizer.recommend("knee").trial
    assert result.recommend(weights=[1, 2]).trial == result.optimizer.recommend(weights=[1, 2]).trial
    assert result.recommend(thresholds=[100, None]).trial == result.optimizer.recommend(thresholds=[100, None]).trial
    with pytest.raises(tt.ArgumentError, match="so say what you want"):
        result.recommend()
    single = tt.minimize(folds, SPACE, n_trials=3, seed=0)
    assert single.recommend() == single.optimizer.recommend()


def test_a_long_front_is_cut():
    result = tt.minimize(lambda p: (p["n"], -p["n"]), {"n": tt.Int(0, 29)}, seed=0, directions=["minimize", "minimize"])
    assert "30 trials" in repr(result)
    assert "20 more" in repr(result)


def test_a_search_can_continue_from_a_result():
    result = tt.minimize(folds, SPACE, n_trials=3, seed=0)
    assert len(tt.minimize(folds, study=result.study, n_trials=3).trials) == 6


def test_a_front_without_feasible_trials_says_so():
    def infeasible(params):
        return {"a": params["x"], "b": -params["x"], "constraints": {"c": 1.0}}

    directions = {"a": "minimize", "b": "minimize"}
    result = tt.minimize(infeasible, {"x": tt.Float(0, 1)}, directions=directions, n_trials=3, progress=False)
    assert "Pareto front  none: no feasible complete trial with finite values" in repr(result)


@pytest.mark.parametrize(
    ("reasons", "n_kinds"),
    [
        (["layer1 fails", "layer2 fails"], 2),
        (["layer12 fails", "layer13 fails"], 2),
        (["block_1.5 fails", "block_1.6 fails"], 2),
        (["needs 3.5e-2 GB", "needs 4GB"], 2),
        (["needs 3.5e-2GB", "needs -4GB", "needs 12GB"], 1),
        (["x=1, y=(2)", "x=-3, y=(4)"], 1),
    ],
)
def test_numbers_in_reasons_are_not_the_digits_of_names(reasons, n_kinds):
    assert len(common(reasons, 9).shown) == n_kinds


def test_failures_that_differ_in_numbers_only_are_one_reason_and_the_others_are_counted():
    texts = ["", "layer 3 of 8 fails", "layer 5 of 8 fails", "no memory", "no licence", "disk full", "no network"]

    def fail(params, trial):
        if texts[trial.id]:
            raise ValueError(texts[trial.id])
        return 1.0

    result = tt.minimize(fail, {"x": tt.Float(0, 1)}, n_trials=7, seed=0, progress=False)
    lines = [
        line.split(maxsplit=1)[1] for line in map(str.strip, str(result).splitlines()) if line.startswith("failure")
    ]
    assert lines[0] == "2 x ValueError: layer 3 of 8 fails (with the numbers of one trial)"
    assert [line[:3] for line in lines] == ["2 x", "1 x", "1 x", "and"]
    assert lines[-1] == "and 2 other reasons"
