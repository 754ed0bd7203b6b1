"""Named settings of the built-in samplers and pruners: immutable, checked on creation, with a full repr."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..exceptions import ArgumentError
from .coercion import shown
from .immutable import Immutable
from .text import safe_repr
from .typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any, ClassVar, Self, TypeVar

    S = TypeVar("S", bound="NamedSettings")


class NamedSettings(Immutable):
    """Base class of named settings.

    Attributes
    ----------
    name : str
        The name that stands for these settings with their defaults.
    """

    __slots__ = ()
    name: ClassVar[str]
    # How to write settings that have no valid defaults; None if the name alone selects them.
    _example: ClassVar[str | None] = None

    def __new__(cls, *_: Any, **settings: Any) -> Self:
        """Refuse unknown settings; the message names a similar one, or all."""
        for name in settings:
            if name not in cls._names:
                raise TypeError(_unknown_setting(cls, name))
        return super().__new__(cls)

    def to_dict(self) -> dict[str, Any]:
        """Return the name and every setting; ``from_dict`` of the same module creates an equal object from it."""
        return {"name": self.name, **self._fields()}

    def __repr__(self) -> str:
        settings = ", ".join(f"{name}={safe_repr(value)}" for name, value in self._fields().items())
        return f"{type(self).__name__}({settings})"


def find_by_name(noun: str, built_in: Mapping[str, type[S]], name: Any) -> type[S]:
    """Return the settings class of a name; the error for an unknown name lists what can be given."""
    return _class_of(
        noun, built_in, name, [kind._example or repr(name_of_kind) for name_of_kind, kind in built_in.items()]
    )


def _class_of(noun: str, built_in: Mapping[str, type[S]], name: Any, choices: Sequence[str]) -> type[S]:
    if not isinstance(name, str) or name not in built_in:
        raise ArgumentError(f"{noun} {safe_repr(name)} is unknown; the built-in ones are {', '.join(choices)}")
    return built_in[name]


def make_from_dict(noun: str, built_in: Mapping[str, type[S]], settings: Any) -> S:
    """Undo :meth:`NamedSettings.to_dict`."""
    name = settings.get("name") if isinstance(settings, Mapping) else None
    if not isinstance(name, str):
        raise ArgumentError(f"a {noun} is described by a mapping with its 'name' and settings, got {shown(settings)}")
    kind = _class_of(noun, built_in, name, [*map(repr, built_in)])
    unknown = [key for key in settings if key != "name" and key not in kind._names]
    if unknown:
        raise ArgumentError(_unknown_setting(kind, unknown[0]))
    return kind(**{key: value for key, value in settings.items() if key != "name"})


def _unknown_setting(kind: type[NamedSettings], name: str) -> str:
    import difflib  # needed for an error only; keeps the import of the package fast

    matches = difflib.get_close_matches(name, kind._names, n=1)
    known = ", ".join(map(repr, kind._names)) or "none"
    hint = f"it is {matches[0]} here" if matches else f"its settings: {known}"
    return f"{kind.__name__} has no setting {name!r}; {hint}"


def settings_or_object(noun: str, method: str, base: type[S], built_in: Mapping[str, type[S]], argument: Any) -> Any:
    """Return settings if ``argument`` is a name or settings; return a user's object with the method unchanged.

    Raises
    ------
    ArgumentError
        For anything else. The message for a class suggests an object of it.
    """
    if isinstance(argument, str):
        return find_by_name(noun, built_in, argument)()
    if isinstance(argument, base) or (not isinstance(argument, type) and callable(getattr(argument, method, None))):
        return argument
    expected = f"a name, settings of tt.{noun}s, or an object with a method {method}"
    is_class = isinstance(argument, type) and (issubclass(argument, base) or hasattr(argument, method))
    hint = f"; write {argument.__name__}()" if is_class else ""
    raise ArgumentError(f"{noun} must be {expected}, got {shown(argument)}{hint}")
