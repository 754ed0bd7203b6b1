"""Exceptions that an objective or a callback raises to control the search."""

from __future__ import annotations

from typing import Any

from tanteo._internal.coercion import as_str
from tanteo._internal.text import message_of
from tanteo.exceptions import TanteoError


class Pruned(TanteoError):  # noqa: N818 - not an error: it tells how the trial ended
    """Raised by an objective to end its trial early: the trial is told as ``"pruned"``.

    ``optuna.TrialPruned`` has the same effect, so that it may stay in an objective that was written for Optuna.

    Parameters
    ----------
    value : float, sequence of float or str, optional
        The value that the trial reached, one number per objective. Without it the reported curve is used. Text is
        taken as the reason, and the trial then has no value.
    cost : float, optional
        What the trial cost until then, in the unit of the other costs.

    Examples
    --------
    >>> def train(params, trial):
    ...     for epoch in range(100):
    ...         loss = 1.0 / (epoch + 1)
    ...         trial.report(epoch, loss)
    ...         if trial.should_prune():
    ...             raise Pruned()
    ...     return loss
    """

    def __init__(self, value: Any = None, *, cost: float | None = None) -> None:
        super().__init__(value)
        self.reason = value if isinstance(value, str) else None
        self.value = None if isinstance(value, str) else value
        self.cost = cost


def as_pruned(error: Exception) -> Pruned | None:
    """Return the request to end a trial early that an exception is, or None.

    Objectives that were written for Optuna raise its ``TrialPruned``, which means the same; its message is the reason.
    The class is recognized by its name, so that Optuna is not imported.
    """
    if isinstance(error, Pruned):
        return error
    is_of_optuna = any(
        kind.__name__ == "TrialPruned" and str(kind.__module__).partition(".")[0] == "optuna"
        for kind in type(error).__mro__
    )
    return Pruned(message_of(error) or None) if is_of_optuna else None


class Paused(TanteoError):  # noqa: N818 - not an error: it tells how the trial ended
    """Raised by an objective to pause its trial after saving a checkpoint: the trial is told as ``"paused"``.

    With ``pausing=True`` the objective is called again for the trial when the pruner would no longer stop it;
    ``trial.resume_from`` is then the last reported step. Derive the path of the checkpoint from ``trial.id``, or store
    it as an attribute (``trial.set_attr``). A resumed trial that reports nothing new and is paused again is stopped for
    good.

    Parameters
    ----------
    reason : str, optional
        Why; by default the reason of ``trial.should_prune()``.
    cost : float, optional
        The cost of this call of the objective. The costs and durations of all calls for a trial are added up.

    Examples
    --------
    >>> def train(params, trial):
    ...     start = 0 if trial.resume_from is None else trial.resume_from + 1          # and load the checkpoint
    ...     for epoch in range(start, 100):
    ...         loss = 1.0 / (epoch + 1)
    ...         trial.report(epoch, loss)
    ...         decision = trial.should_prune()
    ...         if decision.pause:
    ...             raise Paused()                                                     # with a checkpoint saved
    ...         if decision:
    ...             raise Pruned()
    ...     return loss
    """

    def __init__(self, reason: str | None = None, *, cost: float | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.cost = cost


class Cancelled(TanteoError):  # noqa: N818 - not an error: it tells how the trial ended
    """Raised by an objective for a failure that says nothing about the configuration, such as a lost connection.

    The trial is cancelled (:meth:`tanteo.Optimizer.cancel`): it is a failed trial with this reason that no model learns
    from. It counts as one of ``n_trials``, and its configuration is not suggested again. It costs what it cost before
    a pause and, with a budget in seconds, its duration. A hundred cancelled trials in a row end the run.

    Parameters
    ----------
    reason : str, optional
        Why; the default is ``"cancelled"``.

    Raises
    ------
    ArgumentError
        If the reason is not text.

    Examples
    --------
    >>> def measure(params):
    ...     try:
    ...         return laboratory.measure(params)
    ...     except ConnectionError as error:
    ...         raise Cancelled("the laboratory cannot be reached") from error
    """

    def __init__(self, reason: str = "cancelled") -> None:
        super().__init__(as_str(reason, "reason"))
        self.reason = reason


class StopSearch(TanteoError):  # noqa: N818 - not an error: it ends the search
    """Raised by a callback or an objective to end the search; everything told is kept.

    If an objective raises it, its trial is cancelled, with the message as the reason: it has no value, and no model
    learns from it. To keep the value, return it, and raise this in a callback, which sees the told value. Other running
    trials are awaited and told.

    Examples
    --------
    >>> def stop_when_good(run, trial):
    ...     if trial.value is not None and trial.value < 0.1:
    ...         raise StopSearch
    """


class WorkerError(TanteoError):
    """A worker raised an exception that is not caught (see ``catch=``) and could not be sent to this process.

    The message begins with its type and its text, and contains its traceback.
    """
