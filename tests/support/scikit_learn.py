"""scikit-learn's own tests of its searches, as installed, with `TanteoSearchCV` in place of these searches."""

from __future__ import annotations

import importlib.util
import math
import sys
from types import FunctionType, ModuleType
from typing import Any
from unittest import mock

import pytest
import sklearn.model_selection
from sklearn.model_selection import ParameterGrid, ParameterSampler
from sklearn.model_selection._search import BaseSearchCV

from tanteo.integrations.sklearn import TanteoSearchCV

_NAME = "tests_of_scikit_learn_searches"


class _Adapted(TanteoSearchCV):
    """A search with the arguments of scikit-learn; what these lack has the default value."""

    batch_size, deduplicate, race, warm_start, study = 1, True, False, False, None

    def _keep(self, arguments: dict[str, Any]) -> None:
        for name in self._get_param_names():
            setattr(self, name, arguments[name])


class RandomizedSearchCV(_Adapted):
    """`TanteoSearchCV` with the arguments of `RandomizedSearchCV`."""

    _required_parameters = ("estimator", "param_distributions")

    def __init__(
        self,
        estimator,
        param_distributions,
        *,
        n_iter=10,
        scoring=None,
        n_jobs=None,
        refit=True,
        cv=None,
        verbose=0,
        pre_dispatch="2*n_jobs",
        random_state=None,
        error_score=math.nan,
        return_train_score=False,
    ):
        self._keep(locals())

    @property
    def sampler(self) -> str:
        # Some tests expect that lists are tried in their order.
        ParameterSampler(self.param_distributions, self.n_iter)  # checks them
        given = self.param_distributions if isinstance(self.param_distributions, list) else [self.param_distributions]
        return "random" if any(hasattr(values, "rvs") for one in given for values in one.values()) else "grid"


class GridSearchCV(_Adapted):
    """`TanteoSearchCV` with the arguments of `GridSearchCV`."""

    _required_parameters = ("estimator", "param_grid")
    sampler, random_state = "grid", 0

    def __init__(
        self,
        estimator,
        param_grid,
        *,
        scoring=None,
        n_jobs=None,
        refit=True,
        cv=None,
        verbose=0,
        pre_dispatch="2*n_jobs",
        error_score=math.nan,
        return_train_score=False,
    ):
        self._keep(locals())

    @property
    def n_iter(self) -> int:
        return len(ParameterGrid(self.param_grid))  # checks it

    @property
    def param_distributions(self) -> Any:
        return self.param_grid


def their_tests() -> dict[str, FunctionType]:
    """Return scikit-learn's tests of searches by name, about `TanteoSearchCV` only."""
    module = _loaded()
    tests = {name: test for name, test in vars(module).items() if name.startswith("test_")}
    for test in tests.values():
        test.pytestmark = [_without_other_searches(mark) for mark in getattr(test, "pytestmark", [])]
    return tests


def _loaded() -> ModuleType:
    """Load the module of tests a second time, with our searches where it imports its own."""
    path = importlib.util.find_spec("sklearn.model_selection.tests.test_search").origin
    spec = importlib.util.spec_from_file_location(_NAME, path)
    sys.modules[_NAME] = module = importlib.util.module_from_spec(spec)  # for pickling
    ours = {"RandomizedSearchCV": RandomizedSearchCV, "GridSearchCV": GridSearchCV}
    with mock.patch.multiple(sklearn.model_selection, **ours):
        spec.loader.exec_module(module)
    return module


def _without_other_searches(mark: pytest.Mark) -> pytest.Mark:
    """Remove the cases of a parametrized test that are about a search of scikit-learn, such as halving."""
    if mark.name != "parametrize":
        return mark
    names, values, *others = mark.args
    return pytest.mark.parametrize(names, [value for value in values if _is_ours(value)], *others, **mark.kwargs).mark


def _is_ours(value: Any) -> bool:
    parts = value if isinstance(value, tuple) else (value,)
    classes = [part if isinstance(part, type) else type(part) for part in parts]
    return all(issubclass(c, TanteoSearchCV) or not issubclass(c, BaseSearchCV) for c in classes)
