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
        is a message: the trial has no value then, and keeps the text as its attribute ``"pruned"``.

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

    def __init__(self, value: Any = None) -> None:
        super().__init__(value)
        self.message = value if isinstance(value, str) else None
        self.value = None if isinstance(value, str) else value


class Paused(TanteoError):  # noqa: N818 - not an error: it says how the trial ended
    """Raised by an objective to end its trial for now, once a checkpoint is saved: it is told as ``"paused"``.

    With ``pausing=True`` the objective is called again for the trial when the pruner would not stop it any more;
    ``trial.resume_from`` is then the last step that was reported. Where the checkpoint is follows from ``trial.id``, or
    from an attribute (``trial.set_attr``).

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


class StopSearch(TanteoError):  # noqa: N818 - not an error: it says that the search is over
    """Raised by a callback or an objective to end the search; everything told is kept.

    From a callback nothing else happens. From an objective the trial itself is told as ``"failed"``, with the message
    as its reason, for it has no value. Trials that run beside it are awaited and told.
    """


class WorkerError(TanteoError):
    """An exception that is not caught (see ``catch=``) happened in a worker and could not be carried over as it was.

    The message holds its type, its text and its traceback.
    """
