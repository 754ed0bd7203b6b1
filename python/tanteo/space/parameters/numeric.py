"""Floats and integers."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import KW_ONLY
from typing import Any

from ..._internal.coercion import as_bool, as_finite, as_int, shown
from ..._internal.equality import builtin
from ..._internal.immutable import immutable
from ...exceptions import ParameterError
from ..conditions import Range
from ..priors import Histogram, Normal
from .base import Number


@immutable
class Float(Number):
    """A real number from a closed interval.

    Parameters
    ----------
    low, high
        The bounds, both included.
    log
        Whether to search on a logarithmic scale, on which 0.001 is as far from 0.01 as 0.01 from 0.1. Requires
        ``low > 0`` and excludes ``step``.
    step
        If given, the values are ``low + k * step`` up to ``high``, in decimal arithmetic (0.15, not
        0.15000000000000002). ``high`` is one of them only if ``high - low`` is a multiple of ``step``: with a step of
        0.3 from 0 to 1, the last one is 0.9.
    default
        The value to start from.
    prior
        A belief about the location of the optimum: :class:`Normal` or :class:`Histogram`.
    when
        The values of parents under which the parameter exists: ``{parent: value}``, ``{parent: [values]}`` or a range
        such as ``{parent: tt.at_least(x)}``. The conditions on several parents must all hold.

    Examples
    --------
    >>> import tanteo as tt
    >>> tt.Float(1e-5, 1e-1, log=True, default=1e-3)
    Float(1e-05, 0.1, log=True, default=0.001)
    """

    _type = float
    low: float
    high: float
    _: KW_ONLY
    log: bool = False
    step: float | None = None
    default: float | None = None
    prior: Normal | Histogram | None = None
    when: Mapping[str, Any] | None = None

    def _checked(self, subject: str) -> Float:
        step = None if self.step is None else as_finite(self.step, f"{subject}: step", ParameterError)
        log = as_bool(self.log, f"{subject}: log", ParameterError)
        if log and step is not None:
            raise ParameterError(f"{subject}: log=True excludes step (got {step!r}); drop one of them")
        low = as_finite(self.low, f"{subject}: low", ParameterError)
        high = as_finite(self.high, f"{subject}: high", ParameterError)
        return Float(
            low,
            high,
            log=log,
            step=step,
            default=None if self.default is None else as_finite(self.default, f"{subject}: default", ParameterError),
            prior=self._checked_prior(subject, low, high, log=log),
            when=self.when,
        )

    def _domain(self) -> tuple[Any, ...]:
        if self.step is None:
            return ("real", self.low, self.high, self.log)
        return ("stepped", self.low, self.high, self.step)

    def _to_raw(self, value: Any, subject: str) -> float:
        return as_finite(value, subject, ParameterError)

    def _dtype(self) -> str:
        return "float64"

    def _range(self, accepted: Range, subject: str) -> Range:
        return accepted.map(lambda end: as_finite(end, subject, ParameterError))

    @property
    def _slack(self) -> float:
        """A thousandth of a step.

        The core accepts ``3 * 0.05`` as the level 0.15, and refuses values that are further from a level than rounding
        explains.
        """
        return 0 if self.step is None else self.step / 1000

    def _n_steps(self) -> int | None:
        """Return the number of steps, with a tolerance for rounding."""
        return None if self.step is None else math.floor((self.high - self.low) / self.step * (1 + 1e-12) + 1e-12)

    def _nearest(self, value: Any) -> tuple[float, bool]:
        number, n_steps = self._to_raw(value, "value"), self._n_steps()
        inside = min(max(number, self.low), self.high)
        if self.step is None or n_steps is None:
            return inside, inside == number
        inside = self.low + min(round((inside - self.low) / self.step), n_steps) * self.step
        return inside, abs(number - inside) <= self.step / 2


@immutable
class Int(Number):
    """An integer from a closed interval: a Python int, exact over any 64-bit range.

    Parameters
    ----------
    low, high
        The bounds, from -2**63 to 2**64 - 1. ``low`` is included, and so is ``high`` if ``high - low`` is a multiple of
        ``step``.
    log
        Whether to search on a logarithmic scale. Requires ``low > 0`` and ``step=1``.
    step
        The values are ``low + k * step``, up to ``high``.
    default, prior, when
        As for :class:`Float`.

    Examples
    --------
    >>> import tanteo as tt
    >>> tt.Int(16, 512, step=16, default=64)
    Int(16, 512, step=16, default=64)
    """

    _type = int
    low: int
    high: int
    _: KW_ONLY
    log: bool = False
    step: int = 1
    default: int | None = None
    prior: Normal | Histogram | None = None
    when: Mapping[str, Any] | None = None

    def _checked(self, subject: str) -> Int:
        log = as_bool(self.log, f"{subject}: log", ParameterError)
        step = as_int(self.step, f"{subject}: step", ParameterError)
        if not 1 <= step < 2**64:
            raise ParameterError(f"{subject}: step must be at least 1 (and below 2**64), got {shown(step)}")
        low, high = _as_64_bit(self.low, f"{subject}: low"), _as_64_bit(self.high, f"{subject}: high")
        return Int(
            low,
            high,
            log=log,
            step=step,
            default=None if self.default is None else _as_64_bit(self.default, f"{subject}: default"),
            prior=self._checked_prior(subject, low, high, log=log),
            when=self.when,
        )

    def _domain(self) -> tuple[Any, ...]:
        return ("integer", self.low, self.high, self.step, self.log)

    def _to_raw(self, value: Any, subject: str) -> int:
        return _as_64_bit(value, subject)

    def _dtype(self) -> str:
        if self.when:
            return "float64"
        return "int64" if self.high < 2**63 else "uint64" if self.low >= 0 else "object"

    def _range(self, accepted: Range, subject: str) -> Range:
        """Return the range with fractional ends rounded inwards to integers."""
        low = None if accepted.low is None else _as_64_bit(math.ceil(_exact(accepted.low, subject)), subject)
        high = None if accepted.high is None else _as_64_bit(math.floor(_exact(accepted.high, subject)), subject)
        return Range(low, high)

    def _nearest(self, value: Any) -> tuple[float, bool]:
        value, n_steps = builtin(value), self._n_steps()
        number = value if isinstance(value, int) else round(as_finite(value, "value", ParameterError))
        step = round((number - self.low) / self.step)
        return self.low + min(max(step, 0), n_steps) * self.step, 0 <= step <= n_steps

    def _n_steps(self) -> int:
        return (self.high - self.low) // self.step

    def _parse(self, text: str) -> float:
        """Return an integer. Frames write integers of a column with empty cells as floats, which are accepted."""
        try:
            return int(text)
        except ValueError:
            return float(text)


def _exact(end: Any, subject: str) -> float:
    """Return the end of a range as an int if possible, since a float would round it beyond 2**53."""
    return (
        as_int(end, subject, ParameterError) if hasattr(end, "__index__") else as_finite(end, subject, ParameterError)
    )


def _as_64_bit(value: Any, subject: str) -> int:
    number = as_int(value, subject, ParameterError)
    if not -(2**63) <= number < 2**64:
        raise ParameterError(f"{subject} must fit 64 bits (from -2**63 to 2**64 - 1), got {shown(number)}")
    return number
