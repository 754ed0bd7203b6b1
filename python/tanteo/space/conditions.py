"""Conditions on the value of a parent, under which a child exists: ``when={"depth": tt.at_least(3)}``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from .._internal.immutable import Immutable
from .._internal.text import safe_repr

__all__ = ["at_least", "at_most", "between"]


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Range(Immutable):
    """A closed range of a parent's values; an end is ``None`` if the range is unbounded there.

    Created by :func:`between`, :func:`at_least` and :func:`at_most`.
    """

    low: Any
    high: Any

    def map(self, convert: Callable[[Any], Any]) -> Range:
        """Return the range with ``convert`` applied to its ends, except those that are None."""
        return Range(*(None if end is None else convert(end) for end in (self.low, self.high)))

    def __repr__(self) -> str:
        if self.high is None:
            return f"at_least({safe_repr(self.low)})"
        high = safe_repr(self.high)
        return f"at_most({high})" if self.low is None else f"between({safe_repr(self.low)}, {high})"


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class OneOf(Immutable):
    """A set of a parent's values: the normal form of a plain value or a list in ``when=``."""

    values: Sequence[Any]

    def __post_init__(self) -> None:
        self._set(values=tuple(self.values))

    def __repr__(self) -> str:
        return safe_repr(list(self.values))


class Resolved(dict[str, OneOf | Range]):
    """``when=`` in normal form: flat parent names to accepted values. These names are not looked up again."""

    __slots__ = ()


def at_least(low: Any) -> Range:
    """Accept values of a parent from ``low`` up; in ``constraints`` of a ``TanteoSearch``, values of a metric.

    Parameters
    ----------
    low
        A number for a ``Float`` or ``Int`` parent or a metric, one of the choices for an ``Ordinal``.

    Examples
    --------
    >>> import tanteo as tt
    >>> skip = tt.Categorical([False, True], when={"layers": tt.at_least(3)})
    >>> space = tt.SearchSpace({"layers": tt.Int(1, 4), "skip": skip})
    >>> space.validate({"layers": 2})
    {'layers': 2}
    """
    return Range(low, None)


def at_most(high: Any) -> Range:
    """Accept values up to ``high``; see :func:`at_least`."""
    return Range(None, high)


def between(low: Any, high: Any) -> Range:
    """Accept values from ``low`` to ``high``, both included; see :func:`at_least`."""
    return Range(low, high)
