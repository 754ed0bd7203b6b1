"""Types of `tanteo.testing`. `make test` checks this file with mypy; nothing runs it."""

from __future__ import annotations

from typing import Any, assert_type

from hypothesis.strategies import SearchStrategy

import tanteo as tt
from tanteo.space.parameters import Parameter
from tanteo.testing import Check, Report, all_checks, check_sampler, strategies

space = tt.SearchSpace({"x": tt.Float(0, 1)})

assert_type(strategies.search_spaces(max_params=2, conditional=True), SearchStrategy[tt.SearchSpace])
assert_type(strategies.parameters("step", extreme=True), SearchStrategy[Parameter])
assert_type(strategies.params(space), SearchStrategy[dict[str, Any]])
assert_type(strategies.objectives(space), SearchStrategy[strategies.Objective])
assert_type(strategies.values(extreme=True), SearchStrategy[float])
assert_type(strategies.outcomes(), SearchStrategy[float | int | None])
assert_type(strategies.seeds(), SearchStrategy[int])
assert_type(strategies.histories(space), SearchStrategy[list[tuple[dict[str, Any], float | int | None]]])
assert_type(strategies.labels(), SearchStrategy[Any])

assert_type(check_sampler(tt.Optimizer, tags="valid", expected_failed={"check_x": "why"}), Report)
assert_type(all_checks(), list[Check])
