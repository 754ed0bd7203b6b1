"""Unknown keyword arguments."""

from __future__ import annotations

import inspect
from typing import Any

import pytest

import tanteo as tt

SPACE = {"x": tt.Float(0.0, 1.0)}


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: tt.Float(0, 1, Log=True), r"^Float\(\) got an unexpected keyword argument 'Log'; did you mean log\?"),
        (lambda: tt.Int(0, 1, stepp=1), r"Int\(\) .*did you mean step\?"),
        (lambda: tt.Categorical(["a"], weight=[1]), r"Categorical\(\) .*did you mean weights\?"),
        (lambda: tt.Linear({"x": 1}, uper=1), r"Linear\(\) .*did you mean upper\?"),
        (lambda: tt.Constant(1, zzz=1), r"Constant\(\) .*'zzz'; its arguments: value, when$"),
        (lambda: tt.minimize(abs, SPACE, ntrials=3), r"^minimize\(\) .*'ntrials'; did you mean n_trials\?"),
        (lambda: tt.maximize(abs, SPACE, ntrials=3), r"^maximize\(\) .*'ntrials'; did you mean n_trials\?"),
        (lambda: tt.Optimizer(SPACE, prunner="asha"), r"^Optimizer\(\) .*'prunner'; did you mean pruner\?"),
        (lambda: tt.Study("s.db", SPACE, Seed=1), r"^Study\(\) .*'Seed'; did you mean seed\?"),
        (lambda: tt.Study("s.db", SPACE, durabilty="off"), r"'durabilty'; did you mean durability\?"),
        (lambda: tt.samplers.Grid(2), r"^Grid takes settings by name, such as resolution=2$"),
        (lambda: tt.pruners.Median(2), r"^Median takes settings by name, such as n_startup=2$"),
    ],
)
def test_the_error_names_a_similar_argument_or_all(call: Any, message: str) -> None:
    with pytest.raises(TypeError, match=message):
        call()


def test_a_remote_search_refuses_an_argument_before_it_has_an_actor() -> None:
    remote = pytest.importorskip("tanteo.integrations.ray", exc_type=ImportError).RemoteOptimizer
    with pytest.raises(TypeError, match=r"^RemoteOptimizer\(\) .*'leese'; did you mean lease\?"):
        remote(SPACE, leese=3)


def test_a_parameter_shows_its_arguments() -> None:
    assert list(inspect.signature(tt.Float).parameters)[:3] == ["low", "high", "log"]
