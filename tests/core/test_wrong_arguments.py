"""Every argument is accepted, or refused with an error of the package that names it."""

from __future__ import annotations

import datetime

import numpy as np
import pytest

import tanteo as tt
from tanteo.importance import ablation, param_importances
from tanteo.models import GaussianProcess

SPACE = tt.SearchSpace({"x": tt.Float(0, 1), "kind": tt.Categorical(["a", "b"])})
WRONG = [
    None,
    True,
    "a",
    b"x",
    "a\0b",
    1.5,
    -1,
    2**70,
    float("nan"),
    float("inf"),
    [],
    [[1]],
    ["a"],
    {},
    {"a": 1},
    {1, 2},
    object(),
    int,
    1j,
    datetime.datetime(2026, 1, 1),
    np.array([1.0, 2.0]),
    np.datetime64("2026"),
    range(3),
]


def make_search(n: int = 8) -> tt.Optimizer:
    optimizer = tt.Optimizer(SPACE, sampler="random", seed=0)
    for trial in optimizer.ask(n):
        optimizer.tell(trial, trial.params["x"])
    return optimizer


SEARCH, MODEL = make_search(), GaussianProcess().fit([[0.1], [0.5], [0.9]], [1, 2, 3])
POINT = {"x": 0.5, "kind": "a"}


def space_with_order(**wrong):
    parts = {"left": "x", "operator": "<=", "right": "y", **wrong}
    return tt.SearchSpace({"x": tt.Float(0, 1), "y": tt.Float(0, 1)}, constraints=[tt.Order(*parts.values())])


def minimize(**options):
    return tt.minimize(lambda params: params["x"], SPACE, **{"n_trials": 1, "progress": False, **options})


#: For each argument, a call with a wrong value.
CALLS = {
    "space": tt.Optimizer,
    "direction": lambda w: tt.Optimizer(SPACE, direction=w),
    "directions": lambda w: tt.Optimizer(SPACE, directions=w),
    "sampler": lambda w: tt.Optimizer(SPACE, sampler=w),
    "seed": lambda w: tt.Optimizer(SPACE, seed=w),
    "deduplicate": lambda w: tt.Optimizer(SPACE, deduplicate=w),
    "acquisition": lambda w: tt.samplers.GP(acquisition=w),
    "low": lambda w: tt.SearchSpace({"x": tt.Float(w, 1)}),
    "step": lambda w: tt.SearchSpace({"x": tt.Int(0, 8, step=w)}),
    "default": lambda w: tt.SearchSpace({"x": tt.Int(0, 8, default=w)}),
    "choices": lambda w: tt.SearchSpace({"x": tt.Categorical(w)}),
    "weights": lambda w: tt.SearchSpace({"x": tt.Categorical(["a", "b"], weights=w)}),
    "when": lambda w: tt.SearchSpace({"x": tt.Float(0, 1, when=w)}),
    "prior": lambda w: tt.SearchSpace({"x": tt.Float(0, 1, prior=w)}),
    "constraints of a space": lambda w: tt.SearchSpace({"x": tt.Float(0, 1)}, constraints=[w]),
    "an order's left": lambda w: space_with_order(left=w),
    "an order's operator": lambda w: space_with_order(operator=w),
    "an order's right": lambda w: space_with_order(right=w),
    "validate": SPACE.validate,
    "sample": lambda w: SPACE.sample(2, seed=w),
    "from_json": tt.SearchSpace.from_json,
    "trial": lambda w: make_search(2).tell(w, 1.0),
    "value": lambda w: make_search(2).observe(POINT, w),
    "value of tell": lambda w: (lambda o: o.tell(o.ask(), w))(make_search(2)),
    "state": lambda w: (lambda o: o.tell(o.ask(), 1.0, state=w))(make_search(2)),
    "sem": lambda w: make_search(2).observe(POINT, 1.0, sem=w),
    "constraints": lambda w: make_search(2).observe(POINT, 1.0, constraints=w),
    "cost": lambda w: make_search(2).observe(POINT, 1.0, cost=w),
    "reason": lambda w: make_search(2).observe(POINT, state="failed", reason=w),
    "replicates": lambda w: make_search(2).observe(POINT, tt.Replicates(w)),
    "params of observe": lambda w: make_search(2).observe(w, 1.0),
    "params of enqueue": lambda w: make_search(2).enqueue(w),
    "params of predict": lambda w: SEARCH.predict([w]),
    "list of predict": SEARCH.predict,
    "explain": SEARCH.explain,
    "step of report": lambda w: (lambda o: o.report(o.ask(), w, 1.0))(make_search(2)),
    "importances": param_importances,
    "objective": lambda w: param_importances(SEARCH, objective=w),
    "quantile": lambda w: param_importances(SEARCH, quantile=w),
    "method": lambda w: param_importances(SEARCH, method=w),
    "ablation": lambda w: ablation(w, POINT, POINT),
    "start of an ablation": lambda w: ablation(SEARCH, w, POINT),
    "end of an ablation": lambda w: ablation(SEARCH, POINT, w),
    "load": lambda w: tt.Optimizer.load(w) if not isinstance(w, int) else None,
    "save": lambda w: None if isinstance(w, int | bytes) else SEARCH.save(w),
    "from_bytes": tt.Optimizer.from_bytes,
    "categories": lambda w: GaussianProcess(categories=w),
    "number of choices": lambda w: GaussianProcess(categories={0: w}),
    "conditional": lambda w: GaussianProcess(conditional=w),
    "conditional column": lambda w: GaussianProcess(conditional=[w]),
    "X": lambda w: GaussianProcess().fit(w, [1]),
    "y": lambda w: GaussianProcess().fit([[0.5]], w),
    "sem of a model": lambda w: GaussianProcess().fit([[0.5]], [1], sem=w),
    "X of predict": MODEL.predict,
    "n of sample": lambda w: MODEL.sample([[0.5]], w, seed=0),
    "seed of sample": lambda w: MODEL.sample([[0.5]], seed=w),
    "timeout": lambda w: minimize(timeout=w),
    "points": lambda w: minimize(points=w),
    "point": lambda w: minimize(points=[w]),
    "callbacks": lambda w: minimize(callbacks=w),
    "catch": lambda w: minimize(catch=w),
    "study": lambda w: minimize(study=w),
    "progress": lambda w: minimize(progress=w) if w is not True else None,
    "what an objective returns": lambda w: tt.minimize(lambda params: w, SPACE, n_trials=1, catch=(), progress=False),
}


@pytest.mark.filterwarnings("ignore:.* of this run failed")
@pytest.mark.parametrize("argument", CALLS)
def test_a_wrong_argument_is_an_error_of_the_package(argument, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    messages = []
    for wrong in WRONG:
        try:
            CALLS[argument](wrong)
        except tt.TanteoError as error:
            messages.append(str(error))
        except FileNotFoundError:
            messages.append("an error of the operating system")
    assert len(messages) > 5
    assert min(map(len, messages)) > 15


@pytest.mark.parametrize(
    ("argument", "wrong", "message"),
    [
        ("direction", np.array([1.0]), "a direction is 'minimize' or 'maximize', got array"),
        ("objective", "x", "the objectives have no names here, got 'x'"),
        ("quantile", "half", "quantile must be a number, got 'half'"),
        ("load", 3.5, "a path must be text or a pathlib.Path, got 3.5"),
        ("save", "a\0b", "a path cannot contain a null character"),
        ("load", b"TANTEO\0", r"a null character, .*; Optimizer\.from_bytes reads the bytes of a search"),
        ("conditional column", [1], r"a conditional column must be an integer, got \[1\]"),
        ("points", 7, "points must be a list of configurations, got 7"),
        ("what an objective returns", int, "the objective returned <class 'int'>"),
        ("an order's operator", np.array([1.0]), "the operator must be"),
    ],
)
def test_the_error_names_the_value_and_what_was_expected(argument, wrong, message):
    with pytest.raises(tt.TanteoError, match=message):
        CALLS[argument](wrong)
