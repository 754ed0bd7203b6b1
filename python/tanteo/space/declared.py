"""A parameter and its place in the mapping that declares a space, and all parameters of a space by flat name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

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


class DeclaredParameters(Mapping[str, Parameter]):
    """The base of a space: a read-only mapping from flat names to checked parameters, in the order of declaration."""

    __slots__ = ("_declared",)

    _declared: dict[str, Declared]

    def __getitem__(self, name: str) -> Parameter:
        """Return the parameter of a flat name."""
        return self._declared[name].parameter

    def __contains__(self, name: object) -> bool:
        return name in self._declared

    def __iter__(self) -> Iterator[str]:
        """Iterate over the flat names."""
        return iter(self._declared)

    def __len__(self) -> int:
        """Return the number of parameters, constants included."""
        return len(self._declared)
