"""Groups of parameters with a common condition."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from .._internal.immutable import Immutable
from .parameters.base import described


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

    _names = ("parameters", "when")
    __slots__ = _names
    _defaults: ClassVar[Mapping[str, Any]] = {"when": None}
    parameters: Mapping[str, Any]
    when: Mapping[str, Any] | None

    def __init__(self, parameters: Mapping[str, Any], *, when: Mapping[str, Any] | None = None) -> None:
        self._set(parameters=described(parameters), when=described(when))
