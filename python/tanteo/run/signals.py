"""What an objective or a callback raises to say something, rather than because something broke."""

from __future__ import annotations

from typing import Any

from tanteo.exceptions import TanteoError


class Pruned(TanteoError):  # noqa: N818 - not an error: it says how the trial ended
    """Raised by an objective to end its trial early: the trial is told as ``"pruned"``.

    Parameters
    ----------
    value : float, sequence of float or str, optional
        What the trial had reached, one number per objective. Without it the reported curve speaks for the trial. Text
        is the reason that the trial is told with; it has no value then.
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


class Paused(TanteoError):  # noqa: N818 - not an error: it says how the trial ended
    """Raised by an objective to end its trial for now, once a checkpoint is saved: it is told as ``"paused"``.

    With ``pausing=True`` the objective is called again for the trial when the pruner would not stop it any more;
    ``trial.resume_from`` is then the last step that was reported. Where the checkpoint is follows from ``trial.id``, or
    from an attribute (``trial.set_attr``). A trial that goes on, reports nothing new and is paused again is stopped for
    good.

    Parameters
    ----------
    reason : str, optional
        Why. Without it, it is what ``trial.should_prune()`` said.
    cost : float, optional
        What this call of the objective cost. The costs of all calls for one trial are added up, as is their time.

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


class StopSearch(TanteoError):  # noqa: N818 - not an error: it says that the search is over
    """Raised by a callback or an objective to end the search; everything told is kept.

    From a callback nothing else happens. From an objective the trial itself is told as ``"failed"``, with the message
    as its reason, for it has no value. Trials that run beside it are awaited and told.
    """


class WorkerError(TanteoError):
    """An exception that is not caught (see ``catch=``) happened in a worker and could not be carried over as it was.

    The message holds its type, its text and its traceback.
    """
