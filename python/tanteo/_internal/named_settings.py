"""Named settings of the built-in samplers and pruners: data, checked by the core on creation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, ClassVar, Self

from .._core import checked_settings
from ..exceptions import ArgumentError
from .coercion import short, shown
from .immutable import Immutable
from .keywords import similar
from .text import safe_repr

#: A name and settings in the form of the core.
CoreSettings = tuple[str, dict[str, Any]]


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class NamedSettings(Immutable):
    """Base class of named settings. The base classes of samplers and of pruners set the private attributes.

    Attributes
    ----------
    name : str
        The name that stands for these settings with their defaults.
    """

    name: ClassVar[str]
    # "sampler" or "pruner", the method of those written in Python, and the classes by name.
    _kind: ClassVar[str]
    _method: ClassVar[str]
    _built_in: ClassVar[Mapping[str, type[Any]]]
    # How to write settings that have no valid defaults; None if the name alone selects them.
    _example: ClassVar[str | None] = None

    def __new__(cls, *values: Any, **settings: Any) -> Self:
        """Refuse settings without a name, and unknown ones; the message names a similar one, or all."""
        first = next(iter(fields(cls)), None)
        if values and first is not None and first.kw_only:
            raise TypeError(f"{cls.__name__} takes settings by name, such as {first.name}={short(values[0], 40)}")
        for name in settings:
            if name not in _names(cls):
                raise TypeError(_unknown_setting(cls, name))
        return super().__new__(cls)

    def __post_init__(self) -> None:
        """Let the core check the ranges and convert numbers to builtins."""
        known = checked_settings(self._kind, *self._to_core())
        self._set(**{name: known[name] for name in self._named_fields() if name in known})

    def _to_core(self, space: Any = None) -> CoreSettings:
        """Return the name and the settings in the form of the core, for a search of ``space``."""
        return self.name, self._named_fields()

    @classmethod
    def _restored(cls, settings: Mapping[str, Any], space: Any) -> NamedSettings:
        """Return the settings of this class that :meth:`_to_core` returned."""
        return cls(**settings)

    @classmethod
    def _from_core(cls, described: CoreSettings, space: Any = None) -> Self:
        """Undo :meth:`_to_core`."""
        name, settings = described
        restored: Self = cls._built_in[name]._restored(settings, space)
        return restored

    def to_dict(self) -> dict[str, Any]:
        """Return the name and every setting; ``from_dict`` of the same module creates an equal object from it."""
        return {"name": self.name, **self._named_fields()}

    @classmethod
    def _from_dict(cls, settings: Any) -> Self:
        """Undo :meth:`to_dict`."""
        name = settings.get("name") if isinstance(settings, Mapping) else None
        if not isinstance(name, str):
            expected = f"a {cls._kind} is described by a mapping with its 'name' and settings"
            raise ArgumentError(f"{expected}, got {shown(settings)}")
        kind = cls._named(name, *map(repr, cls._built_in))
        given = {key: value for key, value in settings.items() if key != "name"}
        if unknown := given.keys() - set(_names(kind)):
            raise ArgumentError(_unknown_setting(kind, min(unknown, key=list(given).index)))
        return kind(**given)

    @classmethod
    def _by_name(cls, name: str) -> Self:
        """Return the settings of a name with their defaults; the error lists what can be given."""
        choices = [kind._example or repr(known) for known, kind in cls._built_in.items()]
        return cls._named(name, *choices)()

    @classmethod
    def _named(cls, name: str, *choices: str) -> type[Self]:
        if name not in cls._built_in:
            near = similar(name, cls._built_in)
            hint = "" if near is None else f", but {near!r} is similar"
            built_in = f"the built-in ones are {', '.join(choices)}"
            raise ArgumentError(f"{cls._kind} {safe_repr(name)} is unknown{hint}; {built_in}")
        return cls._built_in[name]

    @classmethod
    def _chosen(cls, argument: Any) -> Any:
        """Return settings if ``argument`` is a name or settings; return a user's object with the method unchanged.

        Raises
        ------
        ArgumentError
            For anything else. The message for a class suggests an object of it.
        """
        if isinstance(argument, str):
            return cls._by_name(argument)
        is_class = isinstance(argument, type)
        if isinstance(argument, cls) or (not is_class and callable(getattr(argument, cls._method, None))):
            return argument
        expected = f"a name, settings of tt.{cls._kind}s, or an object with a method {cls._method}"
        would_do = is_class and (issubclass(argument, cls) or hasattr(argument, cls._method))
        hint = f"; write {argument.__name__}()" if would_do else ""
        raise ArgumentError(f"{cls._kind} must be {expected}, got {shown(argument)}{hint}")

    def __repr__(self) -> str:
        settings = ", ".join(f"{name}={safe_repr(value)}" for name, value in self._named_fields().items())
        return f"{type(self).__name__}({settings})"


def _names(kind: type[NamedSettings]) -> list[str]:
    return [field.name for field in fields(kind)]


def _unknown_setting(kind: type[NamedSettings], name: str) -> str:
    near = similar(name, _names(kind))
    known = ", ".join(map(repr, _names(kind))) or "none"
    hint = f"its settings: {known}" if near is None else f"it is {near} here"
    return f"{kind.__name__} has no setting {name!r}; {hint}"
