"""What the pictures of a page share: axes, and which of many trials are drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tanteo.plotting.parameter_axes import ParameterAxis
from tanteo.report.document import Axis

if TYPE_CHECKING:
    from tanteo.run.history import Numbers

#: The largest number of symbols of one kind in a picture of its own width, and in one beside another.
MOST, MOST_BESIDE = 1200, 600
# The share of the range that is left free at both ends of an axis, and the most labels of choices.
_MARGIN, _LABELS = 0.05, 12


def thinned(ids: Numbers, *, keep: Numbers, most: int = MOST) -> Numbers:
    """Return evenly spaced trials if there are more than ``most``; those in ``keep`` are always among them."""
    import numpy as np

    if len(ids) <= most:
        return ids
    chosen = ids[np.linspace(0, len(ids) - 1, most).astype(int)]
    return np.union1d(chosen, np.intersect1d(ids, keep))


def label_of(role: str) -> str:
    """Return what a legend calls the marks of a role."""
    return {"trial": "trials", "beyond": "beyond the axis"}.get(role, role)


def note_of(n: int, most: int = MOST) -> str:
    """Return a note for a picture of ``n`` trials of one kind, of which at most ``most`` are drawn."""
    return f" About {most:,} of {n:,} are drawn." if n > most else ""


def axis_of(axis: ParameterAxis) -> Axis:
    """Return the axis of a parameter."""
    if axis.labels is not None:
        places = axis.few_ticks(_LABELS)
        ticks = list(zip(places, axis.tick_labels(places), strict=True))
        return Axis(label=axis.name, low=axis.low - 0.5, high=axis.high + 0.5, ticks=ticks)
    if axis.log:
        margin = (axis.high / axis.low) ** _MARGIN if axis.high > axis.low else 2.0
        return Axis(label=axis.name, low=axis.low / margin, high=axis.high * margin, log=True)
    margin = _MARGIN * ((axis.high - axis.low) or 1.0)
    return Axis(label=axis.name, low=axis.low - margin, high=axis.high + margin, whole=axis.whole)
