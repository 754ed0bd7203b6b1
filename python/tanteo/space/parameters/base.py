"""The base class of all parameters."""

from __future__ import annotations

import math
from collections.abc import Collection, Hashable, Mapping, Sequence
from typing import Any, ClassVar, Literal, Self, TypeAlias

from ..._internal.coercion import shown
from ..._internal.equality import builtin
from ..._internal.immutable import Immutable
from ..._internal.tabular import is_missing
from ...exceptions import ParameterError
from ..conditions import OneOf, Range, Resolved
from ..priors import Histogram, Normal

#: The kind of the entries of a column.
ColumnKind: TypeAlias = Literal["float", "int", "bool", "text", "object", "ints", "floats", "texts"]

_KINDS: Mapping[type, ColumnKind] = {float: "float", int: "int", bool: "bool", str: "text"}


def column_kind(types: Collection[type]) -> ColumnKind:
    """Return the kind of a column whose entries have these types."""
    return _KINDS.get(next(iter(types)), "object") if len(types) == 1 else "object"


class Parameter(Immutable):
    """Base class of all parameters: ``Float``, ``Int``, ``Categorical``, ``Ordinal``, ``Constant``.

    A space uses the methods with an underscore to check a parameter, and to convert its values for the native core and
    back. A *raw* value of the core is the number itself, or the zero-based level of a choice (see ``_core.pyi``). The
    argument ``subject`` is the beginning of error messages.

    Tables, figures and other libraries ask a parameter for :meth:`_number` or :meth:`_labels`: each has one of the two.

    Attributes
    ----------
    when
        Parent name to accepted values. The parameter exists only if every parent is active and has an accepted value;
        with ``None`` it always exists.
    """

    when: Mapping[str, Any] | None
    #: Whether it has several values; the core has no others.
    _varies: ClassVar[bool] = True
    #: What its values are ordered by, in known constraints.
    _order: ClassVar[Literal["value", "position"] | None] = None

    def __post_init__(self) -> None:
        """Copy the conditions."""
        self._set(when=described(self.when))

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

    def _only(self) -> Any:
        """Return the value of a parameter that does not vary."""
        raise NotImplementedError  # only constants have one

    def _number(self) -> Number | None:
        """Return the parameter itself if its values are the numbers of an interval, and None if they are labels."""
        return None

    def _dtype(self) -> str:
        """Return the type of an array of its values in NumPy; missing ones are NaN or None."""
        return "object"

    def _with_when(self, when: Mapping[str, Any] | None) -> Self:
        """Return this parameter with other conditions, which are not checked."""
        changed = type(self).__new__(type(self))
        changed._set(**{**self._named_fields(), "when": described(when)})
        return changed

    def _column_kind(self) -> ColumnKind:
        """Return the kind of the column of its values in tables."""
        return column_kind({type(label) for label in self._labels() or ()})

    @property
    def _slack(self) -> float:
        """The largest difference between a value and its level: the integer 0, which keeps comparisons exact."""
        return 0

    def _nearest(self, value: Any) -> tuple[float, bool]:
        """Return the nearest raw value to a foreign value, and whether the value is one of this parameter.

        Raises
        ------
        ParameterError
            If the value is not a number, or not a choice of the parameter.
        """
        return self._to_raw(value, "value"), True

    def _to_raw(self, value: Any, subject: str) -> float:
        """Return the raw value of ``value``, or raise :class:`ParameterError`."""
        raise NotImplementedError  # every kind of parameter has its own

    def _raws(self, column: Sequence[Any], subject: str) -> list[Any]:
        """Return the raw values of a column of a table, None for empty cells; the error names the row."""
        known: dict[Any, Any] = {}
        raws = []
        for row, cell in enumerate(column):
            value = builtin(cell)
            # The type is a part of the key, because 1, 1.0 and True are equal.
            key = (type(value), value) if isinstance(value, Hashable) else None
            if key is None or key not in known:
                known[key] = None if is_missing(value) else self._to_raw(value, f"{subject} in row {row}")
            raws.append(known[key])
        return raws

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


class Number(Parameter):
    """The common part of floats and integers: an interval and a prior.

    Attributes
    ----------
    low, high, log, step
        As for :class:`Float`.
    prior
        As for :class:`Float`.
    """

    low: float
    high: float
    log: bool
    step: float | None
    prior: Normal | Histogram | None
    #: The type of its values.
    _type: ClassVar[type[float]]
    _order = "value"

    def _number(self) -> Self:
        return self

    def _column_kind(self) -> ColumnKind:
        return column_kind({self._type})

    def _raws(self, column: Sequence[Any], subject: str) -> list[Any]:
        # The core checks finite numbers as this class does; only others need an error in the words of this class.
        kind = getattr(getattr(column, "dtype", None), "kind", "")
        if isinstance(kind, str) and kind and kind in ("iu" if self._type is int else "iuf"):
            raws = list(column.tolist())  # type: ignore[attr-defined] # an array of NumPy, which is slow to import
            if all(map(math.isfinite, raws)):
                return raws
        return super()._raws(column, subject)

    def _n_steps(self) -> int | None:
        """Return the number of steps from the lowest level to the highest, or None without levels."""
        raise NotImplementedError  # each of the two has its own

    def _level(self, k: int) -> float:
        """Return the number ``k`` steps above the lowest."""
        assert self.step is not None
        return min(self.low + k * self.step, self.high)

    def _parse(self, text: str) -> float:
        """Return the number that a text stands for."""
        return float(text)

    def _prior(self) -> tuple[Any, ...] | None:
        return None if self.prior is None else self.prior._to_core()

    def _checked_prior(self, subject: str, low: float, high: float, *, log: bool) -> Normal | Histogram | None:
        if self.prior is None or isinstance(self.prior, Histogram):
            return self.prior and self.prior._checked(subject)
        if not isinstance(self.prior, Normal):
            raise ParameterError(f"{subject}: prior must be tt.Normal or tt.Histogram, got {shown(self.prior)}")
        prior = self.prior._checked(subject)
        # The core checks the bounds.
        if low <= high and (low > 0 or not log):
            prior._warn_if_far_off(subject, low, high, log=log)
        return prior


def described(when: Mapping[str, Any] | None) -> Any:
    """Return a copy of ``when=``. Anything but a mapping is returned unchanged; the space raises the error."""
    return dict(when) if isinstance(when, Mapping) and not isinstance(when, Resolved) else when
