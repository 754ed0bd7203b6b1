"""The two parameters whose effects depend most on each other, according to the model."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import TYPE_CHECKING, Any

from tanteo._internal.text import show_rounded
from tanteo.exceptions import TanteoError
from tanteo.plotting.bands import along, are_certain
from tanteo.plotting.parameter_axes import ParameterAxis, axes_of
from tanteo.plotting.value_axis import value_axis
from tanteo.report.document import Chart, Heat, Part, Points, missing, numbers
from tanteo.report.picture import axis_of
from tanteo.report.subject import Subject
from tanteo.space.search_space import flat_params

if TYPE_CHECKING:
    from tanteo.run.history import Vector

# The places along each parameter of a pair, and the most choices of one.
_PLACES, _MOST = 7, 20
# The share of the places of a pair about which the model must be certain, for a picture of them.
_KNOWN = 0.5


def interaction_picture(subject: Subject, names: list[str]) -> Iterator[Part]:
    """Yield a picture of the strongest interaction of these parameters, if the model has predictions for a pair."""
    import numpy as np

    centre = subject.recommended
    if centre is None:
        return
    axes = {axis.name: axis for axis in axes_of(subject.search, names, np.array([centre.id]))}
    flat = flat_params(centre.params, subject.search.space)
    tables = {pair: _table(subject, flat, axes, pair) for pair in combinations(axes, 2)}
    found = [(pair, table) for pair, table in tables.items() if table is not None]
    if not found:
        return
    (x, y), table = max(found, key=lambda item: strength(*item[1]))
    if strength(*table) <= 0.0 or np.isfinite(table[1]).mean() < _KNOWN:
        yield missing("No interaction of two parameters is larger than the uncertainty of the model.")
        return
    yield _picture(subject, axes[x], axes[y], *table)


def strength(table: Vector, uncertainty: Vector) -> float:
    """Return by how much an entry deviates from a sum of an effect of its row and one of its column.

    Parameters
    ----------
    table, uncertainty : arrays, shape (rows, columns)
        Predictions, and half the width of their 95 % intervals. A deviation counts as far as it is larger.
    """
    return float((_deviation(table) - uncertainty).max())


def told(table: Vector, uncertainty: Vector) -> tuple[float, float]:
    """Return the deviation of the entry that has the :func:`strength`, and the range of the entries that are known."""
    known = table[uncertainty < math.inf]
    deviation = _deviation(table)
    return float(deviation.flat[(deviation - uncertainty).argmax()]), float(known.max() - known.min())


def _deviation(table: Vector) -> Vector:
    """Return by how much each entry deviates."""
    deviation: Vector = abs(table - table.mean(axis=0) - table.mean(axis=1, keepdims=True) + table.mean())
    return deviation


def _table(
    subject: Subject, flat: dict[str, Any], axes: dict[str, ParameterAxis], pair: tuple[str, str]
) -> tuple[Vector, Vector] | None:
    """Return predictions and half widths, shape (places along y, along x); None if a configuration is invalid.

    The half width is infinite where the interval is so long that the prediction is no more than a guess.
    """
    import numpy as np

    x, y = pair
    if x not in flat or y not in flat or max(len(axes[name].labels or ()) for name in pair) > _MOST:
        return None
    columns, rows = (_along(subject, axes[name])[1] for name in pair)
    grid = [{**flat, x: a, y: b} for b in rows for a in columns]
    try:
        predicted = subject.search.predict(grid)
    except TanteoError:  # a condition or a constraint excludes a configuration
        return None
    if not predicted:
        return None
    median, low, high = (np.array(ends).reshape(len(rows), len(columns)) for ends in zip(*predicted, strict=True))
    values = subject.trials.values[subject.trials.usable, 0]
    known = are_certain(high - low, value_axis(values, maximize=subject.trials.maximize[0]))
    return median, np.where(known, (high - low) / 2.0, np.inf)


def _picture(subject: Subject, x: ParameterAxis, y: ParameterAxis, table: Vector, uncertainty: Vector) -> Chart:
    import numpy as np

    deviation, span = told(table, uncertainty)
    known = np.isfinite(uncertainty)
    loss = np.where(known, -table if subject.trials.maximize[0] else table, np.nan)
    places = [_along(subject, axis)[0] for axis in (x, y)]
    return Chart(
        title=f"Strongest interaction: {x.name} and {y.name}",
        how="Lighter cells are better according to the model, with the other parameters as recommended (star); if the "
        "best column is the same in every row, the two do not depend on each other."
        + ("" if known.all() else " Where the model is too uncertain, cells are left out."),
        shows="Their common effect deviates from the sum of single effects by up to "
        f"{show_rounded(deviation)}, of {show_rounded(span)} in the picture, which is more than the model is uncertain "
        "there.",
        x=axis_of(x),
        y=axis_of(y),
        marks=[
            Heat(label="expected", x=numbers(places[0]), y=numbers(places[1]), values=[numbers(row) for row in loss]),
            Points(role="best", label="recommended", x=numbers(x.positions), y=numbers(y.positions)),
        ],
    )


def _along(subject: Subject, axis: ParameterAxis) -> tuple[Sequence[float], Sequence[Any]]:
    return along(subject.search.space.parameters[axis.name], axis, _PLACES)
