"""The progress of a search with several objectives: the hypervolume of its front, or the size of it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from typing import TYPE_CHECKING

from tanteo.report.document import Axis, Chart, Line, Part, numbers
from tanteo.report.subject import Subject

if TYPE_CHECKING:
    from tanteo.run.history import Vector

# Two objectives: the area of more is another algorithm, and of a front that grows at every trial a slow one.
_OBJECTIVES = 2


def volume_picture(subject: Subject) -> Iterator[Part]:
    """Yield the picture, if there are two objectives and a trial that is better than the worst values in both."""
    import numpy as np

    if subject.n_objectives != _OBJECTIVES:
        return
    trials = subject.trials
    ids = np.flatnonzero(trials.usable)
    losses = trials.values[ids] * np.where(trials.maximize, -1.0, 1.0)
    low, high = losses.min(axis=0), losses.max(axis=0)
    if not (high > low).all():
        return
    areas = np.array(dominated_areas((losses - low) / (high - low)))
    grew = np.flatnonzero(np.diff(areas, prepend=0.0) > 0.0)
    if not len(grew):  # the best values of each objective alone dominate nothing
        return
    half = int(ids[int(np.searchsorted(areas, 0.5 * areas[-1]))])
    yield Chart(
        title="Dominated area so far",
        how="The line is the share of the rectangle between the best and the worst values that the front dominates "
        "(the hypervolume); higher is better, and flat means that nothing new was found.",
        shows=f"The front dominates {100 * areas[-1]:.3g} % now; half of that was reached by trial {half}, and trial "
        f"{int(ids[grew[-1]])} was the last to add to it.",
        x=Axis(label="trial", low=-0.5, high=len(trials) - 0.5),
        y=Axis(label="dominated share", low=float(areas[grew[0]]) - 0.01, high=float(areas[-1]) + 0.01),
        marks=[
            Line(
                role="line",
                label="dominated share",
                x=numbers([*ids[grew], len(trials) - 1]),
                y=numbers([*areas[grew], areas[-1]]),
                step=True,
            )
        ],
    )


def dominated_areas(points: Vector) -> list[float]:
    """Return the area that the first 1, 2, ... points dominate, up to the corner (1, 1).

    The front is kept sorted by the first coordinate, so a point costs the logarithm of its length, and the points that
    it removes.

    >>> import numpy as np
    >>> dominated_areas(np.array([[0.5, 0.5], [0.0, 1.0], [0.25, 0.75], [0.0, 0.0]]))
    [0.25, 0.25, 0.3125, 1.0]
    """
    xs, ys, area, areas = [float("-inf")], [1.0], 0.0, list[float]()
    for x, y in points.tolist():
        place = bisect_left(xs, x)
        if ys[place - 1] > y and not (place < len(xs) and xs[place] == x and ys[place] <= y):
            end = place
            # What the point adds, strip by strip, above those that it removes.
            left, ceiling = x, ys[place - 1]
            while end < len(xs) and ys[end] >= y:
                area += (xs[end] - left) * (ceiling - y)
                left, ceiling, end = xs[end], ys[end], end + 1
            right = xs[end] if end < len(xs) else 1.0
            area += (right - left) * (ceiling - y)
            xs[place:end], ys[place:end] = [x], [y]
        areas.append(area)
    return areas
