"""Groups of parameters with a common condition."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import KW_ONLY
from typing import Any

from .._internal.immutable import Immutable, immutable
from .declared import DeclaredParameters
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
