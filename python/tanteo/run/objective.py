"""The user's function: what it takes, and what counts as its failure."""

from __future__ import annotations

import inspect
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol

from tanteo._internal.coercion import as_float, as_int, shown
from tanteo._internal.text import safe_repr
from tanteo.exceptions import ArgumentError
from tanteo.pruners.decision import Decision
from tanteo.run.evaluation import Evaluation, describe_error, failed, plain, read_return
from tanteo.run.origin import mistake_of, traceback_of
from tanteo.run.signals import Paused, Pruned, StopSearch
from tanteo.trials.attributes import attribute_name, attribute_text

_POSITIONAL = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)


class Channel(Protocol):
    """The way from a running trial to the optimizer: direct, or through the pipe of a worker."""

    def report(self, trial: int, step: int, value: Any, constraints: Any) -> None:
        """Records an intermediate value, and constraints or None."""

    def report_fold(self, trial: int, fold: int, value: float) -> None:
        """Records the value of a fold."""

    def fold_order(self, trial: int, n: int) -> list[int]:
        """The order of the folds."""

    def should_prune(self, trial: int) -> tuple[bool, bool, str]:
        """Whether the trial should stop, whether it may go on later, and why."""

    def set_attr(self, trial: int, name: str, value: str) -> None:
        """Attaches a value, which is JSON."""


class RunningTrial:
    """What an objective gets as its second argument.

    Attributes
    ----------
    id : int
        The id of the trial.
    params : dict
        The configuration; a copy, so that an objective may take it apart.
    resume_from : int or None
        Of a trial that goes on after a pause, the last step that it had reported; None for a fresh one.
    """

    __slots__ = ("_channel", "id", "params", "resume_from")

    def __init__(self, trial: int, params: dict[str, Any], channel: Channel, resume_from: int | None = None) -> None:
        self.id = trial
        self.resume_from = resume_from
        self.params = params
        self._channel = channel

    def report(
        self,
        step: int,
        value: float | Sequence[float] | Mapping[str, float],
        *,
        constraints: Mapping[str, float] | None = None,
    ) -> None:
        """Tells the optimizer an intermediate value.

        Parameters
        ----------
        step : int
            How far the trial is (an epoch, a number of samples); larger at each call.
        value : float, sequence of float or mapping of str to float
            The objective as it stands now, in the user's own direction; one per objective.
        constraints : mapping of str to float, optional
            Black-box constraints as they stand now; feasible when ``<= 0``.

        Notes
        -----
        What a trial that goes on after a pause reports again, up to ``resume_from``, is ignored.
        """
        if self.resume_from is not None and as_int(step, "step") <= self.resume_from:
            return
        # Builtins, also of subclasses: what crosses to the parent of a worker must be known there.
        self._channel.report(self.id, as_int(step, "step"), plain(value), plain(constraints))

    def report_fold(self, fold: int, value: float) -> None:
        """Tells the optimizer the value of one fold; see :meth:`tanteo.Optimizer.report_fold`.

        Parameters
        ----------
        fold : int
            From 0 up; the folds of all trials are paired by their number.
        value : float
            The value of that fold, in the user's own direction.
        """
        self._channel.report_fold(self.id, as_int(fold, "fold"), as_float(value, "value"))

    def fold_order(self, n: int) -> list[int]:
        """The order in which to measure ``n`` folds, the same for all trials."""
        return self._channel.fold_order(self.id, as_int(n, "n"))

    def should_prune(self) -> Decision:
        """Whether the reported values are so poor that the trial should ``raise tanteo.Pruned``; with the reason."""
        stop, pause, reason = self._channel.should_prune(self.id)
        return Decision(stop=stop, pause=pause, reason=reason)

    def set_attr(self, name: str, value: Any) -> None:
        """Attaches a value to the trial; see :meth:`tanteo.Optimizer.set_attr`."""
        checked = attribute_name(name)
        self._channel.set_attr(self.id, checked, attribute_text(checked, value))

    def __repr__(self) -> str:
        return f"RunningTrial(id={self.id}, params={safe_repr(self.params)})"


class Objective:
    """A function together with the exceptions that count as failures of a trial.

    Parameters
    ----------
    function : callable
        ``function(params)`` or ``function(params, trial)``.
    catch : tuple of exception types
        What it may raise without ending the search.

    Raises
    ------
    ArgumentError
        If the function cannot be called in either way, or ``catch`` holds something else than exception types.
    """

    def __init__(self, function: Callable[..., object], catch: tuple[type[BaseException], ...]) -> None:
        self.function = function
        # Of the objectives, for a function that returns them by name.
        self.names: tuple[str, ...] = ()
        self.catch = _check_catch(catch)
        self.takes_trial = takes_trial(function)

    def __call__(self, trial: RunningTrial) -> Evaluation:
        """Evaluates one trial; raises only what ``catch`` does not hold."""
        started, clock = time.time(), time.monotonic()
        evaluation = self._evaluate(trial)
        # The clock on the wall may jump meanwhile.
        return replace(evaluation, started=started, finished=started + time.monotonic() - clock)

    def _evaluate(self, trial: RunningTrial) -> Evaluation:
        try:
            return self._evaluation(trial)
        except StopSearch as stop:
            return failed(describe_error(stop), stop=True)
        except self.catch as error:
            return failed(describe_error(error), traceback=traceback_of(error), mistake=mistake_of(error))

    def _evaluation(self, trial: RunningTrial) -> Evaluation:
        """What the function returned, in builtins; reading that may raise as well."""
        try:
            returned = self.function(trial.params, trial) if self.takes_trial else self.function(trial.params)
        except Paused as paused:
            return Evaluation(state="paused", reason=plain(paused.reason), cost=plain(paused.cost))
        except Pruned as pruned:
            arguments = {"value": plain(pruned.value), "reason": plain(pruned.reason), "cost": plain(pruned.cost)}
            return Evaluation(state="pruned", **arguments)
        return read_return(returned, self.names)


def takes_trial(function: Callable[..., object]) -> bool:
    """Whether ``function`` wants the trial as its second argument, read from its signature.

    It does if a second positional parameter has no default, or is called ``trial``. A function whose signature cannot
    be read (some builtins) gets the parameters alone.

    Raises
    ------
    ArgumentError
        If it is not callable, or needs other arguments.
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
    """A copy of a configuration, nested mappings included, the values themselves shared."""
    return {name: copy_params(value) if isinstance(value, Mapping) else value for name, value in params.items()}


def _check_catch(catch: object) -> tuple[type[BaseException], ...]:
    """``catch`` as a tuple; one exception type alone is taken as such."""
    types = catch if isinstance(catch, tuple) else (catch,)
    for kind in types:
        if not (isinstance(kind, type) and issubclass(kind, BaseException)):
            raise ArgumentError(f"catch must be a tuple of exception types, got {shown(kind)} in it")
    return types
