"""Translates between the parameters that are searched and those of the configuration.

The search counts quantized numbers in multiples (``batch [16]`` from 1 to 8). Plots and tables show the declared
parameters, with the names and values of the configuration (``batch`` from 16 to 128).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ....space.search_space import SearchSpace
from .scales import Scale

if TYPE_CHECKING:
    from ....space.allowed import Batch


class IdentityTranslation:
    """The translation of a :class:`tanteo.SearchSpace`, whose declared parameters are searched themselves.

    Attributes
    ----------
    space
        The declared space.
    """

    def __init__(self, space: SearchSpace) -> None:
        self.space = space

    def to_declared(self, params: Mapping[str, Any]) -> dict[str, Any]:
        """Return a copy of the params."""
        return dict(params)

    def from_declared(self, params: Mapping[str, Any]) -> dict[str, Any]:
        """Return the validated params."""
        return self.space.validate(params)

    def columns(self, batch: Batch) -> Batch:
        """Return the batch itself."""
        return batch


class Translation:
    """The translation of a space of Tune.

    Parameters
    ----------
    space
        The space that is searched.
    names
        Maps searched names to declared names.
    scales
        Scales of numbers by searched name.

    Attributes
    ----------
    space
        The declared space.
    """

    def __init__(self, space: SearchSpace, names: Mapping[str, str], scales: Mapping[str, Scale]) -> None:
        self._names = names
        self._scales = scales
        parameters = {}
        for internal, name in names.items():
            parameter = scales[internal].declared() if internal in scales else space[internal]
            when = space[internal].when
            renamed = None if when is None else {names[parent]: accepted for parent, accepted in when.items()}
            parameters[name] = parameter._with_when(renamed)
        self.space = SearchSpace(parameters)

    def to_declared(self, params: Mapping[str, Any]) -> dict[str, Any]:
        """Return the declared params for searched ones."""
        return {
            self._names[name]: self._scales[name].decimal(value) if name in self._scales else value
            for name, value in params.items()
        }

    def columns(self, batch: Batch) -> Batch:
        """Return a batch of searched params as declared ones, with the numbers that a trial gets."""
        return {
            self._names[name]: self._scales[name].column(column) if name in self._scales else column
            for name, column in batch.items()
        }

    def from_declared(self, params: Mapping[str, Any]) -> dict[str, Any]:
        """Return the searched params for declared ones.

        Raises
        ------
        SpaceError
            If they are not in the declared space.
        """
        declared = self.space.validate(params)
        return {
            internal: self._scales[internal].nearest(declared[name]) if internal in self._scales else declared[name]
            for internal, name in self._names.items()
            if name in declared
        }
