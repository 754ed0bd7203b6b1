"""Between the parameters that are searched and those that a user of Tune would have declared.

The search counts quantized numbers in multiples (``batch [16]`` from 1 to 8). Outside, where plots and tables show
them, they have the name and the values of the configuration (``batch`` from 16 to 128).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ....space.search_space import SearchSpace
from .scales import Scale


class Untranslated:
    """A space that is declared in Tanteo's own terms, inside and outside.

    Attributes
    ----------
    space
        The one space.
    """

    def __init__(self, space: SearchSpace) -> None:
        self.space = space

    def outward(self, params: Mapping[str, Any]) -> dict[str, Any]:
        """Return the configuration."""
        return dict(params)

    def inward(self, params: Mapping[str, Any]) -> dict[str, Any]:
        """Return the configuration, checked."""
        return self.space.validate(params)


class Translation:
    """Names and numbers of a space, inside and outside.

    Parameters
    ----------
    space
        That is searched.
    names
        Name inside to name outside.
    scales
        Name inside to scale, of numbers.

    Attributes
    ----------
    space
        Outside.
    """

    def __init__(self, space: SearchSpace, names: Mapping[str, str], scales: Mapping[str, Scale]) -> None:
        self._names = names
        self._scales = scales
        parameters = {}
        for inside, name in names.items():
            parameter = scales[inside].declared() if inside in scales else space[inside]
            when = space[inside].when
            renamed = None if when is None else {names[parent]: accepted for parent, accepted in when.items()}
            parameters[name] = type(parameter)(**{**parameter._fields(), "when": renamed})
        self.space = SearchSpace(parameters)

    def outward(self, params: Mapping[str, Any]) -> dict[str, Any]:
        """Return a configuration in the terms outside."""
        return {
            self._names[name]: self._scales[name].decimal(value) if name in self._scales else value
            for name, value in params.items()
        }

    def inward(self, params: Mapping[str, Any]) -> dict[str, Any]:
        """Return a configuration in the terms of the search.

        Raises
        ------
        SpaceError
            If it does not belong to the space outside.
        """
        known = self.space.validate(params)
        return {
            inside: self._scales[inside].nearest(known[name]) if inside in self._scales else known[name]
            for inside, name in self._names.items()
            if name in known
        }
