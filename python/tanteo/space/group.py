"""Groups of parameters with a common condition, and shares of a whole: numbers with a fixed sum."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import KW_ONLY
from typing import Any

from .._internal.coercion import as_finite, members, shown
from .._internal.immutable import Immutable, immutable
from ..exceptions import ParameterError
from .constraints import Linear
from .declared import SEPARATOR, DeclaredParameters
from .parameters import Float
from .parameters.base import described


@immutable
class Group(Immutable):
    """A nested mapping of parameters with a common condition.

    A member exists only if its own condition and those of all its groups hold. Without ``when`` a group is the same as
    a plain nested mapping.

    Parameters
    ----------
    parameters
        Name to parameter, as for :class:`SearchSpace`; may contain further groups.
    when
        As for :class:`Float`. A parent is looked up among the siblings of the group first, then in the enclosing
        groups.

    Examples
    --------
    >>> import tanteo as tt
    >>> space = tt.SearchSpace({
    ...     "model": tt.Categorical(["svm", "forest"]),
    ...     "svm": tt.Group({"c": tt.Float(0.1, 10.0, log=True), "shrinking": True}, when={"model": "svm"}),
    ... })
    >>> space.validate({"model": "forest"})
    {'model': 'forest'}
    >>> space.validate({"model": "svm", "svm": {"c": 1.0}})
    {'model': 'svm', 'svm': {'c': 1.0, 'shrinking': True}}
    """

    parameters: Mapping[str, Any]
    _: KW_ONLY
    when: Mapping[str, Any] | None = None

    def __post_init__(self) -> None:
        """Copy the mappings; a whole space stays one, which the declaration refuses."""
        is_space = isinstance(self.parameters, DeclaredParameters)
        self._set(parameters=self.parameters if is_space else described(self.parameters), when=described(self.when))


@immutable
class Simplex(Group):
    """Shares of a whole, such as the parts of a mixture: one float per name, from 0 to ``total``, with this sum.

    It is a group of floats and a known :class:`Linear` constraint, so everything that works for these works here:
    further constraints on single shares, ``observe``, tables and plots. Draws before there are results are uniform over
    all mixtures (the Dirichlet distribution with all parameters 1).

    Parameters
    ----------
    names
        The names of the shares, at least two.
    total
        The sum, up to rounding; positive.
    default
        Name to share: the mixture to start from.
    when
        As for :class:`Group`.

    Examples
    --------
    >>> import tanteo as tt
    >>> space = tt.SearchSpace({"blend": tt.Simplex(["oats", "rye", "wheat"], total=100.0)})
    >>> point = space.sample(1, seed=0)[0]
    >>> round(sum(point["blend"].values()), 9)
    100.0
    """

    names: Iterable[str]
    _: KW_ONLY
    total: float = 1.0
    default: Mapping[str, float] | None = None

    def __init__(
        self,
        names: Iterable[str],
        *,
        total: float = 1.0,
        default: Mapping[str, float] | None = None,
        when: Mapping[str, Any] | None = None,
    ) -> None:
        listed = tuple(members(names, "names of a simplex must be a list of texts"))
        if len(listed) < 2 or len(set(listed)) < len(listed):
            raise ParameterError(f"a simplex needs at least two different names, got {shown(list(listed))}")
        total = as_finite(total, "total of a simplex", ParameterError)
        if total <= 0:
            raise ParameterError(f"total of a simplex must be positive, got {total!r}")
        start: Any = {} if default is None else default
        if not isinstance(start, Mapping) or (start and start.keys() != set(listed)):
            raise ParameterError(
                f"default of a simplex must map each of {list(listed)} to its share, got {shown(start)}"
            )
        shares = {name: Float(0.0, total, default=start.get(name)) for name in listed}
        self._set(names=listed, total=total, default=default, parameters=shares, when=described(when))

    def _shown_fields(self) -> dict[str, Any]:
        return {"names": list(self.names), "total": self.total, "default": self.default, "when": self.when}

    def _sum(self, path: tuple[str, ...]) -> Linear:
        """Return the constraint of the shares, which stand at ``path`` in the mapping of a space."""
        weights = {SEPARATOR.join((*path, name)): 1.0 for name in self.parameters}
        return Linear(weights, lower=self.total, upper=self.total)
