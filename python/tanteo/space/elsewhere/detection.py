"""Recognizes the distributions of other libraries without importing them."""

from __future__ import annotations

from collections.abc import Mapping

from ..._internal.typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any

# The module in which a library defines its distributions, and the name of the library.
_MODULES: Mapping[str, str] = {
    "scipy.stats": "SciPy",
    "optuna.distributions": "Optuna",
    "ray.tune.search.sample": "Ray Tune",
    "hyperopt.pyll": "Hyperopt",
    "ConfigSpace": "ConfigSpace",
    "skopt.space": "scikit-optimize",
}
#: Distributions of a type that is none of these. The searches of scikit-learn take everything with this method.
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
        for module, library in _MODULES.items():
            if base.__module__ == module or base.__module__.startswith(f"{module}."):
                return library if draws or library != "SciPy" else None
    return UNKNOWN if callable(getattr(kind, "rvs", None)) else None
