"""A parameter and its place in the mapping that declares a space."""

from __future__ import annotations

from .._internal.immutable import Immutable, immutable
from .parameters import Parameter

SEPARATOR = "/"


@immutable
class Declared(Immutable):
    """One parameter and its place in the mapping.

    Attributes
    ----------
    name
        Flat name: the keys of the path joined with ``/``.
    path
        The keys that lead to the parameter.
    parameter
        The parameter, in builtin types.
    """

    path: tuple[str, ...]
    parameter: Parameter
    name: str = ""

    def __post_init__(self) -> None:
        """Join the keys of the path."""
        self._set(name=SEPARATOR.join(self.path))
