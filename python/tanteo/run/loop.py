"""The loop: ask, evaluate, tell, until a reason to stop.

The order is always "hand out one trial to each free worker; wait for one to end; tell it". An ask therefore depends
only on the tells before it: with one worker the search is deterministic, with several it is determined by the order in
which trials end.
"""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from tanteo import inside
from tanteo._internal.optuna_names import hint
from tanteo._internal.states import CANCELLED, STOPPED
from tanteo.exceptions import (
    ArgumentError,
    LostLeaseError,
    SpaceExhausted,
    TanteoError,
    TrialStateError,
    UnknownTrialError,
)
from tanteo.optimizer import Optimizer
from tanteo.run.evaluation import Evaluation, describe_error
from tanteo.run.executor import Executor, Finished
from tanteo.run.legs import Legs
from tanteo.run.sharing import sharing
from tanteo.run.signals import StopSearch
from tanteo.space.candidates import Candidates
from tanteo.trials.trial import FrozenTrial, Trial

_LOG = logging.getLogger("tanteo")

Stopped: TypeAlias = Literal[
    "n_trials", "until", "timeout", "space exhausted", "callback", "interrupted", "budget", "stop_when", "cancelled"
]
# Reasons to stop after which paused trials may still go on, but no new trial is started.
_NO_NEW_TRIALS = ("n_trials", "until", "space exhausted")
StopRule: TypeAlias = Callable[[Optimizer], object]


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits after which no further trial is started; None for no limit.

    Attributes
    ----------
    n_trials
        The number of trials told by the run.
    timeout
        Seconds since the start.
    until
        The total number of trials told, including those before the run.
    stop_when
        Called with the optimizer after each trial that has ended or paused, and at the start of a search that has such
        trials; returns whether, or why, to stop. ``best`` may be None in it, since the trials may have failed.
    """

    n_trials: int | None
    timeout: float | None
    until: int | None = None
    stop_when: StopRule | None = None


# The reason of a trial that is stopped because pausing it again would repeat forever.
_STUCK = "paused again without a new report since it went on"
# The fields of an evaluation whose result was refused.
_UNTOLD: dict[str, Any] = {"state": "failed", "value": None, "sem": None, "constraints": None, "cost": None}


class Run:
    """A running search, as passed to callbacks.

    Attributes
    ----------
    optimizer : Optimizer
        The state of the search; callbacks may read it.
    limits : Limits
        The limits of the run.
    among : Candidates or None
        The table that new trials are chosen from.
    n_told : int
        The number of trials of this run that have ended, in any final state.
    under_way : dict of int to Trial
        The trials that this run handed out and that have not returned, by id.
    n_failed, n_pruned : int
        How many of them failed (the cancelled ones too) and were pruned.
    n_cancelled : int
        How many of them were cancelled.
    stopped : str or None
        Why the run ended; None while it is running.
    stop_reason : str or None
        A longer explanation, if there is one.
    mistake : str or None
        File and line, if the last trial failed with what looks like a mistake in the objective.
    refused : bool
        Whether the last trial failed because what the objective returned or raised was refused; if it uses a name
        that this package does not have, the trial is cancelled too.
    cancelled : bool
        Whether the last trial was cancelled.
    """

    def __init__(self, optimizer: Optimizer, limits: Limits, among: Candidates | None = None) -> None:
        self.optimizer = optimizer
        self.among = among
        self.limits = limits
        self._sharing = sharing(optimizer)
        self.n_told = 0
        self.under_way: dict[int, Trial] = {}
        self.n_failed = 0
        self.n_cancelled = 0
        self.n_pruned = 0
        self.stopped: Stopped | None = None
        self.stop_reason: str | None = None
        self.mistake: str | None = None
        self.refused = False
        self.cancelled = False
        self._start = time.monotonic()

    @property
    def elapsed(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self._start

    @property
    def budget(self) -> float | None:
        """What the search may spend in total; another process of a study may change it."""
        return self.optimizer.budget

    @property
    def best(self) -> FrozenTrial | Any:
        """The best feasible complete trial, including those before the run; see :attr:`tanteo.Optimizer.best`."""
        return self.optimizer.best

    @property
    def most(self) -> int | None:
        """The number of trials that this run may tell; None for no limit.

        The trials that are still missing include neither trials under way here that have ended elsewhere, which count
        towards ``until`` already, nor those that another process has taken over, which it counts. Both are under way in
        this run nevertheless, so their number is added.
        """
        n, until = self.limits.n_trials, self.limits.until
        if until is None:
            return n
        missing = max(0, until - inside.n_ended(self.optimizer) - self._sharing.under_way_elsewhere())
        left = self.n_told + self._sharing.n_lost(self.under_way) + missing
        return left if n is None else min(n, left)

    # Type checkers would otherwise accept every attribute.
    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            """Refuse an unknown name; the message says where the search has it, or what a name of Optuna is here."""
            search = self.__dict__.get("optimizer")
            if name in dir(search) and not name.startswith("_"):
                said = f"; the search has it: run.optimizer.{name}"
            else:
                said = hint(name, dir(search), prefix="run.optimizer.")
            raise AttributeError(f"'Run' object has no attribute {name!r}{said}", name=name, obj=self)

    def stop(self) -> None:
        """Start no further trial; running trials are awaited and told."""
        self.stopped = self.stopped or "callback"


Callback: TypeAlias = Callable[[Run, FrozenTrial], object]


class Loop:
    """Drives one :class:`Run`.

    Parameters
    ----------
    run : Run
        The run, with its counts.
    executor : Executor
        Evaluates the trials.
    catch : tuple of exception types
        If it contains the error of ``tell``, a refused value makes the trial fail, like an exception of the objective.
    callbacks : sequence of callables
        Called as ``callback(run, trial)`` after each tell.
    tick : callable
        Called a few times a second while waiting for workers.
    """

    def __init__(
        self,
        run: Run,
        executor: Executor,
        catch: tuple[type[BaseException], ...],
        callbacks: Sequence[Callback],
        tick: Callable[[], None],
    ) -> None:
        self._run = run
        self._optimizer = run.optimizer
        self._executor = executor
        self._catch = catch
        self._callbacks = callbacks
        self._tick = tick
        self._sharing = sharing(run.optimizer)
        self._legs = Legs(run.optimizer)
        # Trials left by an interrupted run come first, so that the search continues as if it had not been interrupted.
        self._left_behind = deque(self._sharing.left_behind())
        # Trials that this run told as paused, so that those that go on are not counted twice.
        self._paused: set[int] = set()
        # Whether `stop_when` was called since the last tell.
        self._rule_is_current = False

    def __call__(self) -> None:
        """Run to the end; on Ctrl-C abort the running evaluations and return."""
        try:
            while self._hand_out():
                self._tell(self._executor.wait(self._tick))
            self._executor.close(at_once=False)
            if self._run.stopped == "budget":
                self._run.stop_reason = self._budget_text()
        except KeyboardInterrupt:
            self._run.stopped = "interrupted"
            self._give_up()
        except BaseException:
            self._give_up()
            raise
        if self._left_behind:
            self._sharing.give_back([*self._left_behind])

    def _give_up(self) -> None:
        """End the workers, and leave their trials to a later run."""
        self._close_at_once()
        # The original error may also prevent this from being written; the original one is shown.
        with suppress(TanteoError):
            self._sharing.give_back([*self._run.under_way.values(), *self._left_behind])

    def _close_at_once(self) -> None:
        """End the workers; further Ctrl-C neither interrupts this nor loses the result."""
        while True:
            try:
                self._executor.close(at_once=True)
            except KeyboardInterrupt:
                continue
            return

    def _hand_out(self) -> bool:
        """Give trials to the free workers, and return whether any worker is busy."""
        while self._executor.free():
            with self._sharing.together():
                trial = self._next() if self._may_start() else self._promoted()
            if trial is None:
                break
            self._recount(trial)
            self._find_row(trial)
            self._legs.start(trial)
            self._run.under_way[trial.id] = trial
            self._executor.submit(trial)
        return self._executor.busy() > 0

    def _find_row(self, trial: Trial) -> None:
        """Look up the row of a trial that was chosen by an earlier ask, and now goes on."""
        if trial.index is None and self._run.among is not None:
            trial.index = self._run.among.find(trial.params)

    def _promoted(self) -> Trial | None:
        """Return a paused trial that may go on although the limit on the number of trials is reached, or None.

        A limit of time, of cost or of ``stop_when`` prevents this, and becomes the reason why the run ended.
        """
        run, optimizer = self._run, self._optimizer
        if run.stopped not in _NO_NEW_TRIALS or not optimizer.pausing or not inside.paused(optimizer):
            return None
        run.stopped = self._reached() or run.stopped
        if run.stopped not in _NO_NEW_TRIALS:
            return None
        self._legs.look()
        return inside.promoted(optimizer)

    def _recount(self, trial: Trial) -> None:
        """Remove a resumed trial from the counts."""
        if trial.id in self._paused:
            self._paused.remove(trial.id)
            self._run.n_told -= 1
            self._run.n_pruned -= 1

    def _may_start(self) -> bool:
        run, limits = self._run, self._run.limits
        if run.stopped is not None:
            return False
        if self._is_enough() and not self._takes_over():
            run.stopped = "n_trials" if run.most == limits.n_trials else "until"
        else:
            run.stopped = self._reached()
        return run.stopped is None

    def _reached(self) -> Stopped | None:
        """Return the reached limit, among those that also apply to paused trials."""
        timeout = self._run.limits.timeout
        if timeout is not None and self._run.elapsed >= timeout:
            return "timeout"
        if self._is_spent():
            return "budget"
        return "stop_when" if self._is_satisfied() else None

    def _is_spent(self) -> bool:
        """Return whether the costs told plus the expected costs of running trials reach the budget.

        Trials left by an interrupted run were within the budget.
        """
        budget = self._run.budget
        if budget is None or self._left_behind or inside.committed(self._optimizer) < budget:
            return False
        self._run.stop_reason = self._budget_text()
        return True

    def _budget_text(self) -> str:
        """Return what is spent of the budget, and what running trials are expected to cost or were expected to."""
        spent, committed, budget = self._optimizer.spent, inside.committed(self._optimizer), self._run.budget or 0.0
        text = f"spent {spent:.6g} of {budget:.6g}"
        if spent < committed:
            return f"{text}, and trials under way are expected to cost {committed - spent:.6g}"
        return f"{text}, which the last trials were expected to reach" if spent < budget else text

    def _is_satisfied(self) -> bool:
        """Return the answer of ``stop_when``; see :class:`Limits` for when it is called."""
        run, rule = self._run, self._run.limits.stop_when
        if rule is None or self._rule_is_current or inside.n_ended(self._optimizer) == 0:
            return False
        self._rule_is_current = True
        answer = rule(self._optimizer)
        run.stop_reason = answer if answer and isinstance(answer, str) else None
        return bool(answer)

    def _is_enough(self) -> bool:
        """Return whether the trials told and running reach a limit."""
        most = self._run.most
        return most is not None and self._run.n_told + self._executor.busy() >= most

    def _takes_over(self) -> bool:
        """Return whether there is a trial to take over from a vanished process that was counted in ``until``."""
        if self._run.most != self._run.limits.n_trials:
            self._left_behind.extend(self._sharing.vanished(1))
        return not self._is_enough()

    def _next(self) -> Trial | None:
        if self._left_behind:
            return self._left_behind.popleft()
        self._legs.look()
        try:
            return self._optimizer.ask(among=self._run.among)
        except SpaceExhausted:
            self._run.stopped = "space exhausted"
            return None

    def _tell(self, finished: Finished) -> None:
        trial, evaluation = finished.trial, finished.evaluation
        self._run.under_way.pop(trial.id, None)
        try:
            with self._sharing.together():
                evaluation = self._take(trial, evaluation)
        except LostLeaseError as error:
            _LOG.warning("%s", error)
            return
        except UnknownTrialError:
            raise
        except TrialStateError:
            if self._optimizer.trials[trial.id].state == "pending":
                raise
            evaluation = self._superseded(trial, evaluation)
        self._rule_is_current = False
        self._run.mistake, self._run.refused = evaluation.mistake, evaluation.refused
        self._run.cancelled = evaluation.cancelled
        # Read from the history: a NaN that was told as complete has become a failure.
        frozen = self._optimizer.trials[trial.id]
        self._count(frozen)
        if evaluation.stop:
            self._run.stop()
        for callback in self._callbacks:
            self._call_back(callback, frozen)

    def _take(self, trial: Trial, evaluation: Evaluation) -> Evaluation:
        """Tell an evaluation, and return it as it was told: a refused one has become a failure."""
        if evaluation.state == "paused" and self._legs.is_stuck(trial):
            evaluation = replace(evaluation, state="pruned", reason=_STUCK)
        try:
            tell(self._optimizer, trial, self._legs.whole(trial, evaluation))
        except TrialStateError:
            raise  # a failure could not be told either
        except TanteoError as error:
            if not isinstance(error, self._catch):
                raise
            is_refused = isinstance(error, ArgumentError)
            reason = describe_error(error) + evaluation.unused_keys_text(self._optimizer.objective_names or ())
            evaluation = replace(evaluation, **_UNTOLD, reason=reason, refused=is_refused)
            tell(self._optimizer, trial, self._legs.whole(trial, evaluation))
        note(self._optimizer, trial, self._legs.whole(trial, evaluation))
        self._legs.end(trial, evaluation)
        return evaluation

    def _superseded(self, trial: Trial, evaluation: Evaluation) -> Evaluation:
        """Return an evaluation without effect, because the trial was ended elsewhere meanwhile and keeps that end."""
        self._legs.end(trial, replace(evaluation, cost=None))
        frozen = self._optimizer.trials[trial.id]
        end = inside.called(self._optimizer, frozen)
        _LOG.warning(
            "trial %d was ended elsewhere while it ran here: it is %s%s, and what it returned here is dropped",
            trial.id,
            end,
            "" if frozen.reason in (None, end) else f" ({frozen.reason})",
        )
        return replace(evaluation, mistake=None, refused=False, cancelled=end == CANCELLED)

    def _count(self, trial: FrozenTrial) -> None:
        self._run.n_told += 1
        self._run.n_failed += trial.state == "failed"
        self._run.n_cancelled += self._run.cancelled
        self._run.n_pruned += trial.state in STOPPED
        if trial.state == "paused":
            self._paused.add(trial.id)

    def _call_back(self, callback: Callback, trial: FrozenTrial) -> None:
        try:
            callback(self._run, trial)
        except StopSearch:
            self._run.stop()


def tell(optimizer: Optimizer, trial: Trial, evaluation: Evaluation) -> None:
    """Tell the result of an evaluation."""
    if evaluation.cancelled:
        optimizer.cancel(trial, reason=evaluation.reason or "cancelled", cost=evaluation.cost)
        return
    optimizer.tell(
        trial,
        evaluation.value,
        state=evaluation.state,
        sem=evaluation.sem,
        constraints=evaluation.constraints,
        cost=evaluation.cost,
        reason=evaluation.reason,
    )


def note(optimizer: Optimizer, trial: Trial, evaluation: Evaluation) -> None:
    """Record the attributes of a trial, the time of its evaluation and the traceback of a failure."""
    inside.note_evaluation(optimizer, trial.id, evaluation.started, evaluation.finished, evaluation.traceback)
    inside.attach(optimizer, trial.id, evaluation.attrs)
