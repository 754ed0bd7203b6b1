"""A parameter and its place in the mapping that declares a space."""

from __future__ import annotations

from .._internal.immutable import Immutable
from .parameters import Parameter

SEPARATOR = "/"


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

    _names = ("name", "path", "parameter")
    __slots__ = _names
    name: str
    path: tuple[str, ...]
    parameter: Parameter

    def __init__(self, path: tuple[str, ...], parameter: Parameter) -> None:
        self._set(name=SEPARATOR.join(path), path=path, parameter=parameter)
