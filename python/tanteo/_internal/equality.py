"""Equality of labels (choices and constants).

In Python ``True == 1 == 1.0``, but a user who lists ``[1, True]`` means two choices. Two labels are the same if they
are the same object, or if they have the same type and are equal; containers are compared element by element. A label
whose ``==`` has no truth value, such as an array, equals only itself.
"""

from __future__ import annotations

from typing import Any

_BUILTIN = (str, int, float, bool, type(None))


def builtin(value: Any) -> Any:
    """Return a NumPy scalar as the corresponding builtin; return anything else unchanged.

    Dates and durations are left alone because ``item()`` turns some of them into plain integers. NumPy scalars are
    recognized by the name of their class: another thread may be importing NumPy, and accessing it then would fail.
    """
    kind = type(value)
    if kind in _BUILTIN or not any(base.__module__ == "numpy" and base.__name__ == "generic" for base in kind.__mro__):
        return value
    if value.dtype.kind == "f":  # longdouble.item() is no builtin
        return float(value)
    return value.item() if value.dtype.kind in "biuU" else value


def same(left: Any, right: Any) -> bool:
    """Return whether two labels have the same type and value, recursively.

    >>> same(1, 1.0), same(True, 1), same((1, 2), (1, 2)), same([1], [True])
    (False, False, True, False)
    """
    try:
        return _same(left, right)
    except RecursionError:  # nested too deeply, or self-referential: treated as different
        return False


def _same(left: Any, right: Any) -> bool:
    if left is right:
        return True
    kind = type(left)
    if kind is not type(right):
        return False
    if kind is list or kind is tuple:
        return len(left) == len(right) and all(map(_same, left, right))
    if kind is dict:
        return _typed_keys(left) == _typed_keys(right) and all(_same(left[key], right[key]) for key in left)
    return equal(left, right) or (kind is float and left != left and right != right)


def _typed_keys(mapping: dict[Any, Any]) -> set[tuple[type, Any]]:
    return {(type(key), key) for key in mapping}


def equal(left: Any, right: Any) -> bool:
    """Return whether ``left == right`` is true; False if the comparison has no truth value or raises."""
    try:
        return bool(left == right)
    except Exception:  # an array, or a user's __eq__ that raises
        return False
