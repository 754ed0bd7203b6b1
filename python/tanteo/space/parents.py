"""Combination of the conditions of a parameter and of its groups, with flat names of the parents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .._internal.coercion import shown
from .._internal.immutable import Immutable, immutable
from ..exceptions import ParameterError
from .conditions import Resolved
from .declared import SEPARATOR, Declared


@immutable
class Condition(Immutable):
    """A ``when=`` and the parameter or group that it belongs to."""

    noun: str
    path: tuple[str, ...]
    when: Any

    @property
    def subject(self) -> str:
        """The beginning of messages."""
        return f"{self.noun} {SEPARATOR.join(self.path)!r}"


def resolve_conditions(conditions: Sequence[Condition], entry: Declared, declared: Mapping[str, Declared]) -> Resolved:
    """Return the combined conditions on ``entry``: flat parent name to :class:`OneOf` or :class:`Range`.

    Raises
    ------
    ParameterError
        Naming the parameter or group, if a parent is unknown or cannot take an accepted value, or if conditions exclude
        each other.
    """
    resolved = Resolved()
    for condition in conditions:
        for name, accepted in _normal(condition, entry, declared).items():
            combined = (
                declared[name].parameter._intersection(resolved[name], accepted) if name in resolved else accepted
            )
            if combined is None:
                conflict = f"the groups around it ask {resolved[name]!r}, and {condition.subject} asks {accepted!r}"
                raise ParameterError(
                    f"parameter {entry.name!r} can never exist: of {name!r} {conflict}; loosen one of them"
                )
            resolved[name] = combined
    return resolved


def _normal(condition: Condition, entry: Declared, declared: Mapping[str, Declared]) -> Resolved:
    """Return one ``when=`` with flat parent names and accepted values in normal form."""
    when, subject = condition.when, condition.subject
    if not isinstance(when, Mapping) or not when:
        expected = "a mapping from parent names to accepted values"
        raise ParameterError(f"{subject}: when must be {expected}, got {shown(when)}")
    normal = Resolved()
    for parent_name, accepted in when.items():
        parent = _find_parent(condition, parent_name, entry, declared)
        if parent.name in normal:
            raise ParameterError(f"{subject}: when names its parent {parent.name!r} twice")
        normal[parent.name] = parent.parameter._condition(accepted, f"{subject}: its condition on {parent.name!r}")
    return normal


def _find_parent(condition: Condition, name: Any, entry: Declared, declared: Mapping[str, Declared]) -> Declared:
    """Return the parent called ``name``, looked up among siblings, then in enclosing groups, last as a flat name.

    Names in normal form are already flat.
    """
    if isinstance(name, str):
        depth = 0 if isinstance(condition.when, Resolved) else len(condition.path) - 1
        for nearer in range(depth, -1, -1):
            parent = declared.get(SEPARATOR.join((*condition.path[:nearer], name)))
            if parent is entry:
                raise ParameterError(f"{condition.subject} cannot depend on {_itself(condition, entry)}")
            if parent is not None:
                return parent
    names = ", ".join(repr(other) for other in list(declared)[:10] if other != entry.name) or "no other parameter"
    raise ParameterError(f"{condition.subject}: its parent {shown(name)} is unknown; the space has {names}")


def _itself(condition: Condition, entry: Declared) -> str:
    return "itself" if condition.path == entry.path else f"its own member {entry.name!r}"
