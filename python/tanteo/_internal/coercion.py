"""Conversion of user-supplied numbers (builtins, NumPy and torch scalars, fractions) to builtins, with clear errors.

Booleans and strings are never accepted as numbers: ``True`` as a bound and ``"0.1"`` from a configuration file are
mistakes that should fail immediately. Every function takes the error class to raise and a label for the message.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any, TypeVar

from ..exceptions import ArgumentError, SpaceError, TanteoError
from .text import safe_repr

T = TypeVar("T")

# Beyond this, floats do not represent every integer, so a float that looks integral may have been rounded.
EXACT_FLOAT_INTEGERS = 2**53
#: Text and bytes. They iterate over characters or small integers, which are no list of numbers.
TEXT = (str, bytes, bytearray, memoryview)


def shown(value: object) -> str:
    """Return ``value`` for a message: its repr, cut to 80 characters, and its type."""
    return f"{short(value, 80)} ({type(value).__name__})"


def short(value: object, length: int) -> str:
    """Return the repr of ``value``, cut to a number of characters."""
    text = safe_repr(value)
    return text if len(text) <= length else text[: length - 3] + "..."


@contextmanager
def named_in_errors(name: str, value: object) -> Iterator[None]:
    """Put the name and the value of an entry of an argument before the messages of errors about it."""
    try:
        yield
    except (ArgumentError, SpaceError) as error:
        raise type(error)(f"{name}, {short(value, 80)}: {error}") from None


def names_text(names: Iterable[object]) -> str:
    """Return names for a message: their reprs, the first ten of them, each cut to 40 characters.

    >>> names_text(["loss", 1])
    "'loss', 1"
    """
    first = [*islice(names, 11)]
    return ", ".join([*(short(name, 40) for name in first[:10]), *(["..."] if len(first) > 10 else [])])


def _is_number_like(value: object) -> bool:
    """Return whether ``value`` represents one real number: no text, boolean, complex number or array."""
    if isinstance(value, (bool, complex, *TEXT)):
        return False
    if getattr(value, "ndim", 0) != 0:
        return False
    dtype = getattr(value, "dtype", "")
    is_text = getattr(dtype, "kind", "") in ("S", "U")  # of NumPy; float() would parse it
    return not is_text and not any(kind in str(dtype) for kind in ("bool", "complex", "datetime", "timedelta"))


def as_float(value: Any, label: str, error: type[TanteoError] = ArgumentError) -> float:
    """Return ``value`` as a builtin float; infinities and NaN are accepted.

    Parameters
    ----------
    value
        A real number: any object with ``__float__``.
    label
        What the number is, for the error message, for example ``"parameter 'lr': low"``.
    error
        The exception class to raise.
    """
    if type(value) is float:
        return value
    try:
        if _is_number_like(value):
            number = float(value)
            if math.isinf(number) and _is_finite(value):
                raise OverflowError
            return number
    except OverflowError:
        raise error(f"{label} must fit a 64-bit float, got {shown(value)}") from None
    except Exception:  # user code may raise anything; torch raises RuntimeError for tensors without data
        pass
    raise error(f"{label} must be a number, got {shown(value)}")


def _is_finite(value: Any) -> bool:
    """Return whether a value that became an infinite float was finite: a decimal or a wider float may be too large."""
    try:
        return bool(-math.inf < value < math.inf)
    except Exception:  # a user class without an order
        return False


def as_finite(value: Any, label: str, error: type[TanteoError] = ArgumentError) -> float:
    """Return ``value`` as a finite builtin float."""
    number = as_float(value, label, error)
    if not math.isfinite(number):
        raise error(f"{label} must be finite, got {number!r}")
    return number


def as_str(value: Any, label: str) -> str:
    """Return ``value``, which must be text."""
    if not isinstance(value, str):
        raise ArgumentError(f"{label} must be text, got {shown(value)}")
    return value


def as_index(value: Any) -> int | None:
    """Return an integer (of Python, NumPy, torch) as a builtin int; None for anything else, also for whole floats."""
    if type(value) is int:
        return value
    if _is_number_like(value):
        try:
            return operator.index(value)
        except Exception:  # a float, or a tensor with many entries
            pass
    return None


def as_int(value: Any, label: str, error: type[TanteoError] = ArgumentError) -> int:
    """Return ``value`` as a builtin int; a float is accepted if it is integral and small enough to be exact."""
    integer = as_index(value)
    if integer is not None:
        return integer
    try:
        number = as_float(value, label, error)
    except error:
        number = math.nan
    if not number.is_integer():
        raise error(f"{label} must be an integer, got {shown(value)}")
    if abs(number) > EXACT_FLOAT_INTEGERS:
        raise error(f"{label} must be exact: floats round integers beyond 2**53, give an int instead of {shown(value)}")
    return int(number)


def as_int_at_least(least: int, value: Any, label: str) -> int:
    """Return ``value`` as an int from ``least`` up."""
    number = as_int(value, label)
    if number < least:
        raise ArgumentError(f"{label} must be at least {least}, got {shown(number)}")
    return number


def as_count(value: Any, label: str) -> int:
    """Return ``value`` as an int from 1 to 2**32 - 1."""
    number = as_int_at_least(1, value, label)
    if number >= 2**32:
        raise ArgumentError(f"{label} must be below 2**32, got {shown(number)}")
    return number


def as_positive(value: Any, label: str) -> float:
    """Return ``value`` as a finite float above 0."""
    number = as_float(value, label)
    if not 0.0 < number < math.inf:
        raise ArgumentError(f"{label} must be a positive, finite number, got {number!r}")
    return number


def as_bool(value: Any, label: str, error: type[TanteoError] = ArgumentError) -> bool:
    """Return ``value`` if it is ``True`` or ``False``, including those of NumPy."""
    if is_bool(value):
        return bool(value)
    raise error(f"{label} must be True or False, got {shown(value)}")


def is_bool(value: Any) -> bool:
    """Return whether ``value`` is ``True`` or ``False``, including those of NumPy."""
    return type(value) is bool or (str(getattr(value, "dtype", "")) == "bool" and getattr(value, "ndim", 0) == 0)


def as_one_of(value: Any, known: Sequence[T], label: str) -> T:
    """Return the one of some names that equals ``value``; the label ends before the names in the message."""
    for one in known:
        if isinstance(value, str) and value == one:
            return one
    *others, last = map(repr, known)
    raise ArgumentError(f"{label} {', '.join(others)} or {last}, got {shown(value)}")


def members(value: Any, label: str) -> list[Any]:
    """Return the entries of an iterable as a list; text and mappings are refused.

    Parameters
    ----------
    value
        The iterable.
    label
        The requirement, for the error message, for example ``"params must be a list of configurations"``.
    """
    if not isinstance(value, (*TEXT, Mapping)):
        try:
            return list(value)
        except TypeError:
            pass
    raise ArgumentError(f"{label}, got {shown(value)}")


def as_shown(values: Any) -> Any:
    """Return values of the core in the public form: a number for a single objective, a tuple for several."""
    return tuple(values) if isinstance(values, list) else values
