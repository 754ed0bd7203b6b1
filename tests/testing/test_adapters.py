"""Adapters translate samplers of Optuna and Hyperopt faithfully and skip what these cannot express."""

from __future__ import annotations

import dataclasses

import pytest

import tanteo as tt
from tanteo.testing import Capabilities, Unsupported, adapters, examine

optuna = pytest.importorskip("optuna")
hyperopt = pytest.importorskip("hyperopt")

FAITHFUL = [
    "check_suggestions_lie_in_their_domain",
    "check_params_have_the_declared_names",
    "check_hostile_names_are_kept",
    "check_values_have_builtin_types",
    "check_told_values_are_kept",
    "check_ids_are_unique",
    "check_a_trial_is_told_once",
    "check_best_is_the_smallest_value",
    "check_best_of_nothing_is_none",
]


@pytest.mark.parametrize(
    ("factory", "extra_checks"),
    [
        (
            adapters.from_optuna(optuna.samplers.RandomSampler),
            ["check_conditions_are_kept", "check_queued_params_come_next"],
        ),
        (adapters.from_hyperopt(hyperopt.rand.suggest), []),
    ],
    ids=["optuna", "hyperopt"],
)
def test_an_adapter_is_faithful(factory, extra_checks):
    report = examine(factory, tags=[*FAITHFUL, *extra_checks])
    assert {outcome.name: outcome.reason for outcome in report if outcome.status != "passed"} == {}


@pytest.mark.parametrize("sampler", [optuna.samplers.RandomSampler, optuna.samplers.QMCSampler])
def test_samplers_that_are_known_not_to_learn_are_not_expected_to(sampler):
    assert {outcome.status for outcome in examine(adapters.from_optuna(sampler), tags="learns")} == {"skipped"}


def test_hyperopts_random_draws_are_not_expected_to_learn():
    assert not adapters.from_hyperopt(hyperopt.rand.suggest).capabilities.learns
    assert adapters.from_hyperopt(hyperopt.tpe.suggest).capabilities.learns


@pytest.mark.parametrize(
    "adapted",
    [
        lambda **options: adapters.from_optuna(optuna.samplers.TPESampler, **options),
        lambda **options: adapters.from_hyperopt(hyperopt.tpe.suggest, **options),
        lambda **options: adapters.from_ray(object, **options),
        lambda **options: adapters.from_function(print, print, **options),
    ],
)
def test_declared_capabilities_replace_those_of_an_adapter(adapted):
    usual = adapted().capabilities
    assert adapted(capabilities={"learns": False}).capabilities == dataclasses.replace(usual, learns=False)
    assert adapted(capabilities=Capabilities(prune=True)).capabilities == Capabilities(prune=True)
    with pytest.raises(tt.ArgumentError, match="'learn' is not a capability"):
        adapted(capabilities={"learn": False})


def test_a_callable_gets_a_seed_that_its_library_takes():
    factory = adapters.from_optuna(lambda seed=None: optuna.samplers.RandomSampler(seed=seed))
    assert factory(tt.SearchSpace({"x": tt.Float(0, 1)}), 2**32 + 7).ask().params["x"] > 0


@pytest.mark.parametrize(
    "parameter",
    [tt.Float(1.0, 1.0), tt.Int(1, 1), tt.Float(0.001, 0.0010000000000000002, log=True), tt.Float(-1e308, 1e308)],
    ids=repr,
)
def test_a_range_that_hyperopt_refuses_is_unsupported(parameter):
    with pytest.raises(Unsupported):
        adapters.from_hyperopt(hyperopt.rand.suggest)(tt.SearchSpace({"x": parameter}), 0)


def test_the_error_names_what_optuna_does_not_support():
    with pytest.raises(Unsupported, match="known constraints"):
        adapters.from_optuna(optuna.samplers.RandomSampler)(
            tt.SearchSpace({"x": tt.Float(0, 1)}, constraints=[tt.Linear({"x": 1}, upper=0.5)]), 0
        )
    with pytest.raises(Unsupported, match="64 bits"):
        adapters.from_optuna(optuna.samplers.RandomSampler)(tt.SearchSpace({"n": tt.Int(0, 2**64 - 1)}), 0)
