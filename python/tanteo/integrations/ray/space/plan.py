"""The plan of a search space of Tune: its parameters, and the conversion of configurations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from ....exceptions import ParameterError, SpaceError
from ....space.search_space import SearchSpace
from ..tune import assign_value, domains
from .nodes import Node, Path, Point, Reading, format_path
from .parse import Parser
from .scales import Scale
from .translation import IdentityTranslation, Translation


class Plan:
    """A configuration with domains, and the search space behind it.

    Parameters
    ----------
    config
        The space of the user: a dict with domains of Tune, nested to any depth, or a :class:`tanteo.SearchSpace`, which
        can also have constraints, defaults and priors.

    Raises
    ------
    SpaceError
        If there is nothing to search, a part of the space is not supported (the message has its path), or a
        :class:`tanteo.SearchSpace` has choices that JSON cannot represent.
    """

    def __init__(self, config: Mapping[Any, Any] | SearchSpace) -> None:
        self.config = config
        self.functions: list[Path] = []
        self.placeholders: list[Path] = []
        self.reversed_ends: list[Path] = []
        if isinstance(config, SearchSpace):
            config.to_json()  # raises if JSON cannot represent its choices, which saving needs
            self.space, self._root = config, _Native(config)
            self._names, self._scales = None, {}
            return
        if not isinstance(config, Mapping):
            raise SpaceError(f"the space must be a dict or a tanteo.SearchSpace, got {type(config).__name__}")
        parser = Parser()
        self._root = parser.node(dict(config), (), None)
        if not parser.parameters:
            raise SpaceError(
                "there is nothing to search: no value of the space is a domain such as tune.uniform(0, 1); give "
                "parameters of Tanteo as TanteoSearch(tanteo.SearchSpace({...})), not in param_space"
            )
        self.space = SearchSpace(parser.parameters)
        self.functions, self.placeholders = parser.functions, parser.placeholders
        self.reversed_ends = parser.reversed_ends
        self._names, self._scales = parser.names, parser.scales

    _root: Node
    _names: Mapping[str, str] | None
    _scales: Mapping[str, Scale]

    @cached_property
    def translation(self) -> Translation | IdentityTranslation:
        """The conversion to the names and values of the configuration."""
        if self._names is None:
            return IdentityTranslation(self.space)
        return Translation(self.space, self._names, self._scales)

    def build(self, params: Mapping[str, Any], exact: Mapping[str, float]) -> dict[Any, Any]:
        """Return the configuration of a suggestion as a new dict, nested like the space, with constants."""
        config: dict[Any, Any] = self._root.build(params, exact)
        if self.functions:
            resolve_functions(config, self.functions)
        return config

    def has_numbers(self, params: Mapping[str, Any], exact: Mapping[str, float]) -> bool:
        """Whether a suggestion has all numbers of a point."""
        return all(params.get(name) == self._scales[name].raw(number) for name, number in exact.items())

    def read(self, config: Any, *, strict: bool) -> Point:
        """Return the parameters of a configuration.

        Parameters
        ----------
        config
            A configuration, nested or with flat ``"a/b"`` keys; it may be partial.
        strict
            Whether an unknown key is an error.

        Raises
        ------
        ParameterError
            If a value is invalid; the message has its path.
        """
        return self._root.read(config, Reading(strict=strict))

    def read_whole(self, config: Any) -> dict[str, Any]:
        """Return the validated parameters of a complete configuration in the form of a suggestion.

        Raises
        ------
        SpaceError
            If a value is invalid (a :class:`ParameterError` with its path), or a constraint is violated.
        """
        return self.space.validate(self.read(config, strict=False).params)

    def has(self, config: Mapping[Any, Any]) -> bool:
        """Whether another configuration declares the same space."""
        try:
            return Plan(config).space == self.space
        except SpaceError:
            return False


class _Native:
    """The only node of a space that was declared as a :class:`tanteo.SearchSpace`."""

    def __init__(self, space: SearchSpace) -> None:
        self._space = space

    def build(self, params: Mapping[str, Any], exact: Mapping[str, float]) -> Any:
        """Return a copy with copied dicts."""
        return {key: self.build(value, {}) if type(value) is dict else value for key, value in params.items()}

    def read(self, value: Any, reading: Reading) -> Point:
        """Return the values of the parameters of the space; the optimizer validates them."""
        return Point(dict(value) if reading.strict else _known_params(value, self._space))


def _known_params(config: Any, space: SearchSpace, prefix: str = "") -> dict[str, Any]:
    """Return the values of the parameters of the space by flat name, ignoring other keys."""
    params: dict[str, Any] = {}
    for key, value in config.items() if isinstance(config, Mapping) else ():
        name = f"{prefix}{key}"
        if name in space:
            params[name] = value
        elif isinstance(value, Mapping):
            params.update(_known_params(value, space, f"{name}/"))
    return params


def domains_in(config: Any) -> bool:
    """Whether a configuration contains anything to search."""
    try:
        parser = Parser()
        parser.node(config, (), None)
    except ParameterError:
        return True
    return bool(parser.parameters or parser.functions)


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
