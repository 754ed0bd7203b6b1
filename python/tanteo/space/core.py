"""Conversion of a declared space for the native core, which has no constants: conditions on them are resolved here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

from .._core import CoreSpace
from ..exceptions import ParameterError
from .declared import Declared

if TYPE_CHECKING:
    from .constraints import Constraint, Named

    # (index of the parent in the core, accepted raw values), as in `_core.pyi`.
    Conditions: TypeAlias = list[tuple[int, tuple[Any, ...]]]


def core_indices(declared: Mapping[str, Declared]) -> dict[str, int]:
    """Return the index of every parameter of the core by its flat name."""
    names = (name for name, entry in declared.items() if entry.parameter._varies)
    return {name: index for index, name in enumerate(names)}


def core_conditions(name: str, declared: Mapping[str, Declared], indices: Mapping[str, int]) -> Conditions:
    """Return the conditions of one parameter in terms of parameters of the core.

    A condition on a constant is known to hold whenever the constant exists, so it is replaced by the conditions of the
    constant.
    """
    conditions: Conditions = []
    pending, seen = [name], {name}
    while pending:
        for parent, condition in (declared[pending.pop()].parameter.when or {}).items():
            if parent == name:
                raise ParameterError(f"parameter {name!r} depends on itself through its conditions; break the cycle")
            if parent in indices:
                conditions.append((indices[parent], declared[parent].parameter._accept(condition)))
            elif parent not in seen:
                seen.add(parent)
                pending.append(parent)
    return sorted(conditions, key=lambda condition: condition[0])


def named_parameters(declared: Mapping[str, Declared]) -> Named:
    """Return the parameters that constraints may refer to, by flat name."""
    indices = core_indices(declared)
    return {name: (indices.get(name, -1), entry.parameter) for name, entry in declared.items()}


def core_space(declared: Mapping[str, Declared], constraints: Iterable[Constraint]) -> CoreSpace:
    """Build the native space, which checks everything that is not a matter of types.

    Raises
    ------
    ParameterError, SpaceError
        Naming the parameter or the constraint at fault.
    """
    indices = core_indices(declared)
    parameters = [_core_parameter(name, declared, indices) for name in indices]
    named = named_parameters(declared)
    space = CoreSpace(parameters, [constraint._to_core(named) for constraint in constraints])
    _check_constants(parameters, declared, indices)
    return space


def _core_parameter(name: str, declared: Mapping[str, Declared], indices: Mapping[str, int]) -> tuple[Any, ...]:
    parameter = declared[name].parameter
    default = parameter._default
    raw = None if default is None else parameter._to_raw(default, f"parameter {name!r}: default")
    return (name, parameter._domain(), raw, parameter._prior(), core_conditions(name, declared, indices))


def _check_constants(parameters: list[Any], declared: Mapping[str, Declared], indices: Mapping[str, int]) -> None:
    """Check the conditions of the constants by the rules of the core.

    The core has no constants. A temporary space in which each constant is a parameter with one level makes it raise
    the same errors as for any child: a value that the parent cannot take, or equality with a real number.
    """
    constants = [name for name, entry in declared.items() if name not in indices and entry.parameter.when is not None]
    if constants:
        stand_ins = [(n, ("unordered", 1), None, None, core_conditions(n, declared, indices)) for n in constants]
        CoreSpace([*parameters, *stand_ins], [])
