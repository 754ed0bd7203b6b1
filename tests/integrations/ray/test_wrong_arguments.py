"""Every argument is accepted, or rejected with an error of the package that names it."""

from __future__ import annotations

import datetime

import numpy as np
import pytest
from ray import tune

import tanteo as tt
from tanteo.integrations.ray import NanStopper, TanteoSearch, recommended_concurrency

WRONG = [
    *(None, True, b"x", 1.5, -1, 2**70, float("nan"), float("inf"), [], [[1]], ["a"], {}, {"a": 1}, {1, 2}),
    *(object(), int, 1j, datetime.datetime(2026, 1, 1), np.array([1.0, 2.0]), np.datetime64("2026")),
]
POINT = {"x": 0.5, "kind": "a"}


def search(**options):
    space = {"x": tune.uniform(0, 1), "kind": tune.choice(["a", "b"])}
    searcher = TanteoSearch(**{"space": space, "metric": "loss", "mode": "min", "seed": 0, **options})
    searcher.suggest("trial")
    return searcher


#: For each argument, a call that passes a wrong value.
CALLS = {
    "space": lambda w: search(space=w),
    "metric": lambda w: search(metric=w),
    "mode": lambda w: search(mode=w),
    "metrics": lambda w: search(metric=[w, "loss"], mode=["min", "min"]),
    "sampler": lambda w: search(sampler=w),
    "seed": lambda w: search(seed=w),
    "points": lambda w: search(points_to_evaluate=w),
    "point": lambda w: search(points_to_evaluate=[w]),
    "rewards": lambda w: search(points_to_evaluate=[POINT], evaluated_rewards=w),
    "time_attr": lambda w: search(time_attr=w),
    "evaluated point": lambda w: search().add_evaluated_point(w, 1.0),
    "value": lambda w: search().add_evaluated_point(POINT, w),
    "intermediate values": lambda w: search().add_evaluated_point(POINT, 1.0, intermediate_values=w),
    "source": lambda w: search().warm_start(w),
    "sources": lambda w: search().warm_start([w]),
    "metric of a source": lambda w: search().warm_start([], metric=[w]),
    "save": lambda w: search().save(w) if not isinstance(w, int | bytes) else None,
    "restore": lambda w: search().restore(w) if not isinstance(w, int | bytes) else None,
    "per_trial": lambda w: recommended_concurrency(w, {"CPU": 4}),
    "amount": lambda w: recommended_concurrency({"cpu": w}, {"CPU": 4}),
    "resources": lambda w: recommended_concurrency({"cpu": 1}, {} if w is None else w),
    "resource": lambda w: recommended_concurrency({"cpu": 1}, {"CPU": w}),
    "name of a resource": lambda w: recommended_concurrency({"cpu": 1}, {w: 4} if w.__hash__ else None),
    "metric of a stopper": NanStopper,
    "patience": lambda w: NanStopper("loss", w),
}


@pytest.mark.parametrize("option", [{"sampler": "tpee"}, {"seed": "a"}, {"deduplicate": "yes"}])
def test_a_wrong_option_is_rejected_before_the_space_is_known(option):
    with pytest.raises(tt.ArgumentError, match=next(iter(option))):
        TanteoSearch(**option)


@pytest.mark.parametrize("argument", [argument for argument in CALLS if argument != "name of a resource"])
def test_a_wrong_argument_is_an_error_of_the_package(argument):
    messages = []
    # The experiment may provide the space and the mode, so None is not wrong for them.
    for wrong in WRONG if argument not in ("space", "mode") else WRONG[1:]:
        try:
            CALLS[argument](wrong)
        except tt.TanteoError as error:
            messages.append(str(error))
    assert len(messages) > 5
    assert min(map(len, messages)) > 15


@pytest.mark.parametrize(
    ("argument", "wrong", "message"),
    [
        ("points", 7, "points_to_evaluate must be a list of dicts, got 7"),
        ("rewards", 7, "evaluated_rewards must be a list of results, got 7"),
        ("metrics", 7, "a metric is given by its name, such as 'loss', got 7"),
        ("metric", "", "a metric is given by its name, such as 'loss', got ''"),
        ("metrics", "loss", "the metric 'loss' is named twice"),
        ("rewards", ["good"], "a result must be a number, or None for a failure, got 'good'"),
        ("value", "good", "a result must be a number, or None for a failure, got 'good'"),
        ("time_attr", 7, "time_attr must be the name of a result, or None, got 7"),
        ("source", "nowhere", "there is no Tune experiment at '.*nowhere'"),
        ("sources", 7, "expected trials or results of Tune, got 7"),
        ("resource", "four", r"resources\['CPU'\] must be a number, got 'four'"),
        ("name of a resource", 7, "resources must name amounts.* got 7"),
        ("patience", 0, "patience must be at least 1"),
    ],
)
def test_the_error_names_the_value_and_what_was_expected(argument, wrong, message):
    with pytest.raises(tt.TanteoError, match=message):
        CALLS[argument](wrong)
