"""The parameters of a configuration of Tune."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

#: Returned for a key that a configuration does not have.
MISSING: Any = object()


@dataclass
class Point:
    """The parameters of a configuration, which may be partial.

    Attributes
    ----------
    params
        Values by flat name, for :class:`tanteo.Optimizer`.
    exact
        Numbers by flat name that are returned exactly as the user wrote them: as floats, 0.3 is not a multiple of 0.1,
        and the upper end of a half-open interval is not one of its values.
    """

    params: dict[str, Any] = field(default_factory=dict)
    exact: dict[str, float] = field(default_factory=dict)

    def add(self, other: Point) -> None:
        """Add the entries of another point."""
        self.params.update(other.params)
        self.exact.update(other.exact)


def child(config: Mapping[Any, Any], key: Any) -> Any:
    """Return the value of a key in a configuration; :data:`MISSING` if there is none.

    Results and the points of some users are flat: ``{"model/lr": 0.1}``. Entries that start with the key and a slash
    are collected in a mapping. In flat configurations, all keys are text.
    """
    if key in config:
        return config[key]
    text = str(key)
    if text in config:
        return config[text]
    nested = {name[len(text) + 1 :]: config[name] for name in config if _is_below(name, text)}
    return nested or MISSING


def unknown_keys(config: Mapping[Any, Any], keys: Iterable[Any]) -> list[Any]:
    """Return the keys of a configuration that :func:`child` finds under none of ``keys``."""
    texts = [str(key) for key in keys]
    known = {*keys, *texts}
    return [name for name in config if name not in known and not any(_is_below(name, text) for text in texts)]


def _is_below(name: Any, text: str) -> bool:
    return isinstance(name, str) and name.startswith(f"{text}/")
