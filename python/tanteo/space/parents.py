"""The conditions of a parameter and of the groups around it, brought together with flat names of the parents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .._internal.coercion import shown
from .._internal.immutable import Immutable
from .._internal.typing import TYPE_CHECKING
from ..exceptions import ParameterError
from .conditions import Resolved

if TYPE_CHECKING:
    from typing import Any

    from .declaration import Declared

SEPARATOR = "/"


class Condition(Immutable):
    """A ``when=`` and where it stands: of a parameter, or of a group for each of its members."""

    _names = ("what", "path", "when")
    __slots__ = _names
    what: str
    path: tuple[str, ...]
    when: Any

    def __init__(self, what: str, path: tuple[str, ...], when: Any) -> None:
        self._set(what=f"{what} {SEPARATOR.join(path)!r}", path=path, when=when)


def together(conditions: Sequence[Condition], entry: Declared, declared: Mapping[str, Declared]) -> Resolved:
    """Return what all conditions ask for ``entry`` to exist: flat parent name to :class:`OneOf` or :class:`Range`.

    Raises
    ------
    ParameterError
        Naming the parameter or group at fault: an unknown parent, a value it cannot take, conditions that exclude each
        other.
    """
    found = Resolved()
    for condition in conditions:
        for name, accepted in _normal(condition, entry, declared).items():
            both = declared[name].parameter._both(found[name], accepted) if name in found else accepted
            if both is None:
                asked = f"the groups around it ask {found[name]!r}, and {condition.what} asks {accepted!r}"
                raise ParameterError(
                    f"parameter {entry.name!r} can never exist: of {name!r} {asked}; loosen one of them"
                )
            found[name] = both
    return found


def _normal(condition: Condition, entry: Declared, declared: Mapping[str, Declared]) -> Resolved:
    """Return one ``when=`` with flat parent names and accepted values in normal form."""
    when, what = condition.when, condition.what
    if not isinstance(when, Mapping) or not when:
        expected = "a mapping from parent names to accepted values"
        raise ParameterError(f"{what}: when must be {expected}, got {shown(when)}")
    normal = Resolved()
    for given_name, given in when.items():
        parent = _find_parent(condition, given_name, entry, declared)
        if parent.name in normal:
            raise ParameterError(f"{what}: when names its parent {parent.name!r} twice")
        normal[parent.name] = parent.parameter._condition(given, f"{what}: its condition on {parent.name!r}")
    return normal


def _find_parent(condition: Condition, name: Any, entry: Declared, declared: Mapping[str, Declared]) -> Declared:
    """Return the parent called ``name``: the nearest one, first among the siblings, then outwards, last as a flat name.

    Names in normal form are flat already.
    """
    if isinstance(name, str):
        depth = 0 if isinstance(condition.when, Resolved) else len(condition.path) - 1
        for nearer in range(depth, -1, -1):
            found = declared.get(SEPARATOR.join((*condition.path[:nearer], name)))
            if found is entry:
                raise ParameterError(f"{condition.what} cannot depend on {_itself(condition, entry)}")
            if found is not None:
                return found
    known = ", ".join(repr(other) for other in list(declared)[:10] if other != entry.name) or "no other parameter"
    raise ParameterError(f"{condition.what}: its parent {shown(name)} is unknown; the space has {known}")


def _itself(condition: Condition, entry: Declared) -> str:
    return "itself" if condition.path == entry.path else f"its own member {entry.name!r}"
