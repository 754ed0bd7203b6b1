"""Error messages about known constraints and ``allowed=``, with labels, which the core does not have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from .._internal.coercion import short
from ..exceptions import SpaceError

if TYPE_CHECKING:
    from .constraints import Constraint


# What to do with a point that breaks a constraint, and with the result of one.
OF_POINTS = "change one of these values"
OF_RESULTS = "check its values and their unit, leave its result out, or give it to a new search by earlier="


def nothing_feasible(error: SpaceError, constraints: Sequence[Constraint]) -> SpaceError:
    """Return the error for a search that found no configuration; return an unrelated error unchanged."""
    if error._constraint is None:
        return error
    return SpaceError(
        "no configuration satisfies the constraints, as far as a bounded search can tell; loosen "
        f"{constraints[error._constraint]!r}"
    )


def infeasible_point(
    error: SpaceError,
    constraints: Sequence[Constraint],
    point: Mapping[str, Any],
    label: str = "the point",
    advice: str = OF_POINTS,
) -> SpaceError:
    """Return the error for a point that breaks a constraint or cannot be completed; return other errors unchanged.

    Parameters
    ----------
    error
        The error of the core.
    constraints
        The constraints of the space.
    point
        Flat name to value; a partial point has only the given values.
    label, advice
        The subject of the message, and its end for a complete point.
    """
    if error._constraint is None:
        return error
    constraint = constraints[error._constraint]
    names = constraint._parameters
    values = {name: point[name] for name in names if name in point}
    if len(values) == len(names):
        return SpaceError(f"{label} {short(values, 200)} breaks {constraint!r}; {advice}")
    missing = ", ".join(repr(name) for name in names if name not in values)
    problem = f"no values of {missing} were found that satisfy {constraint!r}"
    return SpaceError(
        f"{label} {short(values or dict(point), 200)} cannot be completed: {problem}; change what is given"
    )


def refused_point(point: Mapping[str, Any]) -> str:
    """Return how the message begins for a point that ``allowed=`` refuses."""
    return f"allowed= refuses the point {short(dict(point), 200)}"


def refused_queued_point(point: Mapping[str, Any]) -> str:
    """Return how the message begins for a queued point, which may be partial."""
    return f"{refused_point(point)}, also with other values of what it leaves open"
