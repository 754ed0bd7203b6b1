"""Known constraints on the parameters: ``SearchSpace(..., constraints=[...])``. No suggestion breaks one.

A constraint applies only to configurations in which all of its parameters are active. Parameters are given by their
flat names. Constants are not allowed: add their contribution to the bounds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY
from typing import TYPE_CHECKING, Any, TypeAlias

from .._internal.coercion import as_finite, shown
from .._internal.immutable import Immutable, immutable
from ..exceptions import SpaceError
from .conditions import OneOf, Range
from .parameters import Parameter

if TYPE_CHECKING:
    # Flat name to (index in the core, parameter); the index of a constant is meaningless.
    Named: TypeAlias = Mapping[str, tuple[int, Parameter]]

__all__ = ["Forbid", "Linear", "Order"]


class Constraint(Immutable):
    """Base class of the known constraints: :class:`Linear`, :class:`Order`, :class:`Forbid`."""

    @property
    def _parameters(self) -> tuple[str, ...]:
        """The flat names of the constrained parameters."""
        raise NotImplementedError  # every kind of constraint has its own

    def _checked(self, named: Named) -> Constraint:
        """Return the constraint in builtin types, or raise a :class:`SpaceError` that names it."""
        raise NotImplementedError  # every kind of constraint has its own

    def _to_core(self, named: Named) -> tuple[Any, ...]:
        """Return a checked constraint in the form of the core, its terms in the order of declaration."""
        raise NotImplementedError  # every kind of constraint has its own


@immutable
class Linear(Constraint):
    """``lower <= sum of weight * value <= upper`` over numeric parameters, in the user's scale.

    Parameters
    ----------
    weights
        Flat name to weight.
    lower, upper
        The bounds, at least one.

    Examples
    --------
    >>> import tanteo as tt
    >>> space = tt.SearchSpace(
    ...     {"a": tt.Float(0.0, 1.0), "b": tt.Float(0.0, 1.0)}, constraints=[tt.Linear({"a": 1, "b": 1}, upper=1)]
    ... )
    >>> all(point["a"] + point["b"] <= 1.0 for point in space.sample(100, seed=0))
    True
    """

    weights: Mapping[str, float]
    _: KW_ONLY
    lower: float | None = None
    upper: float | None = None

    def __post_init__(self) -> None:
        self._set(weights=_copied(self.weights))

    @property
    def _parameters(self) -> tuple[str, ...]:
        return tuple(self.weights)

    def _checked(self, named: Named) -> Linear:
        weights = _checked_mapping(self, self.weights)
        for name in weights:
            _find(self, name, named, ("value",), "a Float or an Int")
        lower, upper = (
            None if bound is None else as_finite(bound, f"{self!r}: its bound", SpaceError)
            for bound in (self.lower, self.upper)
        )
        if lower is None and upper is None:
            raise SpaceError(f"{self!r} bounds nothing: give lower, upper or both")
        if lower is not None and upper is not None and lower > upper:
            raise SpaceError(f"{self!r} has a lower bound above its upper bound")
        finite = {name: as_finite(w, f"{self!r}: the weight of {name!r}", SpaceError) for name, w in weights.items()}
        return Linear(finite, lower=lower, upper=upper)

    def _is_of_mixture(self, parameters: Mapping[str, Parameter]) -> bool:
        """Return whether it is the sum of shares that range from 0 to it, as that of a simplex is."""
        ranges = {_range(parameters[name]) for name in self.weights}
        return set(self.weights.values()) == {1.0} and self.lower == self.upper and ranges == {(0.0, self.upper)}

    def _to_core(self, named: Named) -> tuple[Any, ...]:
        terms = [(named[name][0], weight) for name, weight in self.weights.items()]
        return ("linear", sorted(terms, key=lambda term: term[0]), self.lower, self.upper)


@immutable
class Order(Constraint):
    """An order of two parameters: two numbers, or two ordinals, which are compared by the positions of their choices.

    Parameters
    ----------
    left, right
        Flat names.
    operator
        One of ``"<="``, ``"<"``, ``">="``, ``">"``.

    Examples
    --------
    >>> import tanteo as tt
    >>> space = tt.SearchSpace(
    ...     {"min_lr": tt.Float(0.0, 1.0), "max_lr": tt.Float(0.0, 1.0)},
    ...     constraints=[tt.Order("min_lr", "<=", "max_lr")],
    ... )
    >>> all(point["min_lr"] <= point["max_lr"] for point in space.sample(100, seed=0))
    True
    """

    left: str
    operator: str
    right: str

    @property
    def _parameters(self) -> tuple[str, ...]:
        return (self.left, self.right)

    def _checked(self, named: Named) -> Order:
        operator: Any = self.operator
        if not isinstance(operator, str) or operator not in ("<=", "<", ">=", ">"):
            raise SpaceError(f"{self!r}: the operator must be '<=', '<', '>=' or '>', got {shown(operator)}")
        kinds = "a Float, an Int or an Ordinal"
        left, right = (_find(self, name, named, ("value", "position"), kinds) for name in (self.left, self.right))
        if self.left == self.right:
            raise SpaceError(f"{self!r} compares a parameter with itself")
        if left._order != right._order:
            raise SpaceError(f"{self!r} compares a number with an ordinal")
        self._check_possible(left, right)
        return self

    def _check_possible(self, left: Parameter, right: Parameter) -> None:
        """Refuse an order of two parameters that always exist if none of their values satisfies it.

        The core checks the bounds of a parameter later, so a range without values is left to it.
        """
        (left_low, left_high), (right_low, right_high) = ranges = _range(left), _range(right)
        if left.when or right.when or any(low > high for low, high in ranges):
            return
        least, most = (right_low, left_high) if self.operator.startswith(">") else (left_low, right_high)
        if least > most or (least == most and len(self.operator) == 1):
            raise SpaceError(
                f"{self!r} can never hold: {self.left!r} is from {left_low!r} to {left_high!r}, {self.right!r} from "
                f"{right_low!r} to {right_high!r}"
            )

    def _to_core(self, named: Named) -> tuple[Any, ...]:
        left, right = named[self.left][0], named[self.right][0]
        if self.operator.startswith(">"):
            left, right = right, left
        return ("order", left, right, self.operator in ("<", ">"))


@immutable
class Forbid(Constraint):
    """A combination of values that must not occur.

    Parameters
    ----------
    combination
        Flat name to a value, a list of values or a range such as ``tt.at_least(x)``. A configuration that matches all
        of them is forbidden.

    Examples
    --------
    >>> import tanteo as tt
    >>> space = tt.SearchSpace(
    ...     {"kernel": tt.Categorical(["linear", "rbf"]), "dual": tt.Categorical([False, True])},
    ...     constraints=[tt.Forbid({"kernel": "rbf", "dual": True})],
    ... )
    >>> space.size
    3.0
    """

    combination: Mapping[str, Any]

    def __post_init__(self) -> None:
        self._set(combination=_copied(self.combination))

    @property
    def _parameters(self) -> tuple[str, ...]:
        return tuple(self.combination)

    def _checked(self, named: Named) -> Forbid:
        normal: dict[str, OneOf | Range] = {}
        for name, condition in _checked_mapping(self, self.combination).items():
            parameter = _find(self, name, named)
            normal[name] = parameter._condition(condition, f"parameter {name!r}: its value in {self!r}")
        return Forbid(normal)

    def _to_core(self, named: Named) -> tuple[Any, ...]:
        clauses = [(named[name][0], named[name][1]._accept(condition)) for name, condition in self.combination.items()]
        return ("forbid", sorted(clauses, key=lambda clause: clause[0]))


def _range(parameter: Parameter) -> tuple[float, float]:
    """Return the bounds of a number, or of the positions of choices."""
    number = parameter._number()
    return (0, len(parameter._labels() or ()) - 1) if number is None else (number.low, number.high)


def _copied(mapping: Any) -> Any:
    """Return a copy of a mapping. Anything else is returned unchanged; the space raises the error."""
    return dict(mapping) if isinstance(mapping, Mapping) else mapping


def _checked_mapping(constraint: Constraint, mapping: Any) -> dict[str, Any]:
    if not isinstance(mapping, dict) or not mapping:
        raise SpaceError(f"{constraint!r} needs a mapping with at least one parameter name, got {shown(mapping)}")
    return mapping


def _find(
    constraint: Constraint, name: Any, named: Named, orders: Sequence[str] | None = None, expected: str = ""
) -> Parameter:
    """Return the parameter called ``name``, or raise if it is unknown, a constant, or has none of the orders."""
    if not isinstance(name, str) or name not in named:
        raise SpaceError(f"{constraint!r} names {shown(name)}, which is no parameter of the space (use its flat name)")
    parameter = named[name][1]
    if not parameter._varies:
        raise SpaceError(f"{constraint!r} names {name!r}, which is a constant; put what it contributes into the bounds")
    if orders is not None and parameter._order not in orders:
        raise SpaceError(f"{constraint!r} names {name!r}, which is {parameter!r}; it must be {expected}")
    return parameter
