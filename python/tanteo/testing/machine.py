"""A Hypothesis state machine that makes calls in any order and compares the sampler with a model."""

from __future__ import annotations

import copy
import math
from typing import Any

from hypothesis import strategies as st
from hypothesis.errors import Flaky
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    precondition,
    rule,
    run_state_machine_as_test,
)

from .._internal.equality import same
from .domain import fault
from .failure import Exhausted, Failure, Unsupported, is_traceback_hidden
from .protocol import Capabilities, Factory
from .session import Session, described
from .strategies import search_spaces, seeds, values
from .subject import Subject, _hypothesis_settings, expect, quiet_hypothesis

__tracebackhide__ = is_traceback_hidden


class Machine(RuleBasedStateMachine):
    """Asks, tells, fails, loses, saves and loads the sampler that :func:`machine` sets.

    The model is the list of trials with their results. After each step ids are unique, ``best`` agrees with the model,
    and ``trials`` holds the values that were told.
    """

    subject: Subject
    session: Session
    pending = Bundle("pending")
    results = Bundle("results")

    def __init__(self) -> None:
        super().__init__()
        self.subject.restart()
        self.is_supported = False
        self.model: list[dict[str, Any]] = []

    @initialize(space=search_spaces(), seed=seeds())
    def create(self, space: Any, seed: int) -> None:
        """Make the sampler."""
        try:
            self.session = self.subject.session(space, seed)
            self.is_supported = True
        except Unsupported:
            return

    @rule(target=pending)
    def ask(self) -> Any:
        """Ask for a trial and check its params."""
        if not self.is_supported or self._is_waiting():
            return multiple()
        try:
            trial = self.session.ask()
        except Exhausted:
            return multiple()
        problem = fault(self.session.space, trial.params)
        expect(problem is None, str(problem))
        if self._can("lifecycle"):
            expect(all(trial.id != row["id"] for row in self.model), f"id {trial.id!r} was given twice")
        row = {"trial": trial, "id": getattr(trial.token, "id", None), "params": copy.deepcopy(trial.params)}
        self.model.append({**row, "state": "pending", "value": None})
        return len(self.model) - 1

    def _is_waiting(self) -> bool:
        """Whether the sampler allows one pending trial at a time and has one."""
        return not self._can("pending") and any(row["state"] == "pending" for row in self.model)

    def _can(self, capability: str) -> bool:
        return bool(getattr(self.subject.capabilities, capability))

    def _record_end(self, number: int, state: str, value: Any) -> int:
        self.model[number].update(state=state, value=value)
        return number

    @rule(target=results, number=consumes(pending), value=values(extreme=True))
    def tell(self, number: int, value: float) -> int:
        """Tell a value."""
        self.session.tell(self.model[number]["trial"], value)
        return self._record_end(number, "failed" if math.isnan(value) else "complete", value)

    @precondition(lambda self: self._can("failures"))
    @rule(target=results, number=consumes(pending))
    def fail(self, number: int) -> int:
        """Tell that a trial failed."""
        self.session.tell(self.model[number]["trial"], None)
        return self._record_end(number, "failed", None)

    @precondition(lambda self: self._can("prune"))
    @rule(target=results, number=consumes(pending))
    def prune(self, number: int) -> int:
        """Tell that a trial was stopped early."""
        self.session.prune(self.model[number]["trial"])
        return self._record_end(number, "pruned", None)

    @precondition(lambda self: self._can("pending"))
    @rule(number=consumes(pending))
    def lose(self, number: int) -> None:
        """Leave a trial pending for ever, as if its worker had vanished."""

    @precondition(lambda self: self._can("lifecycle"))
    @rule(number=results, value=values())
    def tell_twice(self, number: int, value: float) -> None:
        """Tell a completed trial again, which must be refused."""
        self.session.refused(self.model[number]["trial"], value, "a trial that was told before")

    @precondition(lambda self: self._can("save") and self.is_supported)
    @rule()
    def reload(self) -> None:
        """Continue with an unpickled copy."""
        self.session.reload()

    @precondition(lambda self: self._can("save") and self._can("seed") and self.is_supported)
    @rule()
    def a_copy_agrees(self) -> None:
        """Compare the next suggestion of two copies."""
        if self._is_waiting():
            return
        futures = []
        for copied in (self.session.restored(), self.session.restored()):
            futures.append([trial.params for trial in copied.asks(1)])
        expect(same(*futures), f"two copies ask {futures[0]!r} and {futures[1]!r}")

    @precondition(lambda self: self._can("observe") and self.is_supported)
    @rule(seed=st.integers(0, 9), value=values())
    def observe(self, seed: int, value: float) -> None:
        """Add a result from elsewhere."""
        params = self.session.space.sample(1, seed)[0]
        self.session.observe(params, value)
        expected = {"trial": None, "id": None, "params": params}
        if self._can("history"):
            expected["id"] = getattr(self.session.trials[-1], "id", None)
        self.model.append({**expected, "state": "complete", "value": value})

    @invariant()
    def best_is_as_in_the_model(self) -> None:
        """Compare ``best`` with the model."""
        if not self.is_supported or not self._can("best"):
            return
        best = self.session.best
        finite = [row["value"] for row in self.model if row["state"] == "complete" and math.isfinite(row["value"])]
        if finite:
            reason = f"the smallest is {min(finite)!r}, best is {described(best)}"
            expect(best is not None and best.value == min(finite), reason)

    @invariant()
    def trials_are_as_in_the_model(self) -> None:
        """Compare ``trials`` with the model."""
        if not self.is_supported or not self._can("history"):
            return
        trials = {repr(getattr(trial, "id", k)): trial for k, trial in enumerate(self.session.trials)}
        for k, row in enumerate(self.model):
            trial = trials.get(repr(row["id"] if self._can("lifecycle") else k))
            if row["state"] == "pending":
                continue
            expect(trial is not None, f"trial {row['id']!r} is lost")
            assert trial is not None
            expect(same(trial.params, row["params"]), f"asked {row['params']!r}, kept {trial.params!r}")
            if row["state"] == "complete":
                expect(trial.value == row["value"], f"told {row['value']!r}, kept {trial.value!r}")


def machine(factory: Factory, capabilities: Capabilities | None = None) -> type[RuleBasedStateMachine]:
    """Return a state machine for the samplers of a factory; ``machine(factory).TestCase`` is a test.

    Parameters
    ----------
    factory
        ``factory(space, seed)`` returns a sampler.
    capabilities
        What the samplers can do; detected if None.

    Examples
    --------
    >>> import tanteo as tt
    >>> from tanteo.testing import machine
    >>> TestMine = machine(tt.Optimizer).TestCase
    """
    subject = Subject(factory, "fast", capabilities)
    return type("Machine", (Machine,), {"subject": subject})


def run_machine(subject: Subject) -> None:
    """Run the machine on a subject, with the counts of its profile.

    Raises
    ------
    Failure
        If a rule fails, with the shortest failing program.
    """
    failures: list[Failure] = []

    class RecordingMachine(Machine):
        """Records the program of each run. The last one is the smallest failing program when Hypothesis stops."""

        def teardown(self) -> None:
            failures.append(Failure("", self.subject.program.steps))

    RecordingMachine.subject = subject
    profile = subject.profile
    try:
        with quiet_hypothesis():
            settings = _hypothesis_settings(profile, profile.examples, steps=profile.steps)
            run_state_machine_as_test(RecordingMachine, settings=settings)
    except Flaky as error:
        raise Failure(f"only in some runs of the same program: {error}", failures[-1].program) from None
    except Failure as failure:
        raise Failure(failure.reason, failures[-1].program) from failure.__cause__
