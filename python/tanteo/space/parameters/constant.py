"""Fixed values in ``params``, which the core does not have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import KW_ONLY
from typing import Any

from ..._internal.coercion import as_finite, shown
from ..._internal.equality import builtin, same
from ..._internal.immutable import immutable
from ...exceptions import ParameterError
from ..conditions import OneOf, Range
from .base import Parameter


@immutable
class Constant(Parameter):
    """A fixed value in ``params``; a plain value in the mapping of a space becomes a constant.

    Parameters
    ----------
    value
        Any Python object.
    when
        As for :class:`Float`.

    Examples
    --------
    >>> import tanteo as tt
    >>> tt.SearchSpace({"lr": tt.Float(0.0, 1.0, default=0.5), "epochs": 10}).default()
    {'lr': 0.5, 'epochs': 10}
    """

    _varies = False
    value: Any
    _: KW_ONLY
    when: Mapping[str, Any] | None = None

    def _checked(self, subject: str) -> Constant:
        if isinstance(self.value, type) and issubclass(self.value, Parameter):
            name = self.value.__name__
            raise ParameterError(f"{subject} is the class {name} itself; give it arguments, as in tt.{name}(...)")
        if isinstance(self.value, Parameter):
            raise ParameterError(f"{subject}: a parameter cannot be the value of a Constant, got {shown(self.value)}")
        return Constant(builtin(self.value), when=self.when)

    def _to_raw(self, value: Any, subject: str) -> int:
        if not same(self.value, builtin(value)):
            raise ParameterError(f"{subject} must be the constant {shown(self.value)}, got {shown(value)}")
        return 0

    def _only(self) -> Any:
        return self.value

    def _labels(self) -> tuple[Any, ...]:
        return (self.value,)

    def _is_value(self, accepted: Any) -> bool:
        return same(self.value, builtin(accepted))

    def _range(self, accepted: Range, subject: str) -> Range:
        """Return the range if it contains the constant; a condition that can never hold is an error."""
        ends = accepted.map(lambda end: as_finite(end, subject, ParameterError))
        value = as_finite(self.value, f"{subject}: the constant parent", ParameterError)
        if (ends.low is not None and value < ends.low) or (ends.high is not None and value > ends.high):
            raise ParameterError(f"{subject} asks for {accepted!r}, which the constant {value!r} can never meet")
        return ends

    def _intersection(self, left: OneOf | Range, right: OneOf | Range) -> OneOf | Range:
        """Return either condition, since both are known to hold."""
        return left

    def _accept(self, condition: OneOf | Range) -> tuple[Any, ...]:
        """Return a condition that always holds, since :meth:`_condition` has checked it."""
        return ("values", [0])
