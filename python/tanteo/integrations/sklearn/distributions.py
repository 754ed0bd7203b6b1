"""Distributions of SciPy, as the searches of scikit-learn take them: in a space they are a mistake."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...exceptions import ArgumentError
from ...space.group import Group

_LOG = "tt.Float({!r}, {!r}, log=True)"
# Name of a distribution -> the parameter from its lowest to its highest value.
_FORMS = {"uniform": "tt.Float({!r}, {!r})", "loguniform": _LOG, "reciprocal": _LOG, "randint": "tt.Int({!r}, {!r})"}


def refuse_distributions(space: Any, prefix: str = "") -> None:
    """Refuse a space in which a distribution of SciPy stands, which would be a constant.

    Raises
    ------
    ArgumentError
        Naming the parameter, and the parameter of Tanteo with the same values where there is one.
    """
    members = space.parameters if isinstance(space, Group) else space
    if not isinstance(members, Mapping):
        return
    for name, value in members.items():
        if hasattr(value, "rvs"):
            raise ArgumentError(
                f"parameter {prefix + str(name)!r} is a distribution of SciPy ({_distribution_name(value)}), and a space holds "
                f"parameters of Tanteo; write {_equivalent(value)}"
            )
        refuse_distributions(value, f"{prefix}{name}__")


def _distribution_name(distribution: Any) -> str:
    return str(getattr(getattr(distribution, "dist", None), "name", type(distribution).__name__))


def _equivalent(distribution: Any) -> str:
    """Return the parameter that has the values of a distribution."""
    form = _FORMS.get(_distribution_name(distribution))
    if form is None:
        return "tt.Float(low, high) or tt.Int(low, high), with prior= for what is likely"
    return form.format(*(end.item() for end in distribution.support()))
