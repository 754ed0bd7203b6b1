"""From the mapping a user writes to a flat list of parameters with resolved names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from ._typing import TYPE_CHECKING
from .coercion import shown
from .conditions import Resolved
from .exceptions import ParameterError, SpaceError
from .immutable import Immutable
from .parameters import Constant, Parameter

if TYPE_CHECKING:
    from typing import Any

SEPARATOR = "/"


class Declared(Immutable):
    """One parameter and where it stands in the mapping.

    Attributes
    ----------
    name
        Flat name: the keys on the way joined with ``/``.
    path
        The keys on the way.
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


def declare(parameters: Mapping[str, Any]) -> dict[str, Declared]:
    """Return the checked parameters by flat name, in the order of declaration; their ``when=`` names flat parents.

    Raises
    ------
    ParameterError, SpaceError
        Naming the parameter at fault.
    """
    if not isinstance(parameters, Mapping):
        raise SpaceError(f"a search space is declared by a mapping from names to parameters, got {shown(parameters)}")
    if not parameters:
        raise SpaceError("a search space needs at least one parameter, got an empty mapping")
    try:
        declared = _by_name(_walk(parameters, ()))
    except RecursionError:
        raise SpaceError("the mapping is nested too deep, or holds itself; a few levels are enough") from None
    return {name: _with_conditions(entry, declared) for name, entry in declared.items()}


def _by_name(entries: Iterable[Declared]) -> dict[str, Declared]:
    declared: dict[str, Declared] = {}
    for entry in entries:
        other = declared.get(entry.name)
        if other is not None:
            places = f"{_place(other.path)} and {_place(entry.path)}"
            raise SpaceError(f"two parameters have the flat name {entry.name!r}: {places}; rename one")
        declared[entry.name] = entry
    return declared


def _walk(mapping: Mapping[Any, Any], above: tuple[str, ...]) -> Iterator[Declared]:
    for key, value in mapping.items():
        _check_key(key, above)
        path = (*above, key)
        name = SEPARATOR.join(path)
        if not isinstance(value, Mapping):
            parameter = value if isinstance(value, Parameter) else Constant(value)
            yield Declared(path, parameter._checked(f"parameter {name!r}"))
        elif value:
            yield from _walk(value, path)
        else:
            raise ParameterError(f"parameter {name!r} is an empty mapping; for the value write tt.Constant({{}})")


def _check_key(key: Any, above: tuple[str, ...]) -> None:
    where = f" in {_place(above)}" if above else ""
    if not isinstance(key, str) or not key:
        raise SpaceError(f"parameter names must be non-empty strings, got {shown(key)}{where}")
    try:
        key.encode()
    except UnicodeEncodeError:
        raise SpaceError(f"parameter name {key!r}{where} is not valid Unicode: it holds a lone surrogate") from None


def _place(path: tuple[str, ...]) -> str:
    """Return how to reach a parameter in the mapping, for a message: ``['svm']['c']``."""
    return "".join(f"[{key!r}]" for key in path)


def _with_conditions(entry: Declared, declared: Mapping[str, Declared]) -> Declared:
    """Return the entry with ``when=`` in normal form: flat parent name to :class:`OneOf` or :class:`Range`."""
    when: Any = entry.parameter.when
    if when is None:
        return entry
    if not isinstance(when, Mapping) or not when:
        expected = "a mapping from parent names to accepted values"
        raise ParameterError(f"parameter {entry.name!r}: when must be {expected}, got {shown(when)}")
    normal = Resolved()
    for given_name, given in when.items():
        parent = _find_parent(entry, given_name, declared, flat=isinstance(when, Resolved))
        if parent.name in normal:
            raise ParameterError(f"parameter {entry.name!r}: when names its parent {parent.name!r} twice")
        what = f"parameter {entry.name!r}: its condition on {parent.name!r}"
        normal[parent.name] = parent.parameter._condition(given, what)
    return Declared(entry.path, _replace_when(entry.parameter, normal))


def _find_parent(entry: Declared, name: Any, declared: Mapping[str, Declared], *, flat: bool) -> Declared:
    """Return the parent called ``name``: the nearest one, first among the siblings, then outwards, last as a flat name.

    ``flat`` says that it is a flat name already.
    """
    if isinstance(name, str):
        for depth in range(0 if flat else len(entry.path) - 1, -1, -1):
            found = declared.get(SEPARATOR.join((*entry.path[:depth], name)))
            if found is entry:
                raise ParameterError(f"parameter {entry.name!r} cannot depend on itself")
            if found is not None:
                return found
    known = ", ".join(repr(other) for other in list(declared)[:10] if other != entry.name) or "no other parameter"
    raise ParameterError(f"parameter {entry.name!r}: its parent {shown(name)} is unknown; the space has {known}")


def _replace_when(parameter: Parameter, when: Resolved) -> Parameter:
    changed: Parameter = parameter.__class__.__new__(parameter.__class__)
    changed._set(**{**parameter._fields(), "when": when})
    return changed
