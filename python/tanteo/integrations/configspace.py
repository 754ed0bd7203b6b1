"""Spaces of ConfigSpace, in and out, with their conditions, forbidden clauses and priors.

>>> from tanteo.integrations.configspace import from_configspace, to_configspace              # doctest: +SKIP
>>> space = from_configspace(their_space)                                                     # doctest: +SKIP
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from .._internal.coercion import shown
from .._internal.optional import require
from ..exceptions import ArgumentError, SpaceError
from ..space.conditions import OneOf, Range
from ..space.constraints import Forbid, Order
from ..space.elsewhere import Inexact
from ..space.elsewhere.configspace import levels_of, read, write
from ..space.parameters import Parameter
from ..space.search_space import SearchSpace, as_space

# A relation that is forbidden, and the one that must hold instead.
_OPPOSITES = {
    "ForbiddenLessThanRelation": ">=",
    "ForbiddenLessThanEqualsRelation": ">",
    "ForbiddenGreaterThanRelation": "<=",
    "ForbiddenGreaterThanEqualsRelation": "<",
}


def from_configspace(space: Any) -> SearchSpace:
    """Return a space of ConfigSpace with the same configurations.

    Uniform, normal and beta hyperparameters keep their distributions: as bounds, as the prior ``Normal``, and as a
    ``Histogram`` of 64 bins. Defaults are not taken over, because ConfigSpace invents one where there is none.

    Parameters
    ----------
    space : ConfigSpace.ConfigurationSpace

    Raises
    ------
    ArgumentError
        If it is anything else.
    SpaceError
        If something would change its meaning, naming the hyperparameter, condition or clause: an *or* of conditions on
        several parents, ``NotEqualsCondition`` on a conditional parent (which holds while that parent is inactive), a
        normal hyperparameter with ``log=True``, and a forbidden equality of two hyperparameters.
    """
    if not (hasattr(space, "conditions") and hasattr(space, "forbidden_clauses")):
        raise ArgumentError(f"space must be a ConfigurationSpace of ConfigSpace, got {shown(space)}")
    parameters: dict[str, Parameter] = {}
    for name, hyperparameter in space.items():
        parameters[str(name)] = _told(read, hyperparameter)
    conditional = {str(condition.child.name) for clause in space.conditions for condition in _literals(clause)}
    for clause in space.conditions:
        child = str(_literals(clause)[0].child.name)
        when = _when(clause, parameters, conditional)
        parameters[child] = parameters[child]._with_when(when)
    constraints = [one for clause in space.forbidden_clauses for one in _forbidden(clause, parameters)]
    return SearchSpace(parameters, constraints=constraints)


def _told(convert: Callable[[Any], Any], value: Any) -> Any:
    """Convert, with an error that names what has no counterpart."""
    try:
        return convert(value)
    except Inexact as answer:
        raise SpaceError(f"{value} has no exact counterpart ({answer.kind}); write {answer.instead}") from None


def _refused(clause: Any, reason: str) -> SpaceError:
    return SpaceError(f"the clause {clause} cannot be kept: {reason}")


def _literals(clause: Any) -> list[Any]:
    """Return the conditions that a condition consists of."""
    parts = getattr(clause, "components", None)
    return [clause] if parts is None else [literal for part in parts for literal in _literals(part)]


def _when(clause: Any, parameters: Mapping[str, Parameter], conditional: set[str]) -> dict[str, Any]:
    """Return a condition as ``when=``."""
    kind = type(clause).__name__
    if kind == "OrConjunction":
        return _any_of(clause, parameters, conditional)
    if kind == "AndConjunction":
        when: dict[str, Any] = {}
        for part in clause.components:
            for name, accepted in _when(part, parameters, conditional).items():
                when[name] = accepted if name not in when else _both(clause, parameters[name], when[name], accepted)
        return when
    name = str(clause.parent.name)
    parent = parameters[name]
    if kind == "NotEqualsCondition":
        if name in conditional:
            raise _refused(clause, f"it holds while {name!r} is inactive, which no when= says")
        return {name: _others(clause, parent)}
    return {name: _accepted(clause, kind, parent)}


def _accepted(clause: Any, kind: str, parent: Parameter) -> Any:
    """Return the values of a parent that a condition accepts; its ends are excluded."""
    if kind == "EqualsCondition":
        return [clause.value]
    if kind == "InCondition":
        return list(clause.values)
    if kind in ("LessThanCondition", "GreaterThanCondition"):
        return _side(parent, clause.value, is_below=kind.startswith("Less"), is_closed=False)
    raise _refused(clause, f"{kind} is unknown")


def _side(parent: Parameter, value: Any, *, is_below: bool, is_closed: bool) -> Any:
    """Return the values below or above a value, with it or without it: a range, or the choices of an ordinal."""
    if not parent._varies:
        return [parent._only()]
    labels, number = parent._labels(), parent._number()
    if labels is not None:
        at = [label == value for label in labels].index(True)
        ends = (0, at + is_closed) if is_below else (at + (not is_closed), len(labels))
        return list(labels[slice(*ends)])
    if not is_closed:
        is_int = number is not None and number._type is int
        towards = -math.inf if is_below else math.inf
        value = value + (-1 if is_below else 1) if is_int else math.nextafter(value, towards)
    return Range(None, value) if is_below else Range(value, None)


def _others(clause: Any, parent: Parameter) -> list[Any]:
    labels = parent._labels()
    if labels is None:
        raise _refused(clause, "the parent is a number, of which when= takes one range")
    return [label for label in labels if label != clause.value]


def _any_of(clause: Any, parameters: Mapping[str, Parameter], conditional: set[str]) -> dict[str, Any]:
    """Return an *or* over the values of one parent."""
    parts = [_when(part, parameters, conditional) for part in clause.components]
    names = {name for part in parts for name in part}
    values = [value for part in parts for value in part.values()]
    if len(names) != 1 or not all(isinstance(value, list) for value in values):
        raise _refused(clause, "when= joins several parents, and ranges, by 'and'")
    return {names.pop(): [label for value in values for label in value]}


def _both(clause: Any, parent: Parameter, left: Any, right: Any) -> Any:
    """Return what two conditions on one parent both accept."""
    subject = f"the clause {clause}"
    both = parent._intersection(parent._condition(left, subject), parent._condition(right, subject))
    if both is None:
        raise _refused(clause, "its conditions exclude each other")
    return list(both.values) if isinstance(both, OneOf) else both


def _forbidden(clause: Any, parameters: Mapping[str, Parameter]) -> list[Forbid | Order]:
    """Return the constraints for a forbidden clause."""
    kind = type(clause).__name__
    if kind == "ForbiddenOrConjunction":
        return [one for part in clause.components for one in _forbidden(part, parameters)]
    if kind == "ForbiddenAndConjunction":
        combination: dict[str, Any] = {}
        for part in clause.components:
            name, values = _combined(clause, part, parameters)
            if name in combination:
                values = _both(clause, parameters[name], combination[name], values)
            combination[name] = values
        return [Forbid(combination)]
    if kind in _OPPOSITES:
        return [Order(str(clause.left.name), _OPPOSITES[kind], str(clause.right.name))]
    return [Forbid(dict([_combined(clause, clause, parameters)]))]


def _combined(whole: Any, part: Any, parameters: Mapping[str, Parameter]) -> tuple[str, Any]:
    """Return the name and the values of a forbidden clause about one hyperparameter."""
    kind = type(part).__name__
    if kind == "ForbiddenEqualsClause":
        return str(part.hyperparameter.name), [part.value]
    if kind == "ForbiddenInClause":
        return str(part.hyperparameter.name), list(part.values)
    if not kind.endswith("ThanClause") and not kind.endswith("ThanEqualsClause"):
        raise _refused(whole, f"tt.Forbid has no {kind}")
    name = str(part.hyperparameter.name)
    is_below, is_closed = "Less" in kind, kind.endswith("EqualsClause")
    return name, _side(parameters[name], part.value, is_below=is_below, is_closed=is_closed)


def to_configspace(space: SearchSpace | Mapping[str, Any], *, name: str | None = None, seed: int | None = None) -> Any:
    """Return a ``ConfigurationSpace`` with the same configurations, by flat names.

    Numbers with a step become ordinals, because ConfigSpace has no steps.

    Parameters
    ----------
    space : SearchSpace or mapping
    name, seed : optional
        Those of the ``ConfigurationSpace``.

    Raises
    ------
    SpaceError
        If something would change its meaning, naming the parameter or constraint: a ``Histogram``, a ``Normal`` with
        ``log=True``, features, choices that ConfigSpace holds for equal (``True`` and 1), and ``Linear``.
    """
    library = require("ConfigSpace", extra="configspace", needed_by="to_configspace")
    checked = as_space(space)
    parameters = checked.parameters
    theirs: dict[str, Any] = {}
    for flat_name, parameter in parameters.items():
        theirs[flat_name] = _told(partial(write, flat_name), parameter)
    result = library.ConfigurationSpace(name=name, seed=seed)
    result.add(list(theirs.values()))
    for flat_name in parameters:
        literals = _existence(library, theirs[flat_name], flat_name, theirs, parameters)
        if literals:
            result.add(literals[0] if len(literals) == 1 else library.AndConjunction(*literals))
    result.add([clause for one in checked.constraints for clause in _clauses(library, one, theirs, parameters)])
    return result


def _existence(
    library: Any, child: Any, name: str, theirs: Mapping[str, Any], parameters: Mapping[str, Parameter]
) -> list[Any]:
    """Return the conditions of a child that exists where a parameter does.

    A condition that accepts every value of its parent still asks that the parent exists. ConfigSpace has no condition
    that holds for every number, so the child gets the conditions of the parent.
    """
    found: list[Any] = []
    for parent, accepted in (parameters[name].when or {}).items():
        literals = _conditions(library, child, theirs[parent], parameters[parent], accepted)
        literals = literals or _existence(library, child, parent, theirs, parameters)
        found += [literal for literal in literals if literal not in found]
    return found


def _conditions(library: Any, child: Any, parent: Any, parameter: Parameter, accepted: OneOf | Range) -> list[Any]:
    """Return the conditions of a child on the value of one parent; none if every number is accepted."""
    values = _listed(parameter, accepted)
    if values is not None:
        if len(values) == 1:
            return [library.EqualsCondition(child, parent, values[0])]
        return [library.InCondition(child, parent, values)]
    assert isinstance(accepted, Range)
    found, low, high = [], parameter._number().low, parameter._number().high  # type: ignore[union-attr] # no labels
    # Their comparisons are strict.
    if accepted.low is not None and accepted.low > low:
        found.append(library.GreaterThanCondition(child, parent, _next(accepted.low, -math.inf)))
    if accepted.high is not None and accepted.high < high:
        found.append(library.LessThanCondition(child, parent, _next(accepted.high, math.inf)))
    return found


def _next(value: float, towards: float) -> float:
    return value + (1 if towards > 0 else -1) if isinstance(value, int) else math.nextafter(value, towards)


def _listed(parameter: Parameter, accepted: OneOf | Range) -> Sequence[Any] | None:
    """Return the accepted values of a parent as a list, or None for a range of numbers."""
    if isinstance(accepted, OneOf):
        return list(accepted.values)
    levels = levels_of(parameter)
    return None if levels is None else [level for level in levels if parameter._satisfies(level, accepted)]


def _clauses(library: Any, one: Any, theirs: Mapping[str, Any], parameters: Mapping[str, Parameter]) -> list[Any]:
    """Return the forbidden clauses for a constraint."""
    if isinstance(one, Order):
        kind = next(kind for kind, operator in _OPPOSITES.items() if operator == one.operator)
        return [getattr(library, kind)(theirs[one.left], theirs[one.right])]
    if not isinstance(one, Forbid):
        raise _refused(one, "ConfigSpace has no linear constraints")
    literals = []
    for name, accepted in one.combination.items():
        values = _listed(parameters[name], accepted)
        if values is None:
            raise _refused(one, f"a forbidden clause takes values of {name!r}, and no range")
        literals.append(library.ForbiddenInClause(theirs[name], values))
    return [literals[0] if len(literals) == 1 else library.ForbiddenAndConjunction(*literals)]


__all__ = ["from_configspace", "to_configspace"]
