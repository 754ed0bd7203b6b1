"""Floats and integers."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias

from ..._internal.coercion import as_bool, as_finite, as_int, shown
from ...exceptions import ParameterError
from ..conditions import Range
from ..priors import Histogram, Normal
from .base import Parameter, described

if TYPE_CHECKING:
    NumericPrior: TypeAlias = Normal | Histogram


class _Numeric(Parameter):
    """The common part of floats and integers: the prior."""

    __slots__ = ()
    prior: NumericPrior | None

    def _prior(self) -> tuple[Any, ...] | None:
        return None if self.prior is None else self.prior._to_core()

    def _checked_prior(self, subject: str, low: float, high: float, *, log: bool) -> NumericPrior | None:
        if self.prior is None or isinstance(self.prior, Histogram):
            return self.prior and self.prior._checked(subject)
        if not isinstance(self.prior, Normal):
            raise ParameterError(f"{subject}: prior must be tt.Normal or tt.Histogram, got {shown(self.prior)}")
        prior = self.prior._checked(subject)
        # The core checks the bounds.
        if log and 0 < low <= high:
            prior._warn_if_mean_is_no_logarithm(subject, low, high)
        return prior


class Float(_Numeric):
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
        0.15000000000000002).
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

    _names = ("low", "high", "log", "step", "default", "prior", "when")
    __slots__ = _names
    _defaults: ClassVar[Mapping[str, Any]] = {"log": False, "step": None, "default": None, "prior": None, "when": None}
    low: float
    high: float
    log: bool
    step: float | None
    default: float | None

    def __init__(
        self,
        low: float,
        high: float,
        *,
        log: bool = False,
        step: float | None = None,
        default: float | None = None,
        prior: NumericPrior | None = None,
        when: Mapping[str, Any] | None = None,
    ) -> None:
        self._set(low=low, high=high, log=log, step=step, default=default, prior=prior, when=described(when))

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

    def _range(self, accepted: Range, subject: str) -> Range:
        return accepted.map(lambda end: as_finite(end, subject, ParameterError))


class Int(_Numeric):
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

    _names = ("low", "high", "log", "step", "default", "prior", "when")
    __slots__ = _names
    _defaults: ClassVar[Mapping[str, Any]] = {"log": False, "step": 1, "default": None, "prior": None, "when": None}
    low: int
    high: int
    log: bool
    step: int
    default: int | None

    def __init__(
        self,
        low: int,
        high: int,
        *,
        log: bool = False,
        step: int = 1,
        default: int | None = None,
        prior: NumericPrior | None = None,
        when: Mapping[str, Any] | None = None,
    ) -> None:
        self._set(low=low, high=high, log=log, step=step, default=default, prior=prior, when=described(when))

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

    def _range(self, accepted: Range, subject: str) -> Range:
        """Return the range with fractional ends rounded inwards to integers."""
        low = None if accepted.low is None else _as_64_bit(math.ceil(_exact(accepted.low, subject)), subject)
        high = None if accepted.high is None else _as_64_bit(math.floor(_exact(accepted.high, subject)), subject)
        return Range(low, high)


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
