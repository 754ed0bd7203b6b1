"""The base class of all parameters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from ..._internal.immutable import Immutable
from ...exceptions import ParameterError
from ..conditions import OneOf, Range, Resolved


class Parameter(Immutable):
    """Base class of all parameters: ``Float``, ``Int``, ``Categorical``, ``Ordinal``, ``Constant``.

    A space uses the methods with an underscore to check a parameter, and to convert its values for the native core and
    back. A *raw* value of the core is the number itself, or the zero-based level of a choice (see ``_core.pyi``). The
    argument ``subject`` is the beginning of error messages.

    Attributes
    ----------
    when
        Parent name to accepted values. The parameter exists only if every parent is active and has an accepted value;
        with ``None`` it always exists.
    """

    __slots__ = ()
    when: Mapping[str, Any] | None

    def _checked(self, subject: str) -> Self:
        """Return this parameter in builtin types, or raise :class:`ParameterError`."""
        raise NotImplementedError  # every kind of parameter has its own

    @property
    def _default(self) -> Any:
        """The value to start from, or None."""
        return getattr(self, "default", None)

    def _domain(self) -> tuple[Any, ...]:
        """Return the domain in the form of the core."""
        raise NotImplementedError  # every kind of parameter has its own

    def _prior(self) -> tuple[Any, ...] | None:
        """Return the prior in the form of the core."""
        return None

    def _labels(self) -> tuple[Any, ...] | None:
        """Return the values of the levels, or None if raw values are the values."""
        return None

    def _to_raw(self, value: Any, subject: str) -> float:
        """Return the raw value of ``value``, or raise :class:`ParameterError`."""
        raise NotImplementedError  # every kind of parameter has its own

    def _is_value(self, accepted: Any) -> bool:
        """Return whether ``accepted`` in ``when=``, such as a list, is itself a value of this parent."""
        return False

    def _condition(self, accepted: Any, subject: str) -> OneOf | Range:
        """Return the condition of ``when=`` on this parent in normal form, or raise :class:`ParameterError`."""
        if isinstance(accepted, Range):
            return self._range(accepted, subject)
        if self._is_value(accepted) or not isinstance(accepted, list | tuple | set | frozenset | range | OneOf):
            accepted = [accepted]
        values = accepted.values if isinstance(accepted, OneOf) else accepted
        raws = sorted({self._to_raw(value, subject) for value in values})
        if not raws:
            raise ParameterError(f"{subject} names no value: give the value or a list of values to accept")
        labels = self._labels()
        return OneOf(raws if labels is None else [labels[int(raw)] for raw in raws])

    def _range(self, accepted: Range, subject: str) -> Range:
        """Return a range of this parent's values in builtin types, or raise :class:`ParameterError`."""
        raise NotImplementedError  # every kind of parameter has its own

    def _intersection(self, left: OneOf | Range, right: OneOf | Range) -> OneOf | Range | None:
        """Return the values that two conditions in normal form both accept, or None if there are none."""
        if isinstance(left, Range) and isinstance(right, Range):
            low = max((end for end in (left.low, right.low) if end is not None), key=self._place, default=None)
            high = min((end for end in (left.high, right.high) if end is not None), key=self._place, default=None)
            is_empty = low is not None and high is not None and self._place(low) > self._place(high)
            return None if is_empty else Range(low, high)
        if isinstance(left, Range):
            left, right = right, left
        values = [value for value in left.values if self._satisfies(value, right)]  # type: ignore[union-attr]  # no range now
        return OneOf(values) if values else None

    def _satisfies(self, value: Any, condition: OneOf | Range) -> bool:
        """Return whether a value of this parent satisfies a condition in normal form."""
        if isinstance(condition, OneOf):
            return self._place(value) in map(self._place, condition.values)
        low, high = condition.low, condition.high
        above = low is None or self._place(low) <= self._place(value)
        return above and (high is None or self._place(value) <= self._place(high))

    def _place(self, value: Any) -> float:
        """Return the position of a value in the order of this parent's values."""
        return self._to_raw(value, "value")

    def _accept(self, condition: OneOf | Range) -> tuple[Any, ...]:
        """Return a condition in normal form in the form of the core."""
        if isinstance(condition, Range):
            ends = condition.map(lambda end: self._to_raw(end, "range"))
            return ("range", ends.low, ends.high)
        return ("values", [self._to_raw(value, "value") for value in condition.values])


def described(when: Mapping[str, Any] | None) -> Any:
    """Return a copy of ``when=``. Anything but a mapping is returned unchanged; the space raises the error."""
    return dict(when) if isinstance(when, Mapping) and not isinstance(when, Resolved) else when
