"""The protocol for samplers written in Python."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    import numpy.typing as npt

    from .._core import CoreSpace


class Axis(NamedTuple):
    """What a sampler may know of one parameter.

    Level ``k`` of ``L`` stands at ``(k + 1/2) / L`` on the unit interval and owns the cell from ``k / L`` to
    ``(k + 1) / L``: any point of the cell decodes to that level. (Integers on a logarithmic scale have cells of
    unequal width.) For an unordered axis the number is only a label.
    """

    name: str
    """Flat name of the parameter."""
    kind: Literal["continuous", "ordered", "unordered"]
    """Whether coordinates can be compared, and have levels."""
    levels: int | None
    """Number of levels; None if continuous."""


class View(NamedTuple):
    """The search as a sampler sees it: arrays by trial id, read-only, without names or labels.

    ``n`` is the number of trials, ``d`` that of parameters (constants do not count), ``m`` that of directions.
    """

    axes: tuple[Axis, ...]
    """One per parameter."""
    unit: npt.NDArray[np.float64]
    """Shape (n, d): coordinates in [0, 1], on a logarithmic scale where the parameter has one; NaN where inactive."""
    values: npt.NDArray[np.float64]
    """Shape (n, m): to be minimized, also where the user maximizes; NaN where there is none."""
    sems: npt.NDArray[np.float64]
    """Shape (n, m): standard errors; NaN where unknown."""
    violation: npt.NDArray[np.float64]
    """Shape (n,): sum of the positive black-box constraints; 0 where feasible."""
    state: npt.NDArray[Any]
    """Shape (n,): 0 pending, 1 complete, 2 pruned, 3 failed, 4 set aside (see :meth:`tanteo.Study.exclude`)."""

    @property
    def pending(self) -> npt.NDArray[np.float64]:
        """Shape (p, d): coordinates of the trials asked but not yet told."""
        rows: npt.NDArray[np.float64] = self.unit[self.state == 0]
        return rows


def axes_of(space: CoreSpace, names: Sequence[str]) -> tuple[Axis, ...]:
    """Return one axis for each parameter of a space, in the order of declaration."""
    return tuple(Axis(name, kind, levels) for name, (kind, levels) in zip(names, space.axes(), strict=True))


@runtime_checkable
class Sampler(Protocol):
    """A sampler written in Python: an object with a method ``suggest``.

    What it is asked, in a worked transcript of a search with one parameter and no defaults::

        optimizer.ask()                    suggest(view with n = 0, 1, rng) -> [[0.30]]            trial 0, pending
        optimizer.ask(2)                   suggest(view with n = 1, 2, rng) -> [[0.70], [0.10]]    trials 1 and 2
                                           (view.pending is [[0.30]]: do not suggest it again)
        optimizer.tell(1, 5.0)             nothing is called
        optimizer.tell(0, state="failed")  nothing is called
        optimizer.enqueue({"x": 0.5})
        optimizer.ask()                    not called: the queued point is trial 3
        optimizer.ask()                    suggest(view with n = 4, 1, rng): states are [3, 1, 0, 0],
                                           values [[nan], [5.0], [nan], [nan]]

    The law that makes searches repeatable and resumable: what ``suggest`` returns depends on its arguments (and the
    settings of the sampler) alone. It may cache, but a fresh copy of it must return the same. ``rng`` is derived from
    the seed of the search and the id of the first trial suggested, so that the same call draws the same numbers.

    The optimizer does the rest: coordinates of inactive parameters are ignored, points become values of the domain,
    known constraints are repaired, coordinates that a prior rules out are mirrored into what it leaves, points tried
    before are replaced by new ones (unless ``deduplicate=False`` or the objective is noisy), and the last points are
    left out where a finite space has fewer new ones. An exception leaves the search as it was and reaches whoever
    asked.

    Examples
    --------
    Gaussian steps around the best trial:

    >>> import numpy as np
    >>> import tanteo as tt
    >>> class Nearby:
    ...     def __init__(self, width=0.1):
    ...         self.width = width
    ...     def suggest(self, view, n, rng):
    ...         told = np.flatnonzero(view.state == 1)
    ...         if told.size == 0:
    ...             return rng.random((n, len(view.axes)))
    ...         best = told[np.argmin(view.values[told, 0])]
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
            How many points are wanted; they will be pending together.
        rng
            The only source of randomness.

        Returns
        -------
        array of shape (n, d)
            Coordinates in [0, 1], finite; what belongs to a parameter that turns out inactive is ignored, and may be
            NaN.
        """
