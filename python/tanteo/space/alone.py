"""Some parameters of a space alone, with what its known constraints say about them."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from .constraints import Constraint, Linear
from .search_space import SearchSpace


def alone(space: SearchSpace, names: Collection[str]) -> SearchSpace:
    """Return the space of some parameters, all of which are active, with what the constraints say about them.

    It excludes only values that no values of the other parameters can complete. A constraint that also has other
    parameters is used only if it is linear and these parameters always exist: they then lie between their bounds.

    Examples
    --------
    >>> import tanteo as tt
    >>> space = tt.SearchSpace({"blend": tt.Simplex(["oats", "rye", "wheat"])})
    >>> alone(space, ["blend/oats", "blend/rye"]).constraints
    (Linear({'blend/oats': 1.0, 'blend/rye': 1.0}, lower=0.0, upper=1.0),)
    """
    parameters = {name: space.parameters[name]._with_when(None) for name in names}
    return SearchSpace(parameters, _constraints(space, names))


def _constraints(space: SearchSpace, names: Collection[str]) -> Iterator[Constraint]:
    for constraint in space.constraints:
        others = [space.parameters[name] for name in constraint._parameters if name not in names]
        if not others:
            yield constraint
        elif isinstance(constraint, Linear) and not any(other.when for other in others):
            weights = {name: weight for name, weight in constraint.weights.items() if name in names}
            if weights:
                yield _without_others(space, constraint, weights)


def _without_others(space: SearchSpace, constraint: Linear, weights: dict[str, float]) -> Linear:
    """Return what a linear constraint leaves of the parameters with ``weights``."""
    least = most = 0.0
    for name, weight in constraint.weights.items():
        if name not in weights and (number := space.parameters[name]._number()) is not None:
            ends = sorted((weight * number.low, weight * number.high))
            least, most = least + ends[0], most + ends[1]
    lower, upper = constraint.lower, constraint.upper
    return Linear(
        weights, lower=None if lower is None else lower - most, upper=None if upper is None else upper - least
    )
