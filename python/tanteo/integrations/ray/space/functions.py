"""Resolves ``sample_from`` in a space that is given to the searcher: each function after those it depends on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ....exceptions import ParameterError
from ..tune import assign_value, domains
from .nodes import Path, format_path


class _UnresolvedError(Exception):
    """A function accessed a value that another function has not computed yet."""


class _Guarded(dict[Any, Any]):
    """A configuration that raises on access to an unresolved value; values can also be read as attributes."""

    def __getitem__(self, key: Any) -> Any:
        return _guard(super().__getitem__(key))

    def get(self, key: Any, default: Any = None) -> Any:
        return self[key] if key in self else default  # noqa: SIM401 - `dict.get` would bypass `__getitem__`

    def __getattr__(self, name: str) -> Any:
        if name in self:
            return self[name]
        raise AttributeError(name)


def _guard(value: Any) -> Any:
    if isinstance(value, domains.Function):
        raise _UnresolvedError
    return _Guarded(value) if isinstance(value, dict) else value


def resolve_functions(config: dict[Any, Any], paths: Sequence[Path]) -> None:
    """Replace every function in a configuration by its return value.

    Raises
    ------
    ParameterError
        If functions depend on each other in a circle.
    """
    unresolved = [(path, _value_at(config, path)) for path in paths]
    unresolved = [(path, function) for path, function in unresolved if isinstance(function, domains.Function)]
    while unresolved:
        remaining = [(path, function) for path, function in unresolved if not _try_resolve(config, path, function)]
        if len(remaining) == len(unresolved):
            raise ParameterError(
                f"{', '.join(format_path(path) for path, _ in remaining)}: these sample_from depend on each other"
            )
        unresolved = remaining


def _try_resolve(config: dict[Any, Any], path: Path, function: Any) -> bool:
    try:
        value = function.func(_Spec(config)) if function.pass_config else function.func()
    except _UnresolvedError:
        return False
    assign_value(config, path, value)
    return True


class _Spec(_Guarded):
    """The argument of a function: the configuration, which older functions expect as ``spec.config``."""

    def __getattr__(self, name: str) -> Any:
        return _Guarded(self) if name == "config" and name not in self else super().__getattr__(name)


def _value_at(config: Any, path: Path) -> Any:
    """Return the value at a path; None if it is in an alternative that was not chosen."""
    for key in path:
        try:
            config = config[key]
        except (KeyError, IndexError, TypeError):
            return None
    return config
