"""A search space of Tune, ready for use."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from ....exceptions import ParameterError, SpaceError
from ....space.search_space import SearchSpace
from .functions import resolve_functions
from .nodes import Node, Path, Reading
from .parse import Parser
from .point import Point
from .scales import Scale
from .translation import IdentityTranslation, Translation


class Plan:
    """A configuration with domains, and the search space behind it.

    Parameters
    ----------
    config
        What the user gave: a dict with domains of Tune, nested as he likes; or a :class:`tanteo.SearchSpace`, which
        can also hold constraints, defaults and priors.

    Raises
    ------
    SpaceError
        If there is nothing to search, or naming the place of what cannot be searched; for a space of Tanteo's own
        with choices that JSON cannot hold.
    """

    def __init__(self, config: Mapping[Any, Any] | SearchSpace) -> None:
        self.config = config
        self.functions: list[Path] = []
        self.placeholders: list[Path] = []
        self.reversed_ends: list[Path] = []
        if isinstance(config, SearchSpace):
            config.to_json()  # what is saved on the way holds choices as JSON
            self.space, self._root = config, _Native(config)
            self._names, self._scales = None, {}
            return
        if not isinstance(config, Mapping):
            raise SpaceError(f"the space must be a dict or a tanteo.SearchSpace, got {type(config).__name__}")
        parser = Parser()
        self._root = parser.node(dict(config), (), None)
        if not parser.parameters:
            raise SpaceError(
                "there is nothing to search: no value of the space is a domain such as tune.uniform(0, 1); parameters "
                "of Tanteo are given as TanteoSearch(tanteo.SearchSpace({...})), not in param_space"
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
        """The space in the names and numbers of the configuration."""
        if self._names is None:
            return IdentityTranslation(self.space)
        return Translation(self.space, self._names, self._scales)

    def build(self, params: Mapping[str, Any], exact: Mapping[str, float]) -> dict[Any, Any]:
        """Return the configuration of a suggestion: nested as the user wrote it, constants included, made anew."""
        config: dict[Any, Any] = self._root.build(params, exact)
        if self.functions:
            resolve_functions(config, self.functions)
        return config

    def read(self, config: Any, *, strict: bool) -> Point:
        """Return what a configuration says about the parameters.

        Parameters
        ----------
        config
            Nested, or with flat ``"a/b"`` keys; it may say nothing about some parameters.
        strict
            Whether a key that the space does not have is an error.

        Raises
        ------
        ParameterError
            Naming the place of a bad value.
        """
        return self._root.read(config, Reading(strict=strict))

    def read_whole(self, config: Any) -> dict[str, Any]:
        """Return the parameters of a whole configuration as a suggestion would have them: checked, builtin types.

        Raises
        ------
        SpaceError
            Naming the place of a bad value (a :class:`ParameterError`), or a constraint that does not hold.
        """
        return self.space.validate(self.read(config, strict=False).params)

    def has(self, config: Mapping[Any, Any]) -> bool:
        """Whether another configuration declares the same space."""
        try:
            return Plan(config).space == self.space
        except SpaceError:
            return False


class _Native:
    """The only node of a space that was declared in Tanteo's own terms."""

    def __init__(self, space: SearchSpace) -> None:
        self._space = space

    def build(self, params: Mapping[str, Any], exact: Mapping[str, float]) -> Any:
        """Return a copy, level by level."""
        return {key: self.build(value, {}) if type(value) is dict else value for key, value in params.items()}

    def read(self, value: Any, reading: Reading) -> Point:
        """Return the values of parameters that the space has; the optimizer checks them."""
        return Point(dict(value) if reading.strict else _known_params(value, self._space))


def _known_params(config: Any, space: SearchSpace, prefix: str = "") -> dict[str, Any]:
    """Return flat name to value for what the space has, ignoring the rest of a configuration."""
    params: dict[str, Any] = {}
    for key, value in config.items() if isinstance(config, Mapping) else ():
        name = f"{prefix}{key}"
        if name in space:
            params[name] = value
        elif isinstance(value, Mapping):
            params.update(_known_params(value, space, f"{name}/"))
    return params


def domains_in(config: Any) -> bool:
    """Whether a configuration holds anything to search."""
    try:
        parser = Parser()
        parser.node(config, (), None)
    except ParameterError:
        return True
    return bool(parser.parameters or parser.functions)
