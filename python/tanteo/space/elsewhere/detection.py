"""Recognizes the distributions of other libraries without importing them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

#: The libraries, each with the module in which it defines distributions.
LIBRARIES: Mapping[str, str] = {
    "SciPy": "scipy.stats",
    "Optuna": "optuna.distributions",
    "Ray Tune": "ray.tune.search.sample",
    "Hyperopt": "hyperopt.pyll",
    "ConfigSpace": "ConfigSpace",
    "scikit-optimize": "skopt.space",
}
#: The library of any other type that has the method ``rvs``, by which the searches of scikit-learn know distributions.
UNKNOWN = "an unknown library"


def library_of(value: Any) -> str | None:
    """Return the name of the library whose distribution a value is, or None if it is no distribution.

    SciPy has many other types, such as the results of tests; its distributions have ``rvs`` or ``sample``.
    """
    kind = type(value)
    if kind.__module__ == "builtins":
        return None
    draws = callable(getattr(kind, "rvs", None)) or callable(getattr(kind, "sample", None))
    for base in kind.__mro__:
        for library, module in LIBRARIES.items():
            if base.__module__ == module or base.__module__.startswith(f"{module}."):
                return library if draws or library != "SciPy" else None
    return UNKNOWN if callable(getattr(kind, "rvs", None)) else None


def holds_distribution(value: Any) -> bool:
    """Return whether a value is a distribution, or a container with one in it at any depth."""
    if isinstance(value, Mapping):
        return any(map(holds_distribution, value.values()))
    if isinstance(value, (list, tuple, set, frozenset)):
        return any(map(holds_distribution, value))
    return library_of(value) is not None
