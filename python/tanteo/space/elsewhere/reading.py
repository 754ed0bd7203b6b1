"""Reads a distribution of another library as a parameter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..._internal.coercion import short
from ...exceptions import ParameterError
from .detection import UNKNOWN, library_of
from .inexact import Inexact

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..parameters import Parameter


def read(value: Any, subject: str) -> Parameter | None:
    """Return the parameter that a distribution of another library is, or None if the value is no distribution.

    Raises
    ------
    ParameterError
        If the distribution has no exact counterpart; the message says what to write instead.
    """
    library = library_of(value)
    if library is None:
        return None
    try:
        parameter = _read(library, value)
    except Inexact as answer:
        raise ParameterError(
            f"{subject} is a distribution of {library} ({answer.kind}) without an exact counterpart; write "
            f"{answer.instead}"
        ) from None
    return parameter


def _read(library: str, value: Any) -> Parameter:
    if library == UNKNOWN:
        raise Inexact(type(value).__name__, "the parameter that is meant, such as tt.Float(low, high)")
    # Imported with the first distribution, since most spaces have none.
    from . import configspace, hyperopt, optuna, scipy, skopt, tune

    readers = {
        "SciPy": scipy.read,
        "Optuna": optuna.read,
        "Ray Tune": tune.read,
        "Hyperopt": hyperopt.read,
        "ConfigSpace": configspace.read,
        "scikit-optimize": skopt.read,
    }
    return readers[library](value)


def refuse_mapping(members: Mapping[Any, Any], subject: str) -> None:
    """Raise :class:`ParameterError` if a mapping is no group: a grid of Ray Tune, or a space of ConfigSpace."""
    if members.keys() == {"grid_search"} and isinstance(members["grid_search"], list):
        choices = short(members["grid_search"], 80)
        raise ParameterError(
            f"{subject} is a grid_search of Ray Tune; write tt.Categorical({choices}), and sampler=tt.samplers.Grid() "
            "to try every value"
        )
    if library_of(members) == "ConfigSpace":
        raise ParameterError(
            f"{subject} is a {type(members).__name__} of ConfigSpace; convert it with "
            "tanteo.integrations.configspace.from_configspace(...)"
        )
