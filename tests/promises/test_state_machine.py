"""State machines of ask, tell, fail, prune, report, enqueue, observe, save and load, compared with simple models.

A model is a list of trials. For any sequence of calls, the optimizer must agree with the model, refuse invalid calls,
and be unchanged by every refusal.
"""

import copy
import math
import pickle
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    precondition,
    rule,
)

import tanteo as tt
from support.declared import Declared, DeclaredSpace
from support.profile import count
from support.searches import SAMPLERS

SPACE = DeclaredSpace(
    {
        "x": Declared("Float", {"low": -1.0, "high": 1.0}),
        "n": Declared("Int", {"low": 0, "high": 6}),
        "kind": Declared("Categorical", {"choices": ["a", True, 1]}),
        "zoom": Declared("Float", {"low": 1e-3, "high": 1.0, "log": True}, {"kind": ("a",)}),
    }
)
values = st.one_of(st.floats(-10, 10), st.sampled_from([0.0, math.inf, 1e308, -1e308, 5e-324]))
COPIES = {
    "bytes": lambda optimizer: tt.Optimizer.from_bytes(optimizer.to_bytes()),
    "pickle": lambda optimizer: pickle.loads(pickle.dumps(optimizer)),
    "deepcopy": copy.deepcopy,
}


class AskTell(RuleBasedStateMachine):
    """An optimizer, its model, and bundles of pending and finished trials."""

    pending = Bundle("pending")
    finished = Bundle("finished")

    @initialize(sampler=st.sampled_from([*SAMPLERS, "tpe"]), seed=st.integers(0, 2**64 - 1), deduplicate=st.booleans())
    def create(self, sampler, seed, deduplicate):
        if sampler == "tpe":
            sampler = tt.samplers.TPE(n_startup=3)
        self.optimizer = tt.Optimizer(SPACE.build(), sampler=sampler, seed=seed, deduplicate=deduplicate)
        self.model: list[dict[str, Any]] = []
        self.queue: list[dict[str, Any]] = []

    def assert_refused(self, error, call):
        """Check that the call raises and changes nothing."""
        snapshot = self.optimizer.to_bytes()
        with pytest.raises(error):
            call()
        assert self.optimizer.to_bytes() == snapshot

    def add_asked(self, trials):
        """Check suggested trials, add them to the model, and return their ids."""
        for trial in trials:
            assert trial.id == len(self.model)
            assert SPACE.fault(trial.params) is None
            if self.queue:
                queued = self.queue.pop(0)
                assert {name: trial.params[name] for name in queued} == queued
            self.model.append(
                {"state": "pending", "value": None, "params": trial.params, "steps": {}, "folds": {}, "broken": {}}
            )
        return multiple(*[trial.id for trial in trials])

    @rule(target=pending)
    def ask(self):
        try:
            return self.add_asked([self.optimizer.ask()])
        except tt.SpaceExhausted:
            return multiple()

    @rule(target=pending, n=st.integers(1, 5))
    def ask_many(self, n):
        snapshot = self.optimizer.to_bytes()
        try:
            return self.add_asked(self.optimizer.ask(n))
        except tt.SpaceExhausted:
            assert self.optimizer.to_bytes() == snapshot
            return multiple()

    @rule(target=finished, trial=consumes(pending), value=values)
    def tell(self, trial, value):
        self.optimizer.tell(trial, value)
        self.model[trial].update(state="complete", value=value)
        return trial

    @rule(target=finished, trial=consumes(pending), how=st.sampled_from(["state", "nan", "none"]))
    def fail(self, trial, how):
        if how == "state" or self.model[trial]["folds"]:
            self.optimizer.tell(trial, state="failed")
        else:
            self.optimizer.tell(trial, math.nan if how == "nan" else None)
        self.model[trial]["state"] = "failed"
        return trial

    @rule(target=finished, trial=consumes(pending))
    def prune(self, trial):
        self.optimizer.tell(trial, state="pruned")
        steps = self.model[trial]["steps"]
        self.model[trial].update(state="pruned", value=steps[max(steps)] if steps else None)
        return trial

    @rule(trial=pending, step=st.integers(0, 5), value=st.floats(-5, 5))
    def report(self, trial, step, value):
        steps = self.model[trial]["steps"]
        if (steps and step <= max(steps)) or self.model[trial]["folds"]:
            self.assert_refused(tt.TanteoError, lambda: self.optimizer.report(trial, step, value))
        else:
            self.optimizer.report(trial, step, value)
            steps[step] = value
        assert self.optimizer.should_prune(trial).reason

    @rule(trial=pending, fold=st.integers(0, 5), value=st.sampled_from([-0.5, 0.25, 2.0]))
    def report_fold(self, trial, fold, value):
        steps, folds = self.model[trial]["steps"], self.model[trial]["folds"]
        if (steps and not folds) or folds.get(fold, value) != value:
            self.assert_refused(tt.ArgumentError, lambda: self.optimizer.report_fold(trial, fold, value))
            return
        self.optimizer.report_fold(trial, fold, value)
        folds[fold] = value
        steps[len(folds)] = pytest.approx(sum(folds.values()) / len(folds))
        assert self.optimizer.should_prune(trial).reason

    @rule(target=finished, trial=consumes(pending))
    def tell_folds(self, trial):
        self.optimizer.tell(trial)
        folds = list(self.model[trial]["folds"].values())
        if folds:
            self.model[trial].update(state="complete", value=tt.Replicates(folds).mean)
        else:
            self.model[trial].update(state="failed")
        return trial

    @rule(trial=pending, name=st.sampled_from(["a", "b"]), value=st.sampled_from([-1.0, 0.0, 0.5]))
    def tell_constraints(self, trial, name, value):
        self.optimizer.tell_constraints(trial, {name: value})
        self.model[trial]["broken"][name] = value > 0.0
        assert self.optimizer.infeasible(trial) == any(self.model[trial]["broken"].values())

    @rule(trial=finished, value=values)
    def tell_twice(self, trial, value):
        self.assert_refused(tt.TrialStateError, lambda: self.optimizer.tell(trial, value))
        self.assert_refused(tt.TrialStateError, lambda: self.optimizer.report(trial, 99, 0.0))
        self.assert_refused(tt.TrialStateError, lambda: self.optimizer.tell_constraints(trial, {"a": 1.0}))

    @rule(beyond=st.integers(0, 2**62))
    def tell_unknown(self, beyond):
        self.assert_refused(tt.TrialStateError, lambda: self.optimizer.tell(len(self.model) + beyond, 1.0))

    @rule(trial=pending, value=st.sampled_from(["x", -math.inf, (1.0, 2.0), 1j, object()]))
    def tell_nonsense(self, trial, value):
        self.assert_refused(tt.TanteoError, lambda: self.optimizer.tell(trial, value))

    @rule(n=st.integers(0, 6), complete=st.booleans())
    def enqueue(self, n, complete):
        point = {"n": n, "x": n / 10, "kind": True} if complete else {"n": n}
        self.optimizer.enqueue(point)
        self.queue.append(point)

    @rule(point=st.sampled_from([{"n": 9}, {"x": "a"}, {"kind": 1.0}, {"kind": True, "zoom": 0.5}, {"y": 1}]))
    def enqueue_nonsense(self, point):
        self.assert_refused(tt.SpaceError, lambda: self.optimizer.enqueue(point))
        self.assert_refused(
            tt.SpaceError, lambda: self.optimizer.observe({"n": 1, "x": 0.0, "kind": True, **point}, 1.0)
        )

    @rule(target=finished, x=st.floats(-1, 1), value=values)
    def observe(self, x, value):
        params = {"x": x, "n": 2, "kind": True}
        self.optimizer.observe(params, value)
        self.model.append(
            {"state": "complete", "value": value, "params": params, "steps": {}, "folds": {}, "broken": {}}
        )
        return len(self.model) - 1

    @rule(way=st.sampled_from(sorted(COPIES)))
    def swap_for_a_copy(self, way):
        self.optimizer = COPIES[way](self.optimizer)

    @rule(n=st.integers(1, 3))
    def copies_make_the_same_suggestions(self, n):
        suggestions = []
        for twin in (copy.deepcopy(self.optimizer), COPIES["bytes"](self.optimizer)):
            try:
                suggestions.append([repr(trial) for trial in twin.ask(n)])
            except tt.SpaceExhausted as error:
                suggestions.append([str(error)])
        assert suggestions[0] == suggestions[1]

    @precondition(lambda self: len(self.model) > 2)
    @rule()
    def exports_agree(self):
        assert list(self.optimizer.to_dict()["state"]) == [row["state"] for row in self.model]

    @invariant()
    def trials_agree_with_the_model(self):
        if not hasattr(self, "model"):
            return
        assert len(self.optimizer.trials) == len(self.model)
        for trial, row in zip(self.optimizer.trials, self.model, strict=True):
            assert (trial.state, trial.value, trial.params) == (row["state"], row["value"], row["params"])
            assert dict(trial.steps) == row["steps"]
            assert dict(trial.folds) == row["folds"]
            assert {name: value > 0.0 for name, value in trial.constraints.items()} == row["broken"]

    def lacks_constraint(self, number):
        """Return whether an ended trial with the same parameters satisfied a constraint that this one did not tell."""
        row = self.model[number]
        alike = [
            other for other in self.model if other["state"] != "pending" and set(other["params"]) == set(row["params"])
        ]
        satisfied = {name for other in alike for name, is_broken in other["broken"].items() if not is_broken}
        return not satisfied <= set(row["broken"])

    @invariant()
    def pending_and_best_agree_with_the_model(self):
        if not hasattr(self, "model"):
            return
        pending_ids = [number for number, row in enumerate(self.model) if row["state"] == "pending"]
        assert [trial.id for trial in self.optimizer.pending] == pending_ids
        complete = [(row["value"], number) for number, row in enumerate(self.model) if row["state"] == "complete"]
        kept = [(value, number) for value, number in complete if not any(self.model[number]["broken"].values())]
        kept = [(value, number) for value, number in kept if not self.lacks_constraint(number)] or kept
        finite = [(value, number) for value, number in kept if math.isfinite(value)]
        best = self.optimizer.best
        assert (best.value, best.id) == min(finite) if finite else best is None


class ToldApart(RuleBasedStateMachine):
    """A search for two objectives that are told apart, with reports, stops and copies; its models cache their fits."""

    pending = Bundle("pending")
    numbers = st.sampled_from([-1.5, 0.0, 0.25, 2.0])

    @initialize(sampler=st.sampled_from([tt.samplers.GP(n_startup=2), tt.samplers.TPE(n_startup=2)]))
    def create(self, sampler):
        space = {"x": tt.Float(0.0, 1.0)}
        self.optimizer = tt.Optimizer(space, directions=["minimize", "maximize"], sampler=sampler, seed=1)
        self.told: list[list[float | None]] = []
        self.last: list[list[float] | None] = []
        self.states: list[str] = []

    @rule(target=pending)
    def ask(self):
        """A copy without caches makes the same suggestion."""
        fresh = COPIES["bytes"](self.optimizer)
        trial = self.optimizer.ask()
        assert fresh.ask().params == trial.params
        self.told.append([None, None])
        self.last.append(None)
        self.states.append("pending")
        return trial.id

    @rule(trial=pending, place=st.integers(0, 1), value=numbers)
    def tell_one(self, trial, place, value):
        self.optimizer.tell_objectives(trial, {place: value})
        self.told[trial][place] = value

    @rule(trial=pending, values=st.tuples(numbers, numbers))
    def report(self, trial, values):
        self.optimizer.report(trial, len(self.optimizer.trials[trial].steps), values)
        self.last[trial] = list(values)

    @rule(trial=consumes(pending), value=numbers)
    def complete(self, trial, value):
        told = self.told[trial]
        self.told[trial] = [value if known is None else known for known in told]
        self.optimizer.tell(trial, {place: value for place in (0, 1) if told[place] is None} or None)
        self.states[trial] = "complete"

    @rule(trial=consumes(pending), values=st.none() | st.tuples(numbers, numbers))
    def stop(self, trial, values):
        self.optimizer.tell(trial, values, state="pruned")
        last = self.last[trial] or [None, None]
        kept = [end if known is None else known for known, end in zip(self.told[trial], last, strict=True)]
        self.told[trial], self.states[trial] = kept if values is None else list(values), "pruned"

    @rule(trial=consumes(pending))
    def fail(self, trial):
        self.optimizer.tell(trial, state="failed")
        self.states[trial] = "failed"

    @rule(way=st.sampled_from(sorted(COPIES)))
    def swap_for_a_copy(self, way):
        before = self.optimizer.to_bytes()
        self.optimizer = COPIES[way](self.optimizer)
        assert self.optimizer.to_bytes() == before

    @invariant()
    def trials_agree_with_the_model(self):
        for trial, told, state in zip(self.optimizer.trials, self.told, self.states, strict=True):
            assert trial.state == state
            known = trial.values or trial.partial_values or (None, None)
            assert list(known) == told
            assert (trial.values is not None) == (state in ("complete", "pruned") and None not in told)
        front = {trial.id for trial in self.optimizer.pareto_front}
        assert all(self.states[number] == "complete" for number in front)


# The trials tell constraints of different names.
pytestmark = pytest.mark.filterwarnings("ignore:.*which no earlier trial tells")

TestAskTell = AskTell.TestCase
TestAskTell.settings = settings(
    max_examples=count(60, 3000), stateful_step_count=40, suppress_health_check=list(HealthCheck)
)
TestToldApart = ToldApart.TestCase
TestToldApart.settings = settings(
    max_examples=count(20, 1000), stateful_step_count=30, suppress_health_check=list(HealthCheck)
)
