"""Base class of small immutable values that can be compared, printed and pickled.

Unlike the values of ``dataclasses``, they compare their fields as choices: ``1`` is not ``True``, and NaN equals NaN.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, fields
from functools import update_wrapper
from typing import Any, ClassVar, NoReturn, TypeVar, dataclass_transform

from .equality import same
from .keywords import check_keywords
from .text import safe_repr

_T = TypeVar("_T", bound="Immutable")


class Immutable:
    """A value defined by its fields; two values are equal if their types and all fields are the same.

    A subclass is a dataclass (``frozen=True, eq=False``), made by :func:`immutable` if its constructor has keyword
    arguments that its repr shows. ``_keywords`` are these arguments, ``_defaults`` their defaults.
    """

    __slots__ = ()
    _keywords: ClassVar[Collection[str]] = ()
    _defaults: ClassVar[Mapping[str, Any]] = {}

    def _set(self, **fields: Any) -> None:
        for name, value in fields.items():
            object.__setattr__(self, name, value)

    def _named_fields(self) -> dict[str, Any]:
        kind: Any = type(self)
        return {entry.name: getattr(self, entry.name) for entry in fields(kind)}

    def _shown_fields(self) -> dict[str, Any]:
        """Return the fields in the form that the repr shows."""
        return self._named_fields()

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"{type(self).__name__} is immutable: make a new one instead of setting {name!r}")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"{type(self).__name__} is immutable: {name!r} cannot be deleted")

    def __eq__(self, other: object) -> bool:
        if type(self) is not type(other):
            return NotImplemented
        return all(same(value, getattr(other, name)) for name, value in self._named_fields().items())

    def __hash__(self) -> int:
        return hash((type(self).__name__, *map(_hashable, self._named_fields().values())))

    def __repr__(self) -> str:
        arguments: list[str] = []
        keywords = {*self._keywords, *self._defaults}
        for name, value in self._shown_fields().items():
            if name not in self._defaults or not same(value, self._defaults[name]):
                arguments.append(f"{name}={safe_repr(value)}" if name in keywords else safe_repr(value))
        return f"{type(self).__name__}({', '.join(arguments)})"

    def __copy__(self) -> Immutable:
        return self

    def __deepcopy__(self, memo: object) -> Immutable:
        """Return the value itself: choices are compared by identity, so a copy would be a different choice."""
        return self

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return _rebuild, (type(self), self._named_fields())


@dataclass_transform(frozen_default=True, eq_default=False, field_specifiers=(field,))
def immutable(kind: type[_T]) -> type[_T]:
    """Make a subclass of :class:`Immutable` with annotated fields a dataclass that keeps the methods of its base.

    A class whose constructor accepts other types than its fields have defines ``__init__`` itself. The error about an
    unknown argument names a similar one.
    """
    made = dataclass(frozen=True, repr=False, eq=False)(kind)
    del made.__setattr__, made.__delattr__
    constructor: Any = made.__init__
    code = constructor.__code__
    made._keywords = code.co_varnames[code.co_argcount : code.co_argcount + code.co_kwonlyargcount]
    made._defaults = constructor.__kwdefaults__ or {}
    names = code.co_varnames[1 : code.co_argcount + code.co_kwonlyargcount]
    made.__new__ = _checking(constructor, names)  # type: ignore[method-assign]  # it takes the arguments of __init__
    return made


def _checking(constructor: Callable[..., Any], names: Collection[str]) -> Any:
    """Return a ``__new__`` that refuses unknown arguments, with the signature of the constructor."""

    def new(cls: type[_T], *_: Any, **arguments: Any) -> _T:
        check_keywords(arguments, names, "its arguments", cls.__name__)
        return object.__new__(cls)

    return update_wrapper(new, constructor, assigned=(), updated=())


def _hashable(value: Any) -> Any:
    """Return a substitute whose hash agrees with :func:`same`; a choice without a hash remains an error."""
    if type(value) is float and value != value:
        return "nan"  # NaNs hash by identity, but all of them are the same label
    if isinstance(value, dict):
        return frozenset((key, _hashable(item)) for key, item in value.items())
    return tuple(map(_hashable, value)) if isinstance(value, list | tuple) else value


def _rebuild(kind: type[Immutable], fields: dict[str, Any]) -> Immutable:
    """Undo :meth:`Immutable.__reduce__`; the fields are not checked."""
    value = kind.__new__(kind)
    value._set(**fields)
    return value
