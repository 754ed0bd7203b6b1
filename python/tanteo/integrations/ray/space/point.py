"""A configuration of Tune in the terms of Tanteo."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

#: Stands where a configuration says nothing about a parameter.
MISSING: Any = object()


@dataclass
class Point:
    """What a configuration says about the parameters of a space.

    Attributes
    ----------
    params
        Flat name to value, as :class:`tanteo.Optimizer` takes them.
    exact
        Flat name to the number the user wrote, where it is to be handed back as it stands: 0.3 is no float multiple of
        0.1, and the upper end of a half-open interval is none of its values.
    """

    params: dict[str, Any] = field(default_factory=dict)
    exact: dict[str, float] = field(default_factory=dict)

    def add(self, other: Point) -> None:
        """Take over everything another point says."""
        self.params.update(other.params)
        self.exact.update(other.exact)


def child(config: Mapping[Any, Any], key: Any) -> Any:
    """Return what a configuration holds under a key, :data:`MISSING` if nothing.

    Results and some users' points are flat: ``{"model/lr": 0.1}``. What starts with the key and a slash is then
    gathered into a mapping. Keys that are not text have become text there.
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
