"""Conversion of the user's mapping to a flat list of parameters with resolved names and conditions."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from .._internal.caller import stacklevel
from .._internal.coercion import shown
from .._internal.immutable import Immutable, immutable
from ..exceptions import ParameterError, SpaceError
from .conditions import Resolved
from .constraints import Linear
from .declared import SEPARATOR, Declared, DeclaredParameters
from .group import Group, Simplex
from .parameters import Constant, Parameter


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


# The conditions of the groups around a parameter, outermost first.
Around: TypeAlias = tuple[Condition, ...]


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


def declare(parameters: Mapping[str, Any]) -> dict[str, Declared]:
    """Return the checked parameters by flat name, in the order of declaration; ``when=`` has flat names of parents.

    Raises
    ------
    ParameterError, SpaceError
        Naming the parameter at fault.
    """
    if not isinstance(parameters, Mapping):
        raise SpaceError(f"a search space is declared by a mapping from names to parameters, got {shown(parameters)}")
    _check_mapping(parameters, "the search space")
    if not parameters:
        raise SpaceError("a search space needs at least one parameter, got an empty mapping")
    try:
        walked = list(_walk(parameters, (), ()))
    except RecursionError:
        raise SpaceError("the mapping is nested too deeply or contains itself; a few levels are enough") from None
    _check_not_shared(parameters)
    declared = _by_name(entry for entry, _ in walked)
    return {entry.name: _with_conditions(entry, around, declared) for entry, around in walked}


def sums(parameters: Mapping[str, Any], above: tuple[str, ...] = ()) -> Iterator[Linear]:
    """Iterate over the constraints of the simplexes in a mapping that :func:`declare` accepts."""
    for key, value in parameters.items():
        path = (*above, key)
        if isinstance(value, Simplex):
            yield value._sum(path)
        elif isinstance(value, Group | Mapping):
            yield from sums(value.parameters if isinstance(value, Group) else value, path)


def _by_name(entries: Iterable[Declared]) -> dict[str, Declared]:
    declared: dict[str, Declared] = {}
    for entry in entries:
        earlier = declared.get(entry.name)
        if earlier is not None:
            places = f"{_place(earlier.path)} and {_place(entry.path)}"
            raise SpaceError(f"two parameters have the flat name {entry.name!r}: {places}; rename one")
        declared[entry.name] = entry
    return declared


def _walk(mapping: Mapping[Any, Any], above: tuple[str, ...], around: Around) -> Iterator[tuple[Declared, Around]]:
    for key, value in mapping.items():
        _check_key(key, above)
        path = (*above, key)
        name = SEPARATOR.join(path)
        members, inside = value, around
        if isinstance(value, Group):
            members = value.parameters
            inside = around if value.when is None else (*around, Condition("group", path, value.when))
            if not isinstance(members, Mapping):
                raise ParameterError(
                    f"group {name!r} must hold a mapping from names to parameters, got {shown(members)}"
                )
        if not isinstance(members, Mapping):
            yield Declared(path, _parameter(value, name)), around
            continue
        _check_mapping(members, f"parameter {name!r}")
        if key == "when" and not isinstance(value, Group) and _is_condition(members):
            raise ParameterError(_condition_as_member(name, above, members))
        elif members:
            yield from _walk(members, path, inside)
        else:
            raise ParameterError(f"parameter {name!r} is an empty mapping; for the value write tt.Constant({{}})")


def _parameter(value: Any, name: str) -> Parameter:
    """Return the checked parameter for an entry of the mapping.

    A distribution of another library becomes the parameter that it is, any other bare value a constant.
    """
    if isinstance(value, list | tuple | set | frozenset | range):
        kind = type(value).__name__
        warnings.warn(
            f"parameter {name!r}: a bare {kind} is a constant and nothing is searched; write tt.Categorical([...]) to "
            f"try its values, or tt.Constant(...) if the {kind} itself is meant",
            stacklevel=stacklevel(),
        )
    if isinstance(value, type) and value in (float, int, bool, str):
        warnings.warn(
            f"parameter {name!r}: the type {value.__name__} is a constant and nothing is searched; write "
            "tt.Float(low, high), tt.Int(low, high) or tt.Categorical([...])",
            stacklevel=stacklevel(),
        )
    parameter = value if isinstance(value, Parameter) else _read(value, f"parameter {name!r}") or Constant(value)
    return parameter._checked(f"parameter {name!r}")


def _read(value: Any, subject: str) -> Parameter | None:
    """Return the parameter that a distribution of another library is, or None."""
    if type(value).__module__ == "builtins":
        return None
    from .elsewhere import read  # seldom needed; keeps the import of the package fast

    return read(value, subject)


def _check_mapping(members: Mapping[Any, Any], subject: str) -> None:
    """Refuse a mapping that is no group, but a whole space, or a grid or a space of another library."""
    if isinstance(members, DeclaredParameters):
        raise ParameterError(
            f"{subject} is a SearchSpace, which has constraints of its own; write dict(space) for its parameters by "
            "flat name, and pass on space.constraints as constraints="
        )
    if type(members).__module__ != "builtins" or members.keys() == {"grid_search"}:
        from .elsewhere import refuse_mapping  # as above

        refuse_mapping(members, subject)


def _is_condition(members: Mapping[Any, Any]) -> bool:
    """Return whether a mapping called "when" is a condition: it has values, where a group has parameters."""
    return any(not isinstance(member, Parameter | Group | Mapping) for member in members.values())


def _condition_as_member(name: str, above: tuple[str, ...], condition: Mapping[Any, Any]) -> str:
    group = f"the group {SEPARATOR.join(above)!r}" if above else "the whole space"
    return (
        f"parameter {name!r} reads as a condition on {group}, but a plain mapping has none; write tt.Group({{...}}, "
        f"when={condition!r}), or wrap the inner mapping in tt.Group for a group of that name"
    )


def _check_not_shared(parameters: Mapping[Any, Any]) -> None:
    """Refuse one node of Hyperopt in two places: there it has one value, here it would be two parameters."""
    nodes = [value for value in _values(parameters) if type(value).__module__.startswith("hyperopt.pyll")]
    if len(set(map(id, nodes))) < len(nodes):
        raise SpaceError(
            "the search space has the same node of Hyperopt in two places, which have one value in Hyperopt and would "
            "be two parameters here; declare it once and use its value twice in the objective"
        )


def _values(mapping: Mapping[Any, Any]) -> Iterator[Any]:
    for value in mapping.values():
        members = value.parameters if isinstance(value, Group) else value
        if isinstance(members, Mapping):
            yield from _values(members)
        else:
            yield members


def _check_key(key: Any, above: tuple[str, ...]) -> None:
    where = f" in {_place(above)}" if above else ""
    if not isinstance(key, str) or not key:
        raise SpaceError(f"parameter names must be non-empty strings, got {shown(key)}{where}")
    try:
        key.encode()
    except UnicodeEncodeError:
        raise SpaceError(f"parameter name {key!r}{where} is not valid Unicode: it contains a lone surrogate") from None


def _place(path: tuple[str, ...]) -> str:
    """Return the path of a parameter in the mapping for a message, such as ``['svm']['c']``."""
    return "".join(f"[{key!r}]" for key in path)


def _with_conditions(entry: Declared, around: Around, declared: Mapping[str, Declared]) -> Declared:
    """Return the entry with its own conditions and those of its groups in normal form."""
    own: Any = entry.parameter.when
    conditions = around if own is None else (*around, Condition("parameter", entry.path, own))
    if not conditions:
        return entry
    return Declared(entry.path, entry.parameter._with_when(resolve_conditions(conditions, entry, declared)))
