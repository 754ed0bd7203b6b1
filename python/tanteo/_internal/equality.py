"""What it means for two labels (choices, constants) to be the same.

Python says ``True == 1 == 1.0``; a user who lists ``[1, True]`` means two choices. Two labels are the same when they
are one object, or have the same type and are equal, containers element by element. A label whose ``==`` has no truth
value (an array) is only the same as itself.
"""

from __future__ import annotations

from .typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any

_BUILTIN = (str, int, float, bool, type(None))


def builtin(value: Any) -> Any:
    """Return a NumPy scalar as the builtin it stands for; anything else unchanged.

    Dates and durations stay what they are: ``item()`` would turn some of them into plain integers. The class is known
    by its name: NumPy may be half imported by another thread, and looking into it then would fail.
    """
    kind = type(value)
    if kind in _BUILTIN or not any(base.__module__ == "numpy" and base.__name__ == "generic" for base in kind.__mro__):
        return value
    if value.dtype.kind == "f":  # longdouble.item() is no builtin
        return float(value)
    return value.item() if value.dtype.kind in "biuU" else value


def same(left: Any, right: Any) -> bool:
    """Whether two labels are the same: type and value, all the way down.

    >>> same(1, 1.0), same(True, 1), same((1, 2), (1, 2)), same([1], [True])
    (False, False, True, False)
    """
    try:
        return _same(left, right)
    except RecursionError:  # nested too deep, or one that holds itself: only the same as itself
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
    """Whether ``==`` says so, in so many words."""
    try:
        return bool(left == right)
    except Exception:  # user code: an array, or an __eq__ that raises, has no answer; then only identity counts
        return False
