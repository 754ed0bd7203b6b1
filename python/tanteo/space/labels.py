"""The choices of a parameter: looking up a position, and identifying choices that JSON cannot represent."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from .._internal.equality import builtin, equal, same
from .._internal.text import safe_repr


class Choices:
    """A sequence of labels with fast lookup of positions.

    Hashable labels are looked up in a dict keyed by (type, value); a hit is confirmed with :func:`same`, since
    ``(1,)`` and ``(True,)`` share a key. Other labels are compared one by one.
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
        """Return the text of a choice that differs from ``label`` only in its type, or None."""
        label = builtin(label)
        similar = next((c for c in self.labels if equal(c, label) or _same_text(c, label)), None)
        return None if similar is None else f"{safe_repr(similar)} ({type(similar).__name__}) is one"


def distinct(values: Iterable[Any]) -> list[Any]:
    """Return the values that are distinct as choices, in order of appearance."""
    choices = Choices(values)
    return [label for position, label in enumerate(choices.labels) if choices.find(label) == position]


def _same_text(left: Any, right: Any) -> bool:
    try:
        return str(left) == str(right)
    except Exception:  # user code, or an integer with more digits than Python converts
        return False


def _key(label: Any) -> tuple[type, Any] | None:
    """Return a dict key for ``label``, or None if no key agrees with :func:`same` (unhashable, NaN)."""
    try:
        hash(label)
    except TypeError:
        return None
    return (type(label), label) if equal(label, label) else None


def identity(label: Any) -> str:
    """Return a text that identifies a value which JSON cannot represent, the same in every process.

    Functions and classes are identified by their qualified name, enum members by class and name, everything else by
    its class. A repr would not do: it may contain an address, or an order that changes from run to run.
    """
    definition = label if hasattr(label, "__qualname__") else type(label)
    text = f"{getattr(definition, '__module__', '?')}.{getattr(definition, '__qualname__', '?')}"
    if hasattr(type(label), "__members__"):
        return f"{text}.{label.name}"
    return text


def description(label: Any) -> str:
    """Return the repr of a value which JSON cannot represent, without memory addresses."""
    return re.sub(r" at 0x[0-9a-fA-F]+", "", safe_repr(label))


def is_named(label: Any) -> bool:
    """Return whether the :func:`description` of a value names it.

    That of a lambda, of a local function, and of an object whose repr is its address does not: others have it too.
    """
    return " at 0x" not in re.sub(r"<\w*function [\w.]+ at 0x[0-9a-fA-F]+>", "", safe_repr(label))


class Described:
    """A value of which only the description is known. It equals no other value."""

    def __init__(self, text: str) -> None:
        self._text = text

    def __repr__(self) -> str:
        return self._text
