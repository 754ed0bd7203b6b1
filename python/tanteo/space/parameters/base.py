"""What all parameters have in common."""

from __future__ import annotations

from collections.abc import Mapping

from ..._internal.immutable import Immutable
from ..._internal.typing import TYPE_CHECKING
from ...exceptions import ParameterError
from ..conditions import OneOf, Range, Resolved

if TYPE_CHECKING:
    from typing import Any, Self


class Parameter(Immutable):
    """Base of all parameters: ``Float``, ``Int``, ``Categorical``, ``Ordinal``, ``Constant``.

    The methods with an underscore are how a space checks a parameter and carries its values to the native core and
    back. There, a value is *raw*: the number itself, or the zero-based level of a choice (see ``_core.pyi``). Each
    takes ``subject``, the beginning of the message of an error.

    Attributes
    ----------
    when
        Parent name to accepted values; the parameter exists only while every parent is active and accepted. ``None``
        means always.
    """

    __slots__ = ()
    when: Mapping[str, Any] | None

    def _checked(self, subject: str) -> Self:
        """Return this parameter in builtin types, or raise :class:`ParameterError`."""
        raise NotImplementedError  # every kind of parameter has its own

    @property
    def _default(self) -> Any:
        """The value to start from; None if there is none."""
        return getattr(self, "default", None)

    def _domain(self) -> tuple[Any, ...]:
        """Return the domain as the core takes it."""
        raise NotImplementedError  # every kind of parameter has its own

    def _prior(self) -> tuple[Any, ...] | None:
        """Return the prior as the core takes it."""
        return None

    def _labels(self) -> tuple[Any, ...] | None:
        """Return what the levels stand for, None if raw values are the values."""
        return None

    def _to_raw(self, value: Any, subject: str) -> float:
        """Return the raw value of ``value``, or raise :class:`ParameterError`."""
        raise NotImplementedError  # every kind of parameter has its own

    def _is_value(self, accepted: Any) -> bool:
        """Whether a list in ``when=`` is itself a value of this parent."""
        return False

    def _condition(self, accepted: Any, subject: str) -> OneOf | Range:
        """Return what ``when=`` says about this parent in normal form, or raise :class:`ParameterError`."""
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
        """Return a range over this parent in builtin types, or raise :class:`ParameterError`."""
        raise NotImplementedError  # every kind of parameter has its own

    def _intersection(self, left: OneOf | Range, right: OneOf | Range) -> OneOf | Range | None:
        """Return what two conditions on this parent accept together, both in normal form; None if nothing."""
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
        """Whether a value of this parent meets a condition in normal form."""
        if isinstance(condition, OneOf):
            return self._place(value) in map(self._place, condition.values)
        low, high = condition.low, condition.high
        above = low is None or self._place(low) <= self._place(value)
        return above and (high is None or self._place(value) <= self._place(high))

    def _place(self, value: Any) -> float:
        """Return where a value of this parent stands among the others."""
        return self._to_raw(value, "value")

    def _accept(self, condition: OneOf | Range) -> tuple[Any, ...]:
        """Return a condition in normal form as the core takes it."""
        if isinstance(condition, Range):
            ends = condition.map(lambda end: self._to_raw(end, "range"))
            return ("range", ends.low, ends.high)
        return ("values", [self._to_raw(value, "value") for value in condition.values])


def described(when: Mapping[str, Any] | None) -> Any:
    """Return a private copy of ``when=``; what is no mapping stays, for the space to name the parameter."""
    return dict(when) if isinstance(when, Mapping) and not isinstance(when, Resolved) else when
