"""The protocol for samplers written in Python."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    import numpy.typing as npt

    from .._core import CoreSpace


class Axis(NamedTuple):
    """The description of one parameter for a sampler.

    Level ``k`` of ``L`` has the coordinate ``(k + 1/2) / L`` on the unit interval; any coordinate from ``k / L`` to
    ``(k + 1) / L`` decodes to it. (The cells of integers on a logarithmic scale have unequal widths.) For an unordered
    axis the number is only a label.
    """

    name: str
    """Flat name of the parameter."""
    kind: Literal["continuous", "ordered", "unordered"]
    """Whether coordinates are ordered, and whether there are levels."""
    levels: int | None
    """The number of levels; None if continuous."""


class View(NamedTuple):
    """The search in the form that samplers get: read-only arrays by trial id, without names or labels.

    ``n`` is the number of trials, ``d`` the number of parameters without constants, ``m`` the number of directions.
    """

    axes: tuple[Axis, ...]
    """One per parameter."""
    unit: npt.NDArray[np.float64]
    """Shape (n, d): coordinates in [0, 1], logarithmic for parameters with ``log=True``; NaN if inactive."""
    values: npt.NDArray[np.float64]
    """Shape (n, m): values to be minimized (negated if the user maximizes); NaN where none was told.

    With several objectives, a trial that is not complete may have told some of them.
    """
    sems: npt.NDArray[np.float64]
    """Shape (n, m): standard errors; NaN if unknown."""
    violation: npt.NDArray[np.float64]
    """Shape (n,): the sum of the positive black-box constraints; 0 if none was broken."""
    feasible: npt.NDArray[np.bool_]
    """Shape (n,): False for trials that broke a black-box constraint, or lack one that others told."""
    eligible: npt.NDArray[np.bool_]
    """Shape (n,): whether the trial may be the best: complete, feasible, with finite values, not excluded."""
    state: npt.NDArray[Any]
    """Shape (n,): 0 pending, 1 complete, 2 pruned or paused, 3 failed, 4 excluded, see :meth:`tanteo.Study.exclude`."""

    @property
    def pending(self) -> npt.NDArray[np.float64]:
        """Shape (p, d): the coordinates of the pending trials."""
        rows: npt.NDArray[np.float64] = self.unit[self.state == 0]
        return rows


def axes_of(space: CoreSpace, names: Sequence[str]) -> tuple[Axis, ...]:
    """Return one axis for each parameter of a space, in the order of declaration."""
    return tuple(Axis(name, kind, levels) for name, (kind, levels) in zip(names, space.axes(), strict=True))


@runtime_checkable
class Sampler(Protocol):
    """A sampler written in Python: an object with a method ``suggest``.

    This transcript of a search with one parameter and no defaults shows when it is called::

        optimizer.ask()                    suggest(view with n = 0, 1, rng) -> [[0.30]]            trial 0, pending
        optimizer.ask(2)                   suggest(view with n = 1, 2, rng) -> [[0.70], [0.10]]    trials 1 and 2
                                           (view.pending is [[0.30]]: do not suggest it again)
        optimizer.tell(1, 5.0)             nothing is called
        optimizer.tell(0, state="failed")  nothing is called
        optimizer.enqueue({"x": 0.5})
        optimizer.ask()                    not called: the queued point is trial 3
        optimizer.ask()                    suggest(view with n = 4, 1, rng): states are [3, 1, 0, 0],
                                           values [[nan], [5.0], [nan], [nan]]

    For searches to be repeatable and resumable, the result of ``suggest`` must depend only on its arguments and the
    settings of the sampler. The sampler may use a cache, but a fresh copy of it must return the same. ``rng`` is
    derived from the seed of the search and the id of the first suggested trial, so the same call draws the same
    numbers.

    The optimizer does the rest. It ignores coordinates of inactive parameters, converts points to values of the domain
    and repairs points that break known constraints. Coordinates excluded by a prior are mirrored into the allowed
    region. Points that were tried before are replaced by new ones (unless ``deduplicate=False`` or noise was
    told), and the last points are dropped if a finite space has fewer new ones. An exception propagates to the caller
    of ``ask`` and leaves the search unchanged.

    Examples
    --------
    Gaussian steps around the best trial:

    >>> import numpy as np
    >>> import tanteo as tt
    >>> class Nearby:
    ...     def __init__(self, width=0.1):
    ...         self.width = width
    ...     def suggest(self, view, n, rng):
    ...         eligible = np.flatnonzero(view.eligible)
    ...         if eligible.size == 0:
    ...             return rng.random((n, len(view.axes)))
    ...         best = eligible[np.argmin(view.values[eligible, 0])]
    ...         centre = np.nan_to_num(view.unit[best], nan=0.5)
    ...         return np.clip(centre + self.width * rng.standard_normal((n, len(view.axes))), 0.0, 1.0)
    >>> optimizer = tt.Optimizer(tt.SearchSpace({"x": tt.Float(-1.0, 1.0)}), sampler=Nearby(), seed=0)
    >>> for trial in [optimizer.ask() for _ in range(3)]:
    ...     optimizer.tell(trial, trial.params["x"] ** 2)
    >>> len(optimizer.trials)
    3
    """

    def suggest(self, view: View, n: int, rng: np.random.Generator) -> npt.ArrayLike:
        """Return ``n`` points.

        Parameters
        ----------
        view
            The search so far.
        n
            The number of points; they will be pending at the same time.
        rng
            The only source of randomness.

        Returns
        -------
        array of shape (n, d)
            Finite coordinates in [0, 1]. Coordinates of parameters that are inactive at the point are ignored and may
            be NaN.
        """
