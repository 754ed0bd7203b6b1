"""The user's function: its arguments, and the exceptions that count as failures."""

from __future__ import annotations

import inspect
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeAlias

from tanteo._internal.coercion import as_float, as_int, shown
from tanteo._internal.optuna_names import NamesOfOptuna
from tanteo._internal.states import means_cancelled
from tanteo._internal.text import safe_repr
from tanteo.exceptions import ArgumentError, TrialStateError
from tanteo.pruners.decision import Decision
from tanteo.run.evaluation import Evaluation, describe_error, failed, plain, read_return
from tanteo.run.origin import is_misnamed, mistake_of, traceback_of
from tanteo.run.signals import Cancelled, Paused, StopSearch, as_pruned
from tanteo.trials.attributes import attribute_name, attribute_text
from tanteo.trials.folds import fold_number
from tanteo.trials.outcome import step_number

if TYPE_CHECKING:
    from tanteo.trials.outcome import AnyConstraint, Objectives, ObjectiveSems

_POSITIONAL = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)


#: ``channel(method, trial, *arguments)`` calls a method of :class:`tanteo.run.executor.DirectChannel`: here,
#: or through the pipe of a worker process.
Channel: TypeAlias = Callable[..., Any]


class RunningTrial(NamesOfOptuna):
    """The second argument of an objective.

    Attributes
    ----------
    id : int
        The id of the trial.
    params : dict
        A copy of the configuration, which the objective may modify.
    resume_from : int or None
        The last reported step of a trial that goes on after a pause; for folds: how many were reported. None for a new
        trial.
    worker : int
        The number of the worker process that evaluates the trial, from 0 to ``n_workers - 1``. No other running trial
        has it. A process that replaces a dead one gets its number.
    index
        The index of its row in the table ``among`` of :func:`minimize`; None without a table.
    """

    __slots__ = ("_channel", "id", "index", "params", "resume_from", "worker")

    def __init__(
        self,
        trial: int,
        params: dict[str, Any],
        channel: Channel,
        resume_from: int | None = None,
        worker: int = 0,
        index: Any = None,
    ) -> None:
        self.id = trial
        self.index = index
        self.worker = worker
        self.resume_from = resume_from
        self.params = params
        self._channel = channel

    def report(
        self,
        step: int,
        value: float | Sequence[float] | Mapping[str, float],
        *,
        constraints: Mapping[str, AnyConstraint] | None = None,
    ) -> None:
        """Report an intermediate value to the optimizer.

        Parameters
        ----------
        step : int
            The progress of the trial (an epoch, a number of samples); larger at each call.
        value : float, sequence of float or mapping of str to float
            The current value of each objective, in its own unit and direction.
        constraints : mapping, optional
            The current values of black-box constraints, as for :meth:`tanteo.Optimizer.tell`.

        Notes
        -----
        After a pause, reports up to step ``resume_from`` are ignored.
        """
        number = step_number(step)
        if self.resume_from is not None and number <= self.resume_from:
            return
        # Converted to exact builtins, because the parent of a worker may not know the classes.
        self._channel("report", self.id, number, plain(value), plain(constraints))

    def report_fold(self, fold: int, value: float) -> None:
        """Report the value of one fold to the optimizer; see :meth:`tanteo.Optimizer.report_fold`.

        Parameters
        ----------
        fold : int
            From 0 up; the folds of all trials are paired by their numbers.
        value : float
            The value of that fold, in the unit and direction of the objective.
        """
        # Several values have their own error, which needs the search.
        is_several = isinstance(value, Mapping | list | tuple) or getattr(value, "ndim", 0) == 1
        exact = plain(value) if is_several else as_float(value, "value")
        self._channel("report_fold", self.id, fold_number(fold), exact)

    def fold_order(self, n: int) -> list[int]:
        """Return the order in which to measure ``n`` folds, the same for all trials."""
        order: list[int] = self._channel("fold_order", self.id, as_int(n, "n"))
        return order

    def should_prune(self) -> Decision:
        """Return whether the trial should ``raise tanteo.Pruned`` because of its reported values, with the reason."""
        stop, pause, reason = self._channel("should_prune", self.id)
        return Decision(stop=stop, pause=pause, reason=reason)

    def tell_objectives(
        self,
        values: Objectives,
        *,
        sem: ObjectiveSems = None,
    ) -> None:
        """Tell some objectives before the others; see :meth:`tanteo.Optimizer.tell_objectives`.

        The function then returns a mapping with those that are missing, such as ``{"seconds": 3.5}``. Objectives
        without names are told by position, and returned as ``{"value": {1: 3.5}}``.

        Parameters
        ----------
        values : mapping
            Measured objectives, by name or position.
        sem : mapping, optional
            Their standard errors.
        """
        self._channel("tell_objectives", self.id, plain(values), plain(sem))

    def tell_constraints(self, constraints: Mapping[str, AnyConstraint]) -> None:
        """Tell constraints before the expensive part; see :meth:`tanteo.Optimizer.tell_constraints`.

        If :attr:`infeasible` is then true, ``raise tanteo.Pruned`` saves the rest of the trial.

        Parameters
        ----------
        constraints : mapping
            As for :meth:`tanteo.Optimizer.tell`.
        """
        self._channel("tell_constraints", self.id, plain(constraints))

    @property
    def infeasible(self) -> bool:
        """Whether a constraint that the trial has told is violated."""
        answer: bool = self._channel("infeasible", self.id)
        return answer

    @property
    def directions(self) -> tuple[str, ...]:
        """``"minimize"`` or ``"maximize"`` for each objective."""
        directions: tuple[str, ...] = self._channel("directions", self.id)
        return directions

    @property
    def steps(self) -> dict[int, Any]:
        """The intermediate values reported so far, by step; see :attr:`tanteo.FrozenTrial.steps`."""
        steps: dict[int, Any] = self._channel("steps", self.id)
        return steps

    @property
    def folds(self) -> dict[int, float]:
        """The values reported so far, by fold; see :attr:`tanteo.FrozenTrial.folds`."""
        folds: dict[int, float] = self._channel("folds", self.id)
        return folds

    def set_attr(self, name: str, value: Any) -> None:
        """Attach a value to the trial; see :meth:`tanteo.Optimizer.set_attr`."""
        checked = attribute_name(name)
        self._channel("set_attr", self.id, checked, attribute_text(checked, value))

    def _has_value(self) -> bool:
        """Return whether the trial reported folds or told all its objectives, so that it needs no other value."""
        answer: bool = self._channel("has_value", self.id)
        return answer

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle and copy without the search: a report to a copy of it would be lost."""
        return RunningTrial, (self.id, self.params, _refused, self.resume_from, self.worker, self.index)

    def __repr__(self) -> str:
        return f"RunningTrial(id={self.id}, params={safe_repr(self.params)})"


def _refused(method: str, trial: int, *arguments: Any) -> Any:
    raise TrialStateError(
        f"this is a copy of trial {trial} and has no search, so that {method} reaches nothing; use the trial that the "
        "objective received"
    )


class Objective:
    """A function together with the exceptions that count as failures of a trial.

    Parameters
    ----------
    function : callable
        ``function(params)`` or ``function(params, trial)``.
    catch : tuple of exception types
        The exceptions that do not end the search.

    Raises
    ------
    ArgumentError
        If the function has another signature, or ``catch`` contains anything but exception types.
    """

    def __init__(self, function: Callable[..., object], catch: tuple[type[BaseException], ...]) -> None:
        self.function = function
        # The names of the objectives, for a function that returns a mapping.
        self.names: tuple[str, ...] = ()
        self.catch = _check_catch(catch)
        self.takes_trial = takes_trial(function)

    def __call__(self, trial: RunningTrial) -> Evaluation:
        """Evaluate one trial; raise only exceptions that are not in ``catch``."""
        started, clock = time.time(), time.monotonic()
        evaluation = self._evaluate(trial)
        # The system clock may jump during the evaluation.
        return replace(evaluation, started=started, finished=started + time.monotonic() - clock)

    def _evaluate(self, trial: RunningTrial) -> Evaluation:
        try:
            return self._evaluation(trial)
        except StopSearch as stop:
            # The trial ends whatever its configuration is worth, so no model may take it for a crash.
            return failed(describe_error(stop), stop=True, cancelled=True)
        except self.catch as error:
            misnamed = is_misnamed(error)
            origin: dict[str, Any] = {"traceback": traceback_of(error), "mistake": mistake_of(error, misnamed=misnamed)}
            return failed(describe_error(error), cancelled=misnamed, refused=misnamed, **origin)

    def _evaluation(self, trial: RunningTrial) -> Evaluation:
        """Return the parsed result of the function, in builtins; parsing may raise as well."""
        try:
            returned = self.function(trial.params, trial) if self.takes_trial else self.function(trial.params)
        except Paused as paused:
            return Evaluation(state="paused", reason=plain(paused.reason), cost=plain(paused.cost))
        except Cancelled as cancelled:
            return failed(plain(cancelled.reason), traceback=traceback_of(cancelled), cancelled=True)
        except Exception as error:
            pruned = as_pruned(error)
            if pruned is None:
                raise
            arguments = {"value": plain(pruned.value), "reason": plain(pruned.reason), "cost": plain(pruned.cost)}
            return Evaluation(state="pruned", **arguments)
        try:
            return read_return(returned, self.names, trial._has_value)
        except self.catch as error:
            kind = {"refused": isinstance(error, ArgumentError), "cancelled": _means_cancelled(returned)}
            origin = {"traceback": traceback_of(error), "mistake": mistake_of(error, misnamed=is_misnamed(error))}
            return failed(describe_error(error), **kind, **origin)


def _means_cancelled(returned: object) -> bool:
    """Return whether an objective returned the state of a cancelled trial, of which nothing must be learned."""
    return isinstance(returned, Mapping) and means_cancelled(returned.get("state"))


def takes_trial(function: Callable[..., object]) -> bool:
    """Return whether ``function`` takes the trial as its second argument, judged by its signature.

    It does if its second positional parameter has no default or is called ``trial``. A function whose signature cannot
    be read (some builtins) gets only the parameters.

    Raises
    ------
    ArgumentError
        If it is not callable, or requires other arguments.
    """
    if not callable(function):
        raise ArgumentError(f"the objective must be callable, got {shown(function)}")
    try:
        parameters = list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):
        return False
    positional = [p for p in parameters if p.kind in _POSITIONAL]
    required = [p for p in positional if p.default is inspect.Parameter.empty]
    keywords = [p for p in parameters if p.kind is p.KEYWORD_ONLY and p.default is p.empty]
    variadic = any(p.kind is p.VAR_POSITIONAL for p in parameters)
    if len(required) > 2 or keywords or not (positional or variadic):
        raise ArgumentError(
            f"the objective must be callable as f(params) or f(params, trial), got {shown(function)} with the "
            f"signature {inspect.signature(function)}; functools.partial can fill in the rest"
        )
    return len(required) == 2 or (len(positional) > 1 and positional[1].name == "trial")


def copy_params(params: Mapping[str, Any]) -> dict[str, Any]:
    """Return a copy of a configuration with copied nested mappings and shared values."""
    return {name: copy_params(value) if isinstance(value, Mapping) else value for name, value in params.items()}


def _check_catch(catch: object) -> tuple[type[BaseException], ...]:
    """Return ``catch`` as a tuple; a single exception type is accepted too."""
    types = catch if isinstance(catch, tuple) else (catch,)
    for kind in types:
        if not (isinstance(kind, type) and issubclass(kind, BaseException)):
            raise ArgumentError(f"catch must be a tuple of exception types, got {shown(kind)} in it")
    return types
