"""What it means for two labels (choices, constants) to be the same, and how to find one.

Python says ``True == 1 == 1.0``; a user who lists ``[1, True]`` means two choices. Two labels are the same when they
are one object, or have the same type and are equal, containers element by element. A label whose ``==`` has no truth
value (an array) is only the same as itself.
"""

from __future__ import annotations

from collections.abc import Iterable

from ._typing import TYPE_CHECKING
from .text import safe_repr

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
    return _equal(left, right) or (kind is float and left != left and right != right)


def _typed_keys(mapping: dict[Any, Any]) -> set[tuple[type, Any]]:
    return {(type(key), key) for key in mapping}


def _equal(left: Any, right: Any) -> bool:
    try:
        return bool(left == right)
    except Exception:  # user code: an array, or an __eq__ that raises, has no answer; then only identity counts
        return False


class Choices:
    """A sequence of labels with a quick search for the position of one.

    Hashable labels are found through a dict keyed by (type, value); a hit is confirmed with :func:`same`, since
    ``(1,)`` and ``(True,)`` share a key. The others are compared one by one.
    """

    __slots__ = ("_by_key", "_unkeyed", "labels")

    def __init__(self, labels: Iterable[Any]) -> None:
        self.labels: tuple[Any, ...] = tuple(map(builtin, labels))
        self._by_key: dict[tuple[type, Any], list[int]] = {}
        self._unkeyed: list[int] = []
        for position, label in enumerate(self.labels):
            key = _key(label)
            (self._unkeyed if key is None else self._by_key.setdefault(key, [])).append(position)

    def find(self, label: Any) -> int | None:
        """Return the position of ``label``, or None."""
        label = builtin(label)
        key = _key(label)
        candidates = self._unkeyed if key is None else self._by_key.get(key, ())
        return next((i for i in candidates if same(self.labels[i], label)), None)

    def duplicate(self) -> tuple[int, int] | None:
        """Return the positions of two choices that are the same, or None."""
        for group in (self._unkeyed, *self._by_key.values()):
            for n, right in enumerate(group):
                for left in group[:n]:
                    if same(self.labels[left], self.labels[right]):
                        return left, right
        return None

    def hint(self, label: Any) -> str | None:
        """Return a choice that only its type keeps from being ``label``, for a message, or None."""
        label = builtin(label)
        near = next((c for c in self.labels if _equal(c, label) or _same_text(c, label)), None)
        return None if near is None else f"{safe_repr(near)} ({type(near).__name__}) is one"


def _same_text(left: Any, right: Any) -> bool:
    try:
        return str(left) == str(right)
    except Exception:  # user code, or an integer with more digits than Python converts
        return False


def _key(label: Any) -> tuple[type, Any] | None:
    """Return a dict key for ``label``, or None if it has none that :func:`same` agrees with (unhashable, NaN)."""
    try:
        hash(label)
    except TypeError:
        return None
    return (type(label), label) if _equal(label, label) else None


def identity(label: Any) -> str:
    """Return a text that tells apart what JSON cannot hold, and is the same in every process.

    Functions and classes by their qualified name, enum members by class and name, all else by its class: a repr may
    hold an address or an order that changes from run to run.
    """
    named = label if hasattr(label, "__qualname__") else type(label)
    text = f"{getattr(named, '__module__', '?')}.{getattr(named, '__qualname__', '?')}"
    if hasattr(type(label), "__members__"):
        return f"{text}.{label.name}"
    return text
