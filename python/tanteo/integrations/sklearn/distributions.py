"""Rejects SciPy distributions in a space, which the searches of scikit-learn accept but Tanteo does not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...exceptions import ArgumentError
from ...space.group import Group

_LOG = "tt.Float({!r}, {!r}, log=True)"
# Maps the name of a distribution to a parameter with the same lowest and highest value.
_FORMS = {"uniform": "tt.Float({!r}, {!r})", "loguniform": _LOG, "reciprocal": _LOG, "randint": "tt.Int({!r}, {!r})"}


def refuse_distributions(space: Any, prefix: str = "") -> None:
    """Raise an error if a space contains a SciPy distribution, which would be taken as a constant.

    Raises
    ------
    ArgumentError
        If it does. The message names the parameter and suggests the equivalent parameter of Tanteo.
    """
    members = space.parameters if isinstance(space, Group) else space
    if not isinstance(members, Mapping):
        return
    for name, value in members.items():
        if hasattr(value, "rvs"):
            raise ArgumentError(
                f"parameter {prefix + str(name)!r} is a distribution of SciPy ({_distribution_name(value)}), and a "
                f"space holds parameters of Tanteo; write {_equivalent(value)}"
            )
        refuse_distributions(value, f"{prefix}{name}__")


def _distribution_name(distribution: Any) -> str:
    return str(getattr(getattr(distribution, "dist", None), "name", type(distribution).__name__))


def _equivalent(distribution: Any) -> str:
    """Return the source of the parameter that is equivalent to a distribution."""
    form = _FORMS.get(_distribution_name(distribution))
    if form is None:
        return "tt.Float(low, high) or tt.Int(low, high), with prior= for what is likely"
    return form.format(*(end.item() for end in distribution.support()))
