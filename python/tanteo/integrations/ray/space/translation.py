"""Between the parameters that are searched and those that a user of Tune would have declared.

The search counts quantized numbers in multiples (``batch [16]`` from 1 to 8). Outside, where plots and tables show
them, they have the name and the values of the configuration (``batch`` from 16 to 128).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ....space.search_space import SearchSpace
from .scales import Scale


class IdentityTranslation:
    """A space that is declared in Tanteo's own terms, inside and outside.

    Attributes
    ----------
    space
        The one space.
    """

    def __init__(self, space: SearchSpace) -> None:
        self.space = space

    def to_declared(self, params: Mapping[str, Any]) -> dict[str, Any]:
        """Return the configuration."""
        return dict(params)

    def from_declared(self, params: Mapping[str, Any]) -> dict[str, Any]:
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
        for internal, name in names.items():
            parameter = scales[internal].declared() if internal in scales else space[internal]
            when = space[internal].when
            renamed = None if when is None else {names[parent]: accepted for parent, accepted in when.items()}
            parameters[name] = type(parameter)(**{**parameter._fields(), "when": renamed})
        self.space = SearchSpace(parameters)

    def to_declared(self, params: Mapping[str, Any]) -> dict[str, Any]:
        """Return a configuration in the terms outside."""
        return {
            self._names[name]: self._scales[name].decimal(value) if name in self._scales else value
            for name, value in params.items()
        }

    def from_declared(self, params: Mapping[str, Any]) -> dict[str, Any]:
        """Return a configuration in the terms of the search.

        Raises
        ------
        SpaceError
            If it does not belong to the space outside.
        """
        declared = self.space.validate(params)
        return {
            internal: self._scales[internal].nearest(declared[name]) if internal in self._scales else declared[name]
            for internal, name in self._names.items()
            if name in declared
        }
